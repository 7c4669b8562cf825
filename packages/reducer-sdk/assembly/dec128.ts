/**
 * The one normal form of a decimal text: `-?(0|[1-9]\d*)(\.\d*[1-9])?`, no minus zero.
 *
 * At most 34 digits and exponents within -34 and 34; beyond, and for what is no decimal, it traps.
 */

const MAX_DIGITS = 34;
const MAX_EXPONENT: i64 = 34;
/** Exponents are counted up to here: no text is long enough to bring one beyond back in range. */
const EXPONENT_CAP: i64 = 1_000_000_000_000;

const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;

export function normalDec128(text: string): string {
  const start = isSign(text, 0) ? 1 : 0;
  const wholeEnd = digitsEnd(text, start);
  if (wholeEnd === start) unreachable();
  let end = wholeEnd;
  if (unitAt(text, end) === POINT) {
    end = digitsEnd(text, wholeEnd + 1);
    if (end === wholeEnd + 1) unreachable();
  }
  const fractionStart = min(wholeEnd + 1, end);
  const exponent = readExponent(text, end) - ((end - fractionStart) as i64);
  const digits = text.slice(start, wholeEnd) + text.slice(fractionStart, end);
  const isNegative = text.charCodeAt(0) === MINUS;
  return normalForm(isNegative, digits, exponent);
}

/** digits × 10^exponent, leading and trailing zeros taken off. */
function normalForm(isNegative: bool, digits: string, exponent: i64): string {
  let first = 0;
  while (unitAt(digits, first) === ZERO) first++;
  let last = digits.length;
  while (last > first && digits.charCodeAt(last - 1) === ZERO) last--;
  if (first === last) return '0';
  const scale = exponent + ((digits.length - last) as i64);
  if (last - first > MAX_DIGITS || scale > MAX_EXPONENT || scale < -MAX_EXPONENT) unreachable();
  return (isNegative ? '-' : '') + place(digits.slice(first, last), scale as i32);
}

/** coefficient × 10^scale without an exponent. */
function place(coefficient: string, scale: i32): string {
  if (scale >= 0) return coefficient + '0'.repeat(scale);
  const padded = coefficient.padStart(1 - scale, '0');
  const point = padded.length + scale;
  return `${padded.slice(0, point)}.${padded.slice(point)}`;
}

/** The exponent at the end of the text, 0 when there is none. */
function readExponent(text: string, at: i32): i64 {
  if (at === text.length) return 0;
  if ((text.charCodeAt(at) | 0x20) !== 0x65) unreachable();
  const start = at + (isSign(text, at + 1) ? 2 : 1);
  if (start === text.length || digitsEnd(text, start) !== text.length) unreachable();
  let exponent: i64 = 0;
  for (let i = start; i < text.length; i++) {
    exponent = min(exponent * 10 + ((text.charCodeAt(i) - ZERO) as i64), EXPONENT_CAP);
  }
  return text.charCodeAt(at + 1) === MINUS ? -exponent : exponent;
}

function isSign(text: string, at: i32): bool {
  const unit = unitAt(text, at);
  return unit === PLUS || unit === MINUS;
}

/** Position after the decimal digits at `at`. */
function digitsEnd(text: string, at: i32): i32 {
  while (unitAt(text, at) - ZERO < 10 && unitAt(text, at) >= ZERO) at++;
  return at;
}

/** The UTF-16 unit at `at`, -1 beyond the end. */
function unitAt(text: string, at: i32): i32 {
  return at < text.length ? text.charCodeAt(at) : -1;
}
