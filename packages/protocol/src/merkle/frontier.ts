/**
 * The frontier of a Merkle tree: the roots of its full subtrees, from the left, one for each one in
 * the binary form of its size. It is all of a tree that is needed to add to it.
 */
import { assert, type Hash } from '@aos/canon';
import { emptyRoot, leafHash, nodeHash } from './tree.js';

/** What a frontier is, as it is stored. */
export interface FrontierShape {
  /** Leaves of the tree. */
  readonly size: number;
  readonly nodes: readonly Hash[];
}

export class Frontier implements FrontierShape {
  #size: number;
  readonly #nodes: Hash[];

  /** Goes on from a stored one; a defect when it has another number of nodes than its size says. */
  constructor({ size, nodes }: FrontierShape = { size: 0, nodes: [] }) {
    assert(nodes.length === fullSubtrees(size).length, 'a node for each full subtree');
    this.#size = size;
    this.#nodes = [...nodes];
  }

  get size(): number {
    return this.#size;
  }

  get nodes(): readonly Hash[] {
    return [...this.#nodes];
  }

  /** Adds a leaf; one hash, and one more for each subtree that it fills: two over all. */
  append(leaf: Uint8Array): void {
    this.push(leafHash(leaf));
  }

  /** Adds a leaf that is hashed already. */
  push(hash: Hash): void {
    let node = hash;
    for (let size = this.#size; size % 2 === 1; size = (size - 1) / 2) {
      node = nodeHash(this.#nodes.pop() as Hash, node);
    }
    this.#nodes.push(node);
    this.#size += 1;
  }

  root(): Hash {
    return (
      this.#nodes.reduceRight<Hash | undefined>(
        (right, left) => (right === undefined ? left : nodeHash(left, right)),
        undefined,
      ) ?? emptyRoot()
    );
  }
}

/** First leaf and number of leaves of each full subtree of a tree, from the left. */
export function fullSubtrees(size: number): readonly (readonly [first: number, leaves: number])[] {
  const found: [number, number][] = [];
  let first = 0;
  for (let leaves = 2 ** 52; leaves >= 1; leaves /= 2) {
    if (size - first < leaves) continue;
    found.push([first, leaves]);
    first += leaves;
  }
  return found;
}
