/** Reading and writing the bytes of a WebAssembly binary that this package made or trusts. */
import { assert } from '@aos/canon';

const CONTINUES = 0x80;
const PAYLOAD = 0x7f;
const SIGN = 0x40;

/** A position in bytes. Reading past the end is a defect: only known binaries come here. */
export class ByteReader {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
    readonly end = bytes.length,
  ) {}

  get done(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    assert(this.at < this.end, 'a known binary is complete');
    return this.bytes[this.at++] as number;
  }

  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & PAYLOAD) << shift;
      if (byte < CONTINUES) return value >>> 0;
    }
  }

  /** Passes over a LEB128 number of any size. */
  skipNumber(): void {
    while (this.byte() >= CONTINUES);
  }

  pass(sizeBytes: number): void {
    this.at += sizeBytes;
    assert(this.at <= this.end, 'a known binary is complete');
  }

  take(sizeBytes: number): Uint8Array {
    const start = this.at;
    this.pass(sizeBytes);
    return this.bytes.subarray(start, this.at);
  }

  name(): string {
    return String.fromCharCode(...this.take(this.u32()));
  }
}

/** Bytes that grow. */
export class ByteWriter {
  #bytes: Uint8Array;
  #size = 0;

  constructor(capacityBytes = 256) {
    this.#bytes = new Uint8Array(capacityBytes);
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#size++] = value;
    return this;
  }

  u32(value: number): this {
    let rest = value >>> 0;
    while (rest >= CONTINUES) {
      this.byte((rest & PAYLOAD) | CONTINUES);
      rest >>>= 7;
    }
    return this.byte(rest);
  }

  /** A signed number of up to 64 bits. */
  signed(value: bigint): this {
    let rest = value;
    for (;;) {
      const byte = Number(rest & 0x7fn);
      rest >>= 7n;
      const last = (rest === 0n && (byte & SIGN) === 0) || (rest === -1n && (byte & SIGN) !== 0);
      this.byte(last ? byte : byte | CONTINUES);
      if (last) return this;
    }
  }

  raw(bytes: Uint8Array | readonly number[]): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#size);
    this.#size += bytes.length;
    return this;
  }

  name(text: string): this {
    return this.u32(text.length).raw(Array.from(text, (letter) => letter.charCodeAt(0)));
  }

  /** Bytes with their size before them. */
  sized(bytes: Uint8Array): this {
    return this.u32(bytes.length).raw(bytes);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#size);
  }

  #reserve(sizeBytes: number): void {
    const needed = this.#size + sizeBytes;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = grown;
  }
}
