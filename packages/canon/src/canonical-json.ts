/**
 * JSON as one text for each value: the JSON Canonicalization Scheme (RFC 8785).
 *
 * C1 No white space; members of an object in the order of the UTF-16 code units of their names.
 * C2 Numbers as ECMAScript writes them (RFC 8785, 3.2.2.3): shortest digits, zero without a sign.
 * C3 Only finite numbers and text of whole code points have a form. Integers that a double cannot
 *    tell apart are the business of whoever makes the value: write them as text.
 */
import { attempt, RefusalError, type Result } from './result.js';
import { utf8SizeBytes } from './utf8.js';

export type CanonicalJson =
  | null
  | boolean
  | number
  | string
  | readonly CanonicalJson[]
  | { readonly [name: string]: CanonicalJson };

/** Deeper values are refused, cyclic ones among them. */
const MAX_DEPTH = 128;

/** The one text of a value. Codes: `json-number`, `lone-surrogate`, `json-depth`. */
export function printCanonicalJson(value: CanonicalJson): Result<string> {
  return attempt(() => print(value, 0));
}

function print(value: CanonicalJson, depth: number): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return printNumber(value);
  if (typeof value === 'string') return printText(value);
  if (depth >= MAX_DEPTH) throw refused('json-depth', `at most ${MAX_DEPTH} levels are expected`);
  if (isList(value)) return `[${value.map((item) => print(item, depth + 1)).join(',')}]`;
  const names = Object.keys(value).sort();
  const members = names.map((name) => {
    return `${printText(name)}:${print(value[name] as CanonicalJson, depth + 1)}`;
  });
  return `{${members.join(',')}}`;
}

function isList(value: CanonicalJson): value is readonly CanonicalJson[] {
  return Array.isArray(value);
}

function printNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  throw refused('json-number', `expected a finite number, found ${value}`);
}

function printText(text: string): string {
  if (utf8SizeBytes(text) >= 0) return JSON.stringify(text);
  throw refused('lone-surrogate', 'text with half a surrogate pair has no canonical form');
}

function refused(code: string, detail: string): RefusalError {
  return new RefusalError({ code, at: '', detail });
}
