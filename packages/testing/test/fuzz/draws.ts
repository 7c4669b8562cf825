/** Small decisions out of the bytes of an input, in the order in which they are asked for. */
export class Draws {
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isEmpty(): boolean {
    return this.#at >= this.bytes.length;
  }

  /** 0 when there are no more. */
  byte(): number {
    return this.bytes[this.#at++] ?? 0;
  }

  u16(): number {
    return this.byte() * 256 + this.byte();
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.byte() % choices.length] as T;
  }

  /** At most so many, fewer at the end. */
  take(size: number): Uint8Array {
    const taken = this.bytes.slice(this.#at, this.#at + size);
    this.#at += size;
    return taken;
  }

  rest(): Uint8Array {
    return this.take(this.bytes.length);
  }
}

/** Edits of bytes, as many as are drawn: each says where, what it is, and with what. */
export function edited(original: Uint8Array, draws: Draws, most: number): Uint8Array {
  let bytes = original;
  for (let left = draws.byte() % (most + 1); left > 0 && !draws.isEmpty; left--) {
    if (bytes.length === 0) return draws.take(64);
    const at = draws.u16() % bytes.length;
    const kind = draws.byte() % 6;
    const size = 1 + (draws.byte() % 64);
    const before = bytes.subarray(0, at);
    const piece = () => bytes.subarray(draws.u16() % (bytes.length + 1)).subarray(0, size);
    if (kind === 0) bytes = bytes.with(at, (bytes[at] ?? 0) ^ (1 << (size & 7)));
    else if (kind === 1) bytes = bytes.with(at, draws.byte());
    else if (kind === 2) bytes = joined(before, bytes.subarray(at + size));
    else if (kind === 3) bytes = joined(before, draws.take(size), bytes.subarray(at));
    else if (kind === 4) bytes = joined(before, piece(), bytes.subarray(at + size));
    else bytes = before.slice();
  }
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
