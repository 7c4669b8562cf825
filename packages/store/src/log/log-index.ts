/** Where objects and records are; rebuilt from the log at every open, never stored. */
import type { Hash } from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import { FRAME_ALIGNMENT } from './frame.js';

/** Every so many records one place is kept; reading starts there and walks. */
const RECORDS_PER_MARK = 64;
const PLACES_PER_SEGMENT = 2 ** 32;

/** Segment and offset of a frame in one number: kept per object, so it must be small. */
export type Place = number;

export function placeOf(segment: number, offset: number): Place {
  return segment * PLACES_PER_SEGMENT + offset / FRAME_ALIGNMENT;
}

export function segmentOf(place: Place): number {
  return Math.floor(place / PLACES_PER_SEGMENT);
}

export function offsetOf(place: Place): number {
  return (place % PLACES_PER_SEGMENT) * FRAME_ALIGNMENT;
}

export class LogIndex {
  private readonly objectPlaces = new Map<string, Place>();
  private readonly marks: Place[] = [];
  private count = 0;

  /** How many records there are: the sequence of the next one. */
  get records(): number {
    return this.count;
  }

  addRecord(place: Place): void {
    if (this.count % RECORDS_PER_MARK === 0) this.marks.push(place);
    this.count++;
  }

  /** The nearest known place at or before a record that exists. */
  markBefore(seq: number): { readonly seq: number; readonly place: Place } {
    const mark = Math.floor(seq / RECORDS_PER_MARK);
    return { seq: mark * RECORDS_PER_MARK, place: this.marks[mark] as Place };
  }

  /** The first place of an object counts. */
  addObject(hash: Uint8Array, place: Place): void {
    const key = keyOf(hash);
    if (!this.objectPlaces.has(key)) this.objectPlaces.set(key, place);
  }

  findObject(hash: Uint8Array): Place | undefined {
    return this.objectPlaces.get(keyOf(hash));
  }

  hasObject(hash: Uint8Array): boolean {
    return this.objectPlaces.has(keyOf(hash));
  }

  /** Those that are not here yet, each of them once. */
  missing(objects: readonly StoredObject[]): readonly StoredObject[] {
    if (objects.length === 0) return objects;
    const found = new Map<string, StoredObject>();
    for (const object of objects) {
      const key = keyOf(object.hash);
      if (!this.objectPlaces.has(key)) found.set(key, object);
    }
    return [...found.values()];
  }

  *objects(): Generator<Hash> {
    for (const key of this.objectPlaces.keys()) yield hashOfKey(key);
  }
}

/** One character per byte: half the memory of hexadecimal text. */
function keyOf(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.length).toString('latin1');
}

function hashOfKey(key: string): Hash {
  return new Uint8Array(Buffer.from(key, 'latin1')) as Hash;
}
