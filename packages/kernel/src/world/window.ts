/**
 * What a world remembers by count: the latest so many items, found by key.
 *
 * 1. A window holds at most its limit; one more forgets the oldest.
 * 2. Both tries hold the same items: one by key, one by age.
 */
import { assert, type Reader, type Writer } from '@aos/canon';
import type { LeafCodec, TrieSource } from '../trie/leaf-codec.js';
import { Trie } from '../trie/trie.js';
import { placeKey } from './big-endian.js';

/** Where in the journal an item came up; no two items of a window have the same place. */
export interface Aged {
  readonly seq: number;
  readonly i: number;
}

/** The key of an item by its age. */
interface Age extends Aged {
  readonly key: Uint8Array;
}

export interface Window<T extends Aged> {
  readonly items: Trie<T>;
  readonly ages: Trie<Age>;
}

export const ageCodec: LeafCodec<Age> = {
  keyOf: placeKey,
  write(w: Writer, { seq, i, key }) {
    w.listHead(3);
    w.int(seq);
    w.int(i);
    w.bytes(key);
  },
  read(r: Reader) {
    r.listHead();
    const seq = r.nat();
    const i = r.nat();
    return { seq, i, key: r.bytes().slice() };
  },
};

export function emptyWindow<T extends Aged>(codec: LeafCodec<T>, source: TrieSource): Window<T> {
  return { items: Trie.empty(codec, source), ages: Trie.empty(ageCodec, source) };
}

/** The window with `item` in it, under the `key` that its codec gives, and the oldest forgotten. */
export function addToWindow<T extends Aged>(
  { items, ages }: Window<T>,
  item: T,
  key: Uint8Array,
  limit: number,
): Window<T> {
  const { seq, i } = item;
  const before = items.get(key);
  let nextItems = items.set(item);
  let nextAges = before === undefined ? ages : ages.delete(placeKey(before));
  nextAges = nextAges.set({ seq, i, key });
  while (nextItems.size > limit) {
    const oldest = nextAges.first();
    assert(oldest !== undefined, 'a window holds each item in both of its tries');
    nextItems = nextItems.delete(oldest.key);
    nextAges = nextAges.delete(placeKey(oldest));
  }
  return { items: nextItems, ages: nextAges };
}
