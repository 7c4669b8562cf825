/** Equality and order of canonical values. */
import { bytesEqual, compareDec128, type Value } from '@aos/canon';
import type { Frame } from './frame.js';

/** Equal by value: integers of any type, composites by their parts. */
export function isSameValue(a: Value, b: Value, frame: Frame): boolean {
  frame.spend(1);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (a instanceof Uint8Array) {
    frame.spendUnits(a.length);
    return b instanceof Uint8Array && bytesEqual(a, b);
  }
  if (a instanceof Map) return b instanceof Map && isSameMap(a, b, frame);
  const [left, right] = [a as readonly Value[], b as readonly Value[]];
  return (
    left.length === right.length &&
    left.every((item, i) => isSameValue(item, right[i] as Value, frame))
  );
}

function isSameMap(
  a: ReadonlyMap<Value, Value>,
  b: ReadonlyMap<Value, Value>,
  frame: Frame,
): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined || !isSameValue(value, other, frame)) return false;
  }
  return true;
}

export type Compare = (a: Value, b: Value, frame: Frame) => number;

export const compareIntegers: Compare = (a, b) =>
  (a as number | bigint) < (b as number | bigint) ? -1 : a === b ? 0 : 1;

/** Decimals, and integers as decimals. */
export const compareDecimals: Compare = (a, b) => compareDec128(String(a), String(b));

/** By Unicode code points, as UTF-8 bytes would be ordered. */
export const compareTexts: Compare = (a, b, frame) => {
  const [left, right] = [a as string, b as string];
  const shorter = Math.min(left.length, right.length);
  frame.spendUnits(shorter);
  for (let i = 0; i < shorter; i++) {
    const x = left.charCodeAt(i);
    const y = right.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return left.length - right.length;
};

/** Surrogates stand for code points above all other units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x1_0000 : unit;
}
