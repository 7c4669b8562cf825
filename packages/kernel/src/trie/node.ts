/**
 * Nodes in memory.
 *
 * 1. Content never changes once made; what changes is only what can be computed again: child boxes
 *    made on demand, memoized hashes, nodes that are dropped and read again.
 * 2. A node read from bytes keeps them, and its slots are offsets into them until somebody needs
 *    more: most of what is read is never looked at.
 * 3. A box of at most BUCKET_LEAVES leaves holds a bucket, any other a branch.
 */
import { asHash, type Hash } from '@aos/canon';
import { ItemScan, UNSIGNED } from './item-scan.js';
import type { Leaf, LeafSlot } from './leaf-slot.js';
import type { Nibbles } from './nibbles.js';
import type { Cached } from './node-cache.js';

/** Most leaves of a bucket; a subtree with more is a branch. */
export const BUCKET_LEAVES = 16;
/** Children that a branch may have. */
export const FAN_OUT = 16;
/** What a branch weighs in a cache: about the memory of so many small leaves. */
const BRANCH_WEIGHT = 4;
/** Heads of a child's pair, and of the hash in it. */
const PAIR_HEAD_BYTES = 1;
const HASH_HEAD_BYTES = 2;
export const HASH_BYTES = 32;

/** No bytes: what a node has that was not read. */
export const NO_BYTES = new Uint8Array(0);

export class Bucket<T> {
  constructor(
    /** In the order of keys. */
    readonly slots: readonly LeafSlot<T>[],
    readonly bytes: Uint8Array,
  ) {}
}

/** A child, where its pair stands in the bytes of the node, or ABSENT. */
export type ChildSlot<T> = Box<T> | number;

export const ABSENT = 0;

export class Branch<T> {
  constructor(
    /** What all keys below go on with before they part. */
    readonly path: Nibbles,
    /** The leaf whose key ends where the others part. */
    readonly leaf: LeafSlot<T> | undefined,
    /** One for each half byte. */
    readonly slots: ChildSlot<T>[],
    readonly bytes: Uint8Array,
  ) {}

  child(nibble: number): Box<T> | undefined {
    const slot = this.slots[nibble] as ChildSlot<T>;
    if (typeof slot !== 'number') return slot;
    if (slot === ABSENT) return undefined;
    const scan = new ItemScan(this.bytes, slot + PAIR_HEAD_BYTES, 'trie-shape');
    const count = scan.head(UNSIGNED);
    const start = scan.at + HASH_HEAD_BYTES;
    const box = Box.stored<T>(count, asHash(this.bytes.slice(start, start + HASH_BYTES)));
    this.slots[nibble] = box;
    return box;
  }

  /** A branch with another child, or none, under this half byte. */
  withChild(nibble: number, child: Box<T> | undefined): Branch<T> {
    const slots = this.slots.slice();
    slots[nibble] = child ?? ABSENT;
    return new Branch(this.path, this.leaf, slots, this.bytes);
  }

  withLeaf(leaf: Leaf<T> | undefined): Branch<T> {
    return new Branch(this.path, leaf, this.slots, this.bytes);
  }

  withPath(path: Nibbles): Branch<T> {
    return new Branch(path, this.leaf, this.slots, this.bytes);
  }
}

export type Node<T> = Bucket<T> | Branch<T>;

/**
 * The place of a node: what a parent holds of its child, and a trie of its root. All versions of a
 * trie that have this subtree share it.
 */
export class Box<T> implements Cached {
  heldLeaves = 0;
  isQueued = false;
  isVisited = false;

  private constructor(
    /** Leaves below. */
    readonly count: number,
    /** Absent only where `hash` names a stored node. */
    public node: Node<T> | undefined,
    public hash: Hash | undefined,
    public isStored: boolean,
  ) {}

  static of<T>(count: number, node: Node<T>): Box<T> {
    return new Box<T>(count, node, undefined, false);
  }

  static stored<T>(count: number, hash: Hash): Box<T> {
    return new Box<T>(count, undefined, hash, true);
  }

  /** What the node counts for in a cache. */
  get weightLeaves(): number {
    return this.count <= BUCKET_LEAVES ? this.count : BRANCH_WEIGHT;
  }

  drop(): void {
    this.node = undefined;
  }
}
