/** The memory of a program: every access is checked, and none outlives the call that made it. */
import { decodeUtf8 } from '@aos/canon';
import { fail } from './errno.js';

/** Two numbers: where bytes are, and how many. */
const IOVEC_BYTES = 8;
const MAX_PATH_BYTES = 4096;

export class GuestMemory {
  #memory: WebAssembly.Memory | undefined;

  /** Before a program is instantiated it has no memory to speak of. */
  bind(memory: WebAssembly.Memory): void {
    this.#memory = memory;
  }

  bytes(pointer: number, length: number): Uint8Array {
    const buffer = this.#memory?.buffer ?? new ArrayBuffer(0);
    const [from, size] = [pointer >>> 0, length >>> 0];
    if (from + size > buffer.byteLength) throw fail('fault');
    return new Uint8Array(buffer, from, size);
  }

  view(pointer: number, length: number): DataView {
    const { buffer, byteOffset } = this.bytes(pointer, length);
    return new DataView(buffer, byteOffset, length >>> 0);
  }

  writeU32(pointer: number, value: number): void {
    this.view(pointer, 4).setUint32(0, value, true);
  }

  writeU64(pointer: number, value: bigint): void {
    this.view(pointer, 8).setBigUint64(0, value, true);
  }

  write(pointer: number, bytes: Uint8Array): void {
    this.bytes(pointer, bytes.length).set(bytes);
  }

  /** A path, of which only the length is looked at. */
  path(pointer: number, length: number): string {
    if (length >>> 0 > MAX_PATH_BYTES) throw fail('nameTooLong');
    const text = decodeUtf8(this.bytes(pointer, length));
    if (!text.ok) throw fail('notUnicode');
    return text.value;
  }

  /** The buffers of a vector, as they are asked for. */
  *buffers(pointer: number, count: number): Generator<Uint8Array> {
    const vector = this.view(pointer, (count >>> 0) * IOVEC_BYTES);
    for (let at = 0; at < vector.byteLength; at += IOVEC_BYTES) {
      yield this.bytes(vector.getUint32(at, true), vector.getUint32(at + 4, true));
    }
  }

  /** Texts that end in a zero each, one behind the other, and where each of them begins. */
  writeTexts(pointers: number, pointer: number, texts: readonly Uint8Array[]): void {
    let at = pointer >>> 0;
    texts.forEach((text, i) => {
      this.writeU32(pointers + 4 * i, at);
      this.write(at, text);
      at += text.length;
    });
  }
}

/**
 * A place or size of 64 bits: beyond what a number holds exactly there is nothing. A program that
 * imports the call with other types than it has ends here, with a TypeError.
 */
export function toOffset(value: bigint): number {
  return Number(BigInt.asUintN(64, value));
}
