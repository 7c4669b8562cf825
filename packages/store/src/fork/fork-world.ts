/**
 * A fork on disk: the log of its parent up to the border, and behind it a segment of its own.
 *
 * K1 Files of the parent are shared, not copied, where the file system can: nothing is done per
 *    record, object or cell. The parent goes on in the last of them, behind the border.
 * K2 Whole or not at all: everything is built under a name that nobody opens, and durable before
 *    one rename makes it a world.
 */
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { sha256 } from '@aos/canon';
import { AosFault, type StoredObject } from '@aos/protocol';
import { assertObjects } from '../batch.js';
import { ensureDirectory, worldContents } from '../create-world.js';
import type { DiskStore } from '../disk-store.js';
import { asFault, worldExists, worldLocked } from '../faults.js';
import { JOURNAL_FOLDER, SALT_BYTES, STAGING_FOLDER, segmentName } from '../log/segment.js';
import { SegmentFile } from '../log/segment-file.js';
import { nodeFs } from '../node-fs.js';
import type { StoreFs } from '../port.js';
import { borderBehind } from './border.js';
import { encodeSegment } from './encode-segment.js';
import { REWOUND_FOLDER } from './finish-rewind.js';
import { emptyDirectory, shareLast, shareSealed } from './staging.js';

const ADVICE = 'make the fork again';

export interface StoreFork {
  /** The last record that both have; durable. */
  readonly seq: number;
  /** The last record that is durable, where somebody knows better than the source. */
  readonly durable?: number;
  readonly genesis: Uint8Array;
  /** Records of its own, from `seq` + 1 on, and what they need. */
  readonly records: readonly Uint8Array[];
  readonly objects: readonly StoredObject[];
}

export interface ForkOptions {
  readonly fs?: StoreFs;
  /** 16 bytes, random by default. */
  readonly salt?: Uint8Array;
}

/**
 * Makes a fork in a directory, which is made too where it is missing. The source may be open for
 * reading or for writing, and may go on meanwhile. Codes: `world-exists`, `world-locked`,
 * `record-not-durable`, `store-failed`.
 */
export async function forkWorldStore(
  source: DiskStore,
  directory: string,
  fork: StoreFork,
  options: ForkOptions = {},
): Promise<void> {
  assertObjects(fork.objects);
  assertDurable({ durable: fork.durable ?? source.durable }, fork.seq);
  const fs = options.fs ?? nodeFs;
  const making = async () => {
    await ensureDirectory(fs, resolve(directory));
    return fs.lock(directory);
  };
  const lock = await asFault('make the directory', making, ADVICE);
  if (!lock) throw worldLocked(directory);
  try {
    const names = await asFault('read the directory', () => fs.list(directory), ADVICE);
    const isTaken = names?.some((name) => name === JOURNAL_FOLDER || name === REWOUND_FOLDER);
    if (isTaken) throw worldExists(directory);
    const salt = options.salt ?? randomBytes(SALT_BYTES);
    const built = () => build(source, { fs, directory, salt }, fork);
    await asFault('make the fork', built, ADVICE);
  } finally {
    await lock.release();
  }
}

/** Code: `record-not-durable`. */
export function assertDurable({ durable }: Pick<DiskStore, 'durable'>, seq: number): void {
  if (seq >= 0 && seq <= durable) return;
  const message = `expected a record that is durable, 0 to ${durable}, found ${seq}`;
  throw new AosFault('record-not-durable', `${message}; choose another one`, { retry: 'later' });
}

interface ForkPlace {
  readonly fs: StoreFs;
  readonly directory: string;
  readonly salt: Uint8Array;
}

async function build(
  { log }: DiskStore,
  { fs, directory, salt }: ForkPlace,
  fork: StoreFork,
): Promise<void> {
  const path = join(directory, STAGING_FOLDER);
  emptyDirectory(fs, path);
  const border = borderBehind(log, fork.seq);
  for (let segment = log.segments.first; segment < border.segment; segment++) {
    await shareSealed({ fs, path }, log.segments, segment);
  }
  await shareLast({ fs, path }, log.segments, border.segment, border.offset);
  const { genesis, seq, objects, records } = fork;
  const header = {
    genesis: sha256(genesis),
    segment: border.segment + 1,
    first: seq + 1,
    previousBytes: border.offset,
    salt,
  };
  const contents = worldContents(genesis, objects, records);
  const stamp = { epoch: log.epoch, durable: seq + records.length };
  const bytes = encodeSegment(header, contents, stamp);
  await writeWhole({ fs, path: join(path, segmentName(header.segment)) }, bytes);
  await fs.syncDirectory(path);
  fs.rename(path, join(directory, JOURNAL_FOLDER));
  await fs.syncDirectory(directory);
}

async function writeWhole(
  target: { readonly fs: StoreFs; readonly path: string },
  bytes: Uint8Array,
): Promise<void> {
  const file = new SegmentFile({ ...target, preallocateBytes: 0 }, 'create');
  try {
    await file.write(bytes, 0);
    await file.seal(bytes.length);
  } finally {
    file.close();
  }
}
