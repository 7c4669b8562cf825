/**
 * Decimal numbers of at most 34 digits, as text in one normal form.
 *
 * D1 A value is c × 10^q, c an integer of at most 34 digits that does not end in 0, -34 <= q <= 34.
 * D2 Its one text is `-?(0|[1-9]\d*)(\.\d*[1-9])?`: no plus, no exponent, no minus zero.
 */

import { ok, type Result, refuse } from './result.js';

const SYNTAX = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
export const MAX_DIGITS = 34;
export const MAX_EXPONENT = 34;

/**
 * Normal form of a decimal text, which may have a sign, leading and trailing zeros and an exponent.
 * Codes: `dec128-syntax`, `dec128-range` (never rounds).
 */
export function parseDec128(text: string): Result<string> {
  const match = SYNTAX.exec(text);
  if (match === null) return refuse('dec128-syntax', '', 'expected a decimal number');
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const written = writeDecimal(whole + fraction, Number(exponent) - fraction.length);
  const isNegative = written.ok && sign === '-' && written.value !== '0';
  return isNegative ? ok(`-${written.value}`) : written;
}

/** Normal form of digits × 10^exponent, without a sign. Code: `dec128-range`. */
export function writeDecimal(allDigits: string, exponent: number): Result<string> {
  const digits = stripLeadingZeros(allDigits);
  const coefficient = stripTrailingZeros(digits);
  if (coefficient === '') return ok('0');
  const scale = exponent + (digits.length - coefficient.length);
  if (coefficient.length > MAX_DIGITS) return refuse('dec128-range', '', 'more than 34 digits');
  if (!(Math.abs(scale) <= MAX_EXPONENT)) {
    return refuse('dec128-range', '', 'exponent is not within -34 and 34');
  }
  return ok(place(coefficient, scale));
}

/** Writes coefficient × 10^scale without an exponent. */
function place(coefficient: string, scale: number): string {
  if (scale >= 0) return coefficient + '0'.repeat(scale);
  const padded = coefficient.padStart(1 - scale, '0');
  return `${padded.slice(0, scale)}.${padded.slice(scale)}`;
}

function stripLeadingZeros(digits: string): string {
  let start = 0;
  while (digits.charCodeAt(start) === 0x30) start++;
  return digits.slice(start);
}

function stripTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === 0x30) end--;
  return digits.slice(0, end);
}
