/** Frames that are encoded and not yet in the file: written from here, and until then read here. */

/** Size of a chunk that collects small appends; a larger append gets a chunk of its own. */
const CHUNK_CAPACITY_BYTES = 2 ** 16;

/** How far something has come: so many appends, up to this record and this place. */
export interface Mark {
  readonly appends: number;
  /** Sequence of the last record, -1 for none. */
  readonly head: number;
  readonly segment: number;
  readonly offset: number;
}

/** A run of frames for one place of one segment. */
interface Chunk {
  readonly segment: number;
  readonly offset: number;
  readonly bytes: Buffer;
  /** What has come when this chunk has; grows until the chunk is being written. */
  mark: Mark;
  sealed: boolean;
}

export class PendingChunks {
  private readonly queue: Chunk[] = [];
  private spare: Buffer | undefined;

  get first(): Chunk | undefined {
    return this.queue[0];
  }

  /** A chunk that takes `sizeBytes` at the place of the mark, continuing the last one if it can. */
  reserve(mark: Mark, sizeBytes: number): Chunk {
    const last = this.queue.at(-1);
    const used = last ? mark.offset - last.offset : 0;
    if (last && !last.sealed && last.segment === mark.segment) {
      if (used + sizeBytes <= last.bytes.length) return last;
    }
    const { segment, offset } = mark;
    const chunk = { segment, offset, bytes: this.bufferFor(sizeBytes), mark, sealed: false };
    this.queue.push(chunk);
    return chunk;
  }

  /** The first chunk is in the file now. */
  removeFirst(): void {
    const chunk = this.queue.shift();
    if (chunk?.bytes.length === CHUNK_CAPACITY_BYTES) this.spare = chunk.bytes;
  }

  /** Fills `target` from what is pending at the position; 0 when nothing is. */
  readSync(segment: number, target: Uint8Array, position: number): number {
    for (const chunk of this.queue) {
      if (chunk.segment !== segment || position < chunk.offset) continue;
      const from = position - chunk.offset;
      const to = chunk.mark.offset - chunk.offset;
      if (from < to) return chunk.bytes.copy(target, 0, from, to);
    }
    return 0;
  }

  /** Up to where the file of a segment holds what was appended. */
  fileEnd(segment: number): number {
    const first = this.queue.find((chunk) => chunk.segment === segment);
    return first ? first.offset : Number.POSITIVE_INFINITY;
  }

  private bufferFor(sizeBytes: number): Buffer {
    if (sizeBytes > CHUNK_CAPACITY_BYTES) return Buffer.allocUnsafeSlow(sizeBytes);
    const bytes = this.spare ?? Buffer.allocUnsafeSlow(CHUNK_CAPACITY_BYTES);
    this.spare = undefined;
    return bytes;
  }
}
