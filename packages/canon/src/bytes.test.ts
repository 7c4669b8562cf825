import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytesEqual,
  compareBytes,
  concatBytes,
  decodeUtf8,
  fromBase64,
  fromHex,
  toBase64,
  toHex,
  utf8,
} from './bytes.js';
import { attempt } from './result.js';

const anyBytes = fc.uint8Array({ maxLength: 70 }).map((bytes) => new Uint8Array(bytes));

describe('hexadecimal', () => {
  test('is lower-case and reads back', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
        expect(fromHex(toHex(bytes))).toEqual({ ok: true, value: bytes });
        expect(fromHex(toHex(bytes).toUpperCase())).toEqual({ ok: true, value: bytes });
      }),
    );
  });

  test.each([
    ['abc', ''],
    ['0g', '@1'],
    ['000/', '@3'],
  ])('says where %j is not', (text, at) => {
    expect(fromHex(text)).toMatchObject({ refusal: { at } });
  });

  test.each(['a', 'abc', '0g', 'G0', '0x', ' 0', '/0', '0 ', '\0\0', '0\n', 'éé', '@@', '``'])(
    'is not %j',
    (text) => {
      expect(fromHex(text)).toMatchObject({ refusal: { code: 'hex-syntax' } });
    },
  );
});

describe('base64', () => {
  test('is padded and reads back', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(fromBase64(toBase64(bytes))).toEqual({ ok: true, value: bytes });
      }),
    );
  });

  test('accepts no second text for the same bytes', () => {
    const alphabet = fc.constantFrom(...'AQZaz09+/=-_ ');
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 9 }), (text) => {
        const bytes = fromBase64(text);
        if (bytes.ok) expect(toBase64(bytes.value)).toBe(text);
        else expect(bytes.refusal.code).toBe('base64-syntax');
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['AAA', ''],
    ['AAA{', '@3'],
    ['AAAA`AAA', '@4'],
    ['AB==', ''],
  ])('says where %j is not', (text, at) => {
    expect(fromBase64(text)).toMatchObject({ refusal: { code: 'base64-syntax', at } });
  });

  test.each(['A', 'AA', 'AAA', '====', 'A===', 'AB==', 'AAB=', 'AA=A', 'AA-_', 'AAAA\n'])(
    'is not %j',
    (text) => {
      expect(fromBase64(text)).toMatchObject({ refusal: { code: 'base64-syntax' } });
    },
  );
});

describe('comparison', () => {
  test('is bytewise with a prefix first', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
        expect(bytesEqual(a, b)).toBe(Buffer.compare(a, b) === 0);
      }),
    );
    expect(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBeLessThan(0);
    expect(compareBytes(Uint8Array.of(0x80), Uint8Array.of(0x7f, 0))).toBeGreaterThan(0);
  });
});

test('concatenation keeps the order and copies', () => {
  const part = Uint8Array.of(1, 2);
  const whole = concatBytes(part, new Uint8Array(), Uint8Array.of(3));
  part[0] = 9;
  expect(whole).toEqual(Uint8Array.of(1, 2, 3));
  expect(concatBytes()).toEqual(new Uint8Array());
});

describe('UTF-8', () => {
  test('is what the encoding standard says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const bytes = utf8(text);
        expect(toHex(bytes)).toBe(Buffer.from(text, 'utf8').toString('hex'));
        expect(decodeUtf8(bytes)).toEqual({ ok: true, value: text });
      }),
    );
  });

  test.each([
    ...['\ud800', 'a\udc00', '\ud800\ud800', '\udc00\ud800', '\ud800a', '\udbff\ue000'],
    ...['\udfff', '\udc00\udc00', '\udfff\udfff', '\udbff', '\udbff\udbff'],
  ])('has no bytes for the lone surrogate in %j', (text) => {
    expect(attempt(() => utf8(text))).toMatchObject({
      refusal: { code: 'lone-surrogate', at: '' },
    });
  });

  test('refuses bytes that are not text, at every length', () => {
    for (let size = 1; size < 40; size++) {
      const bytes = new Uint8Array(size).fill(0x61);
      expect(decodeUtf8(bytes)).toEqual({ ok: true, value: 'a'.repeat(size) });
      for (let at = 0; at < size; at++) {
        const result = decodeUtf8(bytes.with(at, 0xc3));
        expect(result).toMatchObject({ refusal: { code: 'cbor-utf8', at: '' } });
      }
    }
  });
});
