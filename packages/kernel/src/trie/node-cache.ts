/**
 * Bounds how much of stored tries stays in memory.
 *
 * 1. Only stored nodes are in it: dropping one loses nothing.
 * 2. Which nodes are in memory changes no answer, only what has to be read again.
 * 3. Every operation takes constant time but for the evictions it causes, each of a node that was
 *    admitted before.
 *
 * Nodes stand in the order of admission. To evict, a hand goes from the oldest to the newest, spares
 * every node read since it came by last, drops the first other one, and stays there (the SIEVE
 * policy): a scan that touches each node once cannot push out what is read again and again.
 */

/** Leaves that the stored nodes in memory may hold, unless told otherwise. */
export const DEFAULT_CACHE_LEAVES = 100_000;

/** What the cache knows of a node: its weight in leaves, and how to let it go. */
export interface Cached {
  readonly weight: number;
  /** Read since the hand came by last. */
  isVisited: boolean;
  newer: Cached | undefined;
  older: Cached | undefined;
  drop(): void;
}

export class NodeCache {
  #newest: Cached | undefined;
  #oldest: Cached | undefined;
  #hand: Cached | undefined;
  #leaves = 0;

  constructor(readonly maxLeaves: number = DEFAULT_CACHE_LEAVES) {}

  /** Leaves held at present. */
  get leaves(): number {
    return this.#leaves;
  }

  /** Takes a node that is not in the cache. It may be dropped at once when it does not fit. */
  admit(node: Cached): void {
    node.isVisited = false;
    node.older = this.#newest;
    node.newer = undefined;
    if (this.#newest !== undefined) this.#newest.newer = node;
    this.#newest = node;
    this.#oldest ??= node;
    this.#leaves += node.weight;
    while (this.#leaves > this.maxLeaves) this.#evict();
  }

  #evict(): void {
    let node = this.#hand ?? (this.#oldest as Cached);
    while (node.isVisited) {
      node.isVisited = false;
      node = node.newer ?? (this.#oldest as Cached);
    }
    this.#hand = node.newer;
    if (node.newer === undefined) this.#newest = node.older;
    else node.newer.older = node.older;
    if (node.older === undefined) this.#oldest = node.newer;
    else node.older.newer = node.newer;
    node.newer = undefined;
    node.older = undefined;
    this.#leaves -= node.weight;
    node.drop();
  }
}
