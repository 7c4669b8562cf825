/**
 * Reads canonical CBOR, strictly: single items for fixed shapes, and whole values.
 *
 * R1 What is accepted has no other encoding: the bytes read are those `Writer` would write.
 * R2 No count or length is believed beyond the bytes that are there.
 * R3 Depth, size and items are limited; no input overflows the stack or the memory.
 *
 * All methods throw RefusalError with `at` = `@<byte offset>`; after one the position is undefined.
 * Absent: the order of keys in fixed shapes, which whoever reads them by name has fixed already.
 */

import { Cursor } from './cursor.js';
import { halfBitsOfSingleBits } from './float16.js';
import type { DecodeLimits } from './limits.js';
import { Float, type Value } from './value.js';

/** The argument from which on a head of this size is the shortest one. */
const LEAST_ARGUMENT = [0, 0, 24, 0x100, 0, 0x1_0000, 0, 0, 0, 0x1_0000_0000];

const TAG_55799 = [0xd9, 0xd9, 0xf7];

export class Reader extends Cursor {
  /** Throws `cbor-size` when there are more bytes than the limits allow. */
  constructor(bytes: Uint8Array, limits?: Partial<DecodeLimits>) {
    super(bytes, limits);
  }

  /** Consumes tag 55799. Codes: `cbor-tag`, `cbor-truncated`. */
  selfDescribe(): void {
    const start = this.at;
    for (const byte of TAG_55799) {
      if (this.peek() !== byte) throw this.refusal('cbor-tag', 'expected tag 55799', start);
      this.at++;
    }
  }

  /** Consumes nil when it is there. */
  isNil(): boolean {
    if (this.peek() !== 0xf6) return false;
    this.at++;
    return true;
  }

  bool(): boolean {
    const byte = this.peek();
    if (byte !== 0xf4 && byte !== 0xf5) throw this.refusal('cbor-type', 'expected a boolean');
    this.at++;
    return byte === 0xf5;
  }

  int(): number | bigint {
    const major = this.peek() >> 5;
    if (major > 1) throw this.refusal('cbor-type', 'expected an integer');
    return major === 0 ? this.unsigned() : this.negative();
  }

  /** A safe integer from 0. Codes: `cbor-type`, `integer-range`. */
  nat(): number {
    const start = this.at;
    this.expect(0, 'an unsigned integer');
    const value = this.unsigned();
    if (typeof value === 'number') return value;
    throw this.refusal('integer-range', 'expected at most 2^53 - 1', start);
  }

  u64(): bigint {
    this.expect(0, 'an unsigned integer');
    return BigInt(this.unsigned());
  }

  text(): string {
    this.expect(3, 'text');
    return this.definiteText();
  }

  /** A view of the input, not a copy. */
  bytes(): Uint8Array {
    this.expect(2, 'bytes');
    const size = this.definiteBytes();
    return this.input.subarray(this.at - size, this.at);
  }

  /** Number of items that follow. */
  listHead(): number {
    this.expect(4, 'a list');
    return this.count(1);
  }

  /** Number of entries that follow. */
  mapHead(): number {
    this.expect(5, 'a map');
    return this.count(2);
  }

  /** Consumes this key. Code: `cbor-key`. */
  key(expected: string): void {
    if (!this.keyIs(expected)) throw this.refusal('cbor-key', `expected key '${expected}'`);
  }

  /** Consumes this key when it is there; at the end of the input it is not. */
  keyIs(expected: string): boolean {
    const start = this.at;
    if (start >= this.sizeBytes || this.peek() >> 5 !== 3) return false;
    if (this.skipAscii(expected) || this.definiteText() === expected) return true;
    this.at = start;
    return false;
  }

  /**
   * Consumes these very bytes when they come next: a run of heads and keys of a fixed shape, which
   * is canonical because the shape is.
   */
  literalIs(literal: Uint8Array): boolean {
    const { input, at } = this;
    const size = literal.length;
    if (at + size > this.sizeBytes) return false;
    for (let i = 0; i < size; i++) if (input[at + i] !== literal[i]) return false;
    this.at = at + size;
    return true;
  }

  /** Any value, untagged. Byte strings in it are copies. */
  value(): Value {
    return this.item(0);
  }

  /** Code: `cbor-trailing`. */
  end(): void {
    if (this.at !== this.sizeBytes) throw this.refusal('cbor-trailing', 'bytes after the value');
  }

  /** Only the shortest head. */
  protected override argument(): number {
    const start = this.at;
    const byte = this.peek();
    if ((byte & 31) < 24) {
      this.at = start + 1;
      return byte & 31;
    }
    if ((byte & 31) === 31 && byte >= 0x40 && byte < 0xc0) {
      throw this.refusal('cbor-non-canonical', 'a length is indefinite');
    }
    const argument = super.argument();
    if (argument >= (LEAST_ARGUMENT[this.at - start] as number)) return argument;
    throw this.refusal('cbor-non-canonical', 'a head is longer than needed', start);
  }

  /** Consumes short ASCII text when it is there; false says nothing about any other text. */
  private skipAscii(text: string): boolean {
    const { input, at } = this;
    const size = text.length;
    if (size >= 24 || input[at] !== (0x60 | size) || at + size >= this.sizeBytes) return false;
    for (let i = 0; i < size; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80 || input[at + 1 + i] !== unit) return false;
    }
    this.at = at + 1 + size;
    return true;
  }

  private expect(major: number, what: string): void {
    if (this.peek() >> 5 !== major) throw this.refusal('cbor-type', `expected ${what}`);
  }

  /** `depth` counts the lists and maps around the item. */
  private item(depth: number): Value {
    switch (this.peek() >> 5) {
      case 0:
        return this.unsigned();
      case 1:
        return this.negative();
      case 2: {
        const size = this.definiteBytes();
        return this.input.slice(this.at - size, this.at);
      }
      case 3:
        return this.definiteText();
      case 4:
        return this.list(depth + 1);
      case 5:
        return this.map(depth + 1);
      case 6:
        throw this.refusal('cbor-tag', 'a tag inside a value');
      default:
        return this.simple();
    }
  }

  private list(depth: number): Value[] {
    this.checkDepth(depth);
    const count = this.count(1);
    const items: Value[] = [];
    for (let i = 0; i < count; i++) items.push(this.item(depth));
    return items;
  }

  private map(depth: number): Map<Value, Value> {
    this.checkDepth(depth);
    const count = this.count(2);
    const map = new Map<Value, Value>();
    let last = -1;
    for (let i = 0; i < count; i++) {
      const start = this.at;
      const key = this.item(depth);
      if (last >= 0) this.checkOrder(last, start);
      last = start;
      map.set(key, this.item(depth));
    }
    return map;
  }

  /**
   * The key in `[start, at)` comes after the key at `last`. No encoding is a prefix of another, so
   * the first difference decides.
   */
  private checkOrder(last: number, start: number): void {
    const { input, at } = this;
    for (let i = 0; start + i < at; i++) {
      const difference = (input[start + i] as number) - (input[last + i] as number);
      if (difference > 0) return;
      if (difference < 0) throw this.refusal('cbor-non-canonical', 'keys out of order', start);
    }
    throw this.refusal('cbor-duplicate-key', 'a key occurs twice', start);
  }

  private simple(): Value {
    const byte = this.peek();
    if (byte >= 0xf9 && byte <= 0xfb) return this.float(byte);
    if (byte < 0xf4 || byte > 0xf6) {
      throw this.refusal('cbor-unsupported', 'undefined, a simple value or a break');
    }
    this.at++;
    return byte === 0xf6 ? null : byte === 0xf5;
  }

  private float(byte: number): Float {
    const start = this.at;
    const value = this.floatNumber();
    const canonical = Number.isNaN(value)
      ? byte === 0xf9 && this.view().getUint16(start + 1) === 0x7e00
      : byte === 0xf9 || !this.isShorter(value, byte, start);
    if (canonical) return new Float(value);
    throw this.refusal('cbor-non-canonical', 'a float is longer than needed', start);
  }

  /** Whether a shorter float than the one at `start` holds the number. */
  private isShorter(value: number, byte: number, start: number): boolean {
    if (byte === 0xfb) return Math.fround(value) === value;
    return halfBitsOfSingleBits(this.view().getUint32(start + 1)) >= 0;
  }
}
