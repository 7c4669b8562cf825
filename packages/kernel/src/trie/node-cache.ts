/** Bounds how many leaves of stored nodes stay in memory. */

/** Leaves that the stored nodes in memory may hold, unless told otherwise. */
export const DEFAULT_CACHE_LEAVES = 100_000;

export class NodeCache {
  constructor(readonly maxLeaves: number = DEFAULT_CACHE_LEAVES) {}
}
