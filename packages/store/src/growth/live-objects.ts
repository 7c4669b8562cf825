/**
 * Which objects are live: those that a root names, and those that a live one names.
 *
 * L1 A reference is every hash that stands in bytes in a form that references have: more may be
 *    kept than is needed, never less.
 * L2 Of an object that is stored more than once the first copy is live: it is before all that names
 *    it, wherever a log is cut.
 * L3 Memory is a bit for every eight bytes of log.
 */
import { setImmediate as yieldToLoop } from 'node:timers/promises';
import type { Hash } from '@aos/canon';
import { referencesIn } from '@aos/protocol';
import type { LogReader } from '../log/log-reader.js';
import { type LogIndex, offsetOf, type Place, segmentOf } from '../places/log-index.js';

/** What is looked through between two pauses: about a millisecond. */
const SLICE_BYTES = 1 << 18;
const FIRST_BITMAP_BYTES = 1 << 10;

export class LiveObjects {
  private readonly bitmaps = new Map<number, Uint8Array>();
  private readonly open: Place[] = [];
  private sliceBytes = 0;

  constructor(
    private readonly index: LogIndex,
    private readonly reader: LogReader,
  ) {}

  /** Whether the object at this place is live. */
  has(segment: number, offset: number): boolean {
    const bit = offset / 8;
    const bitmap = this.bitmaps.get(segment);
    return bitmap !== undefined && (((bitmap[bit >>> 3] ?? 0) >>> (bit & 7)) & 1) === 1;
  }

  /** Roots, and everything from there. */
  async add(roots: Iterable<Hash>): Promise<void> {
    for (const hash of roots) this.note(hash);
    await this.follow();
  }

  /** Everything from records on: those from `fromSeq` to the head of this moment. */
  async addRecords(fromSeq: number): Promise<void> {
    for (const bytes of this.reader.records(fromSeq)) {
      this.look(bytes);
      await this.pause(bytes.length);
      if (this.open.length > 0) await this.follow();
    }
  }

  /**
   * As addRecords, at once: for the few that came while others were looked at. Answers with what
   * they have made live.
   */
  addRecordsNow(fromSeq: number): readonly Place[] {
    const found: Place[] = [];
    for (const bytes of this.reader.records(fromSeq)) this.look(bytes);
    for (let place = this.open.pop(); place !== undefined; place = this.open.pop()) {
      found.push(place);
      this.look(this.reader.objectAt(place));
    }
    return found;
  }

  private async follow(): Promise<void> {
    for (let place = this.open.pop(); place !== undefined; place = this.open.pop()) {
      const bytes = this.reader.objectAt(place);
      this.look(bytes);
      await this.pause(bytes.length);
    }
  }

  private look(bytes: Uint8Array): void {
    for (const hash of referencesIn(bytes)) this.note(hash);
  }

  private note(hash: Hash): void {
    const place = this.index.findFirst(hash);
    if (place === undefined || this.has(segmentOf(place), offsetOf(place))) return;
    this.set(segmentOf(place), offsetOf(place) / 8);
    this.open.push(place);
  }

  private set(segment: number, bit: number): void {
    let bitmap = this.bitmaps.get(segment) ?? new Uint8Array(FIRST_BITMAP_BYTES);
    if (bit >>> 3 >= bitmap.length) {
      const grown = new Uint8Array(Math.max((bit >>> 3) + 1, bitmap.length * 2));
      grown.set(bitmap);
      bitmap = grown;
    }
    bitmap[bit >>> 3] = (bitmap[bit >>> 3] as number) | (1 << (bit & 7));
    this.bitmaps.set(segment, bitmap);
  }

  private async pause(bytes: number): Promise<void> {
    this.sliceBytes += bytes + 256;
    if (this.sliceBytes < SLICE_BYTES) return;
    this.sliceBytes = 0;
    await yieldToLoop();
  }
}
