/** Objects in memory, and small leaves to put into tries. */
import { type Hash, type Reader, toHex, utf8, type Writer } from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import type { LeafCodec, TrieSource } from '../src/trie/leaf-codec.js';
import { NodeCache } from '../src/trie/node-cache.js';
import type { Trie } from '../src/trie/trie.js';

/** A source that has what it was given, and counts what is read. */
export class Objects implements TrieSource {
  reads = 0;
  readonly #bytes = new Map<string, Uint8Array>();

  constructor(public cache: NodeCache = new NodeCache()) {}

  get size(): number {
    return this.#bytes.size;
  }

  read(hash: Hash): Uint8Array | undefined {
    this.reads += 1;
    return this.#bytes.get(toHex(hash));
  }

  put(objects: readonly StoredObject[]): void {
    for (const { hash, bytes } of objects) this.#bytes.set(toHex(hash), bytes);
  }

  /** Stores what is new of a trie; answers with how many objects that was. */
  store<T>(trie: Trie<T>): number {
    const { objects, markStored } = trie.unstored();
    this.put(objects);
    markStored();
    return objects.length;
  }
}

export interface Pair {
  readonly key: Uint8Array;
  readonly value: number;
}

/** Leaves under any bytes. */
export const pairCodec: LeafCodec<Pair> = {
  keyOf: ({ key }) => key,
  write(w: Writer, { key, value }) {
    w.listHead(2);
    w.bytes(key);
    w.int(value);
  },
  read(r: Reader) {
    r.listHead();
    return { key: r.bytes().slice(), value: r.nat() };
  },
};

export function pair(key: string, value: number): Pair {
  return { key: utf8(key), value };
}
