/**
 * Ordered keys: where a cell stands among the others (spec H2).
 *
 * 1. Bytewise order of ordered keys is the order of the values.
 * 2. Injective, and no ordered key of a type is a prefix of another of the same type.
 * 3. A key does not depend on the order in which fields or arms are declared.
 *
 * What is read is canonical in its type, or refused with `cell-key` where it cannot be followed;
 * whether it is canonical is for the key schema to say.
 */
import type { ValueType } from '@aos/air';
import { compareBytes, decodeUtf8, utf8 } from '@aos/canon';
import { BYTES, ItemScan, LIST, MAP, NEGATIVE, TEXT, UNSIGNED } from '../trie/item-scan.js';
import { END, MORE, OrderedBytes } from './ordered-bytes.js';
import { appendDecimal } from './ordered-decimal.js';

type Kind = ValueType['kind'];
type TypeOf<K extends Kind> = Extract<ValueType, { readonly kind: K }>;
/** Reads one value of the type and appends where it stands. */
type Append<K extends Kind> = (out: OrderedBytes, type: TypeOf<K>, scan: ItemScan) => void;

export const SELF_DESCRIBE = Uint8Array.of(0xd9, 0xd9, 0xf7);
const FALSE = 0xf4;
const TRUE = 0xf5;
const HASH_PREFIX = utf8('sha256:');
const HASH_DIGITS = 64;
const UUID_LENGTH = 36;
const DASH = 0x2d;
const SIGN_BIT = 0x8000_0000;
/** First guess for the size of one item of a set or map. */
const PART_BYTES = 16;
const TAG_KEY = Uint8Array.of(0x64, ...utf8('$tag'));
const VALUE_KEY = Uint8Array.of(0x66, ...utf8('$value'));

/** Sizes of the ordered keys of types that have but one size. */
const FIXED_SIZE: { readonly [K in Kind]?: number } = {
  unit: 0,
  bool: 1,
  nat: 8,
  int: 8,
  time: 8,
  duration: 8,
  hash: 32,
  uuid: 16,
};
/** What tag and head of a short text take, less the end of its ordered key. */
const TEXT_SURPLUS_BYTES = 3;

/** The ordered key of a value of this type, given in canonical tagged bytes. Code: `cell-key`. */
export function orderedKey(type: ValueType, canonicalKey: Uint8Array): Uint8Array {
  const scan = new ItemScan(canonicalKey, 0, 'cell-key');
  scan.literal(SELF_DESCRIBE);
  const guess = FIXED_SIZE[type.kind] ?? canonicalKey.length - TEXT_SURPLUS_BYTES;
  const out = new OrderedBytes(guess);
  appendOrdered(out, type, scan);
  scan.end();
  return out.finish();
}

/** Types of the fields in the order in which they are compared, which is that of canonical maps. */
export function fieldsInOrder({ fields }: TypeOf<'record'>): readonly ValueType[] {
  return Array.from(fields, ([name, type]) => ({ name: utf8(name), type }))
    .sort((a, b) => a.name.length - b.name.length || compareBytes(a.name, b.name))
    .map(({ type }) => type);
}

/** Appends the ordered key of the untagged value that stands next. */
export function appendOrdered(out: OrderedBytes, type: ValueType, scan: ItemScan): void {
  const append = APPEND[type.kind] as Append<Kind>;
  append(out, type, scan);
}

const APPEND: { readonly [K in Kind]: Append<K> } = {
  unit(_out, _type, scan) {
    if (!scan.isNil()) throw scan.refusal('no null');
  },
  bool(out, _type, scan) {
    const byte = scan.peek();
    if (byte !== FALSE && byte !== TRUE) throw scan.refusal('no boolean');
    scan.at += 1;
    out.byte(byte - FALSE);
  },
  nat(out, _type, scan) {
    scan.head(UNSIGNED);
    out.word(scan.high);
    out.word(scan.low);
  },
  int: appendSigned,
  time: appendSigned,
  duration: appendSigned,
  dec128(out, _type, scan) {
    appendDecimal(out, takeText(scan));
  },
  text(out, _type, scan) {
    const start = scan.string(TEXT);
    out.ended(scan.bytes, start, scan.at);
  },
  bytes(out, _type, scan) {
    const start = scan.string(BYTES);
    out.ended(scan.bytes, start, scan.at);
  },
  hash(out, _type, scan) {
    scan.head(TEXT);
    scan.literal(HASH_PREFIX);
    appendHex(out, scan, HASH_DIGITS);
  },
  uuid(out, _type, scan) {
    scan.head(TEXT);
    appendHex(out, scan, UUID_LENGTH);
  },
  option(out, { inner }, scan) {
    if (scan.isNil()) return out.byte(END);
    out.byte(MORE);
    appendOrdered(out, inner, scan);
  },
  list(out, { item }, scan) {
    for (let left = scan.head(LIST); left > 0; left--) {
      out.byte(MORE);
      appendOrdered(out, item, scan);
    }
    out.byte(END);
  },
  set(out, { item }, scan) {
    appendSorted(out, scan.head(LIST), (part) => appendOrdered(part, item, scan));
  },
  map(out, { key, value }, scan) {
    appendSorted(out, scan.head(MAP), (part) => {
      appendOrdered(part, key, scan);
      appendOrdered(part, value, scan);
    });
  },
  record(out, { fields }, scan) {
    const count = scan.head(MAP);
    if (count !== fields.size) throw scan.refusal('another number of fields');
    for (let i = 0; i < count; i++) {
      const field = typeNamed(takeText(scan), fields, scan);
      appendOrdered(out, field, scan);
    }
  },
  variant(out, { arms }, scan) {
    if (scan.head(MAP) !== 2) throw scan.refusal('no variant');
    scan.literal(TAG_KEY);
    const tag = takeText(scan);
    out.ended(utf8(tag));
    scan.literal(VALUE_KEY);
    appendOrdered(out, typeNamed(tag, arms, scan), scan);
  },
  handle: refuseType,
  never: refuseType,
};

function appendSigned(out: OrderedBytes, _type: ValueType, scan: ItemScan): void {
  const isNegative = scan.peek() >> 5 === NEGATIVE;
  scan.head(isNegative ? NEGATIVE : UNSIGNED);
  const { high, low } = scan;
  if (high >>> 31 !== 0) throw scan.refusal('an integer beyond 64 bits');
  // Negative is −1 − argument, which is the complement; the sign bit is the other way around.
  out.word((isNegative ? ~high : high) ^ SIGN_BIT);
  out.word(isNegative ? ~low : low);
}

/** Bytes of this many hexadecimal digits, passing over dashes. */
function appendHex(out: OrderedBytes, scan: ItemScan, length: number): void {
  const start = scan.pass(length);
  let pending = -1;
  for (let i = start; i < scan.at; i++) {
    const unit = scan.bytes[i] as number;
    if (unit === DASH) continue;
    const digit = unit < 0x3a ? unit - 0x30 : unit - 0x57;
    if (digit < 0 || digit > 15) throw scan.refusal('another digit');
    if (pending >= 0) out.byte((pending << 4) | digit);
    pending = pending < 0 ? digit : -1;
  }
}

/** Rows whose order in canonical bytes is not that of their ordered keys. */
function appendSorted(out: OrderedBytes, count: number, write: (part: OrderedBytes) => void): void {
  const parts: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const part = new OrderedBytes(PART_BYTES);
    write(part);
    parts.push(part.finish());
  }
  for (const part of parts.sort(compareBytes)) {
    out.byte(MORE);
    out.raw(part);
  }
  out.byte(END);
}

function takeText(scan: ItemScan): string {
  const start = scan.string(TEXT);
  const text = decodeUtf8(scan.bytes.subarray(start, scan.at));
  if (!text.ok) throw scan.refusal('text that is not UTF-8');
  return text.value;
}

function typeNamed(name: string, types: ReadonlyMap<string, ValueType>, scan: ItemScan): ValueType {
  const type = types.get(name);
  if (type === undefined) throw scan.refusal('a name that the key type has not');
  return type;
}

function refuseType(_out: OrderedBytes, _type: ValueType, scan: ItemScan): never {
  throw scan.refusal('a type that no data has');
}
