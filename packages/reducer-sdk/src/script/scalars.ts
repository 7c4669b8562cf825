/** Shapes without parts. Whole numbers are bigints; two variants hold small ones as numbers. */
import { mismatch, type Shape } from './shape.js';

const NAT_END = 1n << 64n;
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

export const bool: Shape<boolean> = same('bool', 'a boolean', (v) => typeof v === 'boolean');
export const text: Shape<string> = textOf('text');
/** `sha256:` and 64 lower-case hex digits. */
export const hash: Shape<string> = textOf('hash');
/** Lower-case, with dashes. */
export const uuid: Shape<string> = textOf('uuid');
/** A decimal number of up to 34 digits as text: exact, and never a JavaScript number. */
export const dec128: Shape<string> = textOf('dec128');
export const bytes: Shape<Uint8Array> = same(
  'bytes',
  'a Uint8Array',
  (v) => v instanceof Uint8Array,
);

/** The type with one value. Arms of variants with nothing to say carry it, and may leave it out. */
export const unit: Shape<null> = {
  type: { unit: {} },
  lift: (plain) => (plain === null || plain === undefined ? null : mismatch('null', plain)),
  lower: (value) => value ?? null,
};

/** A shape whose values are plain data already. */
function same<T>(word: string, expected: string, is: (value: unknown) => boolean): Shape<T> {
  const check = (value: unknown) => (is(value) ? value : mismatch(expected, value));
  return { type: { [word]: {} }, lift: check as (plain: unknown) => T, lower: check };
}

function textOf(word: string): Shape<string> {
  return same(word, `text (${word})`, (value) => typeof value === 'string');
}

function naturalOf(word: string): Shape<bigint> {
  const expected = `a bigint from 0 to 2^64 - 1 (${word})`;
  return same(word, expected, (v) => typeof v === 'bigint' && v >= 0n && v < NAT_END);
}

function integerOf(word: string): Shape<bigint> {
  const expected = `a bigint from -2^63 to 2^63 - 1 (${word})`;
  return same(word, expected, (v) => typeof v === 'bigint' && v >= -INT_END && v < INT_END);
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
