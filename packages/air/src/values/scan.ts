/**
 * A cursor that recognises canonical bytes without decoding them.
 *
 * S1. Every step answers true only for bytes that the encoder would have written for that step.
 * S2. False means "not recognised", never "refused": the caller then decodes and normalizes, which
 *     either repairs the bytes or says what is wrong with them. After false the cursor is spent.
 * S3. Nothing is allocated for ASCII text, integers, bytes, lists and maps.
 */
import { decodeUtf8 } from '@aos/canon';

/** Inputs beyond these take the decoding path, whose limits decide. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_ITEMS = 1_000_000;

export const UNSIGNED = 0;
export const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
export const LIST = 4;
export const MAP = 5;

const NIL = 0xf6;
const HIGH_WORD = 0x1_0000_0000;

export class Scan {
  /** Argument of the last head; above 2^53 only approximate. */
  argument = 0;
  /** Upper 32 bits of the last argument, exact. */
  highWord = 0;
  private itemsLeft = MAX_ITEMS;

  constructor(
    readonly bytes: Uint8Array,
    public pos: number,
  ) {}

  isSmall(): boolean {
    return this.bytes.length <= MAX_BYTES;
  }

  /** Major type of the item here; 7 for simple values, -1 at the end. */
  major(): number {
    const byte = this.bytes[this.pos];
    return byte === undefined ? -1 : byte >> 5;
  }

  isNil(): boolean {
    return this.bytes[this.pos] === NIL;
  }

  nil(): boolean {
    return this.bytes[this.pos++] === NIL;
  }

  bool(): boolean {
    const byte = this.bytes[this.pos++];
    return byte === 0xf4 || byte === 0xf5;
  }

  /** Moves over a head of this major type in its shortest form. */
  head(major: number): boolean {
    const byte = this.bytes[this.pos++];
    if (byte === undefined || byte >> 5 !== major) return false;
    const info = byte & 31;
    this.highWord = 0;
    if (info < 24) {
      this.argument = info;
      return true;
    }
    return this.longHead(info);
  }

  /** Moves over a list or map head and charges its items. */
  container(major: number, itemsEach: number): boolean {
    if (!this.head(major)) return false;
    this.itemsLeft -= this.argument * itemsEach;
    return this.itemsLeft >= 0;
  }

  /** Moves over exactly these bytes. */
  literal(expected: Uint8Array): boolean {
    const { bytes, pos } = this;
    const size = expected.length;
    for (let i = 0; i < size; i++) if (bytes[pos + i] !== expected[i]) return false;
    this.pos = pos + size;
    return true;
  }

  byteString(): boolean {
    if (!this.head(BYTES)) return false;
    this.pos += this.argument;
    return this.pos <= this.bytes.length;
  }

  text(): boolean {
    if (!this.head(TEXT)) return false;
    const { bytes, pos } = this;
    const end = pos + this.argument;
    if (end > bytes.length) return false;
    this.pos = end;
    for (let i = pos; i < end; i++) {
      if ((bytes[i] as number) >= 0x80) return decodeUtf8(bytes.subarray(i, end)).ok;
    }
    return true;
  }

  /** Moves over text and returns it; undefined when it is not recognised. */
  textValue(): string | undefined {
    if (!this.head(TEXT)) return undefined;
    const start = this.pos;
    this.pos += this.argument;
    if (this.pos > this.bytes.length) return undefined;
    const text = decodeUtf8(this.bytes.subarray(start, this.pos));
    return text.ok ? text.value : undefined;
  }

  /** Moves over this many lower-case hexadecimal digits. */
  hexDigits(count: number): boolean {
    const { bytes, pos } = this;
    for (let i = pos; i < pos + count; i++) {
      const byte = bytes[i] as number;
      const isHex = (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);
      if (!isHex) return false;
    }
    this.pos = pos + count;
    return true;
  }

  private longHead(info: number): boolean {
    const { bytes, pos } = this;
    const size = info === 24 ? 1 : info === 25 ? 2 : info === 26 ? 4 : info === 27 ? 8 : 0;
    if (size === 0 || pos + size > bytes.length) return false;
    let high = 0;
    let low = 0;
    for (let i = 0; i < size; i++) {
      high = i < size - 4 ? high * 256 + (bytes[pos + i] as number) : high;
      low = i < size - 4 ? low : low * 256 + (bytes[pos + i] as number);
    }
    this.pos = pos + size;
    this.highWord = high;
    this.argument = high * HIGH_WORD + low;
    return isShortest(size, high, low);
  }
}

/** RFC 8949 §4.2.1: a longer head only where the shorter one cannot hold the argument. */
function isShortest(size: number, high: number, low: number): boolean {
  switch (size) {
    case 1:
      return low >= 24;
    case 2:
      return low > 0xff;
    case 4:
      return low > 0xffff;
    default:
      return high > 0;
  }
}

/** Start and end of an encoded item inside the scanned bytes. */
export type Span = readonly [start: number, end: number];

/** Bytewise order of two encoded items. */
export function compareItems(bytes: Uint8Array, a: Span, b: Span): number {
  const sizeA = a[1] - a[0];
  const sizeB = b[1] - b[0];
  for (let i = 0; i < sizeA && i < sizeB; i++) {
    const difference = (bytes[a[0] + i] as number) - (bytes[b[0] + i] as number);
    if (difference !== 0) return difference;
  }
  return sizeA - sizeB;
}
