/**
 * Which objects are live: those that a root names, and those that a live one names.
 *
 * L1 A reference is every hash that stands in bytes in a form that references have: more may be
 *    kept than is needed, never less.
 * L2 Of an object that is stored more than once the first copy is live: it is before all that names
 *    it, wherever a log is cut.
 * L3 Memory is a bit for every eight bytes of log, and some bytes for every object.
 */
import { setImmediate as yieldToLoop } from 'node:timers/promises';
import type { Hash } from '@aos/canon';
import { eachReference } from '@aos/protocol';
import type { LogReader } from '../log/log-reader.js';
import { type LogIndex, offsetOf, type Place, segmentOf } from '../places/log-index.js';
import type { ObjectFilter } from '../places/object-filter.js';
import { keyOfHash } from '../places/place.js';

/** What is looked through between two pauses: about a millisecond. */
const SLICE_BYTES = 1 << 18;
const FIRST_BITMAP_BYTES = 1 << 10;
const HASH_BYTES = 32;
/** Hashes that were met and need no second look; most records name what others have named. */
const MAX_MET = 1 << 14;

interface ReadLog {
  readonly index: LogIndex;
  readonly reader: LogReader;
}

export class LiveObjects {
  private readonly bitmaps = new Map<number, Uint8Array>();
  private readonly open: Place[] = [];
  private readonly met = new Set<string>();
  private sliceBytes = 0;

  /** The filter is of the same log. */
  constructor(
    private readonly log: ReadLog,
    private readonly filter: ObjectFilter,
  ) {}

  /** Whether the object at this place is live. */
  has(segment: number, offset: number): boolean {
    const bit = offset / 8;
    const bitmap = this.bitmaps.get(segment);
    return bitmap !== undefined && (((bitmap[bit >>> 3] ?? 0) >>> (bit & 7)) & 1) === 1;
  }

  /** Roots, and everything from there. */
  async add(roots: Iterable<Hash>): Promise<void> {
    this.filter.goOn();
    for (const hash of roots) this.note(hash);
    await this.follow();
  }

  /** Everything from records on: those from `fromSeq` to the head of this moment. */
  async addRecords(fromSeq: number): Promise<void> {
    this.filter.goOn();
    for (const bytes of this.log.reader.records(fromSeq)) {
      this.look(bytes);
      if (this.isPauseDue(bytes.length)) await this.pause();
      if (this.open.length > 0) await this.follow();
    }
  }

  /**
   * As addRecords, at once: for the few that came while others were looked at. Answers with what
   * they have made live.
   */
  addRecordsNow(fromSeq: number): readonly Place[] {
    const found: Place[] = [];
    this.filter.goOn();
    for (const bytes of this.log.reader.records(fromSeq)) this.look(bytes);
    for (let place = this.open.pop(); place !== undefined; place = this.open.pop()) {
      found.push(place);
      this.look(this.log.reader.objectAt(place));
    }
    return found;
  }

  private async follow(): Promise<void> {
    for (let place = this.open.pop(); place !== undefined; place = this.open.pop()) {
      const bytes = this.log.reader.objectAt(place);
      this.look(bytes);
      if (this.isPauseDue(bytes.length)) await this.pause();
    }
  }

  private look(bytes: Uint8Array): void {
    eachReference(bytes, this.see);
  }

  private readonly see = (bytes: Uint8Array, at: number): void => {
    if (this.filter.mayHave(bytes, at)) this.note(bytes.slice(at, at + HASH_BYTES) as Hash);
  };

  private note(hash: Hash): void {
    const key = keyOfHash(hash);
    if (this.met.has(key)) return;
    const place = this.log.index.findFirst(hash);
    // what is not there may be stored yet
    if (place !== undefined) this.meet(key);
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

  private meet(key: string): void {
    if (this.met.size === MAX_MET) this.met.clear();
    this.met.add(key);
  }

  private isPauseDue(bytes: number): boolean {
    this.sliceBytes += bytes + 256;
    return this.sliceBytes >= SLICE_BYTES;
  }

  private async pause(): Promise<void> {
    this.sliceBytes = 0;
    await yieldToLoop();
    this.filter.goOn();
  }
}
