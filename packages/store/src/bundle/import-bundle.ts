/**
 * A bundle becomes a world folder, which its maker judges before it gives it a name.
 *
 * I1 What is read is checked as it comes: the world is the one the head names, each genesis begins
 *    where it says, each record follows from the one before, and the last one is the head's.
 * I2 An object has the hash of its bytes, whatever anybody says of it.
 * I3 Everything that is stored belongs to the world; whether all that belongs to it is stored shows
 *    when the world is replayed.
 */
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { bytesEqual, sha256, toHex } from '@aos/canon';
import { chainOf, decodeRecordHead } from '@aos/protocol';
import { ensureDirectory } from '../create-world.js';
import { asFault, worldExists } from '../faults.js';
import { borderOf } from '../fork/lineage.js';
import { emptyDirectory } from '../fork/staging.js';
import { JOURNAL_FOLDER, SALT_BYTES, STAGING_FOLDER } from '../log/segment.js';
import { nodeFs } from '../node-fs.js';
import { openWorldStore } from '../open-world.js';
import type { StoreFs } from '../port.js';
import {
  type BundleHead,
  bundleShape,
  decodeCounts,
  decodeHead,
  refusedBundle,
} from './bundle-format.js';
import { Closure } from './closure.js';
import { LogBuilder } from './log-builder.js';
import { BundleReader, type ReadFrame } from './read-bundle.js';

const ADVICE = 'import again';

export interface ImportOptions {
  readonly fs?: StoreFs;
  /** 16 bytes, random by default. */
  readonly salt?: Uint8Array;
}

/**
 * Makes the world of a bundle in a directory, which is made too where it is missing. On a refusal
 * no world is there. Codes: `bundle-format`, `bundle-damaged`, `bundle-shape`, `bundle-genesis`,
 * `bundle-chain`, `bundle-head`, `object-missing`, `bundle-extra`, `world-exists`, `store-failed`.
 */
export async function importBundle(
  path: string,
  directory: string,
  { fs = nodeFs, salt = randomBytes(SALT_BYTES) }: ImportOptions = {},
): Promise<BundleHead> {
  const file = await asFault('open the bundle', () => fs.open(resolve(path), 'read'), ADVICE);
  try {
    const reader = new BundleReader(file);
    await asFault('read the bundle', () => reader.check(), ADVICE);
    await asFault('make the directory', () => ensureDirectory(fs, resolve(directory)), ADVICE);
    if (fs.has(join(directory, JOURNAL_FOLDER))) throw worldExists(directory);
    const building = () => build(reader, { fs, directory, salt });
    return await asFault('import the bundle', building, ADVICE);
  } finally {
    file.close();
  }
}

interface ImportPlace {
  readonly fs: StoreFs;
  readonly directory: string;
  readonly salt: Uint8Array;
}

async function build(
  reader: BundleReader,
  { fs, directory, salt }: ImportPlace,
): Promise<BundleHead> {
  const path = join(directory, STAGING_FOLDER);
  emptyDirectory(fs, path);
  const log = new LogBuilder({ fs, path, salt });
  try {
    const head = await new Import(reader, log).run();
    fs.rename(path, join(directory, JOURNAL_FOLDER));
    await fs.syncDirectory(directory);
    return head;
  } catch (error) {
    log.close();
    emptyDirectory(fs, path);
    throw error;
  }
}

/** One pass over the frames. */
class Import {
  private readonly objects = new Set<string>();
  private geneses = 0;
  private records = 0;
  private worldId: Uint8Array = new Uint8Array();
  private chain: Uint8Array = new Uint8Array();

  constructor(
    private readonly reader: BundleReader,
    private readonly log: LogBuilder,
  ) {}

  async run(): Promise<BundleHead> {
    const head = decodeHead(this.reader.expect('head').payload);
    await this.genesis(this.reader.expect('genesis').payload);
    let frame = this.reader.next();
    for (; frame.kind === 'object'; frame = this.reader.next()) await this.object(frame.payload);
    for (; frame.kind !== 'counts'; frame = this.reader.next()) await this.step(frame);
    this.checkCounts(frame.payload);
    this.reader.end();
    this.checkHead(head);
    await this.log.finish(head.snapshot === null ? [] : [head.snapshot]);
    return head;
  }

  private async step({ kind, payload }: ReadFrame): Promise<void> {
    if (kind === 'record') return this.record(payload);
    if (kind === 'genesis') return this.genesis(payload);
    throw bundleShape('a record or the genesis of a fork');
  }

  private async genesis(payload: Uint8Array): Promise<void> {
    const parent = borderOf(payload);
    const isFirst = this.geneses === 0;
    const follows = isFirst
      ? parent === undefined
      : parent?.seq === this.records - 1 &&
        bytesEqual(parent.worldId, this.worldId) &&
        bytesEqual(parent.chain, this.chain);
    if (!follows) {
      const found = `the genesis before record ${this.records} does not begin there`;
      throw refusedBundle('bundle-genesis', found);
    }
    await this.log.genesis(payload);
    this.worldId = sha256(payload);
    this.chain = this.worldId;
    this.geneses++;
  }

  private async object(payload: Uint8Array): Promise<void> {
    const key = toHex(sha256(payload));
    if (this.objects.has(key)) throw bundleShape('each object once');
    this.objects.add(key);
    await this.log.object(payload);
  }

  private async record(payload: Uint8Array): Promise<void> {
    const head = decodeRecordHead(payload);
    const follows =
      head.ok && head.value.seq === this.records && bytesEqual(head.value.prev, this.chain);
    if (!follows) {
      const found = `record ${this.records} does not follow from what is before it`;
      throw refusedBundle('bundle-chain', found);
    }
    await this.log.record(payload);
    this.chain = chainOf(payload);
    this.records++;
  }

  private checkCounts(payload: Uint8Array): void {
    const { objects, records } = decodeCounts(payload);
    if (objects === this.objects.size && records === this.records) return;
    throw bundleShape('as many objects and records as are counted');
  }

  private checkHead({ worldId, seq, chain, worlds, snapshot }: BundleHead): void {
    const found =
      bytesEqual(worldId, this.worldId) &&
      seq === this.records - 1 &&
      bytesEqual(chain, this.chain) &&
      worlds === this.geneses &&
      (snapshot === null || snapshot.seq <= seq);
    if (!found) throw refusedBundle('bundle-head', 'the head names another world than there is');
    const named = [snapshot?.hash, snapshot?.head].filter((hash) => hash !== undefined);
    if (named.every((hash) => this.objects.has(toHex(hash)))) return;
    throw refusedBundle('object-missing', 'the snapshot that the head names is not in the bundle');
  }
}

/**
 * Whether nothing is stored that does not belong to the world. Code: `bundle-extra`. For a world
 * folder that {@link importBundle} made.
 */
export async function checkImported(
  directory: string,
  { fs = nodeFs }: ImportOptions = {},
): Promise<void> {
  const store = await openWorldStore(directory, { fs, mode: 'read' });
  try {
    const closure = new Closure(store.objects(), (hash) => store.object(hash));
    for (const genesis of [...store.lineage, store.genesis]) closure.add(genesis);
    const { snapshot } = store;
    if (snapshot !== undefined) closure.addHash(snapshot.hash);
    if (snapshot?.head !== undefined) closure.addHash(snapshot.head);
    for (const record of store.records(0)) closure.add(record);
    for (const _ of closure.walk());
    if (closure.strangers === 0) return;
    const found = `${closure.strangers} objects of the bundle do not belong to its world`;
    throw refusedBundle('bundle-extra', found);
  } finally {
    await store.close();
  }
}
