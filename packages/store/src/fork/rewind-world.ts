/**
 * A rewind on disk: the log up to a record, and what follows there now, in the place of the log
 * that was, which is kept.
 *
 * R1 No byte of the log that was is changed: it becomes a world folder of the same name, one of
 *    its own in `rewound/<n>`.
 * R2 The new log is whole and durable beside it before the first rename; from that rename on the
 *    rewind has happened, whatever fails behind it (finish-rewind.ts).
 * R3 The new log ends in a file of its own. The files before it are shared: nobody writes to them.
 */
import { basename, dirname, join } from 'node:path';
import type { StoredObject } from '@aos/protocol';
import { assertObjects } from '../batch.js';
import type { DiskStore } from '../disk-store.js';
import { asFault, storeReadOnly } from '../faults.js';
import type { FrameContent } from '../log/frame.js';
import { frameSpan, spanOf } from '../log/frame.js';
import { encodeSegmentHeader, JOURNAL_FOLDER, segmentSeed } from '../log/segment.js';
import { nodeFs } from '../node-fs.js';
import type { OpenLog } from '../open-log.js';
import type { StoreFs } from '../port.js';
import { borderBehind, type LogPlace } from './border.js';
import { encodeFrames, type SegmentStamp } from './encode-segment.js';
import { REWOUND_FOLDER } from './finish-rewind.js';
import { assertDurable } from './fork-world.js';
import { copyAnew, copySegment, emptyDirectory, type Staging, shareSealed } from './staging.js';

const BUILDING_FOLDER = 'journal.rewinding';
/** Where the logs are kept that were rewound, each under its number. */
const ARCHIVE_FOLDER = 'rewound';

export interface StoreRewind {
  /** The last record that stays; durable. */
  readonly seq: number;
  /** What follows it now, and what that needs. */
  readonly records: readonly Uint8Array[];
  readonly objects: readonly StoredObject[];
}

/**
 * Rewinds a world that is open for writing, and closes it. Answers with the folder in which the log
 * that was is kept. Codes: `record-not-durable`, `store-read-only`, `store-failed`.
 */
export async function rewindWorldStore(
  store: DiskStore,
  directory: string,
  rewind: StoreRewind,
): Promise<string> {
  assertObjects(rewind.objects);
  assertDurable(store, rewind.seq);
  const { fs } = store.log;
  if (store.log.writer === undefined) throw storeReadOnly();
  await asFault('write the rewound log', () => build(store, fs, directory, rewind));
  let archive = '';
  await store.closeThen(async () => {
    await asFault('put the rewound log in its place', async () => {
      if (store.log.writer?.fault) throw store.log.writer.fault;
      archive = await exchange(fs, directory);
    });
  });
  return archive;
}

async function build(
  { log }: DiskStore,
  fs: StoreFs,
  directory: string,
  { seq, records, objects }: StoreRewind,
): Promise<void> {
  const path = join(directory, BUILDING_FOLDER);
  emptyDirectory(fs, path);
  const { segment, offset } = borderBehind(log, seq);
  for (let each = log.segments.first; each < segment; each++) {
    await shareSealed({ fs, path }, log.segments, each);
  }
  const contents: FrameContent[] = [
    ...objects.map(
      ({ hash, bytes }) => ({ kind: 'object', prefix: hash, payload: bytes }) as const,
    ),
    ...records.map((payload) => ({ kind: 'record', payload }) as const),
  ];
  const stamp = { epoch: log.epoch, durable: seq + records.length };
  await writeEnd(log, { fs, path }, { segment, offset }, { contents, stamp });
  await fs.syncDirectory(path);
  if (fs.has(join(directory, REWOUND_FOLDER))) emptyDirectory(fs, join(directory, REWOUND_FOLDER));
  fs.rename(path, join(directory, REWOUND_FOLDER));
  await fs.syncDirectory(directory);
}

interface LogEnd {
  readonly contents: readonly FrameContent[];
  readonly stamp: SegmentStamp;
}

/**
 * The last file: what the log has of it up to a place, and contents behind. A file that was written
 * anew says what it was before, and how long it is; as the last one it is another one again.
 */
async function writeEnd(
  { segments }: OpenLog,
  to: Staging,
  { segment, offset }: LogPlace,
  { contents, stamp }: LogEnd,
): Promise<void> {
  const { header, start } = segments.get(segment);
  const { compacted, ...own } = header;
  const begin = compacted === undefined ? start : frameSpan(encodeSegmentHeader(own).length);
  const at = begin + offset - start;
  const end = contents.reduce((sum, content) => sum + spanOf(content), at);
  const bytes = Buffer.alloc(end - at);
  encodeFrames(bytes, { seed: segmentSeed(own), at }, contents, { ...stamp, flushed: end });
  const file =
    compacted === undefined
      ? await copySegment(to, segments, { segment, sizeBytes: offset })
      : await copyAnew(to, segments, { header: own, end: offset, flushed: end });
  try {
    await file.write(bytes, at);
    await file.seal(end);
  } finally {
    file.close();
  }
}

/** The log that was goes, the new one comes. */
async function exchange(fs: StoreFs, directory: string): Promise<string> {
  const archives = join(directory, ARCHIVE_FOLDER);
  const numbers = placesOf(directory, fs).map(({ number }) => number);
  const place = join(archives, String(1 + Math.max(0, ...numbers)));
  const archive = join(place, basename(directory));
  for (const path of [archives, place, archive]) {
    if (!fs.has(path)) fs.makeDirectory(path);
    await fs.syncDirectory(dirname(path));
  }
  fs.rename(join(directory, JOURNAL_FOLDER), join(archive, JOURNAL_FOLDER));
  await fs.syncDirectory(archive);
  await fs.syncDirectory(directory);
  fs.rename(join(directory, REWOUND_FOLDER), join(directory, JOURNAL_FOLDER));
  await fs.syncDirectory(directory);
  return place;
}

/** A log that was rewound. */
export interface RewoundLog {
  /** Counted from 1, in the order in which they were put away. */
  readonly number: number;
  /** The folder that has the world folder, as the folder of the world has its own. */
  readonly path: string;
}

/** The logs of a world that are kept since it was rewound, the first one first. */
export function listRewound(directory: string, fs: StoreFs = nodeFs): readonly RewoundLog[] {
  return placesOf(directory, fs).filter(({ path }) => {
    // a rewind that was broken off has left a place, and nothing in it
    return fs.has(join(path, basename(directory), JOURNAL_FOLDER));
  });
}

function placesOf(directory: string, fs: StoreFs): readonly RewoundLog[] {
  const archives = join(directory, ARCHIVE_FOLDER);
  const numbers = (fs.list(archives) ?? []).map(Number).filter(Number.isSafeInteger);
  return numbers
    .sort((a, b) => a - b)
    .map((number) => ({ number, path: join(archives, String(number)) }));
}
