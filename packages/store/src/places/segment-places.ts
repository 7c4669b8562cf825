/** Where the records and objects of one segment are, however that is known. */

/** Every so many records one place is kept; reading starts there and walks. */
export const RECORDS_PER_PLACE = 64;

export interface SegmentPlaces {
  /** Sequence of the first record. */
  readonly first: number;
  readonly records: number;
  readonly objectCount: number;
  /** Offset of the record `RECORDS_PER_PLACE * n` of this segment, which has it. */
  recordOffset(n: number): number;
  /** Offset of an object. */
  findObject(hash: Uint8Array): number | undefined;
  /** Every object with its offset, each once. */
  objects(): Iterable<readonly [hash: Uint8Array, offset: number]>;
}
