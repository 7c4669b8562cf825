/**
 * One AIR value as its CBOR bytes, read in place and built bottom up.
 *
 * 1. A value never changes, and its bytes outlive it: nothing is freed before the call ends.
 * 2. Built values are canonical: shortest heads, map keys in the order of their encoded bytes.
 * 3. Reading takes any key order and longer heads than needed; a wrong kind traps.
 */
import {
  BYTES,
  compareBytes,
  FALSE,
  headArgument,
  headSize,
  LIST,
  MAP,
  majorOf,
  NAT,
  NEGATIVE,
  NIL,
  shortestHeadSize,
  skipItem,
  skipTag,
  TEXT,
  TRUE,
  writeHead,
} from './cbor';
import { decodeText, encodeText } from './text';
import { Writer } from './writer';

const I64_MAX = i64.MAX_VALUE as u64;

/** Ends the call with a trap: nothing of it remains. The reason is for readers of the source. */
export function fail(_reason: string): void {
  unreachable();
}

/** A key and its value in a record or map. */
export class Entry {
  constructor(
    readonly key: Value,
    readonly value: Value,
  ) {}
}

/** A record field: an entry with a text key. */
export function field(name: string, value: Value): Entry {
  return new Entry(Value.text(name), value);
}

/** An arm of a variant with what it carries; arms without content carry nil. */
export class Variant {
  constructor(
    readonly tag: string,
    readonly value: Value,
  ) {}
}

export class Value {
  /** `start` to `end` is one well-formed item in linear memory. */
  constructor(
    readonly start: usize,
    readonly end: usize,
  ) {}

  /** The one item in these bytes, with or without a leading self-describe tag. */
  static decode(start: usize, size: usize): Value {
    const end = start + size;
    const first = skipTag(start, end);
    if (skipItem(first, end) !== end) unreachable();
    return new Value(first, end);
  }

  // ---- reading

  get isNil(): bool {
    return load<u8>(this.start) === NIL;
  }

  asBool(): bool {
    const first = load<u8>(this.start);
    if (first !== FALSE && first !== TRUE) unreachable();
    return first === TRUE;
  }

  /** `nat`, `time` and other unsigned numbers. */
  asNat(): u64 {
    if (majorOf(this.start) !== NAT) unreachable();
    return headArgument(this.start);
  }

  /** `int` and `duration`. */
  asInt(): i64 {
    const argument = headArgument(this.start);
    if (majorOf(this.start) > NEGATIVE || argument > I64_MAX) unreachable();
    return majorOf(this.start) === NAT ? (argument as i64) : -1 - (argument as i64);
  }

  /** Text, and what AIR writes as text: `hash`, `uuid`, `dec128`. */
  asText(): string {
    const at = this.content(TEXT);
    return decodeText(at, this.end - at);
  }

  asBytes(): Uint8Array {
    const at = this.content(BYTES);
    const copy = new Uint8Array((this.end - at) as i32);
    memory.copy(copy.dataStart, at, this.end - at);
    return copy;
  }

  asList(): Array<Value> {
    let at = this.content(LIST);
    const items: Value[] = [];
    while (at < this.end) {
      const next = skipItem(at, this.end);
      items.push(new Value(at, next));
      at = next;
    }
    return items;
  }

  /** Keys and values of a map, in the order of the bytes. */
  asEntries(): Array<Entry> {
    let at = this.content(MAP);
    const entries: Entry[] = [];
    while (at < this.end) {
      const middle = skipItem(at, this.end);
      const next = skipItem(middle, this.end);
      entries.push(new Entry(new Value(at, middle), new Value(middle, next)));
      at = next;
    }
    return entries;
  }

  /** A variant in its only form: `{"$tag": text, "$value"?: value}`. */
  asVariant(): Variant {
    const value = this.optional('$value');
    return new Variant(this.field('$tag').asText(), value ? value : Value.nil());
  }

  /** The field `name` of a record; a record without it traps. */
  field(name: string): Value {
    const at = this.find(name);
    if (at === 0) unreachable();
    return new Value(at, skipItem(at, this.end));
  }

  /** The field `name` of a record, or null when it is absent or nil. */
  optional(name: string): Value | null {
    const at = this.find(name);
    return at === 0 || load<u8>(at) === NIL ? null : new Value(at, skipItem(at, this.end));
  }

  /** Address of the value under `name`, or 0. */
  private find(name: string): usize {
    const wanted = Value.text(name);
    let at = this.content(MAP);
    while (at < this.end) {
      const middle = skipItem(at, this.end);
      if (compareBytes(at, middle - at, wanted.start, wanted.size) === 0) return middle;
      at = skipItem(middle, this.end);
    }
    return 0;
  }

  /** Whether both are the same bytes; between canonical values, whether they are equal. */
  equals(other: Value): bool {
    return compareBytes(this.start, this.size, other.start, other.size) === 0;
  }

  get size(): usize {
    return this.end - this.start;
  }

  /** Position after the head of an item of kind `major`. */
  content(major: u8): usize {
    if (majorOf(this.start) !== major) unreachable();
    return this.start + headSize(this.start, this.end);
  }

  writeTo(out: Writer): void {
    out.raw(this.start, this.size);
  }

  // ---- building

  static nil(): Value {
    return ofByte(NIL);
  }

  static bool(value: bool): Value {
    return ofByte(value ? TRUE : FALSE);
  }

  static nat(value: u64): Value {
    return ofHead(NAT, value, 0);
  }

  static int(value: i64): Value {
    return value < 0 ? ofHead(NEGATIVE, ~value as u64, 0) : ofHead(NAT, value as u64, 0);
  }

  /** A lone surrogate in `value` traps. */
  static text(value: string): Value {
    const utf8 = encodeText(value);
    return ofString(TEXT, changetype<usize>(utf8), utf8.byteLength as usize);
  }

  static bytes(value: Uint8Array): Value {
    return ofString(BYTES, value.dataStart, value.length as usize);
  }

  static list(items: Array<Value>): Value {
    let size: usize = 0;
    for (let i = 0; i < items.length; i++) size += items[i].size;
    const list = ofHead(LIST, items.length as u64, size);
    let at = list.end - size;
    for (let i = 0; i < items.length; i++) at = copyTo(at, items[i]);
    return list;
  }

  /** A record, its fields in any order; the same name twice traps. */
  static record(fields: Array<Entry>): Value {
    return Value.map(fields);
  }

  /** A map, its entries in any order; the same key twice traps. */
  static map(entries: Array<Entry>): Value {
    const sorted = entries.slice(0);
    sorted.sort((a, b) => compareBytes(a.key.start, a.key.size, b.key.start, b.key.size));
    for (let i = 1; i < sorted.length; i++) {
      if (sorted[i].key.equals(sorted[i - 1].key)) unreachable();
    }
    return mapInOrder(sorted);
  }

  /** `{"$tag", "$value"}`; an arm without content is written with nil. */
  static variant(tag: string, value: Value = Value.nil()): Value {
    return mapInOrder([field('$tag', Value.text(tag)), field('$value', value)]);
  }
}

/** A map with its entries as they stand. */
function mapInOrder(entries: Array<Entry>): Value {
  let size: usize = 0;
  for (let i = 0; i < entries.length; i++) size += entries[i].key.size + entries[i].value.size;
  const map = ofHead(MAP, entries.length as u64, size);
  let at = map.end - size;
  for (let i = 0; i < entries.length; i++) {
    at = copyTo(at, entries[i].key);
    at = copyTo(at, entries[i].value);
  }
  return map;
}

function ofByte(byte: u8): Value {
  const at = heap.alloc(1);
  store<u8>(at, byte);
  return new Value(at, at + 1);
}

/** An item whose head is written and whose last `contentSize` bytes are still to be filled. */
function ofHead(major: u8, argument: u64, contentSize: usize): Value {
  const at = heap.alloc(shortestHeadSize(argument) + contentSize);
  return new Value(at, writeHead(at, major, argument) + contentSize);
}

function ofString(major: u8, from: usize, size: usize): Value {
  const item = ofHead(major, size as u64, size);
  memory.copy(item.end - size, from, size);
  return item;
}

function copyTo(at: usize, value: Value): usize {
  memory.copy(at, value.start, value.size);
  return at + value.size;
}
