import { describe, expect, test } from 'vitest';
import { toHex, utf8 } from './bytes.js';
import { Defect } from './defect.js';
import { asHash, hashOf, parseHashText, sha256, sha512, toHashText, ZERO_HASH } from './hash.js';

/** FIPS 180-4 examples. */
const ABC_256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const ABC_512 =
  'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
  '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f';

describe('digests', () => {
  test('are those of FIPS 180-4', () => {
    expect(toHex(sha256(utf8('abc')))).toBe(ABC_256);
    expect(toHex(sha512(utf8('abc')))).toBe(ABC_512);
  });

  test('of values are over the tagged bytes', () => {
    expect(toHashText(hashOf(new Map()))).toBe(
      'sha256:75bd49cb964988d6fd2c058f51230c3dc2a254753751fbe0f313b4b1e0681b69',
    );
    expect(hashOf({})).toEqual(hashOf(new Map()));
  });

  test('are plain byte arrays of their own', () => {
    const hash = sha256(utf8('abc'));
    expect(Object.getPrototypeOf(hash)).toBe(Uint8Array.prototype);
    expect(hash.buffer.byteLength).toBe(32);
    expect(sha512(utf8('abc')).buffer.byteLength).toBe(64);
  });
});

describe('hash text', () => {
  test('reads back', () => {
    const text = toHashText(sha256(utf8('abc')));
    expect(text).toBe(`sha256:${ABC_256}`);
    expect(parseHashText(text)).toEqual({ ok: true, value: sha256(utf8('abc')) });
    expect(toHashText(ZERO_HASH)).toBe(`sha256:${'0'.repeat(64)}`);
  });

  test.each([
    ABC_256,
    `sha256:${ABC_256.toUpperCase()}`,
    `SHA256:${ABC_256}`,
    `sha256:${ABC_256}0`,
    `sha256:${ABC_256.slice(1)}`,
    `sha256:${ABC_256}\n`,
    `sha512:${ABC_256}`,
    'sha256:',
  ])('is not %j', (text) => {
    expect(parseHashText(text)).toMatchObject({ refusal: { code: 'hash-text', at: '' } });
  });
});

test('a hash of another length is a defect', () => {
  expect(asHash(new Uint8Array(32))).toEqual(ZERO_HASH);
  expect(() => asHash(new Uint8Array(31))).toThrow(Defect);
});
