/**
 * Arithmetic of decimals in normal form (see dec128.ts), exact or refused.
 *
 * D3 A sum, difference or product that is no such decimal is refused (`dec128-inexact`), never
 *    rounded.
 * D4 A quotient is rounded, half to even, to 34 digits and 34 decimals: to the coarser of the two.
 * D5 Operands are normal forms, as `parseDec128` gives them; anything else is a defect.
 */

import { MAX_DIGITS, MAX_EXPONENT, writeDecimal } from './dec128.js';
import { assert } from './defect.js';
import { ok, type Result, refuse } from './result.js';

/** coefficient × 10^exponent. */
interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const NORMAL = /^(-?\d+)(?:\.(\d+))?$/;

/** Code: `dec128-inexact`. */
export function addDec128(a: string, b: string): Result<string> {
  const [left, right, exponent] = align(a, b);
  return exact({ coefficient: left + right, exponent });
}

/** Code: `dec128-inexact`. */
export function subtractDec128(a: string, b: string): Result<string> {
  const [left, right, exponent] = align(a, b);
  return exact({ coefficient: left - right, exponent });
}

/** Code: `dec128-inexact`. */
export function multiplyDec128(a: string, b: string): Result<string> {
  const left = read(a);
  const right = read(b);
  return exact({
    coefficient: left.coefficient * right.coefficient,
    exponent: left.exponent + right.exponent,
  });
}

/** Codes: `division-by-zero`, `dec128-range` (too large, or not zero and rounded to zero). */
export function divideDec128(a: string, b: string): Result<string> {
  const left = read(a);
  const right = read(b);
  if (right.coefficient === 0n) return refuse('division-by-zero', '', 'expected no zero divisor');
  if (left.coefficient === 0n) return ok('0');
  const rounded = quotient(left, right);
  if (rounded.coefficient === 0n) return refuse('dec128-range', '', 'the quotient is too small');
  return write(rounded) ?? refuse('dec128-range', '', 'the quotient is too large');
}

/** Negative, zero or positive, by value. */
export function compareDec128(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = align(a, b);
  return left < right ? -1 : 1;
}

/** The quotient in as many digits as it may have. */
function quotient(left: Decimal, right: Decimal): Decimal {
  const negative = left.coefficient < 0n !== right.coefficient < 0n;
  const dividend = magnitude(left.coefficient);
  const divisor = magnitude(right.coefficient);
  const scale = left.exponent - right.exponent;
  const shift = Math.min(shiftFor(dividend, divisor), MAX_EXPONENT + scale);
  const numerator = shift > 0 ? dividend * power(shift) : dividend;
  const denominator = shift < 0 ? divisor * power(-shift) : divisor;
  const coefficient = divideHalfEven(numerator, denominator);
  return { coefficient: negative ? -coefficient : coefficient, exponent: scale - shift };
}

/** How many powers of ten give the whole part of dividend ÷ divisor exactly 34 digits. */
function shiftFor(dividend: bigint, divisor: bigint): number {
  const shift = MAX_DIGITS - digits(dividend) + digits(divisor);
  const most = divisor * power(MAX_DIGITS);
  const isLonger = shift < 0 ? dividend >= most * power(-shift) : dividend * power(shift) >= most;
  return isLonger ? shift - 1 : shift;
}

function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const isUp = twice > denominator || (twice === denominator && whole % 2n === 1n);
  return isUp ? whole + 1n : whole;
}

function exact(decimal: Decimal): Result<string> {
  return write(decimal) ?? refuse('dec128-inexact', '', 'the exact result has no dec128');
}

/** Undefined for what is no decimal of D1. */
function write({ coefficient, exponent }: Decimal): Result<string> | undefined {
  const text = writeDecimal(String(magnitude(coefficient)), exponent);
  return text.ok ? ok(coefficient < 0n ? `-${text.value}` : text.value) : undefined;
}

function read(text: string): Decimal {
  const match = NORMAL.exec(text);
  assert(match !== null, 'an operand is a decimal in normal form');
  const [, whole = '', fraction = ''] = match;
  return { coefficient: BigInt(whole + fraction), exponent: -fraction.length };
}

/** Both coefficients at one exponent. */
function align(a: string, b: string): readonly [left: bigint, right: bigint, exponent: number] {
  const left = read(a);
  const right = read(b);
  const exponent = Math.min(left.exponent, right.exponent);
  return [
    left.coefficient * power(left.exponent - exponent),
    right.coefficient * power(right.exponent - exponent),
    exponent,
  ];
}

function magnitude(integer: bigint): bigint {
  return integer < 0n ? -integer : integer;
}

function digits(positive: bigint): number {
  return String(positive).length;
}

function power(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}
