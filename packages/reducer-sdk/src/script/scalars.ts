/** Shapes without parts. Whole numbers are bigints; two variants hold small ones as numbers. */
import { mismatch, type Shape } from './shape.js';

const INT_END = 1n << 63n;

/** 0 to 2^64 - 1. */
export const nat: Shape<bigint> = naturalOf('nat');
/** Nanoseconds since the epoch. */
export const time: Shape<bigint> = naturalOf('time');
/** -2^63 to 2^63 - 1. */
export const int: Shape<bigint> = integerOf('int');
/** A span in nanoseconds. */
export const duration: Shape<bigint> = integerOf('duration');

/** A `nat` held as a number: one above 2^53 - 1 ends the call, in either direction. */
export const natNumber: Shape<number> = numberOf('nat', 0);
/** An `int` held as a number: one beyond ±(2^53 - 1) ends the call, in either direction. */
export const intNumber: Shape<number> = numberOf('int', Number.MIN_SAFE_INTEGER);

export const bool: Shape<boolean> = same('bool', (value) =>
  typeof value === 'boolean' ? value : mismatch('a boolean', value),
);
export const text: Shape<string> = textOf('text');
/** `sha256:` and 64 lower-case hex digits. */
export const hash: Shape<string> = textOf('hash');
/** Lower-case, with dashes. */
export const uuid: Shape<string> = textOf('uuid');
/** A decimal number of up to 34 digits as text: exact, and never a JavaScript number. */
export const dec128: Shape<string> = textOf('dec128');
export const bytes: Shape<Uint8Array> = same('bytes', (value) =>
  value instanceof Uint8Array ? value : mismatch('a Uint8Array', value),
);

/** The type with one value. Arms of variants with nothing to say carry it, and may leave it out. */
export const unit: Shape<null> = {
  type: { unit: {} },
  lift: (plain) => (plain === null || plain === undefined ? null : mismatch('null', plain)),
  lower: (value) => value ?? null,
};

/** A shape whose values are plain data already. */
function same<T>(word: string, check: (value: unknown) => T): Shape<T> {
  return { type: { [word]: {} }, lift: check, lower: check };
}

function textOf(word: string): Shape<string> {
  const expected = `text (${word})`;
  return same(word, (value) => (typeof value === 'string' ? value : mismatch(expected, value)));
}

/** The upper bound is that of the encoding: a larger one ends the call there. */
function naturalOf(word: string): Shape<bigint> {
  const expected = `a bigint from 0 to 2^64 - 1 (${word})`;
  return same(word, (value) =>
    typeof value === 'bigint' && value >= 0n ? value : mismatch(expected, value),
  );
}

function integerOf(word: string): Shape<bigint> {
  const expected = `a bigint from -2^63 to 2^63 - 1 (${word})`;
  return same(word, (value) =>
    typeof value === 'bigint' && value >= -INT_END && value < INT_END
      ? value
      : mismatch(expected, value),
  );
}

function numberOf(word: string, least: number): Shape<number> {
  const expected = `a whole number from ${least} to 2^53 - 1 (${word})`;
  const check = (value: number) =>
    Number.isSafeInteger(value) && value >= least ? value : mismatch(expected, value);
  return {
    type: { [word]: {} },
    lift: (plain) => check(typeof plain === 'bigint' ? Number(plain) : Number.NaN),
    lower: check,
  };
}
