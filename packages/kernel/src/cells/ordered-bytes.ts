/**
 * The sink of ordered keys: bytes whose order is the order of what they stand for.
 *
 * 1. Every piece is prefix-free among the pieces of its type, so that pieces in a row compare like
 *    the row of what they stand for.
 */

/** Behind the last byte of a text, the last item of a list. */
export const END = 0x00;
/** Before each item of a list, and before what an option holds. */
export const MORE = 0x01;
/** 00 and 01 of a text become this and the byte plus one, so that END stands only at the end. */
const ESCAPE = 0x01;

export class OrderedBytes {
  #buffer: Uint8Array;
  #at = 0;

  /** `sizeBytes` is a guess; a good one saves a copy. */
  constructor(sizeBytes: number) {
    this.#buffer = new Uint8Array(sizeBytes);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#at++] = value;
  }

  /** 32 bits, most significant byte first. */
  word(value: number): void {
    this.#reserve(4);
    const buffer = this.#buffer;
    const at = this.#at;
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
    this.#at = at + 4;
  }

  /** The bytes in `[start, end)` as they are. */
  raw(bytes: Uint8Array, start = 0, end = bytes.length): void {
    this.#reserve(end - start);
    for (let i = start; i < end; i++) this.#buffer[this.#at++] = bytes[i] as number;
  }

  /** The bytes in `[start, end)` without their end: what all that begins with them begins with. */
  open(bytes: Uint8Array, start = 0, end = bytes.length): void {
    this.#reserve(end - start);
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte > ESCAPE) {
        this.byte(byte);
      } else {
        this.byte(ESCAPE);
        this.byte(byte + 1);
      }
    }
  }

  /** The bytes in `[start, end)`, of any number. */
  ended(bytes: Uint8Array, start = 0, end = bytes.length): void {
    this.open(bytes, start, end);
    this.byte(END);
  }

  /** Everything so far; nothing is appended afterwards. */
  finish(): Uint8Array {
    return this.#at === this.#buffer.length ? this.#buffer : this.#buffer.slice(0, this.#at);
  }

  #reserve(sizeBytes: number): void {
    const needed = this.#at + sizeBytes;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#buffer.length, needed));
    grown.set(this.#buffer);
    this.#buffer = grown;
  }
}
