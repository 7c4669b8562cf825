import { encodeUntagged, Reader, sha256, toHex, utf8, type Value, Writer } from '@aos/canon';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrieSource } from '../../trie/leaf-codec.js';
import { NodeCache } from '../../trie/node-cache.js';
import type { PlanInstance } from './instance.js';
import { instanceCodec } from './instance-codec.js';

const objects = new Map<string, Uint8Array>();
const source: TrieSource = { read: (hash) => objects.get(toHex(hash)), cache: new NodeCache() };
const codec = instanceCodec(source);
const hash = sha256(utf8('a hash'));

const nat = fc.nat({ max: 1000 });
const id = fc.record({ seq: nat, i: nat });
const place = fc.record({ seq: nat, i: fc.option(nat) });
const value: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'grapheme' }),
  nat,
  fc.array(nat),
  fc.constant(new Map([['a', 1]])),
  fc.constant('x'.repeat(2000)),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const mapOf = <K, V>(key: fc.Arbitrary<K>, each: fc.Arbitrary<V>) =>
  fc.array(fc.tuple(key, each), { maxLength: 4 }).map((entries) => new Map(entries));

const effect = fc.record({
  attempt: nat,
  intent: fc.constant(hash),
  isCancelled: fc.boolean(),
  again: maybe(fc.record({ params: fc.uint8Array(), key: maybe(fc.uint8Array()) })),
  retry: maybe(fc.record({ atNs: fc.bigInt(0n, (1n << 64n) - 1n), due: maybe(place) })),
  outcome: maybe(
    fc.record({
      status: fc.constantFrom('ok' as const, 'error' as const, 'timeout' as const),
      receipt: maybe(value),
      error: maybe(fc.string()),
      adapterId: fc.string(),
      costCents: maybe(fc.bigInt(0n, 1n << 60n)),
    }),
  ),
});
const child = fc.record({
  instance: id,
  outcome: maybe(
    fc.record({
      status: fc.constantFrom('ok' as const, 'cancelled' as const),
      code: maybe(fc.string()),
      result: maybe(value),
    }),
  ),
});

const instance: fc.Arbitrary<PlanInstance> = fc.record({
  id,
  plan: fc.string(),
  manifest: fc.constant(hash),
  parent: fc.option(fc.record({ instance: id, step: nat, index: nat })),
  depth: nat,
  isScheduled: fc.boolean(),
  isCancelled: fc.boolean(),
  input: value,
  states: fc.uint8Array({ max: 4 }),
  taken: fc.uint8Array({ max: 1 }),
  ready: mapOf(nat, place),
  vars: mapOf(fc.string(), value),
  outputs: mapOf(fc.string(), value),
  events: mapOf(nat, value),
  effects: mapOf(nat, effect),
  children: mapOf(nat, fc.array(child, { maxLength: 3 })),
  sizeBytes: nat,
});

function write(written: PlanInstance): Uint8Array {
  const w = new Writer(64);
  codec.write(w, written);
  for (const { hash: at, bytes } of codec.objectsOf?.(written) ?? []) objects.set(toHex(at), bytes);
  return w.finish();
}

describe('a written instance', () => {
  it('is read as what was written, all of it, large or small', () => {
    fc.assert(
      fc.property(instance, (written) => {
        const bytes = write(written);
        const read = codec.read(new Reader(bytes));
        expect(toHex(write(read))).toBe(toHex(bytes));
        expect(read).toEqual(written);
        expect(codec.keyOf(read)).toEqual(codec.keyOf(written));
      }),
    );
  });

  it('is refused in any other shape', () => {
    const [small] = fc.sample(instance, { numRuns: 1, seed: 7 });
    const bytes = write({ ...(small as PlanInstance), input: null });
    for (const wrong of [
      encodeUntagged([1, 2, true]),
      encodeUntagged([1, 2, true, utf8('x')]),
      encodeUntagged([1, 2, true, encodeUntagged([1, 2])]),
      encodeUntagged([1, 2, false, utf8('short')]),
      bytes.subarray(0, bytes.length - 1),
    ]) {
      expect(() => codec.read(new Reader(wrong))).toThrow(/expected|truncated|bytes/);
    }
  });

  it('asks for the object that holds it', () => {
    const missing = encodeUntagged([1, 2, false, sha256(utf8('nowhere'))]);
    expect(() => codec.read(new Reader(missing))).toThrow('not in memory');
  });
});
