/**
 * The memory of an instance at its first moment, kept to make it as new.
 *
 * Most of a large memory is zero at first, and filling costs a third of copying: the image is a
 * list of stretches, each either zeros or bytes of its own.
 */

/** Zeros in between that are worth a stretch of their own, in bytes; measured. */
const WORTH_FILLING_BYTES = 8192;

interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Absent where all is zero. */
  readonly bytes?: Uint8Array;
}

export class MemoryImage {
  readonly sizeBytes: number;
  readonly #stretches: readonly Stretch[];

  constructor(memory: Uint8Array) {
    this.sizeBytes = memory.length;
    this.#stretches = stretchesOf(memory);
  }

  /** Writes the image over a memory of the same size. */
  restore(memory: Uint8Array): void {
    for (const { from, to, bytes } of this.#stretches) {
      if (bytes) memory.set(bytes, from);
      else memory.fill(0, from, to);
    }
  }
}

function stretchesOf(memory: Uint8Array): Stretch[] {
  const stretches: Stretch[] = [];
  const words = new Uint32Array(memory.buffer, memory.byteOffset, memory.length >>> 2);
  const size = words.length;
  const take = (from: number, to: number) => ({
    ...{ from: from * 4, to: to * 4 },
    bytes: memory.slice(from * 4, to * 4),
  });
  let from = 0;
  let at = 0;
  while (at < size) {
    const zerosFrom = at;
    while (at < size && words[at] === 0) at++;
    if (at - zerosFrom >= WORTH_FILLING_BYTES / 4) {
      if (zerosFrom > from) stretches.push(take(from, zerosFrom));
      stretches.push({ from: zerosFrom * 4, to: at * 4 });
      from = at;
    }
    while (at < size && words[at] !== 0) at++;
  }
  if (size > from) stretches.push(take(from, size));
  return stretches;
}
