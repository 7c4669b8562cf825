/**
 * The writer: appends frames in call order and makes them durable in groups.
 *
 * A1 Frames reach the file in the order of the calls; a batch stays within one segment.
 * A2 An append resolves only after a flush that started when all its bytes were written, and in
 *    order. While a flush is in flight later appends are written and wait for the next one.
 * A3 A segment gets a successor only after all of it is durable and its size is exact.
 * A4 The first failed or short write or flush fences the writer: every waiting and later append
 *    rejects, nothing is tried again, and the file is cut back to the last durable place if it can
 *    be. So does the loss of its claim, looked for between flush and acknowledgement; then nothing
 *    is cut, because the log belongs to another writer.
 * A6 The `closed` marker is the last that a writer does to its file: who finds it there knows the
 *    size of the file for good.
 * A5 A claim in a frame (durable, flushed) speaks only of flushes that have completed.
 */
import { AosFault, type Batch } from '@aos/protocol';
import { storeFailed, writerFenced } from '../faults.js';
import type { IndexShelf } from '../places/index-shelf.js';
import { type LogIndex, placeOf } from '../places/log-index.js';
import { SegmentTable } from '../places/segment-table.js';
import type { WriterClaim } from '../writer-claim.js';
import { encodeFrame, type FrameContent, type FrameStamp, frameSeed, spanOf } from './frame.js';
import { encodeMarker, type Marker } from './marker.js';
import { type Mark, PendingChunks } from './pending.js';
import type { SegmentHeader } from './segment.js';
import { SegmentFile, type SegmentFileOptions } from './segment-file.js';
import type { Segments } from './segments.js';

export interface WriterOptions extends Omit<SegmentFileOptions, 'path'> {
  readonly journalPath: string;
  /** An append that would grow a segment beyond this size goes to a new one. */
  readonly segmentBytes: number;
}

/** Where a writer goes on: the log as it was proved and made durable. */
export interface WriterStart {
  readonly segments: Segments;
  readonly index: LogIndex;
  readonly shelf: IndexShelf;
  readonly header: SegmentHeader;
  readonly file: SegmentFile;
  /** Where the log ends in the file. */
  readonly offset: number;
  readonly claim: WriterClaim;
}

interface LogContent extends FrameContent {
  /** A marker that is no writer's own. */
  readonly isMark?: boolean;
}

interface Waiter {
  readonly appends: number;
  resolve(): void;
  reject(fault: AosFault): void;
}

export class LogWriter {
  /** Set once the writer is fenced (A4). */
  fault: AosFault | undefined;
  readonly pending = new PendingChunks();
  private readonly waiters: Waiter[] = [];
  /** Headers of segments that frames are encoded for and no file exists of. */
  private readonly coming: SegmentHeader[] = [];
  private header: SegmentHeader;
  private file: SegmentFile;
  private encoded: Mark;
  private written: Mark;
  private flushed: Mark;
  private pumping: Promise<void> | undefined;
  private flushing: Promise<void> | undefined;
  private cutting: Promise<void> | undefined;
  /** The file gets its last bytes now, and its size stays (A6). */
  private isClosing = false;

  constructor(
    private readonly options: WriterOptions,
    private readonly start: WriterStart,
  ) {
    const { header, file, index, offset } = start;
    this.header = header;
    this.file = file;
    this.encoded = { appends: 0, head: index.records - 1, segment: header.segment, offset };
    this.written = this.encoded;
    this.flushed = this.encoded;
  }

  get head(): number {
    return this.fault ? this.flushed.head : this.encoded.head;
  }

  get durable(): number {
    return this.flushed.head;
  }

  get claim(): WriterClaim {
    return this.start.claim;
  }

  /** Up to where the log is durable. */
  get durablePlace(): Pick<Mark, 'offset' | 'segment'> {
    return this.flushed;
  }

  /**
   * Objects come first and are new to the log, marks come last. An empty batch waits for all
   * appends before it.
   */
  append(batch: Batch): Promise<void> {
    const contents: LogContent[] = [];
    for (const { hash, bytes } of batch.objects) {
      contents.push({ kind: 'object', prefix: hash, payload: bytes });
    }
    for (const payload of batch.records) contents.push({ kind: 'record', payload });
    for (const mark of batch.marks ?? []) contents.push({ ...markerContent(mark), isMark: true });
    return this.appendFrames(contents);
  }

  /** A frame for whoever opens the log next; no part of the journal. */
  appendMarker(kind: 'closed' | 'opened'): Promise<void> {
    return this.appendFrames([markerContent({ kind })]);
  }

  /** Waits for all appends, states in the log that they are durable, and lets the file go. */
  async close(): Promise<void> {
    try {
      await this.appendFrames([]);
      await this.file.seal(this.flushed.offset);
      this.isClosing = true;
      await this.appendMarker('closed');
      await this.keepIndex(this.flushed.segment, this.flushed.offset);
    } catch (cause) {
      this.fence(cause);
      await this.cutting;
    }
    this.file.close();
  }

  private appendFrames(contents: readonly LogContent[]): Promise<void> {
    if (this.fault) return Promise.reject(this.fault);
    if (contents.length > 0) {
      this.encodeFrames(contents);
      this.pumping ??= Promise.resolve().then(() => this.pump());
    }
    const { appends } = this.encoded;
    if (appends === this.flushed.appends) return Promise.resolve();
    return new Promise((resolve, reject) => this.waiters.push({ appends, resolve, reject }));
  }

  private encodeFrames(contents: readonly LogContent[]): void {
    let spanBytes = 0;
    for (const content of contents) spanBytes += spanOf(content);
    this.makeRoom(spanBytes);
    const { segment, offset, appends } = this.encoded;
    const { seed } = this.start.segments.get(segment);
    const chunk = this.pending.reserve(this.encoded, spanBytes);
    const stamp = this.stamp();
    let at = offset;
    for (const content of contents) {
      this.enter(content, segment, at);
      const target = chunk.bytes.subarray(at - chunk.offset);
      encodeFrame(target, frameSeed(seed, at), stamp, content);
      at += spanOf(content);
    }
    const head = this.start.index.records - 1;
    this.encoded = { appends: appends + 1, head, segment, offset: at };
    chunk.mark = this.encoded;
  }

  private enter({ kind, prefix, isMark }: LogContent, segment: number, offset: number): void {
    const { index } = this.start;
    const place = placeOf(segment, offset);
    index.active.last = offset;
    if (kind === 'record') index.addRecord(place);
    if (prefix) index.addObject(prefix, place);
    if (isMark) index.active.marks.push(offset);
  }

  private stamp(): FrameStamp {
    const { head, segment, offset } = this.flushed;
    const flushed = segment === this.encoded.segment ? offset : 0;
    return { epoch: this.start.claim.epoch, durable: head, flushed };
  }

  /** Goes on in a new segment when this one would grow too large. */
  private makeRoom(spanBytes: number): void {
    const { segments, index } = this.start;
    const { appends, head, segment, offset } = this.encoded;
    const isEmpty = offset === segments.get(segment).start;
    if (isEmpty || offset + spanBytes <= this.options.segmentBytes) return;
    const { genesis, salt } = this.header;
    this.header = { genesis, salt, segment: segment + 1, first: head + 1, previousBytes: offset };
    this.coming.push(this.header);
    segments.add(this.header);
    index.begin(segment + 1, new SegmentTable(head + 1));
    this.encoded = { appends, head, segment: segment + 1, offset: segments.get(segment + 1).start };
  }

  /** Writes what is pending, one chunk after the other; never runs twice at a time. */
  private async pump(): Promise<void> {
    try {
      for (let chunk = this.pending.first; chunk && !this.fault; chunk = this.pending.first) {
        chunk.sealed = true;
        if (chunk.segment !== this.written.segment) await this.rotate();
        const { bytes, offset, mark } = chunk;
        await this.file.write(bytes.subarray(0, mark.offset - offset), offset);
        if (!this.isClosing) await this.file.allocateBehind(mark.offset);
        this.pending.removeFirst();
        this.written = mark;
        this.flush();
      }
    } catch (cause) {
      this.fence(cause);
    }
    this.pumping = undefined;
  }

  /** Starts a flush of what is written, unless one is in flight: that one starts the next (A2). */
  private flush(): void {
    const mark = this.written;
    if (this.flushing || this.fault || mark.appends === this.flushed.appends) return;
    this.flushing = this.file.datasync().then(
      () => this.settle(mark),
      (cause) => {
        this.flushing = undefined;
        this.fence(cause);
      },
    );
  }

  private settle(mark: Mark): void {
    this.flushing = undefined;
    if (this.fault) return;
    try {
      this.start.claim.assertHeld();
    } catch (cause) {
      this.fence(cause);
      return;
    }
    this.flushed = mark;
    this.flush();
    const later = this.waiters.findIndex(({ appends }) => appends > mark.appends);
    const settled = this.waiters.splice(0, later < 0 ? this.waiters.length : later);
    for (const waiter of settled) waiter.resolve();
  }

  /** Ends the current segment for good and begins the next (A3). */
  private async rotate(): Promise<void> {
    while (this.flushing) await this.flushing;
    if (this.fault) throw this.fault;
    const header = this.coming.shift() as SegmentHeader;
    await this.file.seal(header.previousBytes);
    const { fs, journalPath, preallocateBytes } = this.options;
    const { claim, segments } = this.start;
    const next = new SegmentFile({ fs, path: claim.draftPath, preallocateBytes }, 'create');
    try {
      const offset = await next.begin(header, claim.epoch);
      claim.publish(segments.path(header.segment));
      await fs.syncDirectory(journalPath);
      this.file.close();
      this.file = next;
      this.written = { ...this.written, segment: header.segment, offset };
      this.flushed = this.written;
    } catch (cause) {
      next.close();
      throw cause;
    }
    await this.keepIndex(header.segment - 1, header.previousBytes);
  }

  /** What is known of a segment that is whole goes to a file; what of it is durable, is. */
  private async keepIndex(segment: number, bytes: number): Promise<void> {
    const { shelf, index } = this.start;
    const table = index.of(segment);
    if (!(table instanceof SegmentTable)) return;
    const made = shelf.make(segment, table, bytes);
    if (made !== undefined) index.replace(segment, made);
    await shelf.write(index);
  }

  private fence(cause: unknown): void {
    if (this.fault) return;
    const fault = this.faultOf(cause);
    this.fault = fault;
    for (const waiter of this.waiters.splice(0)) waiter.reject(fault);
    this.cutting = this.cutBack();
  }

  /** Takes away what was never acknowledged; a disk that refuses even this is left as it is. */
  private async cutBack(): Promise<void> {
    await Promise.all([this.pumping, this.flushing]);
    if (this.isClosing || this.isSuperseded()) return;
    await this.file.seal(this.flushed.offset).catch(() => undefined);
  }

  /** Whatever fails after another writer has come fails because of it. */
  private faultOf(cause: unknown): AosFault {
    if (cause instanceof AosFault) return cause;
    return this.isSuperseded() ? writerFenced() : storeFailed('write the log', cause);
  }

  private isSuperseded(): boolean {
    try {
      return !this.start.claim.isHeld;
    } catch {
      return false;
    }
  }
}

function markerContent(marker: Marker): FrameContent {
  return { kind: 'marker', payload: encodeMarker(marker) };
}
