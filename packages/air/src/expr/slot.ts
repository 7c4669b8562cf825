/** Slots that take an expression or a value: parameters, results, values of events. */
import { assert, decode, ok, type Result, refuse, type Value } from '@aos/canon';
import { isJsonObject, type JsonValue } from '../json/value.js';
import type { CompiledSchema } from '../values/schema.js';
import { type Expr, isConstant } from './ast.js';
import { compileExpr } from './check.js';
import { evaluateBytes } from './evaluate.js';
import { canonicalLiteral, literalOf } from './literal.js';
import { parseExpr, parseTaggedLiteral } from './parse.js';
import { printExpr, printTaggedLiteral } from './print.js';
import type { Bounds } from './program/frame.js';

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

/**
 * Reads a slot as {@link printExprOrValue} prints it: the tagged lens alone. Where a schema has
 * fields or arms named like tags, only this tells what a stored definition means.
 *
 * Codes: those of `parseExpr`, of `checkExpr` and of `evaluate`.
 */
export function parseNormalSlot(
  json: JsonValue,
  schema: CompiledSchema | undefined,
): Result<ExprOrValue> {
  const expr = parseExpr(json);
  if (expr.ok && !isConstant(expr.value)) return ok({ kind: 'expr', expr: expr.value });
  const literal = parseTaggedLiteral(json);
  if (!literal.ok) return expr.ok ? literal : expr;
  if (schema === undefined) return ok({ kind: 'value', literal: literal.value, bytes: undefined });
  const program = compileExpr(literal.value, NOTHING, schema.type);
  const bytes = program.ok ? evaluateBytes(program.value, NOTHING, schema, UNBOUNDED) : program;
  return bytes.ok ? ok({ kind: 'value', literal: literal.value, bytes: bytes.value }) : bytes;
}

const NOTHING = { vars: new Map(), steps: new Map() };

/** A definition is bounded as a document; the value of a constant is no larger than it. */
const UNBOUNDED: Bounds = {
  steps: Number.MAX_SAFE_INTEGER,
  items: Number.MAX_SAFE_INTEGER,
  outputBytes: Number.MAX_SAFE_INTEGER,
};

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
