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
import type { Nibbles } from './nibbles.js';
import type { Cached } from './node-cache.js';
import { NodeScan, UNSIGNED } from './node-scan.js';

/** Most leaves of a bucket; a subtree with more is a branch. */
export const BUCKET_LEAVES = 16;
/** Children that a branch may have. */
export const FAN_OUT = 16;
/** What a branch weighs in a cache: about the memory of so many small leaves. */
const BRANCH_WEIGHT = 4;
/** Head of a hash, behind the count of a child. */
const HASH_HEAD_BYTES = 2;
export const HASH_BYTES = 32;

/** No bytes: what a node has that was not read. */
export const NO_BYTES = new Uint8Array(0);

/** A leaf that is more than a part of its node's bytes: it has a value or its own written form. */
export class Leaf<T> {
  private constructor(
    readonly key: Uint8Array,
    readonly value: T | undefined,
    readonly raw: Uint8Array | undefined,
    /** The objects that it refers to are stored. */
    public hasStoredObjects: boolean,
  ) {}

  static of<T>(key: Uint8Array, value: T): Leaf<T> {
    return new Leaf<T>(key, value, undefined, false);
  }

  /** A leaf that was read, in its written form. */
  static written<T>(key: Uint8Array, raw: Uint8Array): Leaf<T> {
    return new Leaf<T>(key, undefined, raw, true);
  }
}

/** A leaf, or where its byte string stands in the bytes of its node. */
export type LeafSlot<T> = Leaf<T> | number;

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
    const scan = new NodeScan(this.bytes, slot + 1);
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
  isVisited = false;
  newer: Cached | undefined;
  older: Cached | undefined;

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

  get weight(): number {
    return this.count <= BUCKET_LEAVES ? this.count : BRANCH_WEIGHT;
  }

  drop(): void {
    this.node = undefined;
  }
}
