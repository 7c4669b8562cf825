/**
 * Persistent, ordered, content-addressed map.
 *
 * 1. A trie is never changed in place; `set` and `delete` return the next one.
 * 2. The root depends only on the set of leaves.
 */
import {
  assert,
  bytesEqual,
  compareBytes,
  type Hash,
  Reader,
  sha256,
  toHex,
  Writer,
} from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import type { KeyBounds, LeafCodec, TrieSource } from './leaf-codec.js';
import { BUCKET_LEAVES, type ChildRef, encodeBranch, encodeBucket, partsOf } from './nodes.js';
import { ObjectsNeeded } from './objects-needed.js';

/** What a snapshot has to write: nodes and the objects of leaves that are not stored yet. */
export interface Unstored {
  readonly objects: readonly StoredObject[];
  /** To be called when `objects` are stored. */
  markStored(): void;
}

interface Item<T> {
  readonly key: Uint8Array;
  readonly value: T;
}

export class Trie<T> {
  #items: readonly Item<T>[] | undefined;
  readonly #codec: LeafCodec<T>;
  readonly #source: TrieSource;
  readonly #root: Hash | undefined;
  /** Hashes, as text, of what is stored. */
  readonly #stored: Set<string>;
  readonly size: number;

  private constructor(
    parts: { codec: LeafCodec<T>; source: TrieSource; stored: Set<string> },
    size: number,
    content: { items?: readonly Item<T>[]; root?: Hash },
  ) {
    this.#codec = parts.codec;
    this.#source = parts.source;
    this.#stored = parts.stored;
    this.#items = content.items;
    this.#root = content.root;
    this.size = size;
  }

  static empty<T>(codec: LeafCodec<T>, source: TrieSource): Trie<T> {
    return new Trie({ codec, source, stored: new Set() }, 0, { items: [] });
  }

  /** The trie of `size` leaves under `root`; nothing is read yet. */
  static open<T>(root: Hash, size: number, codec: LeafCodec<T>, source: TrieSource): Trie<T> {
    if (size === 0) return Trie.empty(codec, source);
    return new Trie({ codec, source, stored: new Set() }, size, { root });
  }

  get(key: Uint8Array): T | undefined {
    const items = this.#load();
    const item = items[placeOf(items, key)];
    return item !== undefined && bytesEqual(item.key, key) ? item.value : undefined;
  }

  set(value: T): Trie<T> {
    const items = this.#load();
    const key = this.#codec.keyOf(value);
    const at = placeOf(items, key);
    const there = items[at];
    const isThere = there !== undefined && bytesEqual(there.key, key);
    return this.#next(items.toSpliced(at, isThere ? 1 : 0, { key, value }));
  }

  delete(key: Uint8Array): Trie<T> {
    const items = this.#load();
    const at = placeOf(items, key);
    const there = items[at];
    if (there === undefined || !bytesEqual(there.key, key)) return this;
    return this.#next(items.toSpliced(at, 1));
  }

  first(): T | undefined {
    return this.#load()[0]?.value;
  }

  *range(bounds: KeyBounds = {}): Iterable<T> {
    const items = this.#load().filter(({ key }) => isWithin(key, bounds));
    if (bounds.reverse === 'reverse') items.reverse();
    for (const { value } of items) yield value;
  }

  root(): Hash {
    return this.#root ?? this.#build([]);
  }

  unstored(): Unstored {
    const nodes: StoredObject[] = [];
    this.#build(nodes);
    const leaves = this.#load().flatMap(({ value }) => this.#codec.objectsOf?.(value) ?? []);
    const all = this.size === 0 ? [] : [...leaves, ...nodes];
    const objects = all.filter(({ hash }) => !this.#stored.has(toHex(hash)));
    return {
      objects,
      markStored: () => {
        for (const { hash } of objects) this.#stored.add(toHex(hash));
      },
    };
  }

  #next(items: readonly Item<T>[]): Trie<T> {
    const parts = { codec: this.#codec, source: this.#source, stored: this.#stored };
    return new Trie(parts, items.length, { items });
  }

  #load(): readonly Item<T>[] {
    if (this.#items !== undefined) return this.#items;
    const items: Item<T>[] = [];
    const hashes = [this.#root as Hash];
    for (let hash = hashes.pop(); hash !== undefined; hash = hashes.pop()) {
      const bytes = this.#source.read(hash);
      if (bytes === undefined) throw new ObjectsNeeded([hash]);
      const { leaves, children } = partsOf(bytes);
      for (const leaf of leaves) {
        const value = this.#codec.read(new Reader(leaf));
        items.push({ key: this.#codec.keyOf(value), value });
      }
      hashes.push(...children);
    }
    items.sort((a, b) => compareBytes(a.key, b.key));
    this.#items = items;
    return items;
  }

  #build(into: StoredObject[]): Hash {
    return this.#node(this.#load(), 0, into);
  }

  #node(items: readonly Item<T>[], depth: number, into: StoredObject[]): Hash {
    const bytes =
      items.length <= BUCKET_LEAVES ? this.#bucket(items) : this.#branch(items, depth, into);
    const hash = sha256(bytes);
    into.push({ hash, bytes });
    return hash;
  }

  #bucket(items: readonly Item<T>[]): Uint8Array {
    return encodeBucket(items.map((item) => this.#leaf(item)));
  }

  #branch(items: readonly Item<T>[], depth: number, into: StoredObject[]): Uint8Array {
    const first = toHex((items[0] as Item<T>).key);
    const last = toHex((items.at(-1) as Item<T>).key);
    let end = depth;
    while (end < first.length && first[end] === last[end]) end += 1;
    const ended = items.find(({ key }) => key.length * 2 === end);
    const children = [...'0123456789abcdef'].map((digit): ChildRef | null => {
      const part = items.filter(({ key }) => toHex(key)[end] === digit);
      if (part.length === 0) return null;
      return { count: part.length, hash: this.#node(part, end + 1, into) };
    });
    const leaf = ended === undefined ? null : this.#leaf(ended);
    return encodeBranch(first.slice(depth, end), leaf, children);
  }

  #leaf({ value }: Item<T>): Uint8Array {
    const w = new Writer();
    this.#codec.write(w, value);
    return w.finish();
  }
}

function placeOf<T>(items: readonly Item<T>[], key: Uint8Array): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    assert(item !== undefined, 'the middle is inside');
    if (compareBytes(item.key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isWithin(key: Uint8Array, { from, before, prefix }: KeyBounds): boolean {
  if (from !== undefined && compareBytes(key, from) < 0) return false;
  if (before !== undefined && compareBytes(key, before) >= 0) return false;
  return prefix === undefined || bytesEqual(key.subarray(0, prefix.length), prefix);
}
