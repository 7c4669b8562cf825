/** Where objects and records are: the places of each segment, the last of which grows. */
import { assert, type Hash } from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import { keyOfHash, offsetOf, type Place, placeOf, segmentOf } from './place.js';
import { RECORDS_PER_PLACE, type SegmentPlaces } from './segment-places.js';
import { SegmentTable } from './segment-table.js';

export class LogIndex {
  private readonly list: SegmentPlaces[] = [];
  /** Number of the first segment in the list. */
  private base = 0;
  private table = new SegmentTable(0);

  /** How many records there are, and were: the sequence of the next one. */
  get records(): number {
    return this.table.first + this.table.records;
  }

  /** Sequence of the first record. */
  get first(): number {
    return this.list[0]?.first ?? 0;
  }

  /** The places of the segment that grows. */
  get active(): SegmentTable {
    return this.table;
  }

  /** A segment begins: what is added from now on is in it. */
  begin(segment: number, table: SegmentTable): void {
    if (this.list.length === 0) this.base = segment;
    assert(segment === this.base + this.list.length, 'segments are begun in order');
    this.table = table;
    this.list.push(table);
  }

  /** The same places, known in another way. */
  replace(segment: number, places: SegmentPlaces): void {
    this.list[segment - this.base] = places;
  }

  /** What was in the segments before is no part of the log any more. */
  dropBelow(segment: number): void {
    this.list.splice(0, segment - this.base);
    this.base = segment;
  }

  /** Whether no segment has begun. */
  get isEmpty(): boolean {
    return this.list.length === 0;
  }

  /** Whether a segment was dropped. */
  isBelow(segment: number): boolean {
    return segment < this.base;
  }

  of(segment: number): SegmentPlaces {
    return this.list[segment - this.base] as SegmentPlaces;
  }

  addRecord(place: Place): void {
    this.table.addRecord(offsetOf(place));
  }

  /** The nearest known place at or before a record that exists. */
  markBefore(seq: number): { readonly seq: number; readonly place: Place } {
    const at = this.segmentOfRecord(seq);
    const places = this.list[at] as SegmentPlaces;
    const n = Math.floor((seq - places.first) / RECORDS_PER_PLACE);
    const place = placeOf(this.base + at, places.recordOffset(n));
    return { seq: places.first + n * RECORDS_PER_PLACE, place };
  }

  /** The segment that a record is in; of the next record, the one that grows. */
  segmentWith(seq: number): number {
    return this.base + this.segmentOfRecord(seq);
  }

  addObject(hash: Uint8Array, place: Place): void {
    this.table.addObject(hash, offsetOf(place));
  }

  /** The latest place of an object. */
  findObject(hash: Uint8Array): Place | undefined {
    for (let at = this.list.length - 1; at >= 0; at--) {
      const offset = this.list[at]?.findObject(hash);
      if (offset !== undefined) return placeOf(this.base + at, offset);
    }
    return undefined;
  }

  /** The first place of an object. */
  findFirst(hash: Uint8Array): Place | undefined {
    for (const [at, places] of this.list.entries()) {
      const offset = places.findObject(hash);
      if (offset !== undefined) return placeOf(this.base + at, offset);
    }
    return undefined;
  }

  hasObject(hash: Uint8Array): boolean {
    return this.findObject(hash) !== undefined;
  }

  /**
   * Those that are not in the last segment, each of them once. One that is only in an earlier
   * segment is written again, so that whoever gives an object may rely on it from now on.
   */
  missing(objects: readonly StoredObject[]): readonly StoredObject[] {
    if (objects.length === 0) return objects;
    const found = new Map<string, StoredObject>();
    for (const object of objects) {
      const isThere = this.table.findObject(object.hash) !== undefined;
      if (!isThere) found.set(keyOfHash(object.hash), object);
    }
    return [...found.values()];
  }

  /** Every object once. */
  *objects(): Generator<Hash> {
    for (const [at, places] of [...this.list.entries()]) {
      for (const [hash, offset] of places.objects()) {
        const place = placeOf(this.base + at, offset);
        if (this.findObject(hash) === place) yield hash as Hash;
      }
    }
  }

  /** The last segment that begins at the record or before it. */
  private segmentOfRecord(seq: number): number {
    let low = 0;
    let high = this.list.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.list[middle] as SegmentPlaces).first <= seq) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

export { offsetOf, type Place, placeOf, segmentOf };
