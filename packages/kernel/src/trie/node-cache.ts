/**
 * Bounds how much of stored tries stays in memory.
 *
 * 1. Only stored nodes are in it: dropping one loses nothing.
 * 2. Which nodes are in memory changes no answer, only what has to be read again.
 * 3. Every operation takes constant time, seen over many: an eviction is of a node that was
 *    admitted before, and the queue doubles.
 *
 * Nodes wait in a queue for their eviction. One that was read while it waited goes to the end of
 * the queue once more (second chance), so that a scan that reads each node once cannot push out
 * what is read again and again. Nodes are not linked to each other: following links through memory
 * that was not touched for long is what would cost most.
 */

/** Leaves that the stored nodes in memory may hold, unless told otherwise. */
const DEFAULT_CACHE_LEAVES = 100_000;

/** What the cache keeps of a node, and how to let it go. */
export interface Cached {
  /** What it counts for at present, in leaves; 0 when it is not held. */
  heldLeaves: number;
  /** It stands in the queue, held or not. */
  isQueued: boolean;
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

  /** Holds a node that is not held. It may be dropped at once when it does not fit. */
  admit(node: Cached, leaves: number): void {
    node.heldLeaves = leaves;
    this.#leaves += leaves;
    if (!node.isQueued) this.#push(node);
    while (this.#leaves > this.maxLeaves) this.#evict();
  }

  /** Drops a node that most likely nobody reads again. */
  release(node: Cached): void {
    this.#leaves -= node.heldLeaves;
    node.heldLeaves = 0;
    node.drop();
  }

  #evict(): void {
    for (let node = this.#shift(); node !== undefined; node = this.#shift()) {
      if (node.heldLeaves === 0) continue;
      if (!node.isVisited) {
        this.release(node);
        return;
      }
      this.#push(node);
    }
  }

  #push(node: Cached): void {
    if (this.#count === this.#ring.length) this.#makeRoom();
    const ring = this.#ring;
    node.isQueued = true;
    node.isVisited = false;
    ring[(this.#first + this.#count) & (ring.length - 1)] = node;
    this.#count += 1;
  }

  #shift(): Cached | undefined {
    if (this.#count === 0) return undefined;
    const ring = this.#ring;
    const node = ring[this.#first] as Cached;
    ring[this.#first] = undefined;
    this.#first = (this.#first + 1) & (ring.length - 1);
    this.#count -= 1;
    node.isQueued = false;
    return node;
  }

  /** Clears the full queue of what is not held any more; when that is little, doubles it. */
  #makeRoom(): void {
    const ring = this.#ring as Cached[];
    const held: Cached[] = [];
    for (const node of [...ring.slice(this.#first), ...ring.slice(0, this.#first)]) {
      node.isQueued = node.heldLeaves > 0;
      if (node.isQueued) held.push(node);
    }
    const size = held.length > ring.length / 2 ? 2 * ring.length : ring.length;
    this.#ring = [...held, ...new Array(size - held.length).fill(undefined)];
    this.#first = 0;
    this.#count = held.length;
  }
}
