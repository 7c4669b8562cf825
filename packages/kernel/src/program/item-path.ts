/**
 * Finds a part of a value by its path, in the canonical bytes themselves: nothing is decoded but
 * the heads on the way, and nothing is allocated.
 *
 * The bytes are canonical in a schema that has the path, so every key on it is found.
 */
import { assert, Defect, encodeUntagged } from '@aos/canon';

/** Keys of the maps on the way, encoded. */
export type ItemPath = readonly Uint8Array[];

const SELF_DESCRIBE_BYTES = 3;

export function itemPathOf(keys: readonly string[]): ItemPath {
  return keys.map((key) => encodeUntagged(key));
}

/** The encoded item at the path of a canonical document: a view, without a tag. */
export function itemAt(document: Uint8Array, path: ItemPath): Uint8Array {
  let at = SELF_DESCRIBE_BYTES;
  for (const key of path) at = valueUnder(document, at, key);
  return document.subarray(at, endOf(document, at));
}

/** Where the value under `key` begins, in the map at `at`. */
function valueUnder(bytes: Uint8Array, at: number, key: Uint8Array): number {
  assert((bytes[at] as number) >> 5 === MAP, 'a path leads through maps');
  let entries = argumentAt(bytes, at);
  for (let entry = afterHead(bytes, at); entries > 0; entries--) {
    const value = endOf(bytes, entry);
    if (startsWith(bytes, entry, key)) return value;
    entry = endOf(bytes, value);
  }
  throw new Defect('a path of the schema is in each of its values');
}

const BYTES = 2;
const TEXT = 3;
const LIST = 4;
const MAP = 5;

/** Behind the item at `at`, with all that is inside it. */
function endOf(bytes: Uint8Array, at: number): number {
  let end = at;
  for (let items = 1; items > 0; items--) {
    const major = (bytes[end] as number) >> 5;
    const argument = argumentAt(bytes, end);
    end = afterHead(bytes, end);
    if (major === BYTES || major === TEXT) end += argument;
    else if (major === LIST) items += argument;
    else if (major === MAP) items += 2 * argument;
  }
  return end;
}

const SIMPLE = 7;

/** Length or value that a head carries; sizes in memory are far below where it would round. */
function argumentAt(bytes: Uint8Array, at: number): number {
  const info = (bytes[at] as number) & 31;
  if (info < 24) return info;
  let argument = 0;
  for (let i = at + 1; i < afterHead(bytes, at); i++)
    argument = argument * 256 + (bytes[i] as number);
  return argument;
}

function afterHead(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] as number;
  const info = byte & 31;
  assert(info < 28 && (byte >> 5 !== SIMPLE || info < 24), 'canonical values have definite heads');
  return info < 24 ? at + 1 : at + 1 + (1 << (info - 24));
}

/** No encoding of a text is the beginning of another one. */
function startsWith(bytes: Uint8Array, at: number, prefix: Uint8Array): boolean {
  for (let i = 0; i < prefix.length; i++) if (bytes[at + i] !== prefix[i]) return false;
  return true;
}
