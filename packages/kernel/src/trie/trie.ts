/**
 * A persistent, ordered, content-addressed map (spec H1).
 *
 * 1. A trie is never changed in place; `set` and `delete` return the next one, which shares with it
 *    all but the way to what changed.
 * 2. The root depends only on the set of leaves, never on how it came about.
 * 3. What is stored may leave memory and comes back through the source. No answer depends on what
 *    is in memory; only whether {@link ObjectsNeeded} is thrown does, and then nothing happened.
 * 4. Nodes are shared between versions and change only in what can be computed again.
 *
 * Absent: equality of values. Setting a leaf that is there already makes a new node of it.
 */
import { bytesEqual, type Hash, RefusalError } from '@aos/canon';
import { dropLeaf, putLeaf } from './edit.js';
import type { KeyBounds, LeafCodec, TrieSource } from './leaf-codec.js';
import { findSlot, Leaf, type LeafSlot } from './leaf-slot.js';
import { Loader } from './loader.js';
import { nibbleAt, nibbleCount, sharedWithPath } from './nibbles.js';
import { Box, Bucket, NO_BYTES } from './node.js';
import { readRange } from './range.js';
import { type LeafDifference, trieDifference } from './trie-difference.js';
import {
  collectUnstored,
  hashBelow,
  type Unstored,
  type UnstoredSlices,
  unstoredSlices,
} from './unstored.js';

export class Trie<T> {
  readonly #loader: Loader<T>;
  readonly #root: Box<T>;

  private constructor(loader: Loader<T>, root: Box<T>) {
    this.#loader = loader;
    this.#root = root;
  }

  static empty<T>(codec: LeafCodec<T>, source: TrieSource): Trie<T> {
    return new Trie(new Loader(codec, source), Box.of(0, new Bucket<T>([], NO_BYTES)));
  }

  /**
   * The trie of `size` leaves under `root`. Nothing is read yet. Code: `trie-count` for no leaves
   * under a root that is not that of the empty trie.
   */
  static open<T>(root: Hash, size: number, codec: LeafCodec<T>, source: TrieSource): Trie<T> {
    if (size > 0) return new Trie(new Loader(codec, source), Box.stored<T>(size, root));
    const empty = Trie.empty(codec, source);
    if (bytesEqual(empty.root(), root)) return empty;
    throw new RefusalError({
      code: 'trie-count',
      at: '',
      detail: 'a root of no leaves has leaves',
    });
  }

  /** Number of leaves. */
  get size(): number {
    return this.#root.count;
  }

  get(key: Uint8Array): T | undefined {
    const loader = this.#loader;
    let box = this.#root;
    let depth = 0;
    for (;;) {
      const node = loader.load(box);
      if (node instanceof Bucket) {
        const { slots, bytes } = node;
        const place = findSlot(bytes, slots, key);
        return place < 0 ? undefined : loader.valueOf(bytes, slots[place] as LeafSlot<T>);
      }
      const { path, leaf, bytes } = node;
      if (sharedWithPath(path, key, depth) < path.length) return undefined;
      depth += path.length;
      if (depth === nibbleCount(key)) {
        return leaf === undefined ? undefined : loader.valueOf(bytes, leaf);
      }
      const child = node.child(nibbleAt(key, depth));
      if (child === undefined) return undefined;
      box = child;
      depth += 1;
    }
  }

  /** With this value in the place of what has its key. */
  set(value: T): Trie<T> {
    const leaf = Leaf.of(this.#loader.codec.keyOf(value), value);
    return new Trie(this.#loader, putLeaf(this.#loader, this.#root, leaf));
  }

  /** Without what has this key; the same trie when there is nothing. */
  delete(key: Uint8Array): Trie<T> {
    const root = dropLeaf(this.#loader, this.#root, key);
    return root === this.#root ? this : new Trie(this.#loader, root);
  }

  /** The value with the least key. */
  first(): T | undefined {
    for (const value of this.range()) return value;
    return undefined;
  }

  /** Values in the order of their keys; read while they are taken. */
  range(bounds: KeyBounds = {}): Iterable<T> {
    return readRange(this.#loader, this.#root, bounds);
  }

  /** Leaves that only one of the two has, or that are not the same in both, in order of keys. */
  differences(other: Trie<T>): Iterable<LeafDifference<T>> {
    this.root();
    other.root();
    const here = { loader: this.#loader, root: this.#root };
    return trieDifference(here, { loader: other.#loader, root: other.#root });
  }

  /** Computed when first asked for, in proportion to what changed since the last time. */
  root(): Hash {
    if (this.#root.hash === undefined) hashBelow(this.#loader.codec, this.#root);
    return this.#root.hash as Hash;
  }

  /**
   * What has to be stored so that `open` finds everything; it also computes the root. An empty trie
   * needs nothing.
   */
  unstored(): Unstored {
    return collectUnstored(this.#loader, this.#root);
  }

  /** The same in slices, between which newer versions may go on. */
  unstoredSlices(): UnstoredSlices {
    return unstoredSlices(this.#loader, this.#root);
  }
}
