/**
 * The scan: reads a whole log once at open, proves it, and builds the index.
 *
 * C1 Every frame verifies, epochs never fall, segments are numbered without a gap and agree with
 *    each other about lengths and sequences.
 * C2 At the first place where no acceptable frame is, the log ends, if nothing says otherwise.
 * C3 What says otherwise: a frame before it or behind it claims that this place was durable, or a
 *    later segment exists. Then the place is damage, reported and never skipped.
 * C4 A place is read again before it is called the end, since a disk may read wrongly once; and
 *    before it is called damage, as a writer may be at work while a reader scans: whatever claims
 *    that it was durable was written after it.
 * C5 A segment of another genesis is that of a fork: the log before it ends where its header says,
 *    and goes on with the records of the fork.
 *
 * Memory is bounded by the window and the index, not by the log.
 */
import { setImmediate as yieldToLoop } from 'node:timers/promises';
import { bytesEqual, type Hash } from '@aos/canon';
import { type DamagePlace, unknownFormat, WorldDamaged } from '../faults.js';
import { IndexShelf } from '../places/index-shelf.js';
import { LogIndex } from '../places/log-index.js';
import { type FittingIndex, tableOf } from '../places/segment-index.js';
import { SegmentTable } from '../places/segment-table.js';
import type { StoreFile } from '../port.js';
import { StoreMarks } from '../store-marks.js';
import { FrameReader } from './frame-reader.js';
import {
  decodeSegmentHeader,
  formatOf,
  MAX_HEADER_SPAN_BYTES,
  SEGMENT_FORMAT,
  SEGMENT_HEADER_SEED,
  type SegmentHeader,
} from './segment.js';
import { CHUNK_BYTES, type SegmentRole, SegmentWalk, type WalkState } from './segment-walk.js';
import type { Segments } from './segments.js';
import { type LogTail, measureTail } from './tail.js';
import { Window } from './window.js';

/** Of a segment that an index covers only a few frames are read. */
const INDEXED_CHUNK_BYTES = 2 ** 12;

/** A last segment of at most this many bytes is read whole: a writer copies it, damage and all. */
export const SMALL_LAST_BYTES = 2 ** 22;

/** Where the last segment ends, and how much of it was claimed durable. */
interface LogEnd {
  readonly offset: number;
  readonly flushed: number;
}

/** Which frames are verified at open: those that no index covers, or all. */
export type CheckedFrames = 'all' | 'last';

/** Reads segments in order; the fields are the result. */
export class LogScan implements WalkState {
  readonly index = new LogIndex();
  readonly marks = new StoreMarks((hash) => this.index.hasObject(hash));
  genesis: Uint8Array | undefined;
  /** Of the worlds that this one is a fork of, the first one first. */
  readonly lineage: Uint8Array[] = [];
  /** Header of the last segment; not yet written when `end.offset` is 0. */
  header: SegmentHeader | undefined;
  epoch = 0;
  durable = -1;
  isClosed = false;
  end: LogEnd = { offset: 0, flushed: 0 };
  tail: LogTail = { clean: false, ignoredBytes: 0 };
  /** It was closed, and its last file holds nothing behind: whoever wrote it has finished. */
  isComplete = false;

  /** Segments below are no part of the journal any more. */
  droppedBelow = 0;
  readonly shelf: IndexShelf;
  private numbers: readonly number[] = [];
  /** The first segment of those that follow each other. */
  private from = 0;

  constructor(
    private readonly segments: Segments,
    /** `all`: every frame is read, whatever indexes say. */
    private readonly check: CheckedFrames = 'last',
  ) {
    this.shelf = new IndexShelf(segments);
  }

  get worldId(): Hash | undefined {
    return this.header?.genesis;
  }

  /** Takes the numbers of the segments that are there. Throws WorldDamaged. */
  async run(numbers: readonly number[]): Promise<void> {
    const last = numbers.at(-1);
    if (last === undefined) {
      throw new WorldDamaged('the segment is missing', this.placeAt(0, 0));
    }
    const from = beginningOf(numbers);
    this.numbers = numbers;
    this.from = from;
    for (let segment = from; segment <= last; segment++) {
      if (segment > from) await yieldToLoop();
      this.scanSegment(segment, segment === last ? 'last' : 'sealed');
    }
    this.lookBehind(last);
    this.passPruned(from);
  }

  /** A journal may begin later only where a mark says so; then what is before is no part of it. */
  private passPruned(from: number): void {
    const { pruned } = this.marks;
    if (from > (pruned?.segment ?? 0)) {
      throw new WorldDamaged('the segment is missing', this.placeAt(from - 1, 0));
    }
    if (pruned === undefined) return;
    this.segments.dropBelow(pruned.segment);
    this.index.dropBelow(pruned.segment);
    this.droppedBelow = pruned.segment;
    if (this.genesis?.length === 0) this.genesis = undefined;
  }

  private lookBehind(segment: number): void {
    const file = this.segments.file(segment);
    const { offset } = this.end;
    this.isComplete = this.isClosed && file.sizeBytes() === offset;
    const frames = new FrameReader(new Window(file, CHUNK_BYTES), this.segments.get(segment).seed);
    const next = offset > 0 ? frames.frameAt(offset) : undefined;
    // a frame that could follow is none that was ignored: a writer has just added it
    const isGrowing = next !== undefined && next.epoch >= this.epoch;
    const ignoredBytes = isGrowing ? 0 : measureTail(file, offset);
    this.tail = { clean: this.isClosed && !isGrowing && ignoredBytes === 0, ignoredBytes };
  }

  private scanSegment(segment: number, role: SegmentRole): void {
    const file = this.segments.file(segment);
    const header = this.readStart(file, segment, role);
    this.isClosed = false;
    if (!header) {
      this.expectStart(segment);
      return;
    }
    if (this.header && !bytesEqual(header.genesis, this.header.genesis)) this.crossBorder();
    this.header = header;
    this.segments.add(header);
    if (this.index.isEmpty && segment > 0) this.beginPruned(file, segment);
    const end = this.walk(segment, file, role);
    if (!this.genesis) throw new WorldDamaged('the genesis is missing', this.placeAt(segment, end));
  }

  /** The genesis is in a segment that is gone, unless this one is the first of a fork. */
  private beginPruned(file: StoreFile, segment: number): void {
    const { seed, start } = this.segments.get(segment);
    const frames = new FrameReader(new Window(file, INDEXED_CHUNK_BYTES), seed);
    if (frames.headerAt(start)?.kind !== 'genesis') this.genesis = new Uint8Array();
  }

  private walk(segment: number, file: StoreFile, role: SegmentRole): number {
    const { seed, header } = this.segments.get(segment);
    const border = role === 'last' ? undefined : this.borderBehind(segment);
    const known = this.knownOf(segment, role, border ?? file.sizeBytes());
    const table = known ? tableFor(known, role) : new SegmentTable(header.first);
    this.index.begin(segment, table);
    const isPassed = known !== undefined && role === 'sealed';
    if (isPassed) this.index.replace(segment, known.file);
    const chunkBytes = isPassed ? INDEXED_CHUNK_BYTES : CHUNK_BYTES;
    const walk = new SegmentWalk(this, file, segment, { seed, chunkBytes });
    const end = walk.toEnd(role, border, known);
    this.end = { offset: end, flushed: walk.flushed };
    if (role === 'last' || isPassed) return end;
    const places = this.shelf.make(segment, table, end);
    if (places !== undefined) this.index.replace(segment, places);
    return end;
  }

  /** A segment that was the last gets a successor: its places become an index. */
  seal(segment: number): void {
    const made = this.shelf.make(segment, this.index.active, this.end.offset);
    if (made !== undefined) this.index.replace(segment, made);
  }

  /** What an index says of a segment: of all of it, or of the beginning of the last one. */
  private knownOf(segment: number, role: SegmentRole, sizeBytes: number) {
    if (this.check === 'all') return undefined;
    if (role === 'last' && sizeBytes <= SMALL_LAST_BYTES) return undefined;
    const least = role === 'last' ? 0 : sizeBytes;
    const known = this.shelf.find(segment, { least, most: sizeBytes });
    if (known === undefined || known.lastFrame.epoch < this.epoch) return undefined;
    return role === 'sealed' || known.file.isWhole() ? known : undefined;
  }

  /** What follows is a fork's: its own genesis, and nothing that has stopped its parent. */
  private crossBorder(): void {
    if (this.genesis && this.genesis.length > 0) this.lineage.push(this.genesis);
    this.genesis = undefined;
    this.marks.cross();
  }

  /** Where a segment ends for a fork that begins with the next one. */
  private borderBehind(segment: number): number | undefined {
    const isThere = this.numbers.includes(segment + 1);
    const next = isThere ? this.headerOf(segment + 1) : undefined;
    if (!next || bytesEqual(next.genesis, (this.header as SegmentHeader).genesis)) return undefined;
    return next.previousBytes;
  }

  private headerOf(segment: number): SegmentHeader | undefined {
    const window = new Window(this.segments.file(segment), MAX_HEADER_SPAN_BYTES);
    const frames = new FrameReader(window, SEGMENT_HEADER_SEED);
    const frame = frames.frameAt(0);
    const payload = frame?.kind === 'segment' ? frames.payloadAt(0, frame) : undefined;
    return payload && decodeSegmentHeader(payload);
  }

  /** The last file exists and its header was never completed. */
  private expectStart(segment: number): void {
    const before = this.header;
    if (!before) throw new WorldDamaged('the segment is missing', this.placeAt(segment - 1, 0));
    const { offset: previousBytes } = this.end;
    const { genesis, salt } = before;
    this.header = { genesis, salt, segment, first: this.index.records, previousBytes };
    this.segments.add(this.header);
    this.index.begin(segment, new SegmentTable(this.header.first));
    this.end = { offset: 0, flushed: 0 };
  }

  /** The header frame; `undefined` for a last segment whose header was never completed. */
  private readStart(
    file: StoreFile,
    segment: number,
    role: SegmentRole,
  ): SegmentHeader | undefined {
    const frames = new FrameReader(new Window(file, INDEXED_CHUNK_BYTES), SEGMENT_HEADER_SEED);
    const place = this.placeAt(segment, 0);
    let frame = frames.frameAt(0);
    if (!frame && segment > 0 && role === 'last') {
      if (!this.hasContentBehindStart(frames.window)) return undefined;
      frames.window.forget();
      frame = frames.frameAt(0);
    }
    if (frame?.kind !== 'segment') throw new WorldDamaged('the segment has no valid start', place);
    const payload = frames.payloadAt(0, frame) ?? new Uint8Array();
    const format = formatOf(payload);
    if (format !== undefined && format !== SEGMENT_FORMAT)
      throw unknownFormat(SEGMENT_FORMAT, format);
    const header = decodeSegmentHeader(payload);
    if (!header) throw new WorldDamaged('the segment header is not what it should be', place);
    this.checkStart(header, segment);
    return header;
  }

  private checkStart(header: SegmentHeader, segment: number): void {
    const before = this.header;
    const isBorder = before !== undefined && !bytesEqual(header.genesis, before.genesis);
    const isSalted = !before || isBorder || bytesEqual(header.salt, before.salt);
    const endBefore = isBorder ? this.end.offset : this.endBefore;
    const fits =
      isSalted &&
      header.segment === segment &&
      (this.isBeginning || header.first === this.index.records) &&
      (this.isBeginning || header.previousBytes === endBefore);
    if (fits) return;
    throw new WorldDamaged(
      'the segment does not continue the one before it',
      this.placeAt(segment, 0),
    );
  }

  /** Of the first segment that is there nothing before it is known. */
  private get isBeginning(): boolean {
    return this.index.isEmpty && this.from > 0;
  }

  /** What the segment before says that its size was when it was sealed. */
  private get endBefore(): number {
    return this.header?.compacted?.original ?? this.end.offset;
  }

  /** Frames follow a header only after it is durable, so anything behind it convicts a bad one. */
  private hasContentBehindStart(window: Window): boolean {
    for (let at = MAX_HEADER_SPAN_BYTES; ; at += CHUNK_BYTES) {
      const bytes = window.at(at, CHUNK_BYTES);
      if (bytes.some((byte) => byte !== 0)) return true;
      if (bytes.length < CHUNK_BYTES) return false;
    }
  }

  private placeAt(segment: number, offset: number): DamagePlace {
    return { segment, offset, seq: this.index.records };
  }
}

/** For the last segment, which goes on, all that the index says; else only how much there is. */
function tableFor({ file }: FittingIndex, role: SegmentRole): SegmentTable {
  if (role === 'last') return tableOf(file);
  const table = new SegmentTable(file.first);
  table.records = file.records;
  return table;
}

/** The first of the segments that follow each other up to the last one. */
function beginningOf(numbers: readonly number[]): number {
  for (let n = numbers.length - 1; n > 0; n--) {
    if ((numbers[n] as number) !== (numbers[n - 1] as number) + 1) return numbers[n] as number;
  }
  return numbers[0] ?? 0;
}
