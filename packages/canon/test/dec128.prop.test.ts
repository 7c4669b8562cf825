import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDec128 } from '../src/dec128.js';
import {
  addDec128,
  compareDec128,
  divideDec128,
  multiplyDec128,
  subtractDec128,
} from '../src/dec128-arithmetic.js';
import type { Result } from '../src/result.js';

/** The oracle: a decimal as a whole number of the smallest steps, 10^-34. */
const STEPS = 10n ** 34n;

const decimal = fc
  .tuple(
    fc.oneof(fc.bigInt(-(10n ** 34n) + 1n, 10n ** 34n - 1n), fc.bigInt(-999n, 999n)),
    fc.oneof(fc.integer({ min: -34, max: 34 }), fc.integer({ min: -3, max: 3 })),
  )
  .map(([coefficient, exponent]) => parseDec128(`${coefficient}e${exponent}`))
  .filter((read) => read.ok)
  .map((read) => (read.ok ? read.value : ''));

function stepsOf(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(34, '0'));
}

const size = (value: bigint): bigint => (value < 0n ? -value : value);

/** True when numerator ÷ denominator is a decimal of at most 34 digits within the exponents. */
function isDecimal(numerator: bigint, denominator: bigint): boolean {
  let rest = size(numerator) * STEPS;
  if (rest % denominator !== 0n) return false;
  rest /= denominator;
  if (rest === 0n) return true;
  let zeros = 0;
  for (; rest % 10n === 0n; rest /= 10n) zeros++;
  return rest < STEPS && zeros <= 68;
}

/** `steps` counts 10^-34 or, as `scale` says, smaller steps. */
function checkExact(result: Result<string>, steps: bigint, scale: bigint): void {
  if (result.ok) {
    expect(stepsOf(result.value) * scale).toBe(steps);
    expect(parseDec128(result.value)).toEqual(result);
  } else {
    expect(result.refusal.code).toBe('dec128-inexact');
    expect(isDecimal(steps, STEPS * scale)).toBe(false);
  }
}

const runs = { numRuns: 2000 };

test('sums, differences and products are those of rational numbers, or not decimals at all', () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const [left, right] = [stepsOf(a), stepsOf(b)];
      checkExact(addDec128(a, b), left + right, 1n);
      checkExact(subtractDec128(a, b), left - right, 1n);
      checkExact(multiplyDec128(a, b), left * right, STEPS);
    }),
    runs,
  );
});

test('no decimal is nearer to the exact quotient', () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const [left, right] = [stepsOf(a), stepsOf(b)];
      const result = divideDec128(a, b);
      const code = result.ok ? '' : result.refusal.code;
      if (right === 0n) expect(code).toBe('division-by-zero');
      else if (!result.ok) expect(code).toBe('dec128-range');
      else checkNearest(result.value, { numerator: left * STEPS, denominator: right });
    }),
    runs,
  );
});

/** The quotient is a number of steps; the answer is off by half of its last digit at most. */
function checkNearest(
  answer: string,
  { numerator, denominator }: { numerator: bigint; denominator: bigint },
): void {
  const found = stepsOf(answer);
  const off = size(found * denominator - numerator) * 2n;
  const digits = String(size(found)).length;
  const lastDigit = digits > 34 ? 10n ** BigInt(digits - 34) : 1n;
  expect(off <= lastDigit * size(denominator)).toBe(true);
  if (off === lastDigit * size(denominator)) expect((found / lastDigit) % 2n).toBe(0n);
}

test('order is that of rational numbers', () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const difference = stepsOf(a) - stepsOf(b);
      expect(compareDec128(a, b)).toBe(difference === 0n ? 0 : difference < 0n ? -1 : 1);
      expect(compareDec128(a, a)).toBe(0);
    }),
    runs,
  );
});
