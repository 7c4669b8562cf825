/**
 * Records by their sequence, read from a store in blocks while whoever asks moves among neighbours:
 * a store reads forward from a mark, so going back one by one would read everything many times.
 */

export interface RecordSource {
  /** The last record that may be told of. */
  readonly head: number;
  readonly store: {
    /** The first record that is kept. */
    readonly first?: number;
    records(from: number): Iterable<Uint8Array>;
  };
}

/** Records of a block. */
const BLOCK = 256;

export class RecordBlocks {
  #first = 0;
  #block: readonly Uint8Array[] = [];
  /** What was asked for last. */
  #last = Number.NaN;

  constructor(private readonly source: RecordSource) {}

  /** Undefined beyond the head, and for what is not kept any more. */
  read(seq: number): Uint8Array | undefined {
    const isNear = Math.abs(seq - this.#last) === 1;
    this.#last = seq;
    const { head, store } = this.source;
    const least = store.first ?? 0;
    if (seq > head || seq < least) return undefined;
    const kept = this.#block[seq - this.#first];
    if (kept !== undefined) return kept;
    if (!isNear) {
      const [bytes] = store.records(seq);
      return bytes;
    }
    this.#first = Math.max(least, seq - (seq % BLOCK));
    const end = Math.min(head, this.#first + BLOCK - 1);
    const block: Uint8Array[] = [];
    for (const bytes of store.records(this.#first)) {
      block.push(bytes);
      if (this.#first + block.length > end) break;
    }
    this.#block = block;
    return block[seq - this.#first];
  }
}
