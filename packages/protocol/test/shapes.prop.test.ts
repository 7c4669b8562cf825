import { asHash, decode, encode, type Result, toHex } from '@aos/canon';
import {
  type CarriedValue,
  carryValue,
  decodeGenesis,
  decodeRecord,
  decodeRecordHead,
  type Entry,
  encodeGenesis,
  encodeRecord,
  INLINE_VALUE_BYTES,
  type JournalRecord,
} from '@aos/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { genesis, record } from './samples.js';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const hash = bytes(32).map(asHash);
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const value: fc.Arbitrary<CarriedValue> = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((inline) => ({ inline })),
  hash.map((ref) => ({ ref })),
);
const cause = fc.option(fc.nat(300));
const cell = { cause, reducer: text, key: fc.option(fc.uint8Array({ maxLength: 9 })) };
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({
    kind: fc.constant('state-changed' as const),
    ...cell,
    before: fc.option(hash),
    after: fc.option(hash),
  }),
  fc.record({
    kind: fc.constant('reducer-fault' as const),
    ...cell,
    code: text,
    fuel: fc.maxSafeNat(),
  }),
  fc.record(
    {
      kind: fc.constant('domain-event' as const),
      cause,
      schema: text,
      value,
      key: fc.uint8Array({ maxLength: 9 }),
    },
    { requiredKeys: ['kind', 'cause', 'schema', 'value'] },
  ),
);
const records: fc.Arbitrary<JournalRecord> = fc.record({
  seq: fc.maxSafeNat(),
  fuel: fc.maxSafeNat(),
  prev: hash,
  input: fc.record({ kind: fc.constant('event' as const), schema: text, value }),
  stamp: fc.record({ nowNs: u64, logicalNowNs: u64, entropy: bytes(32) }),
  entries: fc.array(entry, { maxLength: 5 }),
});

const must = <T>(result: Result<T>): T => {
  if (result.ok) return result.value;
  throw new Error(`${result.refusal.code} ${result.refusal.detail}`);
};

describe('records', () => {
  it('come back from their bytes as they were', () => {
    fc.assert(
      fc.property(records, (original) => {
        expect(must(decodeRecord(encodeRecord(original)))).toEqual(original);
      }),
    );
  });

  it('are canonical: the hand-written encoder equals the general one', () => {
    fc.assert(
      fc.property(records, (original) => {
        const encoded = encodeRecord(original);
        expect(toHex(encode(must(decode(encoded))))).toBe(toHex(encoded));
      }),
    );
  });

  it('never decode from damaged bytes to something else than those bytes say', () => {
    const good = encodeRecord(record);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bad = good.slice();
        bad[at] = (bad[at] as number) ^ flip;
        const decoded = decodeRecord(bad);
        if (decoded.ok) expect(toHex(encodeRecord(decoded.value))).toBe(toHex(bad));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['an unknown entry kind', { kind: 'surprise', cause: null }, 'entry-kind'],
    ['an entry without a kind', { cause: null }, 'shape-field'],
    ['an entry that is no map', 7, 'shape-field'],
    [
      'an entry with one field too many',
      { kind: 'reducer-fault', cause: 0, reducer: 'r', key: null, code: 'c', fuel: 0, more: 1 },
      'shape-field',
    ],
  ])('refuse %s', (_, bad, code) => {
    const map = new Map(must(decode(encodeRecord(record))) as ReadonlyMap<string, never>);
    const decoded = decodeRecord(encode(new Map([...map, ['entries', [bad]]]) as never));
    expect(decoded).toMatchObject({ ok: false, refusal: { code } });
  });

  it('refuse an input of a kind that this build does not know', () => {
    const map = new Map(must(decode(encodeRecord(record))) as ReadonlyMap<string, never>);
    const odd = encode(new Map([...map, ['input', { kind: 'tick' }]]) as never);
    expect(decodeRecordHead(odd)).toMatchObject({ ok: false, refusal: { code: 'input-kind' } });
  });
});

describe('carried values', () => {
  it('stay inline up to the threshold and become objects beyond it', () => {
    const small = new Uint8Array(INLINE_VALUE_BYTES);
    expect(carryValue(small)).toEqual({ carried: { inline: small } });
    const large = new Uint8Array(INLINE_VALUE_BYTES + 1);
    const { carried, object } = carryValue(large);
    expect(object?.bytes).toBe(large);
    expect(carried.ref).toEqual(object?.hash);
  });
});

describe('genesis', () => {
  it('comes back from its bytes', () => {
    expect(must(decodeGenesis(encodeGenesis(genesis)))).toEqual(genesis);
  });

  const first = genesis.keyring[0];
  it.each([
    ['an unknown format', { format: 9 }, 'genesis-format'],
    ['a short nonce', { nonce: new Uint8Array(15) }, 'shape-length'],
    ['an unknown role', { keyring: [{ ...first, roles: ['king'] }] }, 'key-role'],
    ['a key under a wrong id', { keyring: [{ ...first, keyId: genesis.manifest }] }, 'shape-hash'],
  ])('refuses %s', (_, change, code) => {
    const decoded = decodeGenesis(encodeGenesis({ ...genesis, ...change } as typeof genesis));
    expect(decoded).toMatchObject({ ok: false, refusal: { code } });
  });
});
