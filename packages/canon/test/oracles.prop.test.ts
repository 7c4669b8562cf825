import { cdeEncodeOptions, encodedNumber, encode as encodeWithCbor2 } from 'cbor2';
import { encode as encodeWithCborg, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '../src/bytes.js';
import { encodeUntagged } from '../src/cbor/encode.js';
import { Float, type Value } from '../src/cbor/value.js';
import { byteStrings, floats, integers, texts, values, valuesOf } from './arbitrary-values.js';

/** The value in another library's terms: only floats differ. */
function translate(value: Value, float: (value: number) => unknown): unknown {
  if (value instanceof Float) return float(value.value);
  if (Array.isArray(value)) return value.map((item) => translate(item, float));
  if (!(value instanceof Map)) return value;
  return new Map([...value].map(([key, item]) => [translate(key, float), translate(item, float)]));
}

test('cbor2 in its deterministic mode writes the same bytes for every value', () => {
  const options = { ...cdeEncodeOptions, ignoreOriginalEncoding: false };
  fc.assert(
    fc.property(values, (value) => {
      const theirs = translate(value, (number) => encodedNumber(number, 'f'));
      expect(toHex(encodeUntagged(value))).toBe(toHex(encodeWithCbor2(theirs, options)));
    }),
    { numRuns: 400 },
  );
});

/** cborg writes a float that is an integer as one, and half subnormals as singles. */
const cborgFloats = floats.filter(({ value }) => !Number.isInteger(value) && !isTiny(value));

function isTiny(value: number): boolean {
  return Math.abs(value) < 2 ** -14;
}

test('cborg with RFC 8949 ordering writes the same bytes where it can say the value', () => {
  const scalars = fc.oneof(fc.boolean(), fc.constant(null), integers, cborgFloats, byteStrings);
  fc.assert(
    fc.property(valuesOf(scalars, texts), (value) => {
      const theirs = translate(value, (number) => number);
      expect(toHex(encodeUntagged(value))).toBe(
        toHex(encodeWithCborg(theirs, rfc8949EncodeOptions)),
      );
    }),
    { numRuns: 1000 },
  );
});
