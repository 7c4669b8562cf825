/** One canonical item at a time into one growing buffer: heads, integers, floats, text, bytes. */

import { assert } from '../defect.js';
import { RefusalError } from '../result.js';
import { utf8SizeBytes, writeUtf8 } from '../utf8.js';
import { halfBitsOfSingleBits } from './float16.js';
import { MAX_ENCODED_BYTES } from './limits.js';

const INITIAL_SIZE_BYTES = 512;
const MAX_HEAD_BYTES = 9;
/** Below this a byte loop is faster than `set`. */
const BULK_COPY_BYTES = 64;
const MAX_UINT64 = 0xffff_ffff_ffff_ffffn;

export class ItemWriter {
  protected buffer: Uint8Array;
  /** Where the next item starts. */
  protected at = 0;
  private floatView: DataView | undefined;

  constructor(initialSizeBytes: number = INITIAL_SIZE_BYTES) {
    this.buffer = new Uint8Array(initialSizeBytes);
  }

  /** Forgets everything written, keeps the buffer. */
  reset(): void {
    this.at = 0;
  }

  /** Size of the buffer, which only grows. */
  get capacityBytes(): number {
    return this.buffer.length;
  }

  /** Bytes written so far. */
  get sizeBytes(): number {
    return this.at;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.buffer.slice(0, this.at);
  }

  /** What was written, not copied: valid until the next write or reset. */
  view(): Uint8Array {
    return this.buffer.subarray(0, this.at);
  }

  /** Tag 55799, which marks the front of a canonical document. */
  selfDescribe(): void {
    const at = this.reserve(3);
    this.buffer[at] = 0xd9;
    this.buffer[at + 1] = 0xd9;
    this.buffer[at + 2] = 0xf7;
    this.at = at + 3;
  }

  nil(): void {
    this.byte(0xf6);
  }

  bool(value: boolean): void {
    this.byte(value ? 0xf5 : 0xf4);
  }

  /** From -2^64 to 2^64 - 1. Codes: `number-not-integer`, `integer-range`. */
  int(value: number | bigint): void {
    if (typeof value === 'bigint') this.wideInt(value);
    else if (!Number.isSafeInteger(value)) throw unsafeNumber(value);
    else if (value >= 0) this.head(0x00, value);
    else this.head(0x20, -1 - value);
  }

  /** Code: `lone-surrogate`. */
  text(value: string): void {
    const length = value.length;
    const start = this.at;
    this.reserve(length + MAX_HEAD_BYTES);
    this.head(0x60, length);
    const buffer = this.buffer;
    let at = this.at;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit >= 0x80) {
        this.at = start;
        this.wideText(value);
        return;
      }
      buffer[at++] = unit;
    }
    this.at = at;
  }

  bytes(value: Uint8Array): void {
    this.head(0x40, value.length);
    this.raw(value);
  }

  /** Announces `count` items. */
  listHead(count: number): void {
    assert(Number.isSafeInteger(count) && count >= 0, 'a list head needs a count');
    this.head(0x80, count);
  }

  /** Announces `count` entries, each a key and a value, keys in canonical order. */
  mapHead(count: number): void {
    assert(Number.isSafeInteger(count) && count >= 0, 'a map head needs a count');
    this.head(0xa0, count);
  }

  /** Bytes that are canonical already: whole items without a tag. */
  raw(bytes: Uint8Array): void {
    const size = bytes.length;
    const start = this.reserve(size);
    const buffer = this.buffer;
    if (size > BULK_COPY_BYTES) buffer.set(bytes, start);
    else for (let i = 0; i < size; i++) buffer[start + i] = bytes[i] as number;
    this.at = start + size;
  }

  /** The shortest of half, single and double that holds the number exactly; one NaN. */
  protected float(value: number): void {
    const at = this.reserve(MAX_HEAD_BYTES);
    this.floatView ??= new DataView(this.buffer.buffer);
    this.at = at + writeFloat(this.floatView, at, value);
  }

  private byte(value: number): void {
    const at = this.reserve(1);
    this.buffer[at] = value;
    this.at = at + 1;
  }

  /** A head; `major` is the major type in place (0xa0: map), the argument a safe integer from 0. */
  private head(major: number, argument: number): void {
    const at = this.reserve(MAX_HEAD_BYTES);
    const buffer = this.buffer;
    if (argument < 24) {
      buffer[at] = major | argument;
      this.at = at + 1;
    } else if (argument < 0x100) {
      buffer[at] = major | 24;
      buffer[at + 1] = argument;
      this.at = at + 2;
    } else if (argument < 0x10000) {
      buffer[at] = major | 25;
      buffer[at + 1] = argument >>> 8;
      buffer[at + 2] = argument;
      this.at = at + 3;
    } else if (argument < 0x1_0000_0000) {
      buffer[at] = major | 26;
      this.uint32(at + 1, argument);
      this.at = at + 5;
    } else {
      this.longHead(major, Math.floor(argument / 0x1_0000_0000), argument);
    }
  }

  /** The 9-byte head; of `low` the lowest 32 bits count. */
  private longHead(major: number, high: number, low: number): void {
    const at = this.reserve(MAX_HEAD_BYTES);
    this.buffer[at] = major | 27;
    this.uint32(at + 1, high);
    this.uint32(at + 5, low);
    this.at = at + 9;
  }

  private uint32(at: number, value: number): void {
    const buffer = this.buffer;
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
  }

  private wideInt(value: bigint): void {
    const major = value < 0n ? 0x20 : 0x00;
    const argument = value < 0n ? -1n - value : value;
    if (argument > MAX_UINT64) throw refusal('integer-range', 'expected -2^64 to 2^64 - 1');
    if (argument <= 0xffff_ffffn) this.head(major, Number(argument));
    else this.longHead(major, Number(argument >> 32n), Number(argument & 0xffff_ffffn));
  }

  private wideText(value: string): void {
    const size = utf8SizeBytes(value);
    if (size < 0) throw refusal('lone-surrogate', 'expected well-formed text');
    this.head(0x60, size);
    const start = this.reserve(size);
    this.at = writeUtf8(value, this.buffer, start);
  }

  /** Makes room and answers with the position. */
  private reserve(sizeBytes: number): number {
    const at = this.at;
    if (at + sizeBytes > this.buffer.length) this.grow(at + sizeBytes);
    return at;
  }

  private grow(neededBytes: number): void {
    if (neededBytes > MAX_ENCODED_BYTES) throw refusal('cbor-size', 'the output is too large');
    const sizeBytes = Math.min(Math.max(neededBytes, 2 * this.buffer.length), MAX_ENCODED_BYTES);
    const grown = new Uint8Array(sizeBytes);
    grown.set(this.buffer.subarray(0, this.at));
    this.buffer = grown;
    this.floatView = undefined;
  }
}

/** Writes head and number at `at`; answers with their size. Room for a double is there. */
function writeFloat(view: DataView, at: number, value: number): number {
  if (Number.isNaN(value)) return writeHalf(view, at, 0x7e00);
  if (Math.fround(value) !== value) {
    view.setUint8(at, 0xfb);
    view.setFloat64(at + 1, value);
    return 9;
  }
  view.setFloat32(at + 1, value);
  const half = halfBitsOfSingleBits(view.getUint32(at + 1));
  if (half >= 0) return writeHalf(view, at, half);
  view.setUint8(at, 0xfa);
  return 5;
}

function writeHalf(view: DataView, at: number, bits: number): number {
  view.setUint8(at, 0xf9);
  view.setUint16(at + 1, bits);
  return 3;
}

function unsafeNumber(value: number): RefusalError {
  return refusal('number-not-integer', `${value}: wrap floats in Float, use bigint beyond 2^53`);
}

function refusal(code: string, detail: string): RefusalError {
  return new RefusalError({ code, at: '', detail });
}
