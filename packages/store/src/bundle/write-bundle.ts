/** Writing a bundle: a world up to a record, streamed. */
import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { sha256 } from '@aos/canon';
import { AosFault, chainOf, type SnapshotMark, type WorldStore } from '@aos/protocol';
import { asFault, isErrorWith, ShortWrite } from '../faults.js';
import { borderOf } from '../fork/lineage.js';
import { nodeFs } from '../node-fs.js';
import type { StoreFs } from '../port.js';
import {
  type BundleHead,
  type BundleKind,
  encodeCounts,
  encodeFrameHead,
  encodeHead,
  encodeMagic,
  HASH_BYTES,
} from './bundle-format.js';
import { Closure } from './closure.js';

/** Written at once; memory beyond it is the largest object, and a name for each object. */
const CHUNK_BYTES = 2 ** 20;

/** A world as it goes into a bundle. */
export interface BundledWorld {
  readonly head: BundleHead;
  readonly objects: number;
  readonly records: number;
  readonly sizeBytes: number;
}

/**
 * Writes the world after record `seq`, which is durable, to a new file; nothing is left of one that
 * cannot be written to its end. Codes: `file-exists`, `record-pruned`, `store-failed`,
 * `world-damaged`.
 */
export async function writeBundle(
  store: WorldStore,
  path: string,
  { seq, fs = nodeFs }: { readonly seq: number; readonly fs?: StoreFs },
): Promise<BundledWorld> {
  if (store.first > 0) throw bundlePruned(store.first);
  const target = resolve(path);
  if (fs.has(target)) throw fileExists(target);
  const part = `${target}.part-${process.pid}`;
  const writing = () => writePart(store, { fs, part, target }, seq);
  return asFault('write the bundle', writing, 'export again');
}

interface BundlePlace {
  readonly fs: StoreFs;
  readonly part: string;
  readonly target: string;
}

async function writePart(
  store: WorldStore,
  { fs, part, target }: BundlePlace,
  seq: number,
): Promise<BundledWorld> {
  const file = fs.open(part, 'exclusive');
  try {
    let sizeBytes = 0;
    const bundle = new BundleStream(store, seq);
    for (const chunk of inChunks(bundle.frames())) {
      const taken = await file.write(chunk, sizeBytes);
      if (taken !== chunk.length) throw new ShortWrite(taken, chunk.length);
      sizeBytes += chunk.length;
    }
    await file.sync();
    giveName(fs, part, target);
    await fs.syncDirectory(dirname(target));
    return { ...bundle.written, sizeBytes };
  } catch (error) {
    if (fs.has(part)) fs.remove(part);
    throw error;
  } finally {
    file.close();
  }
}

/** Never in the place of another file, where the file system can see to that. */
function giveName(fs: StoreFs, part: string, target: string): void {
  try {
    fs.link(part, target);
    fs.remove(part);
  } catch (error) {
    if (isErrorWith(error, 'EEXIST')) throw fileExists(target);
    fs.rename(part, target);
  }
}

function fileExists(path: string): AosFault {
  const message = `expected no file at ${path}, found one; name another`;
  return new AosFault('file-exists', message, { retry: 'never' });
}

/** Who takes a bundle replays it from its first record on. */
function bundlePruned(first: number): AosFault {
  const message =
    `a bundle begins with record 0, and of this world records are kept from ${first} on, since ` +
    'it was pruned; keep a copy of its folder instead, made while nobody writes to it, or export ' +
    'what its archive unpacks to';
  return new AosFault('record-pruned', message, { retry: 'never' });
}

class BundleStream {
  private readonly closure: Closure;
  private readonly head: BundleHead;
  private readonly hash = createHash('sha256');

  constructor(
    private readonly store: WorldStore,
    private readonly seq: number,
  ) {
    this.closure = new Closure(store.objects(), (hash) => store.object(hash));
    this.head = headOf(store, seq);
  }

  get written(): Omit<BundledWorld, 'sizeBytes'> {
    return { head: this.head, objects: this.closure.seen, records: this.seq + 1 };
  }

  *frames(): Generator<Uint8Array> {
    yield this.taken(encodeMagic());
    yield* this.frame('head', encodeHead(this.head));
    const geneses = genesesOf(this.store, this.seq);
    const [first, ...forks] = geneses;
    yield* this.frame('genesis', first as Uint8Array);
    this.addRoots(geneses);
    for (const object of this.closure.walk()) yield* this.frame('object', object);
    let next = 0;
    for (const record of upTo(this.store, this.seq)) {
      const [fork] = forks;
      if (fork !== undefined && borderOf(fork)?.seq === next - 1) {
        yield* this.frame('genesis', fork);
        forks.shift();
      }
      yield* this.frame('record', record);
      next++;
    }
    const { seen } = this.closure;
    yield* this.frame('counts', encodeCounts({ objects: seen, records: next }));
    yield this.taken(encodeFrameHead('end', HASH_BYTES));
    yield this.hash.digest();
  }

  private addRoots(geneses: readonly Uint8Array[]): void {
    for (const genesis of geneses) this.closure.add(genesis);
    const { snapshot } = this.head;
    if (snapshot !== null) this.closure.addHash(snapshot.hash);
    if (snapshot?.head !== undefined) this.closure.addHash(snapshot.head);
    for (const record of upTo(this.store, this.seq)) this.closure.add(record);
  }

  private *frame(kind: BundleKind, payload: Uint8Array): Generator<Uint8Array> {
    yield this.taken(encodeFrameHead(kind, payload.length));
    yield this.taken(payload);
  }

  private taken(bytes: Uint8Array): Uint8Array {
    this.hash.update(bytes);
    return bytes;
  }
}

function headOf(store: WorldStore, seq: number): BundleHead {
  const geneses = genesesOf(store, seq);
  const worldId = sha256(geneses.at(-1) as Uint8Array);
  const [last] = seq < 0 ? [] : store.records(seq);
  const chain = last === undefined ? worldId : chainOf(last);
  return { worldId, seq, chain, worlds: geneses.length, snapshot: snapshotAt(store, seq) };
}

/** Of the world that record `seq` belongs to, and of those that it is a fork of. */
function genesesOf({ lineage, genesis }: WorldStore, seq: number): readonly Uint8Array[] {
  return [...lineage, genesis].filter((each) => (borderOf(each)?.seq ?? -2) < seq);
}

function snapshotAt({ snapshots }: WorldStore, seq: number): SnapshotMark | null {
  return snapshots.findLast((mark) => mark.seq <= seq) ?? null;
}

function* upTo(store: WorldStore, seq: number): Generator<Uint8Array> {
  let next = 0;
  if (seq < 0) return;
  for (const record of store.records(0)) {
    yield record;
    if (next === seq) return;
    next++;
  }
}

function* inChunks(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let sizeBytes = 0;
  for (const piece of pieces) {
    waiting.push(piece);
    sizeBytes += piece.length;
    if (sizeBytes < CHUNK_BYTES) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    sizeBytes = 0;
  }
  if (sizeBytes > 0) yield Buffer.concat(waiting);
}
