/** Tries whose nodes come and go: paging, caches, and depths that somebody else chose. */
import { type Hash, toHex, utf8 } from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { checkTrie } from '../src/trie/check-trie.js';
import { NodeCache } from '../src/trie/node-cache.js';
import { ObjectsNeeded } from '../src/trie/objects-needed.js';
import { Trie } from '../src/trie/trie.js';
import { Objects, type Pair, pair, pairCodec } from './trie-objects.js';

const pairs = Array.from({ length: 600 }, (_, i) => pair(`key-${(i * 7919) % 600}`, i));

function filled(source: Objects, list: readonly Pair[] = pairs): Trie<Pair> {
  return list.reduce((trie, each) => trie.set(each), Trie.empty(pairCodec, source));
}

/** A stored trie and an opened one that has nothing in memory but what is asked for and given. */
function paged(list: readonly Pair[] = pairs) {
  const all = new Map<string, Uint8Array>();
  const stored = filled(new Objects(), list);
  for (const { hash, bytes } of stored.unstored().objects) all.set(toHex(hash), bytes);
  const source = new Objects(new NodeCache(0));
  const give = (hashes: readonly Hash[]) => {
    source.put(hashes.map((hash) => ({ hash, bytes: all.get(toHex(hash)) }) as StoredObject));
  };
  const trie = Trie.open(stored.root(), stored.size, pairCodec, source);
  return { trie, give, stored };
}

/** Asks until nothing is needed any more; answers with how often objects had to be fetched. */
function untilThere<R>(act: () => R, give: (hashes: readonly Hash[]) => void) {
  for (let rounds = 0; ; rounds++) {
    try {
      return { answer: act(), rounds };
    } catch (error) {
      if (!(error instanceof ObjectsNeeded)) throw error;
      expect(error.hashes.length).toBeGreaterThan(0);
      give(error.hashes);
    }
  }
}

describe('a trie whose nodes are not in memory', () => {
  it('asks for one node after the other to read a leaf, and then reads it', () => {
    const { trie, give } = paged();
    const { answer, rounds } = untilThere(() => trie.get(utf8('key-77')), give);
    expect(answer?.key).toEqual(utf8('key-77'));
    expect(rounds).toBeGreaterThan(1);
    expect(() => trie.get(utf8('key-77'))).not.toThrow();
  });

  it('sets and deletes once the way is there, and nothing has happened before', () => {
    const { trie, give, stored } = paged();
    const next = untilThere(() => trie.set(pair('key-5', 9)).delete(utf8('key-6')), give).answer;
    expect(toHex(next.root())).toBe(
      toHex(stored.set(pair('key-5', 9)).delete(utf8('key-6')).root()),
    );
    expect(toHex(trie.root())).toBe(toHex(stored.root()));
  });

  it('asks for all it reads of a branch at once', () => {
    const { trie, give, stored } = paged();
    const { answer, rounds } = untilThere(() => [...trie.range()], give);
    expect(answer).toEqual([...stored.range()]);
    const nodes = stored.unstored().objects.length;
    expect(rounds).toBeLessThan(nodes / 3);
  });

  it('asks for all buckets at once that become one', () => {
    const list = Array.from({ length: 17 }, (_, i) => pair(String.fromCharCode(0x10 * i), i));
    const { trie, give, stored } = paged(list.slice(0, 17));
    const { answer, rounds } = untilThere(() => trie.delete((list[0] as Pair).key), give);
    expect(rounds).toBeLessThanOrEqual(3);
    expect(toHex(answer.root())).toBe(toHex(stored.delete((list[0] as Pair).key).root()));
  });
});

describe('a cache', () => {
  it('of one leaf serves every read', () => {
    const source = new Objects(new NodeCache(1));
    const trie = filled(source);
    source.store(trie);
    for (const each of pairs) expect(trie.get(each.key)).toEqual(each);
    expect(source.cache.leaves).toBeLessThanOrEqual(1);
    expect(source.reads).toBeGreaterThan(pairs.length);
  });

  it('that holds everything is asked for everything once', () => {
    const source = new Objects();
    const stored = filled(source);
    const nodes = source.store(stored);
    const trie = Trie.open(stored.root(), stored.size, pairCodec, source);
    source.reads = 0;
    for (const each of [...pairs, ...pairs]) trie.get(each.key);
    expect(source.reads).toBe(nodes);
  });

  it('keeps what is read again and again, whatever else is read once', () => {
    const source = new Objects(new NodeCache(120));
    const trie = filled(source);
    source.store(trie);
    const hot = (pairs[3] as Pair).key;
    let misses = 0;
    for (const each of pairs) {
      trie.get(each.key);
      const before = source.reads;
      trie.get(hot);
      misses += source.reads - before;
    }
    expect(misses).toBeLessThan(20);
  });
});

describe('what a snapshot writes of a trie', () => {
  it('follows what changed, not what there is', () => {
    const source = new Objects();
    const trie = filled(source);
    source.store(trie);
    const next = trie.set(pair('key-1', 7));
    expect(source.store(next)).toBeLessThanOrEqual(6);
    expect(source.store(next)).toBe(0);
  });

  it('counts as stored for later versions, also when they came before it was', () => {
    const source = new Objects();
    const trie = filled(source);
    const { objects, markStored } = trie.unstored();
    const later = trie.set(pair('key-1', 7));
    source.put(objects);
    markStored();
    expect(source.store(later)).toBeLessThanOrEqual(6);
    const opened = Trie.open(later.root(), later.size, pairCodec, source);
    expect([...opened.range()]).toEqual([...later.range()]);
  });

  it('holds the objects of new leaves only, before the nodes that name them', () => {
    const stored: Hash[] = [];
    const codec = {
      ...pairCodec,
      objectsOf: ({ value }: Pair) => {
        const hash = utf8(`object ${value}`.padEnd(32)) as Hash;
        stored.push(hash);
        return [{ hash, bytes: utf8(`${value}`) }];
      },
    };
    const source = new Objects();
    let trie = pairs.slice(0, 40).reduce((each, one) => each.set(one), Trie.empty(codec, source));
    source.store(trie);
    expect(stored).toHaveLength(40);
    trie = trie.set(pair('key-0', 1000)).set(pair('new', 1001));
    expect(source.store(trie)).toBeGreaterThan(2);
    expect(stored).toHaveLength(42);
  });
});

describe('keys that somebody else chose', () => {
  /** Every key begins with the one before: one branch below the other. */
  const depth = 8000;
  const chain = Array.from({ length: depth }, (_, i) => ({
    key: new Uint8Array(i).fill(0x61),
    value: i,
  }));

  it('may be deeper than any stack', { timeout: 60_000 }, () => {
    const source = new Objects();
    // The longest first: each shorter one is put in at the root.
    const trie = filled(source, chain.toReversed());
    expect(source.store(trie)).toBeGreaterThan(depth - 32);
    const deepest = (chain.at(-1) as Pair).key;
    expect(trie.get(deepest)?.value).toBe(depth - 1);
    const [last] = trie.range({ reverse: 'reverse' });
    expect(last?.value).toBe(depth - 1);
    expect([...trie.range()].map(({ value }) => value)).toEqual([...chain.keys()]);
    const next = trie.set({ key: deepest, value: 1 }).delete((chain.at(-2) as Pair).key);
    expect(next.size).toBe(depth - 1);
    expect(source.store(next)).toBeGreaterThan(depth - 32);
    const whole = checkTrie({ root: next.root(), size: next.size }, pairCodec, source);
    expect(whole.ok).toBe(true);
  });

  it('may be empty', () => {
    const source = new Objects();
    const trie = filled(source, [pair('', 1), pair('a', 2)]);
    expect(trie.get(utf8(''))?.value).toBe(1);
    expect(trie.first()?.value).toBe(1);
    expect(trie.delete(utf8('')).get(utf8(''))).toBeUndefined();
  });
});
