import { compareBytes, toHex } from '@aos/canon';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeKey, u32be, u64be } from './big-endian.js';

describe('numbers as bytes', () => {
  it.each([
    [0, '0000000000000000'],
    [1, '0000000000000001'],
    [0xffff_ffff, '00000000ffffffff'],
    [0x1_0000_0001, '0000000100000001'],
    [Number.MAX_SAFE_INTEGER, '001fffffffffffff'],
    [(1n << 64n) - 1n, 'ffffffffffffffff'],
  ])('writes %s', (value, hex) => {
    expect(toHex(u64be(value))).toBe(hex);
  });

  it('writes numbers and bigints alike, and in their order', () => {
    const number = fc.maxSafeNat();
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(u64be(a)).toEqual(u64be(BigInt(a)));
        expect(Math.sign(compareBytes(u64be(a), u64be(b)))).toBe(Math.sign(a - b));
      }),
    );
  });

  it('writes a place as both of its numbers', () => {
    expect(toHex(placeKey({ seq: 0x1_0000_0002, i: 0xffff_fffe }))).toBe(
      '0000000100000002fffffffe',
    );
    expect(toHex(u32be(0x8000_0001))).toBe('80000001');
  });
});
