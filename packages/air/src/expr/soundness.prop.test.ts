import {
  bytesEqual,
  compareBytes,
  decode,
  encode,
  encodeUntagged,
  ok,
  parseDec128,
  parseHashText,
  type Value,
} from '@aos/canon';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bindingsOf, environmentOf, typeOf } from '../../test/expressions.js';
import { type Sample, samples } from '../../test/typed-expressions.js';
import type { ValueType } from '../values/value-type.js';
import { checkExpr } from './check.js';
import { evaluate } from './evaluate.js';
import { parseExpr } from './parse.js';
import { printExpr } from './print.js';

/** What an evaluation may be refused with; none of it is a value of the wrong type. */
const REFUSALS = [
  'expr-index',
  'expr-key',
  'expr-null',
  'expr-range',
  'expr-overflow',
  'expr-steps',
  'expr-output',
  'division-by-zero',
  'dec128-inexact',
  'dec128-range',
  'value-hash',
  'value-uuid',
  'value-duplicate-key',
];

const RANGES: { readonly [kind: string]: readonly [bigint, bigint] } = {
  int: [-(2n ** 63n), 2n ** 63n - 1n],
  time: [-(2n ** 63n), 2n ** 63n - 1n],
  duration: [-(2n ** 63n), 2n ** 63n - 1n],
  nat: [0n, 2n ** 64n - 1n],
};

/** Whether a value is a canonical one of a type: the meaning of types, written down once more. */
function isOf(value: Value | undefined, type: ValueType): boolean {
  if (value === undefined) return false;
  const range = RANGES[type.kind];
  if (range !== undefined) {
    const isInteger = typeof value === 'number' || typeof value === 'bigint';
    return isInteger && BigInt(value) >= range[0] && BigInt(value) <= range[1];
  }
  switch (type.kind) {
    case 'bool':
      return typeof value === 'boolean';
    case 'text':
      return typeof value === 'string';
    case 'hash':
      return typeof value === 'string' && parseHashText(value).ok;
    case 'uuid':
      return typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value);
    case 'dec128':
      return typeof value === 'string' && expectEqual(parseDec128(value), ok(value));
    case 'bytes':
      return value instanceof Uint8Array;
    case 'unit':
      return value === null;
    case 'option':
      return value === null || isOf(value, type.inner);
    default:
      return isCompositeOf(value, type);
  }
}

function isCompositeOf(value: Value, type: ValueType): boolean {
  if (type.kind === 'list') return isList(value) && value.every((item) => isOf(item, type.item));
  if (type.kind === 'set') {
    return isList(value) && value.every((item) => isOf(item, type.item)) && isAscending(value);
  }
  if (!(value instanceof Map)) return false;
  const map: ReadonlyMap<Value, Value> = value;
  if (type.kind === 'map') {
    return [...map].every(([key, item]) => isOf(key, type.key) && isOf(item, type.value));
  }
  if (type.kind === 'record') {
    const fields = [...type.fields];
    return (
      map.size === fields.length && fields.every(([name, field]) => isOf(map.get(name), field))
    );
  }
  const arm = type.kind === 'variant' ? type.arms.get(map.get('$tag') as string) : undefined;
  return arm !== undefined && map.size === 2 && isOf(map.get('$value'), arm);
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

const expectEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function isAscending(items: readonly Value[]): boolean {
  const bytes = items.map((item) => encodeUntagged(item));
  return bytes.every((each, i) => i === 0 || compareBytes(bytes[i - 1] as Uint8Array, each) < 0);
}

function runOf({ around, expr: json, expected }: Sample): string {
  const expr = parseExpr(json);
  if (!expr.ok) throw new Error(`${expr.refusal.code} ${expr.refusal.detail}`);
  const { program } = checkExpr(expr.value, environmentOf(around), expected && typeOf(expected));
  if (program === undefined) return 'rejected';
  const result = evaluate(program, bindingsOf(around));
  if (!result.ok) {
    expect(REFUSALS).toContain(result.refusal.code);
    return 'refused';
  }
  const { value } = result;
  if (!isOf(value, program.type)) expect({ value, type: program.type }).toBe('a value of its type');
  const decoded = decode(encode(value));
  const again = decoded.ok ? encode(decoded.value) : new Uint8Array();
  expect(bytesEqual(again, encode(value))).toBe(true);
  return 'evaluated';
}

const RUNS = 600;

test('what the checker accepts gives a value of its type, or a refusal of another kind', () => {
  const seen: { [outcome: string]: number } = {};
  fc.assert(
    fc.property(samples, (sample) => {
      const outcome = runOf(sample);
      seen[outcome] = (seen[outcome] ?? 0) + 1;
    }),
    { numRuns: RUNS },
  );
  const { evaluated = 0, refused = 0, rejected = 0 } = seen;
  expect(evaluated).toBeGreaterThan(RUNS / 3);
  expect(refused).toBeGreaterThan(RUNS / 50);
  expect(rejected).toBeGreaterThan(RUNS / 50);
});

test('what is printed is read as the same expression', () => {
  fc.assert(
    fc.property(samples, ({ expr: json }) => {
      const expr = parseExpr(json);
      if (!expr.ok) throw new Error(expr.refusal.detail);
      expect(parseExpr(printExpr(expr.value))).toEqual(expr);
    }),
    { numRuns: RUNS / 3 },
  );
});
