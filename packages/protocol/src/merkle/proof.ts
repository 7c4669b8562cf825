/**
 * Proofs about a Merkle tree (RFC 6962, 2.1.1 and 2.1.2): that a leaf is in it, and that a smaller
 * tree is its beginning. A proof is the roots of some ranges of leaves; which ones follows from the
 * numbers alone, and one reading of the leaves gives them all.
 */
import { type Hash, type Result, refuse } from '@aos/canon';
import { Frontier, type FrontierShape, fullSubtrees } from './frontier.js';
import { leafHash, leftLeaves } from './tree.js';

/** Leaves from the first number to below the second. */
export type LeafRange = readonly [from: number, to: number];

/** The ranges whose roots prove that leaf `index` is in a tree of `size`, in proof order. */
export function inclusionRanges(index: number, size: number): readonly LeafRange[] {
  const found: LeafRange[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + leftLeaves(to - from);
    if (index < middle) {
      found.push([middle, to]);
      to = middle;
    } else {
      found.push([from, middle]);
      from = middle;
    }
  }
  return found.reverse();
}

/** The ranges whose roots prove that the tree of `older` leaves is the beginning of `size`. */
export function consistencyRanges(older: number, size: number): readonly LeafRange[] {
  if (older <= 0 || older >= size) return [];
  const found: LeafRange[] = [];
  let [from, to] = [0, size];
  while (to !== older) {
    const middle = from + leftLeaves(to - from);
    if (older <= middle) {
      found.push([middle, to]);
      to = middle;
    } else {
      found.push([from, middle]);
      from = middle;
    }
  }
  if (from > 0) found.push([from, to]);
  return found.reverse();
}

/** Where leaves are read from: those that `base` covers are no longer there. */
export interface LeafSource {
  readonly base?: FrontierShape;
  /** Leaves from `base.size` on, in order. */
  readonly leaves: Iterable<Uint8Array>;
}

/**
 * The roots of ranges, in their order. Code: `merkle-pruned` for a range that cannot be told
 * without leaves that are no longer there, `merkle-short` where leaves are missing at the end.
 */
export function rangeRoots(
  ranges: readonly LeafRange[],
  { base = { size: 0, nodes: [] }, leaves }: LeafSource,
): Result<readonly Hash[]> {
  const building = ranges.map((range) => beginning(range, base));
  const end = Math.max(0, ...ranges.map(([, to]) => to));
  if (building.some((each) => each === undefined)) {
    return refuse('merkle-pruned', '', `leaves below ${base.size} are no longer there`);
  }
  let at = base.size;
  for (const leaf of leaves) {
    if (at >= end) break;
    const hash = leafHash(leaf);
    for (const [n, [from, to]] of ranges.entries()) {
      if (at >= from && at < to) building[n]?.push(hash);
    }
    at += 1;
  }
  if (at < end) return refuse('merkle-short', '', `expected ${end} leaves, found ${at}`);
  return { ok: true, value: building.map((each) => (each as Frontier).root()) };
}

/** What of a range a frontier knows; `undefined` where it would need a part of one of its nodes. */
function beginning([from, to]: LeafRange, base: FrontierShape): Frontier | undefined {
  if (from >= base.size) return new Frontier();
  const nodes: Hash[] = [];
  let size = 0;
  for (const [n, [first, leaves]] of fullSubtrees(base.size).entries()) {
    if (first + leaves <= from || first >= to) continue;
    if (first < from || first + leaves > to) return undefined;
    nodes.push(base.nodes[n] as Hash);
    size += leaves;
  }
  return new Frontier({ size, nodes });
}
