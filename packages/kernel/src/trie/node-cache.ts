/**
 * Bounds how much of stored tries stays in memory.
 *
 * 1. Only stored nodes are in it: dropping one loses nothing.
 * 2. Which nodes are in memory changes no answer, only what has to be read again.
 * 3. Every operation takes constant time but for the evictions it causes, each of a node that was
 *    admitted before.
 *
 * Nodes wait in a queue for their eviction. One that was read while it waited goes to the end of
 * the queue once more (second chance), so that a scan that reads each node once cannot push out what
 * is read again and again. Nodes are not linked to each other: following links through memory that
 * was not touched for long is what would cost most.
 */

/** Leaves that the stored nodes in memory may hold, unless told otherwise. */
export const DEFAULT_CACHE_LEAVES = 100_000;

/** What the cache knows of a node: its weight in leaves, and how to let it go. */
export interface Cached {
  readonly weight: number;
  /** Read since it was put into the queue. */
  isVisited: boolean;
  drop(): void;
}

/** A power of two, as all sizes of the ring. */
const FIRST_RING_SIZE = 64;

export class NodeCache {
  /** The queue: `#count` nodes from `#first` on, around the end. */
  #ring: (Cached | undefined)[] = new Array(FIRST_RING_SIZE).fill(undefined);
  #first = 0;
  #count = 0;
  #leaves = 0;

  constructor(readonly maxLeaves: number = DEFAULT_CACHE_LEAVES) {}

  /** Leaves held at present. */
  get leaves(): number {
    return this.#leaves;
  }

  /** Takes a node that is not in the cache. It may be dropped at once when it does not fit. */
  admit(node: Cached): void {
    this.#leaves += node.weight;
    this.#push(node);
    while (this.#leaves > this.maxLeaves) this.#evict();
  }

  #evict(): void {
    for (let node = this.#shift(); node !== undefined; node = this.#shift()) {
      if (!node.isVisited) {
        this.#leaves -= node.weight;
        node.drop();
        return;
      }
      this.#push(node);
    }
  }

  #push(node: Cached): void {
    if (this.#count === this.#ring.length) this.#grow();
    const ring = this.#ring;
    node.isVisited = false;
    ring[(this.#first + this.#count) & (ring.length - 1)] = node;
    this.#count += 1;
  }

  #shift(): Cached | undefined {
    if (this.#count === 0) return undefined;
    const ring = this.#ring;
    const node = ring[this.#first];
    ring[this.#first] = undefined;
    this.#first = (this.#first + 1) & (ring.length - 1);
    this.#count -= 1;
    return node;
  }

  #grow(): void {
    const ring = this.#ring;
    const inOrder = [...ring.slice(this.#first), ...ring.slice(0, this.#first)];
    this.#ring = inOrder.concat(new Array(ring.length).fill(undefined));
    this.#first = 0;
  }
}
