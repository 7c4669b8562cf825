import { type JsonObject, type JsonValue, newJsonObject } from '../json/value.js';
import type { Expr, MatchArm } from './ast.js';
import { printConstant } from './constant.js';
import type { Notation } from './parse.js';
import { printReference } from './reference.js';

/** The JSON that `parseExpr` reads as the same expression: one form per meaning. */
export function printExpr(expr: Expr): JsonValue {
  return print(expr, 'expr');
}

/** The tagged lens of a constant expression; variants stand without their wrapping. */
export function printTaggedLiteral(literal: Expr): JsonValue {
  return print(literal, 'literal');
}

function print(expr: Expr, notation: Notation): JsonValue {
  const inner = (each: Expr): JsonValue => print(each, notation);
  switch (expr.kind) {
    case 'const':
      return printConstant(expr);
    case 'ref':
      return object([['ref', printReference(expr)]]);
    case 'op':
      return object([
        ['op', expr.op],
        ['args', expr.args.map(inner)],
      ]);
    case 'record':
      return form(
        'record',
        [...expr.fields].map(([k, v]) => [k, inner(v)]),
      );
    case 'list':
    case 'set':
      return object([[expr.kind, expr.items.map(inner)]]);
    case 'map':
      return object([
        ['map', expr.entries.map(({ key, value }) => entry(inner(key), inner(value)))],
      ]);
    case 'variant': {
      const value = expr.value === undefined ? undefined : inner(expr.value);
      const body = object([
        ['tag', expr.tag],
        ['value', value],
      ]);
      return notation === 'literal' ? body : object([['variant', body]]);
    }
    default:
      return printAddition(expr, inner);
  }
}

function printAddition(
  expr: Extract<Expr, { kind: 'if' | 'match' | 'let' | 'each' }>,
  inner: (expr: Expr) => JsonValue,
): JsonValue {
  switch (expr.kind) {
    case 'if':
      return form('if', [
        ['cond', inner(expr.cond)],
        ['then', inner(expr.yes)],
        ['else', inner(expr.no)],
      ]);
    case 'match':
      return form('match', [
        ['on', inner(expr.on)],
        ['arms', object([...expr.arms].map(([tag, arm]) => [tag, printArm(arm, inner)]))],
        ['else', expr.rest === undefined ? undefined : inner(expr.rest)],
      ]);
    case 'let':
      return form('let', [
        ['name', expr.name],
        ['value', inner(expr.value)],
        ['in', inner(expr.body)],
      ]);
    case 'each':
      return object([
        ['op', expr.op],
        ['over', inner(expr.over)],
        ['as', expr.as],
        ['do', inner(expr.body)],
      ]);
  }
}

function printArm({ bind, body }: MatchArm, inner: (expr: Expr) => JsonValue): JsonValue {
  return object([
    ['bind', bind],
    ['then', inner(body)],
  ]);
}

function entry(key: JsonValue, value: JsonValue): JsonValue {
  return object([
    ['key', key],
    ['value', value],
  ]);
}

type Fields = readonly (readonly [string, JsonValue | undefined])[];

function form(tag: string, body: Fields): JsonObject {
  return object([[tag, object(body)]]);
}

/** An object of the fields that are there. */
function object(fields: Fields): JsonObject {
  const json = newJsonObject();
  for (const [key, value] of fields) if (value !== undefined) json[key] = value;
  return json;
}
