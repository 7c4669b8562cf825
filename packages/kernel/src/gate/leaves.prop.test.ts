import { type Hash, Reader, sha256, toHex, Writer } from '@aos/canon';
import type { Origin } from '@aos/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LeafCodec } from '../trie/leaf-codec.js';
import { NodeCache } from '../trie/node-cache.js';
import { ObjectsNeeded } from '../trie/objects-needed.js';
import { type Amounts, type Ledger, ledgerCodec } from './limits/ledger.js';
import { type WindowMark, windowCodec } from './limits/rate-window.js';
import { intentCodec, type OpenIntent } from './open-intent.js';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }) as fc.Arbitrary<unknown>;
const hashes = hash as fc.Arbitrary<Hash>;
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const nat = fc.maxSafeNat();
const amounts: fc.Arbitrary<Amounts> = fc.record({
  calls: u64,
  tokens: u64,
  cents: u64,
  bytes: u64,
});
const optional = <K extends string, T>(name: K, value: fc.Arbitrary<T>) =>
  fc.record({ [name]: value }, { requiredKeys: [] }) as fc.Arbitrary<{ [each in K]?: T }>;

const ledger: fc.Arbitrary<Ledger> = fc.record({
  grant: text,
  sinceNs: u64,
  used: amounts,
  reserved: amounts,
});

const mark: fc.Arbitrary<WindowMark> = fc.record({ rule: hashes, ordinal: nat, at: u64 });

const origin: fc.Arbitrary<Origin> = fc.oneof(
  fc.record({ reducer: text, key: fc.option(fc.uint8Array()) }),
  fc.record({ plan: text, instance: fc.record({ seq: nat, i: nat }), step: text }),
);

const approval = fc
  .tuple(
    fc.record({
      rule: hashes,
      role: fc.constantFrom('operator', 'approver', 'host', 'adapter'),
      count: nat,
      given: fc.array(
        fc
          .tuple(fc.record({ keyId: hashes, principal: text }), optional('expiresNs', u64))
          .map(([given, more]) => ({ ...given, ...more })),
      ),
    }),
    optional('of', fc.array(text)),
    optional('expiresNs', u64),
  )
  .map(([own, of, expires]) => ({ ...own, ...of, ...expires }));

const intent = fc
  .tuple(
    fc.record({
      hash: hashes,
      effect: text,
      manifest: hashes,
      cap: text,
      params: fc.uint8Array({ maxLength: 600 }),
      idempotencyKey: hashes,
      isExplicitKey: fc.boolean(),
      epoch: nat,
      attempt: nat,
      openedAt: fc.record({ seq: nat, i: nat }),
      openedNs: u64,
      state: fc.constantFrom('released', 'waiting'),
      waiters: fc.array(origin),
      reserved: fc.array(fc.record({ grant: text, sinceNs: u64, amounts })),
      approval: fc.option(approval),
      frames: nat,
      isCancelled: fc.boolean(),
    }),
    optional('deadlineNs', u64),
  )
  .map(([own, more]) => ({ ...own, ...more }) as OpenIntent);

function written<T>(codec: LeafCodec<T>, value: T): Uint8Array {
  const w = new Writer();
  codec.write(w, value);
  return w.finish();
}

function roundTrips<T>(codec: LeafCodec<T>, values: fc.Arbitrary<T>): void {
  fc.assert(
    fc.property(values, (value) => {
      const bytes = written(codec, value);
      const item = new Reader(bytes);
      item.value();
      item.end();
      const r = new Reader(bytes);
      const read = codec.read(r);
      r.end();
      expect(read).toEqual(value);
      expect(written(codec, read)).toEqual(bytes);
    }),
  );
}

describe('leaves of the gate are read as they were written', () => {
  test('ledgers', () => roundTrips(ledgerCodec, ledger));
  test('marks of rate limits', () => roundTrips(windowCodec, mark));

  test('open intents, with parameters in the leaf or in an object of their own', () => {
    const objects = new Map<string, Uint8Array>();
    const source = { read: (each: Hash) => objects.get(toHex(each)), cache: new NodeCache() };
    const codec = intentCodec(source);
    const stored = intent.map((value) => {
      for (const object of codec.objectsOf?.(value) ?? []) {
        objects.set(toHex(object.hash), object.bytes);
      }
      return value;
    });
    roundTrips(codec, stored);
  });

  test('marks of one rule stand in the order in which they were made', () => {
    const keyOf = (ordinal: number) =>
      toHex(windowCodec.keyOf({ rule: sha256(new Uint8Array()), ordinal, at: 0n }));
    const ordinals = [0, 1, 255, 256, 65_536, 2 ** 40];
    expect(ordinals.map(keyOf).toSorted()).toEqual(ordinals.map(keyOf));
  });
});

test('parameters that are not in memory are asked for', () => {
  const codec = intentCodec({ read: () => undefined, cache: new NodeCache() });
  const [sample] = fc.sample(intent, 1);
  const bytes = written(codec, { ...(sample as OpenIntent), params: new Uint8Array(300) });
  expect(() => codec.read(new Reader(bytes))).toThrow(ObjectsNeeded);
});
