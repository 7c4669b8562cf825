import { describe, expect, test } from 'vitest';
import { parseDec128 } from './dec128.js';

const zeros = (count: number) => '0'.repeat(count);

describe('a decimal', () => {
  test.each([
    ['7', '7'],
    ['+7', '7'],
    ['-0', '0'],
    ['007.500', '7.5'],
    ['1e3', '1000'],
    ['-12e-1', '-1.2'],
    ['9'.repeat(34), '9'.repeat(34)],
    ['1e34', `1${zeros(34)}`],
    ['1e-34', `0.${zeros(33)}1`],
  ])('%s is written %s', (text, normal) => {
    expect(parseDec128(text)).toEqual({ ok: true, value: normal });
  });

  test.each([
    ['', 'dec128-syntax'],
    ['1.', 'dec128-syntax'],
    ['0x1', 'dec128-syntax'],
    ['9'.repeat(35), 'dec128-range'],
    ['1e35', 'dec128-range'],
    ['1e-35', 'dec128-range'],
  ])('is not %j: %s of the whole text', (text, code) => {
    expect(parseDec128(text)).toMatchObject({ ok: false, refusal: { code, at: '' } });
  });
});
