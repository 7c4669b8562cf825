/** Writing and reading the two kinds of nodes. */
import { decode, encode, type Hash, type Value } from '@aos/canon';

/** Most leaves of a bucket; a subtree with more is a branch. */
export const BUCKET_LEAVES = 16;

/** A child of a branch as its node holds it. */
export interface ChildRef {
  readonly count: number;
  readonly hash: Hash;
}

export function encodeBucket(leaves: readonly Uint8Array[]): Uint8Array {
  return encode({ leaves });
}

export function encodeBranch(
  path: string,
  leaf: Uint8Array | null,
  children: readonly (ChildRef | null)[],
): Uint8Array {
  const slots = children.map((child) => (child === null ? null : [child.count, child.hash]));
  return encode({ path, leaf, children: slots });
}

/** Every leaf and every child of a node, in no promised order. */
export function partsOf(bytes: Uint8Array): { leaves: Uint8Array[]; children: Hash[] } {
  const node = (decode(bytes) as { value: ReadonlyMap<string, Value> }).value;
  const leaves = node.get('leaves');
  if (leaves !== undefined) return { leaves: leaves as Uint8Array[], children: [] };
  const leaf = node.get('leaf') as Uint8Array | null;
  const slots = node.get('children') as (readonly [number, Hash] | null)[];
  return {
    leaves: leaf === null ? [] : [leaf],
    children: slots.flatMap((slot) => (slot === null ? [] : [slot[1]])),
  };
}
