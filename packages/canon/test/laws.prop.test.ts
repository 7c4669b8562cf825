import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesEqual, concatBytes } from '../src/bytes.js';
import { decode, decodeUntagged } from '../src/cbor/decode.js';
import { encode, encodeUntagged } from '../src/cbor/encode.js';
import { decodePlain } from '../src/cbor/plain.js';
import { Reader } from '../src/cbor/reader.js';
import type { Value } from '../src/cbor/value.js';
import { Writer } from '../src/cbor/writer.js';
import { hashOf, sha256 } from '../src/hash.js';
import { byteStrings, values } from './arbitrary-values.js';
import { describeValue } from './described-values.js';

/** The same value with the entries of every map in another order. */
function reversed(value: Value): Value {
  if (Array.isArray(value)) return value.map(reversed);
  if (!(value instanceof Map)) return value;
  return new Map([...value].reverse().map(([key, item]) => [reversed(key), reversed(item)]));
}

function described(bytes: Uint8Array, decoder = decode): string {
  const result = decoder(bytes);
  return result.ok ? describeValue(result.value) : result.refusal.code;
}

describe('values', () => {
  test('come back from their bytes', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(described(encode(value))).toBe(describeValue(value));
        expect(described(encodeUntagged(value), decodeUntagged)).toBe(describeValue(value));
      }),
    );
  });

  test('have the same bytes in whatever order a map is filled', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(bytesEqual(encode(reversed(value)), encode(value))).toBe(true);
      }),
    );
  });

  test('that differ have different bytes', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(bytesEqual(encode(a), encode(b))).toBe(describeValue(a) === describeValue(b));
      }),
    );
  });

  test('are hashed over their tagged bytes', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(hashOf(value)).toEqual(sha256(encode(value)));
      }),
    );
  });

  test('pass through one writer and one reader in sequence', () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 5 }), byteStrings, (items, bytes) => {
        const writer = new Writer(0);
        for (const item of items) writer.value(item);
        writer.bytes(bytes);
        const whole = concatBytes(...items.map(encodeUntagged), encodeUntagged(bytes));
        expect(bytesEqual(writer.finish(), whole)).toBe(true);
        const reader = new Reader(writer.view());
        for (const item of items) expect(describeValue(reader.value())).toBe(describeValue(item));
        expect(bytesEqual(reader.bytes(), bytes)).toBe(true);
        reader.end();
      }),
    );
  });
});

type Mutation = (bytes: Uint8Array) => Uint8Array;

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fraction, fc.nat(255)).map(
    ([where, byte]): Mutation =>
      (bytes) => {
        return bytes.with(Math.floor(where * bytes.length), byte);
      },
  ),
  fc.tuple(fraction, fc.nat(7)).map(
    ([where, bit]): Mutation =>
      (bytes) => {
        const at = Math.floor(where * bytes.length);
        return bytes.with(at, (bytes[at] as number) ^ (1 << bit));
      },
  ),
  fraction.map(
    (where): Mutation =>
      (bytes) =>
        bytes.slice(0, Math.floor(where * bytes.length)),
  ),
  fc.tuple(fraction, fc.uint8Array({ maxLength: 3 })).map(
    ([where, more]): Mutation =>
      (bytes) => {
        const at = Math.floor(where * bytes.length);
        return concatBytes(bytes.subarray(0, at), more, bytes.subarray(at));
      },
  ),
  fc.tuple(fraction, fraction).map(
    ([from, to]): Mutation =>
      (bytes) => {
        const end = Math.floor(to * bytes.length);
        return concatBytes(bytes.subarray(0, Math.floor(from * bytes.length)), bytes.subarray(end));
      },
  ),
);

/** Valid bytes a few steps away from valid, and bytes that never were. */
const nearlyCanonical = fc.oneof(
  fc
    .tuple(values, fc.array(mutations, { maxLength: 3 }))
    .map(([value, steps]) => steps.reduce(applyStep, encodeUntagged(value))),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => new Uint8Array(bytes)),
);

function applyStep(bytes: Uint8Array, step: Mutation): Uint8Array {
  return bytes.length === 0 ? bytes : step(bytes);
}

describe('any bytes', () => {
  test('are accepted by the strict decoder exactly when they are what encoding gives', () => {
    let accepted = 0;
    fc.assert(
      fc.property(nearlyCanonical, (bytes) => {
        const strict = decodeUntagged(bytes);
        const plain = decodePlain(bytes);
        const isCanonical = plain.ok && bytesEqual(encodeUntagged(plain.value), bytes);
        expect(strict.ok).toBe(isCanonical);
        if (!strict.ok || !plain.ok) return;
        accepted++;
        expect(bytesEqual(encodeUntagged(strict.value), bytes)).toBe(true);
        expect(describeValue(plain.value)).toBe(describeValue(strict.value));
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  test('that the plain decoder accepts have a canonical form that reads as the same value', () => {
    fc.assert(
      fc.property(nearlyCanonical, (bytes) => {
        const plain = decodePlain(bytes);
        if (!plain.ok) return;
        expect(described(encode(plain.value))).toBe(describeValue(plain.value));
      }),
      { numRuns: 1000 },
    );
  });

  test('get the same answer from every decoder whatever buffer they lie in', () => {
    fc.assert(
      fc.property(nearlyCanonical, fc.nat(9), (bytes, shift) => {
        const shifted = Buffer.concat([Buffer.alloc(shift, 0xf6), bytes]).subarray(shift);
        expect(described(shifted, decodeUntagged)).toBe(described(bytes, decodeUntagged));
        expect(described(shifted, decodePlain)).toBe(described(bytes, decodePlain));
      }),
    );
  });
});
