/** Laws of what two tries differ in, against two maps. */
import { compareBytes, toHex, utf8 } from '@aos/canon';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NodeCache } from '../src/trie/node-cache.js';
import { Trie } from '../src/trie/trie.js';
import { Objects, type Pair, pair, pairCodec } from './trie-objects.js';

const key = fc
  .array(fc.constantFrom(0x00, 0x01, 0x0f, 0x10, 0x80, 0xff), { maxLength: 5 })
  .map((bytes) => Uint8Array.from(bytes));
const leaves = fc.uniqueArray(fc.record({ key, value: fc.nat(2) }), {
  maxLength: 120,
  size: 'max',
  selector: (each) => toHex(each.key),
});

const filled = (pairs: readonly Pair[], source = new Objects()) =>
  pairs.reduce((trie, each) => trie.set(each), Trie.empty(pairCodec, source));

const shown = (trie: Trie<Pair>, other: Trie<Pair>) =>
  [...trie.differences(other)].map(({ key: at, here, there }) => [
    toHex(at),
    here?.value,
    there?.value,
  ]);

describe('what tries differ in', () => {
  it('is what maps of their leaves differ in, in order, and mirrored the other way round', () => {
    fc.assert(
      fc.property(leaves, leaves, fc.boolean(), (ours, theirs, isStored) => {
        const [here, there] = [new Map(entries(ours)), new Map(entries(theirs))];
        const keys = [...new Set([...here.keys(), ...there.keys()])].sort((a, b) =>
          compareBytes(Buffer.from(a, 'hex'), Buffer.from(b, 'hex')),
        );
        const expected = keys
          .map((at) => [at, here.get(at), there.get(at)])
          .filter(([, a, b]) => a !== b);
        const source = new Objects(new NodeCache(2));
        const [a, b] = [filled(ours, source), filled(theirs, source)];
        if (isStored) for (const trie of [a, b]) source.store(trie);
        expect(shown(a, b)).toEqual(expected);
        expect(shown(b, a)).toEqual(expected.map(([at, x, y]) => [at, y, x]));
        expect(shown(a, a)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('costs what differs, not what there is', () => {
    const source = new Objects(new NodeCache(0));
    const before = filled(
      Array.from({ length: 5000 }, (_, n) => pair(`key ${n}`, n)),
      source,
    );
    source.store(before);
    const after = before.set(pair('key 77', 0)).delete(utf8('key 4000'));
    source.store(after);
    const open = (trie: Trie<Pair>) => Trie.open(trie.root(), trie.size, pairCodec, source);
    source.reads = 0;
    expect(shown(open(before), open(after))).toHaveLength(2);
    expect(source.reads).toBeLessThan(60);
  });
});

const entries = (pairs: readonly Pair[]) =>
  pairs.map(({ key: at, value }) => [toHex(at), value] as const);
