/** Checking proofs about a Merkle tree without its leaves (RFC 9162, 2.1.3.2 and 2.1.4.2). */
import { bytesEqual, type Hash } from '@aos/canon';
import { leafHash, nodeHash } from './tree.js';

export interface InclusionClaim {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Hash;
  readonly proof: readonly Hash[];
}

/** Whether the leaf is at its place in the tree of that root. */
export function verifyInclusion({ leaf, index, size, root, proof }: InclusionClaim): boolean {
  if (!isPlace(index) || !isPlace(size) || index >= size) return false;
  let [at, last] = [index, size - 1];
  let hash = leafHash(leaf);
  for (const node of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(node, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      hash = nodeHash(hash, node);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && bytesEqual(hash, root);
}

export interface ConsistencyClaim {
  readonly older: number;
  readonly size: number;
  readonly olderRoot: Hash;
  readonly root: Hash;
  readonly proof: readonly Hash[];
}

/** Whether the older tree is the beginning of the other one. */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { older, size, olderRoot, root, proof } = claim;
  if (!isPlace(older) || !isPlace(size) || older > size || older === 0) return false;
  if (older === size) return proof.length === 0 && bytesEqual(olderRoot, root);
  const nodes = isPowerOfTwo(older) ? [olderRoot, ...proof] : proof;
  const [first, ...others] = nodes;
  if (first === undefined) return false;
  let [at, last] = [older - 1, size - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [olderHash, hash] = [first, first];
  for (const node of others) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      olderHash = nodeHash(node, olderHash);
      hash = nodeHash(node, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      hash = nodeHash(hash, node);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && bytesEqual(olderHash, olderRoot) && bytesEqual(hash, root);
}

function isPlace(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isPowerOfTwo(value: number): boolean {
  let rest = value;
  while (rest % 2 === 0) rest /= 2;
  return rest === 1;
}

function half(value: number): number {
  return Math.floor(value / 2);
}
