import { assert } from '@aos/canon';
import { JsonDecimal, type JsonObject, type JsonValue } from './value.js';

export interface PrintOptions {
  /** Spaces per level; without it everything stands on one line without spaces. */
  readonly indent?: number;
}

/** Prints JSON that `parseJson` reads back as the same value; integers are printed in full. */
export function printJson(value: JsonValue, options: PrintOptions = {}): string {
  const indent = options.indent ?? 0;
  return print(value, indent === 0 ? undefined : ' '.repeat(indent), '\n');
}

/** `step` is one level of indentation; `line` is the line break with the indentation of now. */
function print(value: JsonValue, step: string | undefined, line: string): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return printNumber(value);
  if (value instanceof JsonDecimal) return value.text;
  return Array.isArray(value)
    ? printList(value, step, line)
    : printObject(value as JsonObject, step, line);
}

function printNumber(value: number): string {
  assert(Number.isSafeInteger(value), 'a JSON number is a safe integer');
  return value === 0 ? '0' : String(value);
}

function printList(list: readonly JsonValue[], step: string | undefined, line: string): string {
  const inner = step === undefined ? line : line + step;
  const items = list.map((item) => print(item, step, inner));
  return wrap('[', items, ']', step === undefined ? undefined : { line, inner });
}

function printObject(object: JsonObject, step: string | undefined, line: string): string {
  const inner = step === undefined ? line : line + step;
  const colon = step === undefined ? ':' : ': ';
  const items = Object.keys(object).map(
    (key) => JSON.stringify(key) + colon + print(object[key] as JsonValue, step, inner),
  );
  return wrap('{', items, '}', step === undefined ? undefined : { line, inner });
}

function wrap(
  open: string,
  items: readonly string[],
  close: string,
  breaks: { readonly line: string; readonly inner: string } | undefined,
): string {
  if (items.length === 0) return open + close;
  if (breaks === undefined) return open + items.join(',') + close;
  return open + breaks.inner + items.join(`,${breaks.inner}`) + breaks.line + close;
}
