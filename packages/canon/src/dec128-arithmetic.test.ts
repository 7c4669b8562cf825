import { describe, expect, test } from 'vitest';
import {
  addDec128,
  compareDec128,
  divideDec128,
  multiplyDec128,
  subtractDec128,
} from './dec128-arithmetic.js';
import type { Result } from './result.js';

const answer = (result: Result<string>): string =>
  result.ok ? result.value : `${result.refusal.code}${result.refusal.at}`;

const NINES = '9'.repeat(34);

describe('sums, differences and products are exact or refused', () => {
  test.each([
    [addDec128, '0.1', '0.2', '0.3'],
    [addDec128, '-1.5', '1.5', '0'],
    [addDec128, '99.99', '0.01', '100'],
    [addDec128, NINES, '1', `1${'0'.repeat(34)}`],
    [addDec128, NINES, '0.1', 'dec128-inexact'],
    [addDec128, '1', `0.${'0'.repeat(33)}1`, 'dec128-inexact'],
    [subtractDec128, '1', '0.9', '0.1'],
    [subtractDec128, '0', '12', '-12'],
    [multiplyDec128, '1.5', '-2', '-3'],
    [multiplyDec128, '0', '-2', '0'],
    [multiplyDec128, NINES, '11', 'dec128-inexact'],
    [multiplyDec128, `1${'0'.repeat(20)}`, `1${'0'.repeat(20)}`, 'dec128-inexact'],
  ])('%o of %s and %s is %s', (operation, a, b, expected) => {
    expect(answer(operation(a, b))).toBe(expected);
  });
});

describe('quotients are rounded half to even', () => {
  test.each([
    [divideDec128, '6', '3', '2'],
    [divideDec128, '1', '3', `0.${'3'.repeat(34)}`],
    [divideDec128, '2', '3', `0.${'6'.repeat(33)}7`],
    [divideDec128, '-1', '8', '-0.125'],
    [divideDec128, '1', '30', `0.0${'3'.repeat(33)}`],
    [divideDec128, `1${'0'.repeat(33)}1`, '2', `5${'0'.repeat(33)}`],
    [divideDec128, `1${'0'.repeat(32)}11`, '2', `5${'0'.repeat(32)}6`],
    [divideDec128, `1${'0'.repeat(34)}`, '3', '3'.repeat(34)],
    [divideDec128, '0', '-3', '0'],
    [divideDec128, '-6', '-3', '2'],
    [divideDec128, '6', '-4', '-1.5'],
    [divideDec128, NINES, '1', NINES],
    [divideDec128, NINES, NINES, '1'],
    [divideDec128, `9${'0'.repeat(34)}`, '9', `1${'0'.repeat(34)}`],
    [divideDec128, `1${'0'.repeat(33)}`, '8', `125${'0'.repeat(30)}`],
    [divideDec128, '10', '3', `3.${'3'.repeat(33)}`],
    [divideDec128, '100', '3', `33.${'3'.repeat(32)}`],
    [divideDec128, '1', '7', `0.${'142857'.repeat(5)}1429`],
    [divideDec128, `1${'0'.repeat(34)}`, '7', `${'142857'.repeat(5)}1429`],
    [divideDec128, '1', '0', 'division-by-zero'],
    [divideDec128, '1', NINES, `0.${'0'.repeat(33)}1`],
    [divideDec128, `0.${'0'.repeat(33)}1`, '2', 'dec128-range'],
    [divideDec128, `1${'0'.repeat(34)}`, '0.1', 'dec128-range'],
  ])('%o of %s and %s is %s', (operation, a, b, expected) => {
    expect(answer(operation(a, b))).toBe(expected);
  });
});

test.each([
  ['1', '1', 0],
  ['0.3', '0.25', 1],
  ['-2', '-10', 1],
  ['9', '10', -1],
  ['-0.1', '0', -1],
])('%s compared with %s is %i', (a, b, expected) => {
  expect(compareDec128(a, b)).toBe(expected);
});

test('an operand that is no normal form is a defect', () => {
  expect(() => addDec128('1e5', '1')).toThrow('normal form');
});
