/**
 * Setting and deleting leaves by copying the path from the root.
 *
 * 1. What comes out is what a builder would make of the new set of leaves, so the way to a set of
 *    leaves leaves no trace.
 * 2. No recursion: the depth of a trie is in the hands of whoever chooses keys.
 */
import { assert } from '@aos/canon';
import { findSlot, type Leaf, type LeafSlot, takeSlot } from './leaf-slot.js';
import type { Loader } from './loader.js';
import {
  joinNibbles,
  nibbleAt,
  nibbleCount,
  nibblesOf,
  sharedByKeys,
  sharedWithPath,
} from './nibbles.js';
import {
  ABSENT,
  Box,
  Branch,
  BUCKET_LEAVES,
  Bucket,
  type ChildSlot,
  FAN_OUT,
  NO_BYTES,
} from './node.js';

/** A branch on the way down, and the child taken. */
interface Turn<T> {
  readonly box: Box<T>;
  readonly branch: Branch<T>;
  readonly nibble: number;
}

/** How much of a path a key goes along with, and how deep in the key that is. */
interface Parting {
  readonly shared: number;
  readonly depth: number;
}

/** The root after the leaf is set. */
export function putLeaf<T>(loader: Loader<T>, root: Box<T>, leaf: Leaf<T>): Box<T> {
  const { key } = leaf;
  const turns: Turn<T>[] = [];
  let box = root;
  let depth = 0;
  for (;;) {
    const node = loader.load(box);
    if (node instanceof Bucket) {
      loader.release(box);
      return climb(loader, turns, putIntoBucket(node, leaf, depth));
    }
    const shared = sharedWithPath(node.path, key, depth);
    depth += shared;
    if (shared < node.path.length) {
      return climb(loader, turns, fork(box, node, leaf, { shared, depth }));
    }
    if (depth === nibbleCount(key)) return climb(loader, turns, putAtBranch(box.count, node, leaf));
    const nibble = nibbleAt(key, depth);
    const child = node.child(nibble);
    turns.push({ box, branch: node, nibble });
    if (child === undefined) return climb(loader, turns, bucketOf([leaf]));
    box = child;
    depth += 1;
  }
}

/** The root without the leaf; the same root when there is none. */
export function dropLeaf<T>(loader: Loader<T>, root: Box<T>, key: Uint8Array): Box<T> {
  const turns: Turn<T>[] = [];
  let box = root;
  let depth = 0;
  for (;;) {
    const node = loader.load(box);
    if (node instanceof Bucket) {
      const place = findSlot(node.bytes, node.slots, key);
      if (place < 0) return root;
      return shrink(loader, turns, bucketOf(node.slots.toSpliced(place, 1), node.bytes));
    }
    const shared = sharedWithPath(node.path, key, depth);
    depth += shared;
    if (shared < node.path.length) return root;
    if (depth === nibbleCount(key)) {
      if (node.leaf === undefined) return root;
      return shrink(loader, turns, settle(loader, box.count - 1, node.withLeaf(undefined)));
    }
    const nibble = nibbleAt(key, depth);
    const child = node.child(nibble);
    if (child === undefined) return root;
    turns.push({ box, branch: node, nibble });
    box = child;
    depth += 1;
  }
}

function bucketOf<T>(slots: readonly LeafSlot<T>[], bytes: Uint8Array = NO_BYTES): Box<T> {
  return Box.of(slots.length, new Bucket(slots, bytes));
}

/** Back to the root, with another child at the end of the way. */
function climb<T>(loader: Loader<T>, turns: readonly Turn<T>[], end: Box<T>): Box<T> {
  let box = end;
  for (let i = turns.length - 1; i >= 0; i--) {
    const { box: old, branch, nibble } = turns[i] as Turn<T>;
    const before = branch.child(nibble)?.count ?? 0;
    box = Box.of(old.count - before + box.count, branch.withChild(nibble, box));
    loader.release(old);
  }
  return box;
}

/** Back to the root with one leaf less; branches that are none any more become what they are. */
function shrink<T>(loader: Loader<T>, turns: readonly Turn<T>[], end: Box<T>): Box<T> {
  let box = end;
  for (let i = turns.length - 1; i >= 0; i--) {
    const { box: old, branch, nibble } = turns[i] as Turn<T>;
    const child = box.count === 0 ? undefined : box;
    box = settle(loader, old.count - 1, branch.withChild(nibble, child));
  }
  return box;
}

/** The node that a branch of so many leaves is after it has lost one. */
function settle<T>(loader: Loader<T>, count: number, branch: Branch<T>): Box<T> {
  if (count <= BUCKET_LEAVES) return collapse(loader, branch);
  if (branch.leaf !== undefined) return Box.of(count, branch);
  let only = -1;
  for (let nibble = 0; nibble < FAN_OUT; nibble++) {
    if (branch.slots[nibble] === ABSENT) continue;
    if (only >= 0) return Box.of(count, branch);
    only = nibble;
  }
  const child = loader.load(branch.child(only) as Box<T>);
  assert(child instanceof Branch, 'a child with more leaves than a bucket is a branch');
  return Box.of(count, child.withPath(joinNibbles(branch.path, only, child.path)));
}

/** The bucket of all leaves below a branch whose children are buckets. */
function collapse<T>(loader: Loader<T>, branch: Branch<T>): Box<T> {
  const leaves: Leaf<T>[] = [];
  if (branch.leaf !== undefined) leaves.push(takeSlot(branch.bytes, branch.leaf));
  const children = branch.slots.flatMap((_, nibble) => branch.child(nibble) ?? []);
  for (const child of children) {
    const node = loader.load(child, () => children);
    assert(node instanceof Bucket, 'a child with so few leaves is a bucket');
    for (const slot of node.slots) leaves.push(takeSlot(node.bytes, slot));
  }
  return bucketOf(leaves);
}

/** The leaf in a bucket, which becomes a branch when it is full. */
function putIntoBucket<T>(bucket: Bucket<T>, leaf: Leaf<T>, depth: number): Box<T> {
  const { slots, bytes } = bucket;
  const place = findSlot(bytes, slots, leaf.key);
  if (place >= 0) return bucketOf(slots.with(place, leaf), bytes);
  const next = slots.toSpliced(-1 - place, 0, leaf);
  if (next.length <= BUCKET_LEAVES) return bucketOf(next, bytes);
  return split(
    next.map((slot) => takeSlot(bytes, slot)),
    depth,
  );
}

/** The branch of one leaf more than a bucket takes; its children are buckets. */
function split<T>(leaves: readonly Leaf<T>[], depth: number): Box<T> {
  const first = (leaves[0] as Leaf<T>).key;
  const end = sharedByKeys(first, (leaves.at(-1) as Leaf<T>).key);
  // The shorter key comes first, so that only the first can end where the others part.
  const ended = nibbleCount(first) === end ? leaves[0] : undefined;
  const groups: Leaf<T>[][] = Array.from({ length: FAN_OUT }, () => []);
  for (const leaf of leaves) {
    if (leaf !== ended) (groups[nibbleAt(leaf.key, end)] as Leaf<T>[]).push(leaf);
  }
  const slots = groups.map((group) => (group.length === 0 ? ABSENT : bucketOf(group)));
  return Box.of(leaves.length, new Branch(nibblesOf(first, depth, end), ended, slots, NO_BYTES));
}

/** A branch where the leaf's key parts from the path of another branch, after `shared` of it. */
function fork<T>(box: Box<T>, branch: Branch<T>, leaf: Leaf<T>, parting: Parting): Box<T> {
  const { shared, depth } = parting;
  const { path } = branch;
  const slots: ChildSlot<T>[] = new Array(FAN_OUT).fill(ABSENT);
  slots[path[shared] as number] = Box.of(box.count, branch.withPath(path.slice(shared + 1)));
  const endsHere = nibbleCount(leaf.key) === depth;
  if (!endsHere) slots[nibbleAt(leaf.key, depth)] = bucketOf([leaf]);
  const ended = endsHere ? leaf : undefined;
  return Box.of(box.count + 1, new Branch(path.slice(0, shared), ended, slots, NO_BYTES));
}

function putAtBranch<T>(count: number, branch: Branch<T>, leaf: Leaf<T>): Box<T> {
  return Box.of(count + (branch.leaf === undefined ? 1 : 0), branch.withLeaf(leaf));
}
