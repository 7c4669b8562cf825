/** Constants: the scalar forms of the tagged lens, such as `{"nat": 5}`. */
import {
  fromBase64,
  ok,
  parseDec128,
  parseHashText,
  type Refused,
  type Result,
  refuse,
  toBase64,
  type Value,
} from '@aos/canon';
import type { Primitive } from '../forms/type-expr.js';
import { describeJson, isJsonObject, type JsonValue, newJsonObject } from '../json/value.js';
import type { ConstExpr } from './ast.js';
import { INT_RANGE, NAT_RANGE, type Range, toInteger } from './integers.js';

interface Constant {
  readonly type: Primitive;
  /** Answers with the canonical value. */
  parse(json: JsonValue): Result<Value>;
}

const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

const integer =
  ({ least, most }: Range) =>
  (json: JsonValue): Result<Value> => {
    if (typeof json !== 'bigint' && !Number.isSafeInteger(json)) {
      return mismatch('an integer', json);
    }
    const exact = BigInt(json as number | bigint);
    if (exact < least || exact > most) {
      return refuse('value-range', '', `expected ${least} to ${most}, found ${exact}`);
    }
    return ok(toInteger(exact));
  };

const textual =
  (parse: (text: string) => Result<Value>) =>
  (json: JsonValue): Result<Value> => {
    if (typeof json !== 'string') return mismatch('a text', json);
    if (LONE_SURROGATE.test(json)) {
      return refuse('value-text', '', 'expected text without lone surrogates');
    }
    return parse(json);
  };

/** The same answer under the code that values of this type are refused with. */
const under =
  <T extends Value>(code: string, parse: (text: string) => Result<T>) =>
  (text: string): Result<Value> => {
    const read = parse(text);
    return read.ok ? read : refuse(code, '', read.refusal.detail);
  };

const CONSTANTS: ReadonlyMap<string, Constant> = new Map<string, Constant>([
  ['null', { type: 'unit', parse: (json) => (isEmpty(json) ? ok(null) : mismatch('{}', json)) }],
  ['bool', { type: 'bool', parse: (json) => (isBool(json) ? ok(json) : mismatch('true', json)) }],
  ['int', { type: 'int', parse: integer(INT_RANGE) }],
  ['nat', { type: 'nat', parse: integer(NAT_RANGE) }],
  ['dec128', { type: 'dec128', parse: textual(under('value-dec128', parseDec128)) }],
  ['bytes_b64', { type: 'bytes', parse: textual(under('value-type', fromBase64)) }],
  ['text', { type: 'text', parse: textual(ok) }],
  ['time_ns', { type: 'time', parse: integer(INT_RANGE) }],
  ['duration_ns', { type: 'duration', parse: integer(INT_RANGE) }],
  ['hash', { type: 'hash', parse: textual(under('value-hash', checkHash)) }],
  ['uuid', { type: 'uuid', parse: textual(checkUuid) }],
]);

const TAGS = new Map([...CONSTANTS].map(([tag, { type }]) => [type, tag]));

/**
 * The constant `{[tag]: json}`; undefined when there is no such form.
 *
 * Codes: `value-type`, `value-range`, `value-text`, `value-dec128`, `value-hash`, `value-uuid`.
 */
export function parseConstant(tag: string, json: JsonValue): Result<ConstExpr> | undefined {
  const constant = CONSTANTS.get(tag);
  if (constant === undefined) return undefined;
  const read = constant.parse(json);
  return read.ok ? ok({ kind: 'const', type: constant.type, value: read.value }) : read;
}

export function printConstant({ type, value }: ConstExpr): JsonValue {
  const json = newJsonObject();
  json[TAGS.get(type) as string] = shown(value);
  return json;
}

function shown(value: Value): JsonValue {
  if (value === null) return newJsonObject();
  return value instanceof Uint8Array ? toBase64(value) : (value as JsonValue);
}

function isEmpty(json: JsonValue): boolean {
  return isJsonObject(json) && Object.keys(json).length === 0;
}

function isBool(json: JsonValue): json is boolean {
  return typeof json === 'boolean';
}

function checkHash(text: string): Result<string> {
  const read = parseHashText(text);
  return read.ok ? ok(text) : read;
}

function checkUuid(text: string): Result<string> {
  if (UUID_TEXT.test(text)) return ok(text);
  return refuse('value-uuid', '', 'expected lower-case 8-4-4-4-12 hexadecimal digits');
}

function mismatch(expected: string, json: JsonValue): Refused {
  return refuse('value-type', '', `expected ${expected}, found ${describeJson(json)}`);
}
