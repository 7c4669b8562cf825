/**
 * A number written with a fraction or an exponent, kept as it was written.
 *
 * The language has no floating point, so `1.0` is never read as the integer 1: whoever meets a
 * decimal where an integer belongs can say exactly what stood in the text.
 */
export class JsonDecimal {
  constructor(readonly text: string) {}
}

/** Integers are `number` when safe and `bigint` beyond; both print and compare by value. */
export type JsonValue =
  | null
  | boolean
  | string
  | number
  | bigint
  | JsonDecimal
  | readonly JsonValue[]
  | JsonObject;

/** Always without a prototype, so that a key such as `__proto__` is a key like any other. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** An object being built: the same thing before it is handed out. */
export type JsonObjectBuilder = { [key: string]: JsonValue };

/** A fresh object without a prototype. */
export function newJsonObject(): JsonObjectBuilder {
  return Object.create(null) as JsonObjectBuilder;
}

/** True for objects only: not for null, lists and decimals. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof JsonDecimal)
  );
}

/** True for JSON lists. */
export function isJsonList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** One word for what a value is, used in messages. */
export function describeJson(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof JsonDecimal) return `the decimal ${clip(value.text)}`;
  if (typeof value === 'string') return `the text ${clip(JSON.stringify(value))}`;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'object') return 'an object';
  return `the integer ${clip(String(value))}`;
}

/** Extends a JSON pointer by one key or index (RFC 6901 §3 escapes). */
export function pointer(base: string, key: string | number): string {
  if (typeof key === 'number') return `${base}/${key}`;
  return `${base}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Values in messages are shortened to this many characters. */
const CLIP_CHARS = 60;

function clip(text: string): string {
  return text.length <= CLIP_CHARS ? text : `${text.slice(0, CLIP_CHARS)}…`;
}
