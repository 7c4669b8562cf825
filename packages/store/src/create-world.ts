/**
 * Making a world on disk: whole or not at all.
 *
 * Everything is written under a name that nobody opens and flushed; one rename makes it a world.
 * What a broken attempt leaves behind is written over by the next one.
 */
import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { sha256, toHex } from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import { assertObjects } from './batch.js';
import type { DiskStore } from './disk-store.js';
import { asFault, isErrorWith, worldExists, worldLocked } from './faults.js';
import { encodeSegment } from './fork/encode-segment.js';
import { isUnfinishedRewind } from './fork/finish-rewind.js';
import { emptyDirectory } from './fork/staging.js';
import type { FrameContent } from './log/frame.js';
import { JOURNAL_FOLDER, SALT_BYTES, STAGING_FOLDER, segmentName } from './log/segment.js';
import { SegmentFile } from './log/segment-file.js';
import { nodeFs } from './node-fs.js';
import { openLocked, type StoreOptions } from './open-world.js';
import type { StoreFs } from './port.js';

/** The epoch of what is written before the first writer opens the world. */
const CREATION_EPOCH = 0;
const ADVICE = 'make the world again';

/**
 * Makes a world in a directory, which is made too where it is missing, and opens it for writing.
 * Codes: `world-exists` (nothing is touched), `world-locked`, `store-failed`.
 */
export async function createWorldStore(
  directory: string,
  genesis: Uint8Array,
  objects: readonly StoredObject[],
  options: StoreOptions = {},
): Promise<DiskStore> {
  assertObjects(objects);
  const fs = options.fs ?? nodeFs;
  const making = async () => {
    await ensureDirectory(fs, resolve(directory));
    return fs.lock(directory);
  };
  const lock = await asFault('make the directory', making, ADVICE);
  if (!lock) throw worldLocked(directory);
  try {
    const names = await asFault('read the directory', () => fs.list(directory), ADVICE);
    const isTaken = names?.includes(JOURNAL_FOLDER) || isUnfinishedRewind(names ?? []);
    if (isTaken) throw worldExists(directory);
    const contents = worldContents(genesis, objects);
    const salt = options.salt ?? randomBytes(SALT_BYTES);
    const header = { genesis: sha256(genesis), segment: 0, first: 0, previousBytes: 0, salt };
    const log = encodeSegment(header, contents, { epoch: CREATION_EPOCH, durable: -1 });
    await asFault('create the world', () => build(fs, directory, log), ADVICE);
    return await openLocked(directory, { ...options, fs }, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** What a segment begins with behind its header; each object once. */
export function worldContents(
  genesis: Uint8Array,
  objects: readonly StoredObject[],
  records: readonly Uint8Array[] = [],
): FrameContent[] {
  const contents: FrameContent[] = [{ kind: 'genesis', payload: genesis }];
  for (const { hash, bytes } of new Map(objects.map((each) => [toHex(each.hash), each])).values()) {
    contents.push({ kind: 'object', prefix: hash, payload: bytes });
  }
  for (const payload of records) contents.push({ kind: 'record', payload });
  return contents;
}

/** The new name itself is made durable by the opening that follows. */
async function build(fs: StoreFs, directory: string, log: Uint8Array): Promise<void> {
  const staging = join(directory, STAGING_FOLDER);
  emptyDirectory(fs, staging);
  const path = join(staging, segmentName(0));
  const file = new SegmentFile({ fs, path, preallocateBytes: 0 }, 'create');
  try {
    await file.write(log, 0);
    await file.seal(log.length);
  } finally {
    file.close();
  }
  await fs.syncDirectory(staging);
  fs.rename(staging, join(directory, JOURNAL_FOLDER));
}

/**
 * Makes a directory and those above it, and flushes all their names: whoever made them may have
 * been killed before it could. What may not be opened was not made by us.
 */
export async function ensureDirectory(fs: StoreFs, directory: string): Promise<void> {
  const parent = dirname(directory);
  if (parent === directory) return;
  await ensureDirectory(fs, parent);
  makeDirectory(fs, directory);
  try {
    await fs.syncDirectory(parent);
  } catch (error) {
    if (!isErrorWith(error, 'EACCES', 'EPERM')) throw error;
  }
}

function makeDirectory(fs: StoreFs, path: string): void {
  try {
    fs.makeDirectory(path);
  } catch (error) {
    if (!isErrorWith(error, 'EEXIST')) throw error;
  }
}
