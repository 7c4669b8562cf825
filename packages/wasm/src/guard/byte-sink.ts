/** Collects the bytes of a module under construction; grows by doubling. */

const FIRST_SIZE_BYTES = 1024;
/** Below this, a loop beats a view and a block copy. */
const SHORT_COPY_BYTES = 32;

export class ByteSink {
  #bytes: Uint8Array;
  size = 0;

  constructor(sizeBytes = FIRST_SIZE_BYTES) {
    this.#bytes = new Uint8Array(Math.max(sizeBytes, FIRST_SIZE_BYTES));
  }

  byte(value: number): void {
    if (this.size === this.#bytes.length) this.#grow(1);
    this.#bytes[this.size++] = value;
  }

  /** All of `values`, or the part from `from` to `to`. */
  append(values: Uint8Array | readonly number[], from = 0, to = values.length): void {
    const count = to - from;
    if (this.size + count > this.#bytes.length) this.#grow(count);
    if (count > SHORT_COPY_BYTES && values instanceof Uint8Array) {
      this.#bytes.set(values.subarray(from, to), this.size);
      this.size += count;
      return;
    }
    for (let i = from; i < to; i++) this.#bytes[this.size++] = values[i] as number;
  }

  /** An unsigned LEB128 in its shortest form. */
  u32(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  /** A signed LEB128 of a natural number, in its shortest form. */
  natural(value: number): void {
    let rest = value;
    while (rest >= 0x40) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  /** A signed LEB128 of a natural number below 2¹³, in two bytes, over what stands at `at`. */
  patchTwo(at: number, value: number): void {
    this.#bytes[at] = (value & 0x7f) | 0x80;
    this.#bytes[at + 1] = value >> 7;
  }

  /** Length and bytes of another sink. */
  sized(content: ByteSink): void {
    this.u32(content.size);
    this.append(content.view());
  }

  /** What was collected, until the next write. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.size);
  }

  #grow(count: number): void {
    const next = new Uint8Array(Math.max(this.#bytes.length * 2, this.size + count));
    next.set(this.view());
    this.#bytes = next;
  }
}
