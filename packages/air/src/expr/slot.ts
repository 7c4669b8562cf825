/** Slots that take an expression or a value: parameters, results, values of events. */
import { assert, decode, ok, type Result, refuse, type Value } from '@aos/canon';
import { isJsonObject, type JsonValue } from '../json/value.js';
import type { CompiledSchema } from '../values/schema.js';
import { type Expr, isConstant } from './ast.js';
import { canonicalLiteral, literalOf } from './literal.js';
import { parseExpr, parseTaggedLiteral } from './parse.js';
import { printExpr, printTaggedLiteral } from './print.js';

export type ExprOrValue =
  | { readonly kind: 'expr'; readonly expr: Expr }
  | {
      readonly kind: 'value';
      /** The value as a constant expression in canonical form. */
      readonly literal: Expr;
      /** Its canonical bytes in the schema of the slot; undefined without a schema. */
      readonly bytes: Uint8Array | undefined;
    };

/**
 * Reads a slot: an expression, a value in the sugar or in the tagged lens, or a mixture of these
 * two lenses.
 *
 * What refers to or computes something is an expression. What is built of constants alone is a
 * value: as the schema reads it if it does, and otherwise as the expression says. Without a schema
 * there is no sugar.
 *
 * Codes: those of `parseExpr` and of `normalizeJson`; `at` is a JSON pointer into `json`.
 */
export function parseExprOrValue(
  json: JsonValue,
  schema: CompiledSchema | undefined,
): Result<ExprOrValue> {
  const expr = parseExpr(json);
  if (expr.ok && !isConstant(expr.value)) return ok({ kind: 'expr', expr: expr.value });
  return schema === undefined ? plainValue(json, expr) : schemaValue(json, expr, schema);
}

/** The tagged lens of a slot in normal form: what a definition is hashed with. */
export function printExprOrValue(slot: ExprOrValue): JsonValue {
  return slot.kind === 'expr' ? printExpr(slot.expr) : printTaggedLiteral(slot.literal);
}

/**
 * The tagged lens of canonical bytes: what grants and plans are hashed with. Codes: those of
 * `normalizeCbor`.
 */
export function toTaggedJson(schema: CompiledSchema, bytes: Uint8Array): Result<JsonValue> {
  const normal = schema.normalizeCbor(bytes);
  return normal.ok ? ok(printTaggedLiteral(literalOfBytes(normal.value, schema))) : normal;
}

function plainValue(json: JsonValue, expr: Result<Expr>): Result<ExprOrValue> {
  const constant = expr.ok ? expr : parseTaggedLiteral(json);
  if (!constant.ok) return refuse('expr-form', constant.refusal.at, withoutSchema(expr));
  const literal = canonicalLiteral(constant.value);
  return literal.ok ? ok({ kind: 'value', literal: literal.value, bytes: undefined }) : literal;
}

function withoutSchema(expr: Result<Expr>): string {
  const reason = expr.ok ? '' : `${expr.refusal.detail}; `;
  return `${reason}a bare value needs a schema that says what it is`;
}

function schemaValue(
  json: JsonValue,
  expr: Result<Expr>,
  schema: CompiledSchema,
): Result<ExprOrValue> {
  const asWritten = schema.normalizeJson(json);
  if (asWritten.ok) return ok(valueOfBytes(asWritten.value, schema));
  if (!expr.ok) return isMeantAsExpr(json) ? expr : asWritten;
  const asLiteral = schema.normalizeJson(printTaggedLiteral(expr.value));
  return asLiteral.ok ? ok(valueOfBytes(asLiteral.value, schema)) : asLiteral;
}

function valueOfBytes(bytes: Uint8Array, schema: CompiledSchema): ExprOrValue {
  return { kind: 'value', literal: literalOfBytes(bytes, schema), bytes };
}

function literalOfBytes(bytes: Uint8Array, schema: CompiledSchema): Expr {
  const value: Result<Value> = decode(bytes);
  assert(value.ok, 'normalized bytes are canonical');
  return literalOf(value.value, schema.type);
}

/** True when more points to an expression than to sugar: which refusal is of use? */
function isMeantAsExpr(json: JsonValue): boolean {
  return isJsonObject(json) && EXPR_KEYS.some((key) => Object.hasOwn(json, key));
}

const EXPR_KEYS = ['ref', 'op', 'record', 'variant', 'if', 'match', 'let'];
