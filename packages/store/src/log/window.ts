/** A view of a long byte source through one bounded buffer, for reading mostly forward. */

/** Reads as a file does: fills what it can from `position`, 0 at the end. */
export interface ByteSource {
  readSync(target: Uint8Array, position: number): number;
}

const EMPTY: Buffer = Buffer.alloc(0);

export class Window {
  private buffer = EMPTY;
  private bytes = EMPTY;
  private start = 0;

  /** `chunkBytes` is how much is fetched at once; a longer look fetches what it needs. */
  constructor(
    private readonly source: ByteSource,
    private readonly chunkBytes: number,
  ) {}

  /** The bytes from `position`, less than `sizeBytes` at the end; valid until the next call. */
  at(position: number, sizeBytes: number): Buffer {
    const from = position - this.start;
    if (from >= 0 && from + sizeBytes <= this.bytes.length) {
      return this.bytes.subarray(from, from + sizeBytes);
    }
    this.fetch(position, sizeBytes);
    return this.bytes.subarray(0, sizeBytes);
  }

  /** Forgets what was fetched, so that the next look sees the source as it is then. */
  forget(): void {
    this.bytes = EMPTY;
  }

  private fetch(position: number, sizeBytes: number): void {
    const target = this.bufferFor(Math.max(this.chunkBytes, sizeBytes));
    let filled = 0;
    while (filled < target.length) {
      const count = this.source.readSync(target.subarray(filled), position + filled);
      if (count === 0) break;
      filled += count;
    }
    this.bytes = target.subarray(0, filled);
    this.start = position;
  }

  private bufferFor(sizeBytes: number): Buffer {
    if (sizeBytes > this.chunkBytes) return Buffer.allocUnsafeSlow(sizeBytes);
    if (this.buffer.length === 0) this.buffer = Buffer.allocUnsafeSlow(this.chunkBytes);
    return this.buffer;
  }
}
