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
/** 00 and 01 of a text are this and the byte plus one, so that END stands only at the end. */
const ESCAPE = 0x01;

const INITIAL_SIZE_BYTES = 32;

export class OrderedBytes {
  #buffer = new Uint8Array(INITIAL_SIZE_BYTES);
  #at = 0;

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#at++] = value;
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** 64 bits of a natural number, most significant byte first. */
  u64(value: bigint | number): void {
    this.#reserve(8);
    const wide = typeof value === 'bigint';
    const high = wide ? Number(value >> 32n) : Math.floor(value / 0x1_0000_0000);
    const low = wide ? Number(value & 0xffff_ffffn) : value >>> 0;
    for (let i = 0; i < 4; i++) this.#buffer[this.#at + i] = high >>> (24 - 8 * i);
    for (let i = 0; i < 4; i++) this.#buffer[this.#at + 4 + i] = low >>> (24 - 8 * i);
    this.#at += 8;
  }

  /** Bytes of any length without their end: what all that begins with them begins with. */
  open(bytes: Uint8Array): void {
    this.#reserve(2 * bytes.length);
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte <= ESCAPE) this.#buffer[this.#at++] = ESCAPE;
      this.#buffer[this.#at++] = byte <= ESCAPE ? byte + 1 : byte;
    }
  }

  /** Bytes of any length. */
  ended(bytes: Uint8Array): void {
    this.open(bytes);
    this.byte(END);
  }

  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#at);
  }

  #reserve(sizeBytes: number): void {
    if (this.#at + sizeBytes <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#buffer.length, this.#at + sizeBytes));
    grown.set(this.#buffer.subarray(0, this.#at));
    this.#buffer = grown;
  }
}
