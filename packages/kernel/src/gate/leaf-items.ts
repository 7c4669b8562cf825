/** The small items of which the leaves of the gate consist, read strictly. */
import { asHash, type Hash, type Reader, type Writer } from '@aos/canon';
import { shapeRefusal } from '@aos/protocol';

const HASH_BYTES = 32;

/** A list head of exactly `expected` items, or `shape-field`. */
export function readListOf(r: Reader, expected: number): void {
  const found = r.listHead();
  if (found === expected) return;
  throw shapeRefusal('shape-field', `expected a list of ${expected}, found ${found}`);
}

/** A copy of exactly 32 bytes, or `shape-length`. */
export function readHashItem(r: Reader): Hash {
  const bytes = r.bytes();
  if (bytes.length === HASH_BYTES) return asHash(bytes.slice());
  throw shapeRefusal('shape-length', `expected ${HASH_BYTES} bytes, found ${bytes.length}`);
}

/** A list of any length. */
export function readItems<T>(r: Reader, read: (r: Reader) => T): readonly T[] {
  return Array.from({ length: r.listHead() }, () => read(r));
}

export function writeItems<T>(
  w: Writer,
  items: readonly T[],
  write: (w: Writer, item: T) => void,
): void {
  w.listHead(items.length);
  for (const item of items) write(w, item);
}

/** Nil for undefined. */
export function writeOptional<T>(w: Writer, value: T | undefined, write: (value: T) => void): void {
  if (value === undefined) w.nil();
  else write(value);
}

export function readOptional<T>(r: Reader, read: () => T): T | undefined {
  return r.isNil() ? undefined : read();
}

/** One of a closed list of texts, or `shape-field`. */
export function readWord<T extends string>(r: Reader, words: readonly T[]): T {
  const text = r.text();
  const word = words.find((each) => each === text);
  if (word !== undefined) return word;
  throw shapeRefusal('shape-field', `expected ${words.join(' or ')}, found '${text}'`);
}
