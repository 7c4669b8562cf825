import { concatBytes, type Hash, Reader, sha256, toHex, Writer } from '@aos/canon';
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
/** Objects as the code makes them, which are told from those with an undefined field. */
const record = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>;
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }) as fc.Arbitrary<unknown>;
const hashes = hash as fc.Arbitrary<Hash>;
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const nat = fc.maxSafeNat();
const amounts: fc.Arbitrary<Amounts> = record({
  calls: u64,
  tokens: u64,
  cents: u64,
  bytes: u64,
});
const optional = <K extends string, T>(name: K, value: fc.Arbitrary<T>) =>
  fc.record({ [name]: value }, { requiredKeys: [] }) as fc.Arbitrary<{ [each in K]?: T }>;

const ledger: fc.Arbitrary<Ledger> = record({
  grant: text,
  sinceNs: u64,
  used: amounts,
  reserved: amounts,
});

const mark: fc.Arbitrary<WindowMark> = record({ rule: hashes, ordinal: nat, at: u64 });

const origin: fc.Arbitrary<Origin> = fc.oneof(
  record({ reducer: text, key: fc.option(fc.uint8Array()) }),
  record({ plan: text, instance: record({ seq: nat, i: nat }), step: text }),
);

const approval = fc
  .tuple(
    record({
      rule: hashes,
      role: fc.constantFrom('operator', 'approver', 'host', 'adapter'),
      count: nat,
      given: fc.array(
        fc
          .tuple(record({ keyId: hashes, principal: text }), optional('expiresNs', u64))
          .map(([given, more]) => ({ ...given, ...more })),
      ),
    }),
    optional('of', fc.array(text)),
    optional('expiresNs', u64),
  )
  .map(([own, of, expires]) => ({ ...own, ...of, ...expires }));

const intent = fc
  .tuple(
    record({
      hash: hashes,
      effect: text,
      manifest: hashes,
      cap: text,
      params: fc.uint8Array({ maxLength: 600 }),
      idempotencyKey: hashes,
      isExplicitKey: fc.boolean(),
      epoch: nat,
      attempt: nat,
      openedAt: record({ seq: nat, i: nat }),
      openedNs: u64,
      state: fc.constantFrom('released', 'waiting'),
      waiters: fc.array(origin),
      reserved: fc.array(record({ grant: text, sinceNs: u64, amounts })),
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

/** The list with an item more at its end. */
function longer(list: Uint8Array): Uint8Array {
  const [head = 0] = list;
  return concatBytes(Uint8Array.of(head + 1), list.subarray(1), Uint8Array.of(0));
}

function roundTrips<T>(codec: LeafCodec<T>, values: fc.Arbitrary<T>): void {
  fc.assert(
    fc.property(values, (value) => {
      const bytes = written(codec, value);
      const item = new Reader(bytes);
      item.value();
      item.end();
      const lent = bytes.slice();
      const r = new Reader(lent);
      const read = codec.read(r);
      r.end();
      lent.fill(0);
      expect(read).toStrictEqual(value);
      expect(written(codec, read)).toEqual(bytes);
      expect(() => codec.read(new Reader(longer(bytes)))).toThrow('shape-field');
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
  const params = new Uint8Array(300);
  const bytes = written(codec, { ...(sample as OpenIntent), params });
  let needed: unknown;
  try {
    codec.read(new Reader(bytes));
  } catch (error) {
    needed = error;
  }
  expect(needed).toBeInstanceOf(ObjectsNeeded);
  expect(needed).toMatchObject({ hashes: [sha256(params)] });
});

test('parameters of up to 256 bytes stand in the leaf, longer ones in an object', () => {
  const objects = new Map<string, Uint8Array>();
  const source = { read: (each: Hash) => objects.get(toHex(each)), cache: new NodeCache() };
  const codec = intentCodec(source);
  const [sample] = fc.sample(intent, 1);
  const stored = (size: number) => {
    const value = { ...(sample as OpenIntent), params: new Uint8Array(size).fill(7) };
    const own = codec.objectsOf?.(value) ?? [];
    for (const object of own) objects.set(toHex(object.hash), object.bytes);
    expect(codec.read(new Reader(written(codec, value)))).toEqual(value);
    return own.map(({ hash, bytes }) => [toHex(hash), bytes.length]);
  };
  expect(stored(256)).toEqual([]);
  expect(stored(257)).toEqual([[toHex(sha256(new Uint8Array(257).fill(7))), 257]]);
});

describe('a leaf that is damaged is refused', () => {
  const rule = sha256(new Uint8Array());

  test('where a hash is too short', () => {
    const mark = written(windowCodec, { rule, ordinal: 1, at: 1n });
    expect(() => windowCodec.read(new Reader(mark))).not.toThrow();
    const w = new Writer();
    w.listHead(3);
    w.bytes(rule.subarray(1));
    expect(() => windowCodec.read(new Reader(w.finish()))).toThrow('shape-length');
  });

  test('where a word is none that is known', () => {
    const codec = intentCodec({ read: () => undefined, cache: new NodeCache() });
    const [sample] = fc.sample(intent, 1);
    const value = { ...(sample as OpenIntent), params: new Uint8Array(), state: 'asleep' };
    const bytes = written(codec, value as unknown as OpenIntent);
    expect(() => codec.read(new Reader(bytes))).toThrow('shape-field');
  });
});
