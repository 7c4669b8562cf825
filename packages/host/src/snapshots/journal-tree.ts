/**
 * The Merkle tree of a living journal, as far as its frontier.
 *
 * J1 It is derived: it goes on from the head beside the last snapshot, and what came after is read
 *    from the journal. A head that is not of this journal is passed over.
 * J2 Chain values wait until a head is asked for; each is hashed once, about twice per record.
 */
import { bytesEqual, type Hash } from '@aos/canon';
import { chainOf, decodeStoredHead, Frontier, type WorldStore } from '@aos/protocol';

const HASH_BYTES = 32;
const FIRST_CAPACITY = 1024;
/** Most chain values that wait in memory; the others are read again. */
const MAX_WAITING = 1 << 17;
/** Leaves hashed in a slice: about 50 microseconds, which is little beside a turn of the loop. */
const SLICE_LEAVES = 32;

export class JournalTree {
  #frontier: Frontier | undefined;
  /** Chain values of the records from `#first` on, one behind the other. */
  #waiting = Buffer.alloc(FIRST_CAPACITY * HASH_BYTES);
  #first = 0;
  #count = 0;

  constructor(private readonly store: WorldStore) {}

  /** The next records; those before may be missing. */
  add(seq: number, chain: Hash): void {
    if (this.#count > 0 && seq !== this.#first + this.#count) this.#count = 0;
    if (this.#count === MAX_WAITING) this.#count = 0;
    if (this.#count === 0) this.#first = seq;
    if ((this.#count + 1) * HASH_BYTES > this.#waiting.length) this.#grow();
    this.#waiting.set(chain, this.#count * HASH_BYTES);
    this.#count += 1;
  }

  /** The frontier of the first `size` records; pauses after every so many. */
  *upTo(size: number): Generator<undefined, Frontier> {
    const frontier = this.#start(size);
    while (frontier.size < size) {
      const end = Math.min(size, frontier.size + SLICE_LEAVES);
      for (const chain of this.#chains(frontier.size, end)) frontier.append(chain);
      yield;
    }
    if (size >= this.#first) this.#drop(size - this.#first);
    this.#frontier = new Frontier(frontier);
    return frontier;
  }

  /** What is known, but no more than of so many records. */
  #start(size: number): Frontier {
    const known = this.#frontier ?? frontierOf(this.store, size);
    return known.size <= size ? new Frontier(known) : frontierOf(this.store, size);
  }

  *#chains(from: number, to: number): Generator<Hash> {
    const end = this.#first + this.#count;
    if (from >= this.#first && to <= end) {
      for (let seq = from; seq < to; seq++) {
        const at = (seq - this.#first) * HASH_BYTES;
        yield new Uint8Array(this.#waiting.subarray(at, at + HASH_BYTES)) as Hash;
      }
      return;
    }
    let seq = from;
    for (const bytes of this.store.records(from)) {
      if (seq++ >= to) return;
      yield chainOf(bytes);
    }
  }

  #drop(count: number): void {
    const dropped = Math.min(count, this.#count);
    this.#waiting.copyWithin(0, dropped * HASH_BYTES, this.#count * HASH_BYTES);
    this.#first += dropped;
    this.#count -= dropped;
  }

  #grow(): void {
    const grown = Buffer.alloc(this.#waiting.length * 2);
    grown.set(this.#waiting);
    this.#waiting = grown;
  }
}

/** The latest frontier of at most `size` records that a store has. */
export function frontierOf(store: WorldStore, size: number): Frontier {
  for (const mark of [...store.snapshots].reverse()) {
    if (mark.head === undefined || mark.seq >= size) continue;
    const bytes = store.object(mark.head);
    const head = bytes && decodeStoredHead(bytes);
    if (head?.ok !== true || head.value.seq !== mark.seq) continue;
    if (!isOfJournal(store, mark.seq, head.value.chain)) continue;
    return new Frontier({ size: mark.seq + 1, nodes: head.value.frontier });
  }
  const { pruned } = store;
  if (pruned === undefined) return new Frontier();
  return new Frontier({ size: pruned.seq + 1, nodes: pruned.frontier });
}

function isOfJournal(store: WorldStore, seq: number, chain: Hash): boolean {
  if (seq < store.first) return seq === store.first - 1 && isPruned(store, chain);
  const [bytes] = store.records(seq);
  return bytes !== undefined && bytesEqual(chainOf(bytes), chain);
}

function isPruned({ pruned }: WorldStore, chain: Hash): boolean {
  return pruned !== undefined && bytesEqual(pruned.chain, chain);
}
