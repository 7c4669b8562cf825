/** Laws of tries, against a sorted list of leaves and an independent builder. */
import { compareBytes, toHex } from '@aos/canon';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTrie } from '../src/trie/check-trie.js';
import type { KeyBounds } from '../src/trie/leaf-codec.js';
import { NodeCache } from '../src/trie/node-cache.js';
import { Trie } from '../src/trie/trie.js';
import { Objects, type Pair, pairCodec } from './trie-objects.js';
import { buildTrie } from './trie-oracle.js';

/** Short keys of few bytes: many prefixes of each other, many collisions, deep paths. */
const key = fc
  .array(fc.constantFrom(0x00, 0x01, 0x0f, 0x10, 0x80, 0xff), { maxLength: 5 })
  .map((bytes) => Uint8Array.from(bytes));

/** Keys with a long common beginning. */
const deepKey = key.map((end) => Uint8Array.of(...new Array(40).fill(0x61), ...end));

const leaf = fc.record({ key: fc.oneof(key, deepKey), value: fc.nat(3) });
const leaves = fc.uniqueArray(leaf, {
  maxLength: 150,
  size: 'max',
  selector: (each) => toHex(each.key),
});

type Edit = { readonly set: Pair } | { readonly drop: Uint8Array } | { readonly store: true };

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ set: leaf }) },
  { weight: 4, arbitrary: fc.record({ drop: fc.oneof(key, deepKey) }) },
  { weight: 1, arbitrary: fc.constant({ store: true } as const) },
);

function filled(pairs: readonly Pair[], source: Objects): Trie<Pair> {
  return pairs.reduce((trie, each) => trie.set(each), Trie.empty(pairCodec, source));
}

function within({ from, before, prefix }: KeyBounds, { key: at }: Pair): boolean {
  if (from !== undefined && compareBytes(at, from) < 0) return false;
  if (before !== undefined && compareBytes(at, before) >= 0) return false;
  return prefix === undefined || toHex(at).startsWith(toHex(prefix));
}

describe('a trie', () => {
  it('has the root of its set of leaves, in whatever order they came and went', () => {
    fc.assert(
      fc.property(leaves, leaves, fc.infiniteStream(fc.nat()), (stay, go, numbers) => {
        const shuffled = [...stay, ...go]
          .map((each) => ({ each, rank: numbers.next().value as number }))
          .sort((a, b) => a.rank - b.rank);
        let trie = filled(
          shuffled.map(({ each }) => each),
          new Objects(),
        );
        const kept = new Set(stay.map((each) => toHex(each.key)));
        for (const each of go) if (!kept.has(toHex(each.key))) trie = trie.delete(each.key);
        for (const each of stay) trie = trie.set(each);
        expect(toHex(trie.root())).toBe(toHex(buildTrie(pairCodec, stay).root));
        expect(trie.size).toBe(stay.length);
      }),
      { numRuns: 300 },
    );
  });

  it('stores exactly the nodes of an independent builder', () => {
    fc.assert(
      fc.property(leaves, (pairs) => {
        const built = buildTrie(pairCodec, pairs);
        const { objects } = filled(pairs, new Objects()).unstored();
        const hashes = (list: typeof objects) => new Set(list.map(({ hash }) => toHex(hash)));
        // The one node of no leaves is known to everybody and stored by nobody.
        expect(hashes(objects)).toEqual(hashes(pairs.length === 0 ? [] : built.nodes));
        if (pairs.length > 0) expect(objects.at(-1)?.hash).toEqual(built.root);
      }),
    );
  });

  it('follows a sorted map through edits and snapshots, whatever its cache holds', () => {
    const cacheLeaves = fc.constantFrom(0, 1, 20, 1000);
    fc.assert(
      fc.property(
        fc.array(edit, { maxLength: 250, size: 'max' }),
        cacheLeaves,
        (edits, maxLeaves) => {
          const source = new Objects(new NodeCache(maxLeaves));
          const model = new Map<string, Pair>();
          let trie = Trie.empty(pairCodec, source);
          for (const each of edits) {
            if ('set' in each) {
              trie = trie.set(each.set);
              model.set(toHex(each.set.key), each.set);
            } else if ('drop' in each) {
              trie = trie.delete(each.drop);
              model.delete(toHex(each.drop));
            } else {
              source.store(trie);
              expect(source.cache.leaves).toBeLessThanOrEqual(maxLeaves);
            }
          }
          const sorted = [...model.values()].sort((a, b) => compareBytes(a.key, b.key));
          expect([...trie.range()]).toEqual(sorted);
          expect(trie.first()).toEqual(sorted[0]);
          for (const each of sorted) expect(trie.get(each.key)).toEqual(each);
          expect(toHex(trie.root())).toBe(toHex(buildTrie(pairCodec, sorted).root));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads within all bounds, forwards and backwards', () => {
    const bound = fc.option(fc.oneof(key, deepKey), { nil: undefined });
    const bounds = fc.record({ from: bound, before: bound, prefix: bound });
    fc.assert(
      fc.property(leaves, bounds, (pairs, given) => {
        const present = Object.entries(given).filter(([, value]) => value !== undefined);
        const limits = Object.fromEntries(present) as KeyBounds;
        const expected = pairs
          .filter((each) => within(limits, each))
          .sort((a, b) => compareBytes(a.key, b.key));
        const trie = filled(pairs, new Objects());
        expect([...trie.range(limits)]).toEqual(expected);
        const reversed = [...trie.range({ ...limits, reverse: 'reverse' })];
        expect(reversed.reverse()).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('passes the whole check when it is opened from its root', () => {
    fc.assert(
      fc.property(leaves, (pairs) => {
        const source = new Objects();
        const trie = filled(pairs, source);
        source.store(trie);
        const found = checkTrie({ root: trie.root(), size: trie.size }, pairCodec, source);
        expect(found.ok).toBe(true);
      }),
    );
  });

  it('leaves every version as it was', () => {
    fc.assert(
      fc.property(leaves, fc.array(edit, { maxLength: 60, size: 'max' }), (pairs, edits) => {
        const source = new Objects(new NodeCache(30));
        const trie = filled(pairs, source);
        const before = [...trie.range()];
        const root = toHex(trie.root());
        let next = trie;
        for (const each of edits) {
          if ('set' in each) next = next.set(each.set);
          else if ('drop' in each) next = next.delete(each.drop);
          else source.store(next);
        }
        expect([...trie.range()]).toEqual(before);
        expect(toHex(trie.root())).toBe(root);
      }),
    );
  });
});
