/**
 * CBOR to JavaScript values.
 *
 * 1. Integers become bigints, byte strings Uint8Arrays, maps with text keys plain objects; every
 *    other map becomes a Map, in the order of the bytes. Text that begins with a digit counts as
 *    "other": as property names JavaScript would put such keys first.
 * 2. Text that is not UTF-8, a key twice, a float or a tag ends the call.
 */
import {
  BYTES,
  FALSE,
  headArgument,
  headSize,
  LIST,
  MAP,
  majorOf,
  NAT,
  NEGATIVE,
  NIL,
  skipItem,
  skipTag,
  TEXT,
  TRUE,
} from '../assembly/cbor';
import {
  JS_Call,
  JS_DefinePropertyValue,
  JS_FALSE,
  JS_GetOwnProperty,
  JS_NewArrayFrom,
  JS_NewAtomLen,
  JS_NewBigInt64,
  JS_NewBigUint64,
  JS_NewObject,
  JS_NewStringLen,
  JS_NewUint8ArrayCopy,
  JS_NULL,
  JS_TRUE,
  JS_UNDEFINED,
  Js,
  malloc,
  PLAIN_PROPERTY,
  unthrown,
} from './engine';
import { assertUtf8 } from './utf8';

const DIGIT_0: u8 = 0x30;
const DIGIT_9: u8 = 0x39;
const I64_MAX = i64.MAX_VALUE as u64;

/** The engine's context, and its function from a flat list of keys and values to a Map. */
let context: usize = 0;
let mapOf: Js = 0;
/** Where reading goes on, and where the bytes end. */
let at: usize = 0;
let end: usize = 0;

export function openDecoder(engineContext: usize, toMap: Js): void {
  context = engineContext;
  mapOf = toMap;
}

/** The one value in these bytes, with or without a leading self-describe tag. */
export function decodeValue(start: usize, size: usize): Js {
  end = start + size;
  at = skipTag(start, end);
  if (skipItem(at, end) !== end) unreachable();
  return readValue();
}

/** Lengths and depth are checked by `skipItem` before. */
function readValue(): Js {
  const start = at;
  const major = majorOf(start);
  const argument = headArgument(start);
  at += headSize(start, end);
  if (major === NAT) return unthrown(JS_NewBigUint64(context, argument));
  if (major === NEGATIVE) return readNegative(argument);
  if (major === BYTES) return bytesAt(take(argument as usize), argument as usize);
  if (major === TEXT) return textAt(take(argument as usize), argument as usize);
  if (major === LIST) return readList(argument as i32);
  if (major === MAP) return readRecord(argument as i32);
  const first = load<u8>(start);
  if (first === NIL) return JS_NULL;
  if (first !== TRUE && first !== FALSE) unreachable();
  return first === TRUE ? JS_TRUE : JS_FALSE;
}

/** Moves over `size` bytes and returns where they begin. */
function take(size: usize): usize {
  const start = at;
  at += size;
  return start;
}

function readNegative(argument: u64): Js {
  if (argument > I64_MAX) unreachable();
  return unthrown(JS_NewBigInt64(context, -1 - (argument as i64)));
}

export function textAt(start: usize, size: usize): Js {
  assertUtf8(start, size);
  return unthrown(JS_NewStringLen(context, start, size));
}

export function bytesAt(start: usize, size: usize): Js {
  return unthrown(JS_NewUint8ArrayCopy(context, start, size));
}

function readList(count: i32): Js {
  return unthrown(JS_NewArrayFrom(context, count, readItems(count)));
}

/** Address of the next `count` values, 64 bits each. */
function readItems(count: i32): usize {
  const items = malloc(((count as usize) << 3) + 8);
  if (items === 0) unreachable();
  for (let i = 0; i < count; i++) store<u64>(items + ((i as usize) << 3), readValue());
  return items;
}

/** A plain object, or a Map when a key does not fit one. */
function readRecord(count: i32): Js {
  const first = at;
  const object = unthrown(JS_NewObject(context));
  let last: usize = 0;
  for (let i = 0; i < count; i++) {
    const key = at;
    if (!isName(key)) return readMap(first, count);
    const size = headArgument(key) as usize;
    at += headSize(key, end);
    const start = take(size);
    assertUtf8(start, size);
    const atom = JS_NewAtomLen(context, start, size);
    if (atom === 0) unreachable();
    // In ascending order no key can come twice.
    if (last !== 0 && !isAfter(key, last) && isDefined(object, atom)) unreachable();
    last = key;
    if (JS_DefinePropertyValue(context, object, atom, readValue(), PLAIN_PROPERTY) < 0)
      unreachable();
  }
  return object;
}

function isName(key: usize): bool {
  if (majorOf(key) !== TEXT) return false;
  const first = load<u8>(key + headSize(key, end));
  return headArgument(key) === 0 || first < DIGIT_0 || first > DIGIT_9;
}

/** Whether the text at `key` is a longer one than that at `last`, or as long and greater. */
function isAfter(key: usize, last: usize): bool {
  const size = headArgument(key) as usize;
  const lastSize = headArgument(last) as usize;
  if (size !== lastSize) return size > lastSize;
  return memory.compare(key + headSize(key, end), last + headSize(last, end), size) > 0;
}

function isDefined(object: Js, atom: u32): bool {
  return JS_GetOwnProperty(context, 0, object, atom) !== 0;
}

function readMap(first: usize, count: i32): Js {
  at = first;
  const flat = malloc(8);
  store<u64>(flat, readList(count << 1));
  return unthrown(JS_Call(context, mapOf, JS_UNDEFINED, 1, flat));
}
