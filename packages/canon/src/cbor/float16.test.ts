import { expect, test } from 'vitest';
import { halfBitsOfSingleBits, numberOfHalfBits } from './float16.js';

const view = new DataView(new ArrayBuffer(4));

function singleBits(value: number): number {
  view.setFloat32(0, value);
  return view.getUint32(0);
}

/** The bits in `[first, last]` for which the claim is false. */
function exceptions(first: number, last: number, claim: (bits: number) => boolean): number[] {
  const found: number[] = [];
  for (let bits = first; bits <= last; bits++) if (!claim(bits)) found.push(bits);
  return found;
}

test('every half is exact as a single and comes back', () => {
  const comesBack = (bits: number) => {
    const value = numberOfHalfBits(bits);
    if (Number.isNaN(value)) return true;
    return Math.fround(value) === value && halfBitsOfSingleBits(singleBits(value)) === bits;
  };
  expect(exceptions(0, 0xffff, comesBack)).toEqual([]);
});

test('halves grow with their bits from zero to infinity', () => {
  const grows = (bits: number) => numberOfHalfBits(bits) > numberOfHalfBits(bits - 1);
  expect(exceptions(1, 0x7c00, grows)).toEqual([]);
  const mirrors = (bits: number) => numberOfHalfBits(bits | 0x8000) === -numberOfHalfBits(bits);
  expect(exceptions(0, 0x7c00, mirrors)).toEqual([]);
});

test('what lies between two halves has no half', () => {
  const hasNone = (bits: number) => {
    const between = (numberOfHalfBits(bits) + numberOfHalfBits(bits + 1)) / 2;
    return [between, -between].every((value) => halfBitsOfSingleBits(singleBits(value)) === -1);
  };
  expect(exceptions(0, 0x7bfe, hasNone)).toEqual([]);
});

test.each([65505, 65520, 65536, 2 ** -25, 1.5 * 2 ** -24, 2 ** -149, 3.4e38, 1 + 2 ** -11])(
  '%d has no half',
  (value) => {
    expect(halfBitsOfSingleBits(singleBits(value))).toBe(-1);
  },
);

test('all NaN halves are not a number', () => {
  for (const bits of [0x7c01, 0x7e00, 0x7fff, 0xfc01, 0xfe00, 0xffff]) {
    expect(numberOfHalfBits(bits)).toBeNaN();
  }
});
