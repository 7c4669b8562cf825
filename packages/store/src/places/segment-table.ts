/** The places of a segment that is walked or written: in memory, and later made to a file. */
import { hashOfKey, keyOfHash } from './place.js';
import { RECORDS_PER_PLACE, type SegmentPlaces } from './segment-places.js';

export class SegmentTable implements SegmentPlaces {
  records = 0;
  /** Offset of the last frame, 0 for none behind the header. */
  last = 0;
  /** Offset of the genesis, where this segment has one. */
  genesis: number | undefined;
  /** Offsets of all marks, in order. */
  readonly marks: number[] = [];
  /** Offset of every so many records. */
  readonly recordOffsets: number[] = [];
  private readonly objectOffsets = new Map<string, number>();

  constructor(readonly first: number) {}

  get objectCount(): number {
    return this.objectOffsets.size;
  }

  addRecord(offset: number): void {
    if (this.records % RECORDS_PER_PLACE === 0) this.recordOffsets.push(offset);
    this.records++;
  }

  /** The first place of an object counts. */
  addObject(hash: Uint8Array, offset: number): void {
    const key = keyOfHash(hash);
    if (!this.objectOffsets.has(key)) this.objectOffsets.set(key, offset);
  }

  recordOffset(n: number): number {
    return this.recordOffsets[n] as number;
  }

  findObject(hash: Uint8Array): number | undefined {
    return this.objectOffsets.get(keyOfHash(hash));
  }

  *objects(): Generator<readonly [Uint8Array, number]> {
    for (const [key, offset] of this.objectOffsets) yield [hashOfKey(key), offset];
  }
}
