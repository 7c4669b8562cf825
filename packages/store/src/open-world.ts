/**
 * Opening a world on disk.
 *
 * O1 The lock comes first, then the writer's claim, then the scan, then the cut of a torn tail.
 * O2 What the scan read may have been in a cache only: everything behind the last claim is written
 *    again, and files and names are flushed, before anything relies on it.
 * O3 The writer epoch is that of the claim, above all in the log, and a marker frame says so.
 * O4 Reading takes no lock and changes nothing; a torn tail is ignored.
 * O5 An earlier writer may be slow and not gone, so no writer goes on in a file that another may
 *    write to. The last file is replaced by a copy of what the scan accepted, or, where its writer
 *    has finished and it is large, gets a successor. What was not accepted is kept in a file.
 */
import { join } from 'node:path';
import { assert } from '@aos/canon';
import { DiskStore } from './disk-store.js';
import { asFault, WorldDamaged, worldLocked, worldNotFound, writerFenced } from './faults.js';
import { finishRewind, isUnfinishedRewind } from './fork/finish-rewind.js';
import { lineageOf } from './fork/lineage.js';
import { removeDropped } from './growth/prune.js';
import { LogReader } from './log/log-reader.js';
import { LogWriter } from './log/log-writer.js';
import { type CheckedFrames, LogScan, SMALL_LAST_BYTES } from './log/scan.js';
import {
  JOURNAL_FOLDER,
  parseSegmentName,
  type SegmentHeader,
  STAGING_FOLDER,
} from './log/segment.js';
import { SegmentFile, type SegmentFileOptions } from './log/segment-file.js';
import { Segments } from './log/segments.js';
import { keepTail } from './log/tail.js';
import { nodeFs } from './node-fs.js';
import { SegmentTable } from './places/segment-table.js';
import type { StoreFs, StoreLock } from './port.js';
import { claimWriter, type WriterClaim } from './writer-claim.js';

const DEFAULT_SEGMENT_BYTES = 2 ** 24;
const DEFAULT_PREALLOCATE_BYTES = 2 ** 18;

export interface StoreOptions {
  readonly fs?: StoreFs;
  /** An append that would grow a segment beyond this goes to a new one; default 16 MiB. */
  readonly segmentBytes?: number;
  /** The most to fill with zeroes ahead of the log; 0 for none, default 256 KiB. */
  readonly preallocateBytes?: number;
  /** A closed last segment larger than this is not copied when it is opened; default 4 MiB. */
  readonly copyBytes?: number;
  /** 16 bytes for a new world, random by default; given where runs must be equal. */
  readonly salt?: Uint8Array;
}

export interface OpenOptions extends StoreOptions {
  /** `write` (the default) takes the writer lock and repairs a torn tail. */
  readonly mode?: 'write' | 'read';
  /**
   * `all` reads and verifies every frame of the log; by default those that no index covers, and the
   * others when they are read.
   */
  readonly check?: CheckedFrames;
}

type LockedOptions = Omit<OpenOptions, 'mode'> & { readonly fs: StoreFs };

interface ScannedLog {
  readonly scan: LogScan;
  readonly segments: Segments;
  readonly genesis: Uint8Array;
  readonly lineage: readonly Uint8Array[];
  readonly header: SegmentHeader;
}

interface ClaimedLog extends ScannedLog {
  readonly claim: WriterClaim;
}

/**
 * Opens the world in a directory. Codes: `world-not-found`, `world-damaged` (a WorldDamaged, with
 * the place; nothing is changed), `world-locked`, `writer-fenced`, `store-failed`.
 */
export async function openWorldStore(
  directory: string,
  options: OpenOptions = {},
): Promise<DiskStore> {
  const fs = options.fs ?? nodeFs;
  const names = await asFault('read the directory', () => fs.list(directory) ?? []);
  if (isUnfinishedRewind(names)) await finishAlone(fs, directory);
  await asFault('read the directory', () => assertWorld(fs, directory));
  if (options.mode === 'read') {
    const { scan, segments, genesis, lineage } = await readLog(fs, directory, options.check);
    const { index, marks, durable, tail } = scan;
    const { epoch, end } = scan;
    const { flushed } = end;
    const found = { genesis, lineage, segments, index, marks, durable, tail };
    return new DiskStore({ ...found, fs, epoch, flushed });
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
): Promise<DiskStore> {
  const log = await claimLog(options, directory);
  try {
    const writer = await asFault('continue the log', () => startWriter(directory, options, log));
    const { scan, segments, genesis, lineage } = log;
    const { index, marks, tail } = scan;
    const found = { genesis, lineage, segments, index, marks, tail };
    const { fs } = options;
    const { epoch } = log.claim;
    return new DiskStore({ ...found, fs, epoch, durable: -1, flushed: 0, writer, lock });
  } catch (error) {
    log.segments.close();
    throw error;
  }
}

/** Ends a rewind that was broken off, unless somebody is at it. Code: `world-locked`. */
async function finishAlone(fs: StoreFs, directory: string): Promise<void> {
  const lock = await asFault('lock the world', () => fs.lock(directory));
  if (!lock) throw worldLocked(directory);
  try {
    await finishRewind(fs, directory);
  } finally {
    await lock.release();
  }
}

/** Claims before it reads; again, if the log knows of epochs whose claims are not there. */
async function claimLog({ fs, check }: LockedOptions, directory: string): Promise<ClaimedLog> {
  const journalPath = join(directory, JOURNAL_FOLDER);
  let above = 0;
  for (;;) {
    const claim = await asFault('claim the log', () => claimWriter(fs, journalPath, above));
    const log = await readLog(fs, directory, check);
    if (log.scan.epoch < claim.epoch) return { ...log, claim };
    log.segments.close();
    above = log.scan.epoch;
  }
}

function assertWorld(fs: StoreFs, directory: string): void {
  const names = fs.list(directory);
  if (!names) throw worldNotFound(directory, 'no directory');
  if (names.includes(JOURNAL_FOLDER)) return;
  const isUnfinished = names.includes(STAGING_FOLDER);
  throw worldNotFound(directory, isUnfinished ? 'a creation that did not finish' : 'no journal');
}

async function readLog(fs: StoreFs, directory: string, check?: CheckedFrames): Promise<ScannedLog> {
  const journalPath = join(directory, JOURNAL_FOLDER);
  const segments = new Segments(fs, journalPath);
  const scan = new LogScan(segments, check);
  try {
    await asFault('read the log', () => {
      const numbers = (fs.list(journalPath) ?? []).flatMap((name) => parseSegmentName(name) ?? []);
      return scan.run(numbers.sort((a, b) => a - b));
    });
    const { header } = scan;
    assert(header, 'a scan ends with damage or finds a header');
    const genesis = scan.genesis ?? storedGenesis(scan, segments);
    const reader = new LogReader(segments, scan.index, undefined, () => undefined);
    const lineage = lineageOf(genesis, scan.lineage, (hash) => reader.object(hash));
    return { scan, segments, genesis, lineage, header };
  } catch (error) {
    segments.close();
    throw error;
  }
}

/** Of a world that was pruned: it is an object. Throws WorldDamaged. */
function storedGenesis({ index, header }: LogScan, segments: Segments): Uint8Array {
  const reader = new LogReader(segments, index, undefined, () => undefined);
  const genesis = header && reader.object(header.genesis);
  if (genesis !== undefined) return genesis;
  const place = { segment: segments.first, offset: 0, seq: index.first };
  throw new WorldDamaged('the genesis is missing', place);
}

interface TakeOptions extends Omit<SegmentFileOptions, 'path'> {
  readonly journalPath: string;
  readonly copyBytes: number;
}

interface TakenFile {
  readonly file: SegmentFile;
  readonly header: SegmentHeader;
}

async function startWriter(
  directory: string,
  options: LockedOptions,
  log: ClaimedLog,
): Promise<LogWriter> {
  const { fs, segmentBytes = DEFAULT_SEGMENT_BYTES } = options;
  const { preallocateBytes = DEFAULT_PREALLOCATE_BYTES } = options;
  const journalPath = join(directory, JOURNAL_FOLDER);
  const { copyBytes = SMALL_LAST_BYTES } = options;
  const { scan, segments, claim } = log;
  const take = { fs, journalPath, preallocateBytes, copyBytes };
  const { file, header } = await takeFile(log, take);
  try {
    await fs.syncDirectory(journalPath);
    await fs.syncDirectory(directory);
  } catch (error) {
    file.close();
    throw error;
  }
  const isSame = header.segment === log.header.segment;
  const { start } = segments.get(header.segment);
  const offset = isSame ? Math.max(scan.end.offset, start) : start;
  const writer = new LogWriter(
    { fs, journalPath, segmentBytes, preallocateBytes },
    { segments, index: scan.index, shelf: scan.shelf, header, file, offset, claim },
  );
  try {
    await writer.appendMarker('opened');
    await scan.shelf.write(scan.index);
    if (scan.droppedBelow > 0) await removeDropped(fs, journalPath, scan.droppedBelow);
  } catch (error) {
    await writer.close();
    throw error;
  }
  return writer;
}

/** A file that no other writer knows; all of the log before it is durable (O2, O5). */
async function takeFile(log: ClaimedLog, options: TakeOptions): Promise<TakenFile> {
  const { scan, segments, claim } = log;
  const isSuccessor = scan.isComplete && scan.end.offset > options.copyBytes;
  if (isSuccessor) await settleLast(log, options);
  else await keepCut(log, options);
  const file = new SegmentFile({ ...options, path: claim.draftPath }, 'create');
  try {
    const header = isSuccessor ? await beginNext(file, log) : await fillDraft(file, log);
    claim.publish(segments.path(header.segment));
    return { file, header };
  } catch (error) {
    file.close();
    throw claim.isHeld ? error : writerFenced();
  }
}

/** The last file stays as it is: its writer has finished. */
async function settleLast({ scan, segments, header }: ClaimedLog, options: TakeOptions) {
  const file = new SegmentFile({ ...options, path: segments.path(header.segment) }, 'write');
  try {
    await file.rewrite(scan.end.flushed, scan.end.offset);
  } finally {
    file.close();
  }
}

async function beginNext(file: SegmentFile, log: ClaimedLog): Promise<SegmentHeader> {
  const { scan, segments, claim } = log;
  const { genesis, salt, segment } = log.header;
  const previousBytes = scan.end.offset;
  const first = scan.index.records;
  const header = { genesis, salt, segment: segment + 1, first, previousBytes };
  await file.begin(header, claim.epoch);
  scan.seal(segment);
  segments.add(header);
  scan.index.begin(header.segment, new SegmentTable(first));
  return header;
}

/** What the scan accepted of the last file; only a header where that was never completed. */
async function fillDraft(file: SegmentFile, log: ClaimedLog): Promise<SegmentHeader> {
  const { scan, segments, header, claim } = log;
  const { offset } = scan.end;
  if (offset > 0) await file.copy(segments.file(header.segment), 0, offset);
  else await file.begin(header, claim.epoch);
  segments.forget(header.segment);
  return header;
}

async function keepCut(log: ClaimedLog, { fs, journalPath }: TakeOptions): Promise<void> {
  const { scan, segments, header, claim } = log;
  const range = { from: scan.end.offset, sizeBytes: scan.tail.ignoredBytes };
  if (range.sizeBytes === 0) return;
  await keepTail({ fs, path: claim.cutPath }, segments.file(header.segment), range);
  await fs.syncDirectory(journalPath);
}
