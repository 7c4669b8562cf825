/**
 * Reads expressions from JSON.
 *
 * P1 A form is recognised by its exact set of keys; one more or less makes it another or none.
 * P2 What is read is bounded in depth, so that whoever follows may recurse.
 */
import { attempt, RefusalError, type Result } from '@aos/canon';
import {
  describeJson,
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  pointer,
} from '../json/value.js';
import {
  EACH_OPERATORS,
  type EachOperator,
  type Expr,
  type MatchArm,
  OPERATORS,
  type Operator,
} from './ast.js';
import { parseConstant } from './constant.js';
import { parseReference } from './reference.js';

/** Expressions inside each other. JSON of 128 levels cannot hold more than half as many. */
export const MAX_EXPR_DEPTH = 64;

/** Names that an expression gives to its own parts: without dots, unlike those of variables. */
const LOCAL_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** Which notation a variant has: in literals it stands without its wrapping. */
export type Notation = 'expr' | 'literal';

/**
 * Reads an expression.
 *
 * Codes: `expr-form` (no form of an expression), `expr-operator`, `expr-reference`, `expr-name`,
 * `expr-depth`, and those of constants; `at` is a JSON pointer into `json`.
 */
export function parseExpr(json: JsonValue): Result<Expr> {
  return parse(json, 'expr');
}

/** Reads a literal of the tagged lens: constants, and composites of literals. */
export function parseTaggedLiteral(json: JsonValue): Result<Expr> {
  return parse(json, 'literal');
}

function parse(json: JsonValue, notation: Notation): Result<Expr> {
  return attempt(() => new ExprParser(notation).expr(json, '', 1));
}

type Read = (parser: ExprParser, body: JsonValue, at: string, depth: number) => Expr;

class ExprParser {
  constructor(private readonly notation: Notation) {}

  /** `depth` counts this expression and those around it. */
  expr(json: JsonValue | undefined, at: string, depth: number): Expr {
    if (depth > MAX_EXPR_DEPTH) {
      refuseAt('expr-depth', at, `expected at most ${MAX_EXPR_DEPTH} nested expressions`);
    }
    if (!isJsonObject(json)) return noForm(at, json);
    const keys = Object.keys(json);
    const tag = keys[0] as string;
    if (this.notation === 'literal') {
      if (isVariantBody(json)) return this.variant(json, at, depth);
    } else if (Object.hasOwn(json, 'op')) {
      return this.operation(json, at, depth);
    }
    if (keys.length !== 1) return noForm(at, json);
    const inner = pointer(at, tag);
    const constant = parseConstant(tag, json[tag] as JsonValue);
    if (constant?.ok) return constant.value;
    if (constant !== undefined) refuseAt(constant.refusal.code, inner, constant.refusal.detail);
    const read = FORMS[this.notation].get(tag);
    return read === undefined ? noForm(at, json) : read(this, json[tag] as JsonValue, inner, depth);
  }

  exprs(json: JsonValue | undefined, at: string, depth: number): readonly Expr[] {
    if (!isJsonList(json)) return noForm(at, json, 'a list of expressions');
    return json.map((item, i) => this.expr(item, pointer(at, i), depth + 1));
  }

  table<T>(json: JsonValue | undefined, at: string, read: (item: JsonValue, at: string) => T) {
    if (!isJsonObject(json)) return noForm(at, json, 'an object');
    return new Map(
      Object.keys(json).map((key) => [key, read(json[key] as JsonValue, pointer(at, key))]),
    );
  }

  variant(body: JsonObject, at: string, depth: number): Expr {
    const { value } = body;
    return {
      kind: 'variant',
      tag: body.tag as string,
      value: value === undefined ? undefined : this.expr(value, `${at}/value`, depth + 1),
    };
  }

  private operation(json: JsonObject, at: string, depth: number): Expr {
    const { op } = json;
    if (hasKeys(json, ['op', 'args'])) {
      if (!isOneOf(OPERATORS, op)) return noOperator(`${at}/op`, op);
      return { kind: 'op', op: op as Operator, args: this.exprs(json.args, `${at}/args`, depth) };
    }
    if (!hasKeys(json, ['op', 'over', 'as', 'do'])) return noForm(at, json);
    if (!isOneOf(EACH_OPERATORS, op)) return noOperator(`${at}/op`, op);
    return {
      kind: 'each',
      op: op as EachOperator,
      over: this.expr(json.over, `${at}/over`, depth + 1),
      as: localName(json.as, `${at}/as`),
      body: this.expr(json.do, `${at}/do`, depth + 1),
    };
  }
}

const LITERALS: readonly (readonly [string, Read])[] = [
  [
    'record',
    (parser, body, at, depth) => ({
      kind: 'record',
      fields: parser.table(body, at, (item, place) => parser.expr(item, place, depth + 1)),
    }),
  ],
  ['list', (parser, body, at, depth) => ({ kind: 'list', items: parser.exprs(body, at, depth) })],
  ['set', (parser, body, at, depth) => ({ kind: 'set', items: parser.exprs(body, at, depth) })],
  ['map', readMap],
];

const FORMS: { readonly [N in Notation]: ReadonlyMap<string, Read> } = {
  literal: new Map(LITERALS),
  expr: new Map<string, Read>([
    ...LITERALS,
    ['ref', readRef],
    ['variant', readVariant],
    ['if', readIf],
    ['match', readMatch],
    ['let', readLet],
  ]),
};

function readRef(_: ExprParser, body: JsonValue, at: string): Expr {
  if (typeof body !== 'string') return noForm(at, body, 'a reference such as "@plan.input.a"');
  const ref = parseReference(body);
  return ref.ok ? ref.value : refuseAt(ref.refusal.code, at, ref.refusal.detail);
}

function readMap(parser: ExprParser, body: JsonValue, at: string, depth: number): Expr {
  if (!isJsonList(body)) return noForm(at, body, 'a list of {"key", "value"}');
  const entries = body.map((item, i) => {
    const place = pointer(at, i);
    if (!isJsonObject(item) || !hasKeys(item, ['key', 'value'])) {
      return noForm(place, item, '{"key", "value"}');
    }
    return {
      key: parser.expr(item.key, `${place}/key`, depth + 1),
      value: parser.expr(item.value, `${place}/value`, depth + 1),
    };
  });
  return { kind: 'map', entries };
}

function readVariant(parser: ExprParser, body: JsonValue, at: string, depth: number): Expr {
  if (!isJsonObject(body) || !isVariantBody(body)) return noForm(at, body, '{"tag", "value"?}');
  return parser.variant(body, at, depth);
}

function readIf(parser: ExprParser, body: JsonValue, at: string, depth: number): Expr {
  if (!isJsonObject(body) || !hasKeys(body, ['cond', 'then', 'else'])) {
    return noForm(at, body, '{"cond", "then", "else"}');
  }
  const inner = (key: string): Expr => parser.expr(body[key], `${at}/${key}`, depth + 1);
  return { kind: 'if', cond: inner('cond'), yes: inner('then'), no: inner('else') };
}

function readMatch(parser: ExprParser, body: JsonValue, at: string, depth: number): Expr {
  if (
    !isJsonObject(body) ||
    !(hasKeys(body, ['on', 'arms']) || hasKeys(body, ['on', 'arms', 'else']))
  ) {
    return noForm(at, body, '{"on", "arms", "else"?}');
  }
  const other = body.else;
  return {
    kind: 'match',
    on: parser.expr(body.on, `${at}/on`, depth + 1),
    arms: parser.table(body.arms, `${at}/arms`, (arm, place) => readArm(parser, arm, place, depth)),
    rest: other === undefined ? undefined : parser.expr(other, `${at}/else`, depth + 1),
  };
}

function readArm(parser: ExprParser, arm: JsonValue, at: string, depth: number): MatchArm {
  if (!isJsonObject(arm) || !(hasKeys(arm, ['then']) || hasKeys(arm, ['bind', 'then']))) {
    return noForm(at, arm, '{"bind"?, "then"}');
  }
  return {
    bind: arm.bind === undefined ? undefined : localName(arm.bind, `${at}/bind`),
    body: parser.expr(arm.then, `${at}/then`, depth + 1),
  };
}

function readLet(parser: ExprParser, body: JsonValue, at: string, depth: number): Expr {
  if (!isJsonObject(body) || !hasKeys(body, ['name', 'value', 'in'])) {
    return noForm(at, body, '{"name", "value", "in"}');
  }
  return {
    kind: 'let',
    name: localName(body.name, `${at}/name`),
    value: parser.expr(body.value, `${at}/value`, depth + 1),
    body: parser.expr(body.in, `${at}/in`, depth + 1),
  };
}

function localName(json: JsonValue | undefined, at: string): string {
  if (typeof json === 'string' && LOCAL_NAME.test(json)) return json;
  return refuseAt('expr-name', at, `expected a name without dots, found ${describeJson(json)}`);
}

/** `{"tag": T}` or `{"tag": T, "value": …}`. */
function isVariantBody(json: JsonObject): boolean {
  const isTagged = hasKeys(json, ['tag']) || hasKeys(json, ['tag', 'value']);
  return isTagged && typeof json.tag === 'string';
}

function hasKeys(json: JsonObject, keys: readonly string[]): boolean {
  return Object.keys(json).length === keys.length && keys.every((key) => Object.hasOwn(json, key));
}

function isOneOf(names: readonly string[], json: JsonValue | undefined): boolean {
  return typeof json === 'string' && names.includes(json);
}

function noOperator(at: string, json: JsonValue | undefined): never {
  return refuseAt('expr-operator', at, `expected an operator, found ${describeJson(json)}`);
}

function noForm(
  at: string,
  json: JsonValue | undefined,
  expected = 'an expression such as {"ref": "@plan.input"} or {"text": "a"}',
): never {
  return refuseAt('expr-form', at, `expected ${expected}, found ${describeJson(json)}`);
}

function refuseAt(code: string, at: string, detail: string): never {
  throw new RefusalError({ code, at, detail });
}
