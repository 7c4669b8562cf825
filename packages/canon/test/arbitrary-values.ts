/** Generated values: everything the model can say, with a taste for edges. */

import fc from 'fast-check';
import { Float, type Value } from '../src/cbor/value.js';
import { describeValue, integer } from './described-values.js';

const EDGES = [
  0n,
  23n,
  24n,
  255n,
  256n,
  65535n,
  65536n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n,
];

/** Around each place where the size of a head or the type of the number changes. */
const edgeIntegers = fc
  .tuple(fc.constantFrom(...EDGES), fc.integer({ min: -2, max: 2 }), fc.boolean())
  .map(([edge, step, negative]) => (negative ? -edge - BigInt(step) : edge + BigInt(step)))
  .filter((value) => value >= -(2n ** 64n) && value < 2n ** 64n)
  .map(integer);

export const integers: fc.Arbitrary<number | bigint> = fc.oneof(
  edgeIntegers,
  fc.integer({ min: -100, max: 100 }),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }).map(integer),
);

export const floats: fc.Arbitrary<Float> = fc
  .oneof(
    fc.double(),
    fc.float(),
    fc.integer({ min: -3000, max: 3000 }).map((n) => n / 1024),
    fc.integer({ min: 0, max: 4096 }).map((n) => n * 2 ** -25),
    fc.constantFrom(0, -0, 1, -1, 65504, 65505, 65520, Infinity, -Infinity, Number.NaN),
  )
  .map((value) => new Float(value));

export const texts: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary-ascii', maxLength: 300 }),
  fc.constantFrom('', 'a', '$kind', 'é', 'x'.repeat(23), 'x'.repeat(24), '\ufeff', '\u{10ffff}'),
);

export const byteStrings: fc.Arbitrary<Uint8Array> = fc
  .uint8Array({ maxLength: 80 })
  .map((bytes) => new Uint8Array(bytes));

const scalars: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom(null, false, true),
  integers,
  floats,
  texts,
  byteStrings,
);

/** Entries with keys that differ as values, in any order. */
function mapsOf(keys: fc.Arbitrary<Value>, values: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc
    .uniqueArray(fc.tuple(keys, values), {
      maxLength: 8,
      selector: ([key]) => describeValue(key),
    })
    .map((entries) => new Map(entries));
}

/** Any value. */
export const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    scalars,
    fc.array(tie('value'), { maxLength: 6 }),
    mapsOf(texts, tie('value')),
    mapsOf(tie('value'), tie('value')),
  ),
})).value;

/** Values of these scalars, texts, lists and maps with these keys. */
export function valuesOf(
  leaves: fc.Arbitrary<Value>,
  keys: fc.Arbitrary<Value>,
): fc.Arbitrary<Value> {
  return fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.oneof(leaves, texts),
      fc.array(tie('value'), { maxLength: 6 }),
      mapsOf(keys, tie('value')),
    ),
  })).value;
}
