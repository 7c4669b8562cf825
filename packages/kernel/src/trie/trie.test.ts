import { type Hash, type Reader, toHex, utf8, type Writer } from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import type { LeafCodec, TrieSource } from './leaf-codec.js';
import { NodeCache } from './node-cache.js';
import { ObjectsNeeded } from './objects-needed.js';
import { Trie } from './trie.js';

interface Pair {
  readonly key: string;
  readonly value: number;
}

const pairs: LeafCodec<Pair> = {
  keyOf: ({ key }) => utf8(key),
  write(w: Writer, { key, value }) {
    w.listHead(2);
    w.text(key);
    w.int(value);
  },
  read(r: Reader) {
    r.listHead();
    return { key: r.text(), value: r.nat() };
  },
};

class Objects implements TrieSource {
  readonly cache = new NodeCache();
  readonly #bytes = new Map<string, Uint8Array>();

  read(hash: Hash): Uint8Array | undefined {
    return this.#bytes.get(toHex(hash));
  }

  put(objects: readonly StoredObject[]): void {
    for (const { hash, bytes } of objects) this.#bytes.set(toHex(hash), bytes);
  }
}

const entry = (i: number): Pair => ({ key: `key-${i * 7919}`, value: i });

function filled(count: number, source: Objects): Trie<Pair> {
  let trie = Trie.empty(pairs, source);
  for (let i = 0; i < count; i++) trie = trie.set(entry(i));
  return trie;
}

describe('a trie', () => {
  it('gives back what was set and nothing that was deleted', () => {
    const trie = filled(100, new Objects()).delete(utf8(entry(3).key));
    expect(trie.size).toBe(99);
    expect(trie.get(utf8(entry(3).key))).toBeUndefined();
    expect(trie.get(utf8(entry(4).key))).toEqual(entry(4));
  });

  it('has one root for one set of leaves', () => {
    const source = new Objects();
    let other = Trie.empty(pairs, source);
    for (let i = 99; i >= 0; i--) other = other.set({ ...entry(i), value: 0 }).set(entry(i));
    for (let i = 100; i < 200; i++) other = other.set(entry(i));
    for (let i = 100; i < 200; i++) other = other.delete(utf8(entry(i).key));
    expect(toHex(other.root())).toBe(toHex(filled(100, source).root()));
  });

  it('opens from its root when its objects are there, and asks for them when they are not', () => {
    const source = new Objects();
    const trie = filled(100, source);
    const { objects, markStored } = trie.unstored();
    const opened = Trie.open(trie.root(), 100, pairs, source);
    expect(() => opened.get(utf8('key-0'))).toThrow(ObjectsNeeded);
    source.put(objects);
    markStored();
    expect([...opened.range()]).toEqual([...trie.range()]);
    expect(trie.unstored().objects).toEqual([]);
  });
});
