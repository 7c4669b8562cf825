/**
 * JavaScript values to canonical CBOR, into one growing buffer.
 *
 * 1. Integers are bigints of 64 bits or numbers without a fraction up to 2^53 - 1; their bytes are
 *    the same. Any other number ends the call.
 * 2. Objects are maps with text keys; keys are ordered by their encoded bytes, a Map's too.
 * 3. An object with nothing but a `$tag` is a variant's arm whose value is null.
 * 4. Text with a lone surrogate, undefined, functions and symbols end the call.
 */
import {
  BYTES,
  compareBytes,
  FALSE,
  LIST,
  MAP,
  NAT,
  NEGATIVE,
  NIL,
  shortestHeadSize,
  TAG_SIZE,
  TEXT,
  TRUE,
  writeHead,
  writeTag,
} from '../assembly/cbor';
import {
  JS_AtomToCStringLen,
  JS_Call,
  JS_GetLength,
  JS_GetOwnPropertyNames,
  JS_GetProperty,
  JS_GetPropertyUint32,
  JS_GetTypedArrayType,
  JS_GetUint8Array,
  JS_IsArray,
  JS_IsMap,
  JS_IsStrictEqual,
  JS_NewBigInt64,
  JS_NewBigUint64,
  JS_ToBigInt64,
  JS_ToCStringLen2,
  JS_ToFloat64,
  JS_UNDEFINED,
  Js,
  malloc,
  OWN_TEXT_NAMES,
  TAG_BIG_INT,
  TAG_BOOL,
  TAG_INT,
  TAG_NULL,
  TAG_OBJECT,
  TAG_SHORT_BIG_INT,
  TAG_STRING,
  TAG_STRING_ROPE,
  TAG_UNDEFINED,
  tagOf,
  UINT8_ARRAY,
  unthrown,
} from './engine';
import { assertUtf8 } from './utf8';

/** Deepest nesting written, the same number as the host's codec. */
const MAX_DEPTH: i32 = 128;
const SAFE_INTEGER: f64 = 9007199254740991;
/** Head of a byte string whose size is not known yet. */
const ROOMY_HEAD: usize = 5;
/** Address and size of the encoded key, and the value. */
const ENTRY_SIZE: u32 = 16;
const FIRST_BUFFER: usize = 8192;
/** `$tag` and `$value` as little-endian numbers. */
const TAG_NAME: u32 = 0x67617424;
const VALUE_NAME: u64 = 0x65756c617624;

let context: usize = 0;
/** The engine's function from a Map to a flat list of keys and values. */
let entriesOf: Js = 0;
let buffer: usize = 0;
let limit: usize = 0;
/** Where the next byte goes. */
let at: usize = 0;
/** Where the engine writes sizes and numbers. */
let answer: usize = 0;

export function openEncoder(engineContext: usize, toEntries: Js): void {
  context = engineContext;
  entriesOf = toEntries;
  answer = malloc(16);
  buffer = malloc(FIRST_BUFFER);
  limit = buffer + FIRST_BUFFER;
  at = buffer;
}

/** Where the output begins. It may move until the last byte is written. */
export function outputStart(): usize {
  return buffer;
}

export function outputSize(): usize {
  return at - buffer;
}

/** Makes room for `size` bytes more. */
function reserve(size: usize): void {
  if (limit - at >= size) return;
  const used = at - buffer;
  const grown = max((limit - buffer) << 1, used + size);
  const moved = malloc(grown);
  if (moved === 0) unreachable();
  memory.copy(moved, buffer, used);
  buffer = moved;
  limit = moved + grown;
  at = moved + used;
}

export function putHead(major: u8, argument: u64): void {
  reserve(9);
  at = writeHead(at, major, argument);
}

export function putNil(): void {
  reserve(1);
  store<u8>(at++, NIL);
}

/** Text of up to 16 ASCII letters, given as little-endian numbers. */
export function putWord(size: usize, low: u64, high: u64 = 0): void {
  reserve(17);
  at = writeHead(at, TEXT, size as u64);
  store<u64>(at, low);
  store<u64>(at, high, 8);
  at += size;
}

export function putBytes(from: usize, size: usize): void {
  putString(BYTES, from, size);
}

function putString(major: u8, from: usize, size: usize): void {
  reserve(size + 9);
  at = writeHead(at, major, size as u64);
  memory.copy(at, from, size);
  at += size;
}

/** A byte string with the canonical tagged bytes of `value`. */
export function putCarried(value: Js): void {
  reserve(ROOMY_HEAD + TAG_SIZE);
  const start = at - buffer;
  at = writeTag(at + ROOMY_HEAD);
  putValue(value, 0);
  const content = buffer + start + ROOMY_HEAD;
  const size = at - content;
  const head = shortestHeadSize(size as u64);
  memory.copy(buffer + start + head, content, size);
  writeHead(buffer + start, BYTES, size as u64);
  at = buffer + start + head + size;
}

export function putValue(value: Js, depth: i32): void {
  const tag = tagOf(value);
  if (tag === TAG_INT || tag === TAG_SHORT_BIG_INT) putInteger(value as i32 as i64);
  else if (tag === TAG_STRING || tag === TAG_STRING_ROPE) putText(value);
  else if (tag === TAG_OBJECT) putObject(value, depth);
  else if (tag === TAG_NULL) putNil();
  else if (tag === TAG_BIG_INT) putBigInt(value);
  else if (tag === TAG_BOOL) putHead(7, ((value as u8) === 0 ? FALSE : TRUE) & 31);
  else putNumber(value);
}

function putInteger(value: i64): void {
  if (value < 0) putHead(NEGATIVE, ~value as u64);
  else putHead(NAT, value as u64);
}

/** Reading wraps at 64 bits, so the value must be the one read, signed or unsigned. */
function putBigInt(value: Js): void {
  if (JS_ToBigInt64(context, answer, value) !== 0) unreachable();
  const read = load<i64>(answer);
  if (JS_IsStrictEqual(context, value, JS_NewBigInt64(context, read))) {
    putInteger(read);
    return;
  }
  if (!JS_IsStrictEqual(context, value, JS_NewBigUint64(context, read as u64))) unreachable();
  putHead(NAT, read as u64);
}

/** A double; what is neither a double nor anything above fails to be read. */
function putNumber(value: Js): void {
  const tag = tagOf(value);
  // Symbols, and everything between undefined and doubles, are no numbers.
  if (tag < 0 && tag > TAG_BIG_INT) unreachable();
  if (tag >= TAG_UNDEFINED && tag <= 8) unreachable();
  if (JS_ToFloat64(context, answer, value) !== 0) unreachable();
  const read = load<f64>(answer);
  if (!(Math.abs(read) <= SAFE_INTEGER) || Math.trunc(read) !== read) unreachable();
  putInteger(read as i64);
}

export function putText(value: Js): void {
  const start = JS_ToCStringLen2(context, answer, value, 0);
  if (start === 0) unreachable();
  const size = load<usize>(answer);
  assertUtf8(start, size);
  putString(TEXT, start, size);
}

function putObject(value: Js, depth: i32): void {
  if (depth >= MAX_DEPTH) unreachable();
  const kind = JS_GetTypedArrayType(value);
  if (kind >= 0) putTypedArray(value, kind);
  else if (JS_IsArray(value)) putList(value, depth);
  else putEntries(value, depth);
}

export function putTypedArray(value: Js, kind: i32): void {
  if (kind !== UINT8_ARRAY) unreachable();
  const start = JS_GetUint8Array(context, answer, value);
  const size = load<usize>(answer);
  // An empty array may have no address.
  if (start === 0 && size !== 0) unreachable();
  putString(BYTES, start, size);
}

function putList(value: Js, depth: i32): void {
  const count = lengthOf(value);
  putHead(LIST, count as u64);
  for (let i: u32 = 0; i < count; i++) putValue(itemOf(value, i), depth + 1);
}

export function lengthOf(list: Js): u32 {
  if (JS_GetLength(context, list, answer) !== 0) unreachable();
  return load<u32>(answer);
}

export function itemOf(list: Js, index: u32): Js {
  return unthrown(JS_GetPropertyUint32(context, list, index));
}

function putEntries(value: Js, depth: i32): void {
  // A Map is a map, whatever its keys; only an object can be a variant.
  const isMap = JS_IsMap(value);
  const table = isMap ? mapEntries(value) : recordEntries(value);
  const size = entryCount;
  if (size > 1) sortEntries(table, size);
  const bare = !isMap && size === 1 && isTag(table);
  putHead(MAP, bare ? 2 : (size as u64));
  for (let i: u32 = 0; i < size; i++) {
    const entry = table + i * ENTRY_SIZE;
    const keySize = load<usize>(entry, 4);
    reserve(keySize);
    memory.copy(at, load<usize>(entry), keySize);
    at += keySize;
    putValue(load<u64>(entry, 8), depth + 1);
  }
  if (!bare) return;
  putWord(6, VALUE_NAME);
  putNil();
}

/** Whether the entry's key is the text `$tag`. */
function isTag(entry: u32): bool {
  if (load<u32>(entry, 4) !== 5) return false;
  const key = load<u32>(entry);
  return load<u8>(key) === 0x64 && load<u32>(key, 1) === TAG_NAME;
}

/** How many entries the table that was made last has. */
let entryCount: u32 = 0;

function recordEntries(value: Js): u32 {
  if (JS_GetOwnPropertyNames(context, answer, answer + 4, value, OWN_TEXT_NAMES) !== 0)
    unreachable();
  const names = load<u32>(answer);
  const count = load<u32>(answer, 4);
  const table = malloc(count * ENTRY_SIZE + 8) as u32;
  if (table === 0) unreachable();
  for (let i: u32 = 0; i < count; i++) {
    const atom = load<u32>(names + i * 8, 4);
    const text = JS_AtomToCStringLen(context, answer, atom);
    if (text === 0) unreachable();
    const size = load<usize>(answer);
    assertUtf8(text, size);
    const entry = table + i * ENTRY_SIZE;
    const head = shortestHeadSize(size as u64);
    const key = malloc(head + size);
    memory.copy(writeHead(key, TEXT, size as u64), text, size);
    store<u32>(entry, key as u32);
    store<usize>(entry, head + size, 4);
    store<u64>(entry, unthrown(JS_GetProperty(context, value, atom)), 8);
  }
  entryCount = count;
  return table;
}

/** Keys are encoded at the end of the output, copied, and taken back. */
function mapEntries(value: Js): u32 {
  store<u64>(answer, value);
  const flat = unthrown(JS_Call(context, entriesOf, JS_UNDEFINED, 1, answer));
  const count = lengthOf(flat) >> 1;
  const table = malloc(count * ENTRY_SIZE + 8) as u32;
  if (table === 0) unreachable();
  for (let i: u32 = 0; i < count; i++) {
    const start = at - buffer;
    putValue(itemOf(flat, i << 1), MAX_DEPTH);
    const size = at - buffer - start;
    const key = malloc(size);
    if (key === 0) unreachable();
    memory.copy(key, buffer + start, size);
    at = buffer + start;
    const entry = table + i * ENTRY_SIZE;
    store<u32>(entry, key as u32);
    store<usize>(entry, size, 4);
    store<u64>(entry, itemOf(flat, (i << 1) + 1), 8);
  }
  entryCount = count;
  return table;
}

/** Heap sort: its cost is bounded whatever the keys are. The same key twice ends the call. */
function sortEntries(table: u32, count: u32): void {
  for (let i = count >> 1; i > 0; i--) siftDown(table, i - 1, count);
  for (let last = count; last > 1; last--) {
    swapEntries(table, table + (last - 1) * ENTRY_SIZE);
    siftDown(table, 0, last - 1);
  }
  for (let i: u32 = 1; i < count; i++) {
    if (compareEntries(table + (i - 1) * ENTRY_SIZE, table + i * ENTRY_SIZE) === 0) unreachable();
  }
}

function siftDown(table: u32, from: u32, count: u32): void {
  let parent = from;
  while (true) {
    let child = (parent << 1) + 1;
    if (child >= count) return;
    const left = table + child * ENTRY_SIZE;
    if (child + 1 < count && compareEntries(left, left + ENTRY_SIZE) < 0) child++;
    const top = table + parent * ENTRY_SIZE;
    const next = table + child * ENTRY_SIZE;
    if (compareEntries(top, next) >= 0) return;
    swapEntries(top, next);
    parent = child;
  }
}

function compareEntries(a: u32, b: u32): i32 {
  return compareBytes(load<usize>(a), load<usize>(a, 4), load<usize>(b), load<usize>(b, 4));
}

function swapEntries(a: u32, b: u32): void {
  const key = load<u64>(a);
  const value = load<u64>(a, 8);
  store<u64>(a, load<u64>(b));
  store<u64>(a, load<u64>(b, 8), 8);
  store<u64>(b, key);
  store<u64>(b, value, 8);
}
