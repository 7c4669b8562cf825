/** Where a frame is: segment and offset in one number. */
import { FRAME_ALIGNMENT } from '../log/frame.js';

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

/** One character per byte: half the memory of hexadecimal text. */
export function keyOfHash(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.length).toString('latin1');
}

export function hashOfKey(key: string): Uint8Array {
  return new Uint8Array(Buffer.from(key, 'latin1'));
}
