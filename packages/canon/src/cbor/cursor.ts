/**
 * What the strict and the plain reader share: a position in bytes that are not trusted.
 *
 * Counts and lengths are checked against the bytes that are left, and items against the limit,
 * before anything is allocated for them.
 */

import { RefusalError } from '../result.js';
import { readUtf8 } from '../utf8.js';
import { numberOfHalfBits } from './float16.js';
import { type DecodeLimits, fillLimits } from './limits.js';

const TWO_32 = 0x1_0000_0000;

export abstract class Cursor {
  protected readonly input: Uint8Array;
  protected readonly sizeBytes: number;
  /** Where the next item starts. */
  protected at = 0;
  private readonly maxDepth: number;
  private itemsLeft: number;
  private inputView: DataView | undefined;

  constructor(bytes: Uint8Array, limits: Partial<DecodeLimits> | undefined) {
    const { maxBytes, maxDepth, maxItems } = fillLimits(limits);
    this.input = asPlainBytes(bytes);
    this.sizeBytes = bytes.length;
    this.maxDepth = maxDepth;
    this.itemsLeft = maxItems;
    this.inputView = undefined;
    if (bytes.length > maxBytes) throw this.refusal('cbor-size', `more than ${maxBytes} bytes`);
  }

  /** The next initial byte, not consumed. */
  protected peek(): number {
    if (this.at >= this.sizeBytes) throw this.truncated();
    return this.input[this.at] as number;
  }

  /** Consumes a head with a definite argument; answers with it, rounded beyond 2^53. */
  protected argument(): number {
    const info = this.peek() & 31;
    if (info < 24) {
      this.at++;
      return info;
    }
    if (info > 27) throw this.refusal('cbor-unsupported', 'expected a head with an argument');
    const start = this.take(1 << (info - 24));
    const input = this.input;
    if (info === 24) return input[start] as number;
    if (info === 25) return ((input[start] as number) << 8) | (input[start + 1] as number);
    const high = this.uint32(start);
    return info === 26 ? high : high * TWO_32 + this.uint32(start + 4);
  }

  protected unsigned(): number | bigint {
    const argument = this.argument();
    return argument <= Number.MAX_SAFE_INTEGER ? argument : this.wideArgument();
  }

  protected negative(): number | bigint {
    const argument = this.argument();
    return argument < Number.MAX_SAFE_INTEGER ? -1 - argument : -1n - this.wideArgument();
  }

  /** Consumes the head of a list or map; answers with the number of items that must follow. */
  protected count(itemsEach: 1 | 2): number {
    const start = this.at;
    const count = this.argument();
    if (count * itemsEach > this.sizeBytes - this.at) throw this.truncated(start);
    this.charge(count * itemsEach);
    return count;
  }

  /** Counts items against the limit. */
  protected charge(items: number): void {
    this.itemsLeft -= items;
    if (this.itemsLeft < 0) throw this.refusal('cbor-size', 'more items than allowed');
  }

  protected checkDepth(depth: number): void {
    if (depth > this.maxDepth) throw this.refusal('cbor-depth', 'nested too deep');
  }

  /** Consumes head and content of text of definite length. */
  protected definiteText(): string {
    const start = this.at;
    const size = this.length();
    const text = readUtf8(this.input, this.at, this.at + size);
    if (text === undefined) throw this.refusal('cbor-utf8', 'text is not UTF-8', start);
    this.at += size;
    return text;
  }

  /**
   * Consumes head and content of bytes of definite length; answers with the size of the content.
   */
  protected definiteBytes(): number {
    const size = this.length();
    this.at += size;
    return size;
  }

  /** Consumes a float of 2, 4 or 8 bytes. */
  protected floatNumber(): number {
    const size = 1 << (this.peek() - 0xf8);
    const start = this.take(size);
    const view = this.view();
    if (size === 2) return numberOfHalfBits(view.getUint16(start));
    return size === 4 ? view.getFloat32(start) : view.getFloat64(start);
  }

  protected view(): DataView {
    this.inputView ??= viewOf(this.input);
    return this.inputView;
  }

  protected refusal(code: string, detail: string, at = this.at): RefusalError {
    return new RefusalError({ code, at: `@${at}`, detail });
  }

  private truncated(at = this.at): RefusalError {
    return this.refusal('cbor-truncated', 'the input ends before the item does', at);
  }

  private length(): number {
    const start = this.at;
    const size = this.argument();
    if (size > this.sizeBytes - this.at) throw this.truncated(start);
    return size;
  }

  /** Consumes an initial byte and `size` bytes; answers with where these start. */
  private take(size: number): number {
    const start = this.at + 1;
    if (start + size > this.sizeBytes) throw this.truncated();
    this.at = start + size;
    return start;
  }

  /** The exact argument of the 9-byte head just consumed. */
  private wideArgument(): bigint {
    return (BigInt(this.uint32(this.at - 8)) << 32n) | BigInt(this.uint32(this.at - 4));
  }

  private uint32(at: number): number {
    const input = this.input;
    const high = ((input[at] as number) << 8) | (input[at + 1] as number);
    return high * 0x10000 + (((input[at + 2] as number) << 8) | (input[at + 3] as number));
  }
}

/** Subclasses of Uint8Array may redefine its methods, as Node's Buffer does with `slice`. */
function asPlainBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
