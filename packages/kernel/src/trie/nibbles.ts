/** Keys and paths as rows of half bytes, the high half of a byte first. */
import { compareBytes } from '@aos/canon';

/** A row of half bytes, each in a byte of its own. Treated as immutable by everybody. */
export type Nibbles = Uint8Array;

export const NO_NIBBLES: Nibbles = new Uint8Array(0);

const DIGITS = '0123456789abcdef';

export function nibbleCount(key: Uint8Array): number {
  return 2 * key.length;
}

/** The half byte at a place inside the key. */
export function nibbleAt(key: Uint8Array, at: number): number {
  const byte = key[at >> 1] as number;
  return (at & 1) === 0 ? byte >> 4 : byte & 15;
}

/** The half bytes of the key in `[from, to)`. */
export function nibblesOf(key: Uint8Array, from: number, to: number): Nibbles {
  if (from === to) return NO_NIBBLES;
  const row = new Uint8Array(to - from);
  for (let i = 0; i < row.length; i++) row[i] = nibbleAt(key, from + i);
  return row;
}

/** How many half bytes of `path` the key goes on with from `depth`. */
export function sharedWithPath(path: Nibbles, key: Uint8Array, depth: number): number {
  const most = Math.min(path.length, nibbleCount(key) - depth);
  let shared = 0;
  while (shared < most && path[shared] === nibbleAt(key, depth + shared)) shared += 1;
  return shared;
}

/** How many half bytes two keys begin with alike. */
export function sharedByKeys(a: Uint8Array, b: Uint8Array): number {
  const most = Math.min(a.length, b.length);
  let bytes = 0;
  while (bytes < most && a[bytes] === b[bytes]) bytes += 1;
  if (bytes === most) return 2 * bytes;
  return 2 * bytes + (nibbleAt(a, 2 * bytes) === nibbleAt(b, 2 * bytes) ? 1 : 0);
}

export function joinNibbles(path: Nibbles, nibble: number, rest: Nibbles): Nibbles {
  const row = new Uint8Array(path.length + 1 + rest.length);
  row.set(path);
  row[path.length] = nibble;
  row.set(rest, path.length + 1);
  return row;
}

/** Lower-case hexadecimal digits. */
export function nibblesText(path: Nibbles): string {
  let text = '';
  for (const nibble of path) text += DIGITS.charAt(nibble);
  return text;
}

/** The least bytes above all that begin with `prefix`; undefined when there are none. */
export function endOfPrefix(prefix: Uint8Array): Uint8Array | undefined {
  let size = prefix.length;
  while (size > 0 && prefix[size - 1] === 0xff) size -= 1;
  if (size === 0) return undefined;
  const end = prefix.slice(0, size);
  end[size - 1] = (end[size - 1] as number) + 1;
  return end;
}

/** The later of two lower bounds; undefined stands for none. */
export function laterOf(
  a: Uint8Array | undefined,
  b: Uint8Array | undefined,
): Uint8Array | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareBytes(a, b) >= 0 ? a : b;
}

/** The earlier of two upper bounds; undefined stands for none. */
export function earlierOf(
  a: Uint8Array | undefined,
  b: Uint8Array | undefined,
): Uint8Array | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareBytes(a, b) <= 0 ? a : b;
}
