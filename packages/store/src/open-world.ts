/**
 * Opening a world on disk.
 *
 * O1 The lock comes first, then the scan, then the cut of a torn tail.
 * O2 What the scan read may have been in a cache only: everything behind the last claim is written
 *    again, and files and names are flushed, before anything relies on it.
 * O3 The writer epoch is one more than the highest in the log, and a marker frame says so.
 * O4 Reading takes no lock and changes nothing; a torn tail is ignored.
 */
import { join } from 'node:path';
import { assert } from '@aos/canon';
import type { WorldStore } from '@aos/protocol';
import { DiskStore } from './disk-store.js';
import { asFault, worldLocked, worldNotFound } from './faults.js';
import { LogWriter } from './log/log-writer.js';
import { LogScan } from './log/scan.js';
import {
  JOURNAL_FOLDER,
  parseSegmentName,
  type SegmentHeader,
  STAGING_FOLDER,
} from './log/segment.js';
import { SegmentFile } from './log/segment-file.js';
import { Segments } from './log/segments.js';
import { nodeFs } from './node-fs.js';
import type { StoreFs, StoreLock } from './port.js';

const DEFAULT_SEGMENT_BYTES = 2 ** 26;
const DEFAULT_PREALLOCATE_BYTES = 2 ** 18;

export interface StoreOptions {
  readonly fs?: StoreFs;
  /** An append that would grow a segment beyond this goes to a new one; default 64 MiB. */
  readonly segmentBytes?: number;
  /** The most to fill with zeroes ahead of the log; 0 for none, default 256 KiB. */
  readonly preallocateBytes?: number;
  /** 16 bytes for a new world, random by default; given where runs must be equal. */
  readonly salt?: Uint8Array;
}

export interface OpenOptions extends StoreOptions {
  /** `write` (the default) takes the writer lock and repairs a torn tail. */
  readonly mode?: 'write' | 'read';
}

type LockedOptions = StoreOptions & { readonly fs: StoreFs };

interface ScannedLog {
  readonly scan: LogScan;
  readonly segments: Segments;
  readonly genesis: Uint8Array;
  readonly header: SegmentHeader;
}

/**
 * Opens the world in a directory. Codes: `world-not-found`, `world-damaged` (a WorldDamaged, with
 * the place; nothing is changed), `world-locked`, `store-failed`.
 */
export async function openWorldStore(
  directory: string,
  options: OpenOptions = {},
): Promise<WorldStore> {
  const fs = options.fs ?? nodeFs;
  await asFault('read the directory', () => assertWorld(fs, directory));
  if (options.mode === 'read') {
    const { scan, segments, genesis } = await readLog(fs, directory);
    return new DiskStore({ genesis, segments, index: scan.index, durable: scan.durable });
  }
  const lock = await asFault('lock the world', () => fs.lock(directory));
  if (!lock) throw worldLocked(directory);
  try {
    return await openLocked(directory, { ...options, fs }, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Opens for writing under a lock that is held already; it goes to the store. */
export async function openLocked(
  directory: string,
  options: LockedOptions,
  lock: StoreLock,
): Promise<WorldStore> {
  const log = await readLog(options.fs, directory);
  try {
    const writer = await asFault('continue the log', () => startWriter(directory, options, log));
    const { scan, segments, genesis } = log;
    return new DiskStore({ genesis, segments, index: scan.index, durable: -1, writer, lock });
  } catch (error) {
    log.segments.close();
    throw error;
  }
}

function assertWorld(fs: StoreFs, directory: string): void {
  const names = fs.list(directory);
  if (!names) throw worldNotFound(directory, 'no directory');
  if (names.includes(JOURNAL_FOLDER)) return;
  const isUnfinished = names.includes(STAGING_FOLDER);
  throw worldNotFound(directory, isUnfinished ? 'a creation that did not finish' : 'no journal');
}

async function readLog(fs: StoreFs, directory: string): Promise<ScannedLog> {
  const journalPath = join(directory, JOURNAL_FOLDER);
  const segments = new Segments(fs, journalPath);
  const scan = new LogScan(segments);
  try {
    const numbers = (fs.list(journalPath) ?? []).flatMap((name) => parseSegmentName(name) ?? []);
    await asFault('read the log', () => scan.run(numbers.sort((a, b) => a - b)));
  } catch (error) {
    segments.close();
    throw error;
  }
  const { genesis, header } = scan;
  assert(genesis && header, 'a scan ends with damage or finds the genesis');
  return { scan, segments, genesis, header };
}

async function startWriter(
  directory: string,
  options: LockedOptions,
  { scan, segments, header }: ScannedLog,
): Promise<LogWriter> {
  const { fs, segmentBytes = DEFAULT_SEGMENT_BYTES } = options;
  const { preallocateBytes = DEFAULT_PREALLOCATE_BYTES } = options;
  const journalPath = join(directory, JOURNAL_FOLDER);
  const epoch = scan.epoch + 1;
  const path = segments.path(header.segment);
  const file = new SegmentFile({ fs, path, preallocateBytes }, 'write');
  try {
    await settleFile(file, scan, epoch);
    await fs.syncDirectory(journalPath);
    await fs.syncDirectory(directory);
  } catch (error) {
    file.close();
    throw error;
  }
  const writer = new LogWriter(
    { fs, journalPath, segmentBytes, preallocateBytes },
    { segments, index: scan.index, header, file, epoch },
  );
  await markOpened(writer);
  return writer;
}

/** Cuts what the scan did not accept and flushes the rest; begins a segment without header. */
async function settleFile(file: SegmentFile, scan: LogScan, epoch: number): Promise<void> {
  const { end, header } = scan;
  if (end.offset > 0) {
    await file.rewrite(end.flushed, end.offset);
    await file.seal(end.offset);
  } else if (header) {
    await file.seal(0);
    await file.begin(header, epoch);
  }
}

async function markOpened(writer: LogWriter): Promise<void> {
  try {
    await writer.appendMarker('opened');
  } catch (error) {
    await writer.close();
    throw error;
  }
}
