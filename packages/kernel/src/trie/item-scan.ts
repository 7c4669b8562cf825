/**
 * Reading canonical items in place: no text, no copies, no object for each item.
 *
 * 1. Heads are the shortest ones and nothing is read beyond the end, whatever the bytes are.
 */
import { RefusalError } from '@aos/canon';

export const UNSIGNED = 0;
export const NEGATIVE = 1;
export const BYTES = 2;
export const TEXT = 3;
export const LIST = 4;
export const MAP = 5;

const NIL = 0xf6;
/** The least argument that a head of 1, 2, 4 or 8 more bytes may have. */
const LEAST_ARGUMENT = [24, 0x100, 0x1_0000, 0x1_0000_0000];
const WORD = 0x1_0000_0000;

export class ItemScan {
  /** The argument of the last head as two words of 32 bits. */
  high = 0;
  low = 0;

  constructor(
    readonly bytes: Uint8Array,
    /** Where the next item starts. */
    public at: number,
    /** Code of all refusals. */
    readonly code: string,
  ) {}

  /** The next byte, not consumed; −1 at the end. */
  peek(): number {
    return this.bytes[this.at] ?? -1;
  }

  /** Consumes exactly these bytes. */
  literal(expected: Uint8Array): void {
    const { bytes, at } = this;
    for (let i = 0; i < expected.length; i++) {
      if (bytes[at + i] !== expected[i]) throw this.refusal('other bytes than there must be');
    }
    this.at = at + expected.length;
  }

  /** Consumes nil when it is there. */
  isNil(): boolean {
    if (this.bytes[this.at] !== NIL) return false;
    this.at += 1;
    return true;
  }

  /** Consumes a head; answers with its argument, rounded beyond 2^53. */
  head(major: number): number {
    const { bytes, at } = this;
    const first = bytes[at];
    if (first === undefined || first >> 5 !== major) throw this.refusal('an item of another type');
    const info = first & 31;
    this.at = at + 1;
    this.high = 0;
    this.low = info;
    return info < 24 ? info : this.#argument(info);
  }

  /** Consumes text or bytes; answers with where the content started, which ends at `at`. */
  string(major: number): number {
    return this.pass(this.head(major));
  }

  /** Consumes bytes of any content; answers with where they started. */
  pass(sizeBytes: number): number {
    const start = this.at;
    if (sizeBytes > this.bytes.length - start) throw this.refusal('bytes that end too early');
    this.at = start + sizeBytes;
    return start;
  }

  end(): void {
    if (this.at !== this.bytes.length) throw this.refusal('bytes behind the end');
  }

  refusal(found: string): RefusalError {
    return new RefusalError({ code: this.code, at: `@${this.at}`, detail: `found ${found}` });
  }

  #argument(info: number): number {
    const least = LEAST_ARGUMENT[info - 24];
    if (least === undefined) throw this.refusal('a head without an argument');
    const start = this.pass(1 << (info - 24));
    let high = 0;
    let low = 0;
    for (let i = start; i < this.at; i++) {
      high = (high << 8) | (low >>> 24);
      low = (low << 8) | (this.bytes[i] as number);
    }
    this.high = high >>> 0;
    this.low = low >>> 0;
    const argument = this.high * WORD + this.low;
    if (argument < least) throw this.refusal('a head longer than needed');
    return argument;
  }
}
