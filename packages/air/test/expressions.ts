/** Expressions for tests, in few words. */
import { decode, type Value } from '@aos/canon';
import type { Expr } from '../src/expr/ast.js';
import {
  type Bindings,
  type Bounds,
  type CompiledSchema,
  checkExpr,
  compileExpr,
  type ExprEnvironment,
  evaluate,
  type JsonValue,
  parseExpr,
  parseJson,
  type TypeExpr,
} from '../src/index.js';
import type { ValueType } from '../src/values/value-type.js';
import { compileType } from './values.js';

/** A type with a value of it, in JSON. */
export type Given = readonly [type: TypeExpr, json: JsonValue];

/** What an expression may refer to. */
export interface Surroundings {
  readonly input?: Given;
  readonly event?: Given;
  readonly vars?: { readonly [name: string]: Given };
  readonly steps?: { readonly [name: string]: Given };
}

/** Types are compiled once: random surroundings are asked for twice. */
const schemas = new WeakMap<TypeExpr, CompiledSchema>();

function schemaOf(type: TypeExpr): CompiledSchema {
  const schema = schemas.get(type) ?? compileType(type);
  schemas.set(type, schema);
  return schema;
}

function valueGiven([type, json]: Given): Value {
  const bytes = schemaOf(type).normalizeJson(json);
  const value = bytes.ok ? decode(bytes.value) : bytes;
  if (!value.ok) throw new Error(`${value.refusal.code} ${value.refusal.detail}`);
  return value.value;
}

export const typeOf = (type: TypeExpr): ValueType => schemaOf(type).type;

export function environmentOf(around: Surroundings): ExprEnvironment {
  const types = (table: { readonly [name: string]: Given } = {}) =>
    new Map(Object.entries(table).map(([name, [type]]) => [name, typeOf(type)]));
  return {
    vars: types(around.vars),
    steps: types(around.steps),
    ...(around.input && { input: typeOf(around.input[0]) }),
    ...(around.event && { event: typeOf(around.event[0]) }),
  };
}

export function bindingsOf(around: Surroundings): Bindings {
  const values = (table: { readonly [name: string]: Given } = {}) =>
    new Map(Object.entries(table).map(([name, given]) => [name, valueGiven(given)]));
  return {
    vars: values(around.vars),
    steps: values(around.steps),
    ...(around.input && { input: valueGiven(around.input) }),
    ...(around.event && { event: valueGiven(around.event) }),
  };
}

export function exprOf(text: string): Expr {
  const json = parseJson(text);
  const expr = json.ok ? parseExpr(json.value) : json;
  if (!expr.ok) throw new Error(`${expr.refusal.code} ${expr.refusal.at} in ${text}`);
  return expr.value;
}

export interface Evaluation {
  readonly around?: Surroundings;
  readonly expected?: TypeExpr;
  readonly bounds?: Partial<Bounds>;
}

const GENEROUS: Bounds = { steps: 100_000, items: 1_000, outputBytes: 100_000 };

/** The value of an expression in JSON text; the code when it is refused, of findings or later. */
export function evaluateText(text: string, evaluation: Evaluation = {}): Value {
  const { around = {}, expected, bounds } = evaluation;
  const expectedType = expected && typeOf(expected);
  const program = compileExpr(exprOf(text), environmentOf(around), expectedType);
  if (!program.ok) return `${program.refusal.code} ${program.refusal.at}`;
  const value = evaluate(program.value, bindingsOf(around), { ...GENEROUS, ...bounds });
  return value.ok ? value.value : value.refusal.code;
}

/** `code at` of every finding, warnings with a question mark. */
export function findingsOf(text: string, evaluation: Evaluation = {}): string[] {
  const { around = {}, expected } = evaluation;
  const expectedType = expected && typeOf(expected);
  const { findings } = checkExpr(exprOf(text), environmentOf(around), expectedType);
  return findings.map(
    ({ code, severity, at }) => `${code}${severity === 'error' ? '' : '?'} ${at}`,
  );
}
