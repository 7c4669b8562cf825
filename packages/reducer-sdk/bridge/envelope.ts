/** Reading the envelope of a call, in place; whatever is not as expected ends the call. */
import {
  BYTES,
  headArgument,
  headSize,
  MAP,
  majorOf,
  NAT,
  NIL,
  skipItem,
  skipTag,
  TEXT,
} from '../assembly/cbor';
import { bytesAt, decodeValue, textAt } from './decode';
import { JS_NULL, JS_UNDEFINED, Js } from './engine';

const ABI_VERSION: u64 = 1;

/** How far addresses in this code lie above those of the memory that the host sees. */
export const BASE: usize = 0xe0000;

// Field names as little-endian numbers: a module of this kind has no data of its own.
const VERSION: u64 = 0x6e6f6973726576;
export const CTX: u64 = 0x787463;

/** The longest name that fits one number. */
const WORD_SIZE: u64 = 8;

/** Address of the one map in the input, of the right version. */
export function openEnvelope(start: usize, end: usize): usize {
  const envelope = skipTag(start, end);
  if (skipItem(envelope, end) !== end) unreachable();
  const version = needed(envelope, end, VERSION);
  if (majorOf(version) !== NAT || headArgument(version) !== ABI_VERSION) unreachable();
  return envelope;
}

/** Address of the value under `name` in the map at `map`, or 0. */
export function found(map: usize, end: usize, name: u64): usize {
  if (majorOf(map) !== MAP) unreachable();
  let at = map + headSize(map, end);
  for (let i = headArgument(map); i > 0; i--) {
    const value = skipItem(at, end);
    if (wordAt(at, end) === name) return value;
    at = skipItem(value, end);
  }
  return 0;
}

export function needed(map: usize, end: usize, name: u64): usize {
  const value = found(map, end, name);
  if (value === 0) unreachable();
  return value;
}

/** Short text as a little-endian number, 0 for anything else. */
function wordAt(at: usize, end: usize): u64 {
  const size = headArgument(at);
  if (majorOf(at) !== TEXT || size > WORD_SIZE) return 0;
  const start = at + headSize(at, end);
  let word: u64 = 0;
  for (let i: u64 = size; i > 0; i--) word = (word << 8) | load<u8>(start + ((i - 1) as usize));
  return word;
}

/** The value inside a byte string. */
export function carried(at: usize, end: usize): Js {
  if (majorOf(at) !== BYTES) unreachable();
  return decodeValue(at + headSize(at, end), headArgument(at) as usize);
}

/** The value inside a byte string; undefined when there is none. */
export function optional(at: usize, end: usize): Js {
  return at === 0 || load<u8>(at) === NIL ? JS_UNDEFINED : carried(at, end);
}

export function textOf(at: usize, end: usize): Js {
  if (majorOf(at) !== TEXT) unreachable();
  const start = at + headSize(at, end);
  return textAt(start, headArgument(at) as usize);
}

export function bytesOf(at: usize, end: usize): Js {
  if (at === 0 || load<u8>(at) === NIL) return JS_NULL;
  if (majorOf(at) !== BYTES) unreachable();
  return bytesAt(at + headSize(at, end), headArgument(at) as usize);
}
