/** Reading fixed shapes strictly: the small pieces that genesis, records and entries share. */
import { asHash, bytesEqual, type Hash, type Reader, RefusalError } from '@aos/canon';

const HASH_BYTES = 32;

/** Reads a map head of exactly `expected` entries, or refuses with `cbor-key`. */
export function readMapOf(r: Reader, expected: number): void {
  const found = r.mapHead();
  if (found === expected) return;
  throw shapeRefusal('cbor-key', `expected a map of ${expected} entries, found ${found}`);
}

/**
 * A view of a byte string of exactly `length` bytes, or `shape-length`: for what is looked at and
 * let go with the bytes it is read from.
 */
export function viewExact(r: Reader, length: number): Uint8Array {
  const bytes = r.bytes();
  if (bytes.length === length) return bytes;
  throw shapeRefusal('shape-length', `expected ${length} bytes, found ${bytes.length}`);
}

/** A copy of a byte string of exactly `length` bytes, or `shape-length`. */
function readExact(r: Reader, length: number): Uint8Array {
  return viewExact(r, length).slice();
}

/** A hash of 32 raw bytes, or `shape-length`. */
export function readHash(r: Reader): Hash {
  return asHash(readExact(r, HASH_BYTES));
}

export function shapeRefusal(code: string, detail: string): RefusalError {
  return new RefusalError({ code, at: '', detail });
}

/** Asserts that a hash field is the hash it claims, or refuses with `shape-hash`. */
export function checkHash(claimed: Hash, actual: Hash, field: string): void {
  if (bytesEqual(claimed, actual)) return;
  throw shapeRefusal('shape-hash', `${field} is not the hash of what it names`);
}
