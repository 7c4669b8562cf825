/**
 * The Merkle tree over the chain values of a journal (RFC 6962, section 2.1).
 *
 * M1 Leaf `n` is the chain value of record `n`; a leaf hashes as `sha256(00 ‖ leaf)`, a node as
 *    `sha256(01 ‖ left ‖ right)`, a tree without leaves as `sha256('')`.
 * M2 A tree of `n > 1` leaves has the largest power of two below `n` on its left. So the root
 *    depends on the leaves and their number only, whoever builds it and in which steps.
 */
import { type Hash, sha256 } from '@aos/canon';

const HASH_BYTES = 32;
const LEAF_PREFIX = 0;
const NODE_PREFIX = 1;

/** A new one each time: the caller may keep it. */
export function emptyRoot(): Hash {
  return sha256(new Uint8Array(0));
}

/** What is hashed is put together here: a new array each time costs as much as the hash. */
const leafBytes = new Uint8Array(1 + HASH_BYTES);
const nodeBytes = new Uint8Array(1 + 2 * HASH_BYTES);
leafBytes[0] = LEAF_PREFIX;
nodeBytes[0] = NODE_PREFIX;

export function leafHash(leaf: Uint8Array): Hash {
  if (leaf.length !== HASH_BYTES) return sha256(Uint8Array.of(LEAF_PREFIX, ...leaf));
  leafBytes.set(leaf, 1);
  return sha256(leafBytes);
}

export function nodeHash(left: Hash, right: Hash): Hash {
  nodeBytes.set(left, 1);
  nodeBytes.set(right, 1 + HASH_BYTES);
  return sha256(nodeBytes);
}

/** Leaves on the left of a tree of so many; defined for more than one. */
export function leftLeaves(count: number): number {
  let left = 1;
  while (left * 2 < count) left *= 2;
  return left;
}
