import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printJson } from './printer.js';
import { parseJson } from './reader.js';
import type { JsonValue } from './value.js';

/** JSON whose numbers are safe integers, so that the platform's reader is exact too. */
const exactJson = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('json'), { maxKeys: 4, noNullPrototype: false }),
  ),
})).json;

test('reads what the platform reads, for JSON without floats and repeated keys', () => {
  fc.assert(
    fc.property(exactJson, fc.constantFrom(0, 1, 2), (json, indent) => {
      const text = JSON.stringify(json, undefined, indent);
      const read = parseJson(text);
      expect(read.ok && JSON.stringify(read.value)).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
});

test('printing and reading give the same value, with and without indentation', () => {
  fc.assert(
    fc.property(exactJson, fc.constantFrom(0, 2), (json, indent) => {
      const text = printJson(json, { indent });
      const read = parseJson(text);
      expect(read.ok && printJson(read.value, { indent })).toBe(text);
    }),
  );
});

test('64-bit integers survive printing and reading', () => {
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 64n), 2n ** 64n - 1n), (integer) => {
      const read = parseJson(printJson(integer));
      expect(read.ok && BigInt(read.value as number | bigint)).toBe(integer);
    }),
  );
});

test('any text is read or refused, never thrown at', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0dtrue19.eE- \n') }), (text) => {
      const read = parseJson(text);
      expect(read.ok || read.refusal.code.startsWith('json-')).toBe(true);
    }),
  );
});
