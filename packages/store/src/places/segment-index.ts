/**
 * The index of one segment beside its file: made, found and held against the segment.
 *
 * An index fits when it is of this segment's header, covers no more than there is, and ends with
 * the very frame that stands there. Frames below are not read then: each is verified when it is
 * read, and all of them when somebody asks for it.
 */
import { join } from 'node:path';
import { type FrameHeader, frameSpan } from '../log/frame.js';
import { FrameReader } from '../log/frame-reader.js';
import type { SegmentHeader } from '../log/segment.js';
import { segmentName, segmentSeed } from '../log/segment.js';
import { type ByteSource, Window } from '../log/window.js';
import type { StoreFs } from '../port.js';
import { IndexFile, memorySource } from './index-file.js';
import { encodeIndex } from './index-format.js';
import { SegmentTable } from './segment-table.js';

const WINDOW_BYTES = 2 ** 12;
const HEADER_CHECK_AT = 36;

function indexName(segment: number): string {
  return segmentName(segment).replace('.log', '.index');
}

export function indexPath(journalPath: string, segment: number): string {
  return join(journalPath, indexName(segment));
}

/** How much of a segment an index has to cover. */
export interface Coverage {
  readonly least: number;
  readonly most: number;
}

export interface FittingIndex {
  readonly file: IndexFile;
  /** The last frame that it covers. */
  readonly lastFrame: FrameHeader;
}

/** The index that is there, if it fits the segment. */
export function fitIndex(
  index: IndexFile | undefined,
  { header, source, coverage }: IndexedSegment,
): FittingIndex | undefined {
  if (index === undefined) return undefined;
  const { seed, bytes, first, last, lastCheck } = index.head;
  if (seed !== segmentSeed(header) || first !== header.first) return undefined;
  if (bytes < coverage.least || bytes > coverage.most || last === 0) return undefined;
  const frames = new FrameReader(new Window(source, WINDOW_BYTES), seed);
  const lastFrame = frames.frameAt(last);
  const isLast = lastFrame !== undefined && last + frameSpan(lastFrame.sizeBytes) === bytes;
  if (!isLast || checkAt(frames, last) !== lastCheck) return undefined;
  return { file: index, lastFrame };
}

export interface IndexedSegment {
  readonly header: SegmentHeader;
  readonly source: ByteSource;
  readonly coverage: Coverage;
}

/** The index of a table, as bytes; `undefined` for a segment without frames. */
export function makeIndex(
  table: SegmentTable,
  segment: { readonly seed: number; readonly source: ByteSource; readonly bytes: number },
): Buffer | undefined {
  if (table.last === 0) return undefined;
  const { seed, source, bytes } = segment;
  const frames = new FrameReader(new Window(source, WINDOW_BYTES), seed);
  return encodeIndex(table, { seed, bytes, lastCheck: checkAt(frames, table.last) });
}

/** An index that is in memory only. */
export function openMade(bytes: Buffer): IndexFile {
  const source = memorySource(bytes);
  return IndexFile.open(source, () => source) as IndexFile;
}

/** A table with what an index says of records and objects, for a segment that goes on. */
export function tableOf(index: IndexFile): SegmentTable {
  const { first, records, last } = index.head;
  const table = new SegmentTable(first);
  table.records = records;
  table.last = last;
  for (let n = 0; n * 64 < records; n++) table.recordOffsets.push(index.recordOffset(n));
  for (const [hash, offset] of index.objects()) table.addObject(hash, offset);
  return table;
}

/** Writes an index; nobody waits for it to be durable, and none is needed. */
export async function writeIndex(fs: StoreFs, path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    const file = fs.open(path, 'create');
    try {
      return (await file.write(bytes, 0)) === bytes.length;
    } finally {
      file.close();
    }
  } catch {
    return false;
  }
}

function checkAt(frames: FrameReader, offset: number): number {
  return frames.window.at(offset, HEADER_CHECK_AT + 4).readUInt32LE(HEADER_CHECK_AT);
}
