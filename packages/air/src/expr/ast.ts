/** Expressions as they are read: what stands in guards, parameters, predicates and results. */
import type { Value } from '@aos/canon';
import type { Primitive } from '../forms/type-expr.js';

/** Operators over a list of arguments. A later one carries its version in its name. */
export const OPERATORS = [
  'len',
  'get',
  'has',
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'and',
  'or',
  'not',
  'concat',
  'add',
  'sub',
  'mul',
  'div',
  'mod',
  'starts_with',
  'ends_with',
  'contains',
  'coalesce@1',
  'to_text@1',
  'hash_bytes@1',
] as const;

/** Operators that evaluate a body for each item of a list or set. */
export const EACH_OPERATORS = ['map@1', 'filter@1', 'any@1', 'all@1'] as const;

export type Operator = (typeof OPERATORS)[number];
export type EachOperator = (typeof EACH_OPERATORS)[number];

/** A canonical value of a scalar type; null has the type `unit`. */
export interface ConstExpr {
  readonly kind: 'const';
  readonly type: Primitive;
  readonly value: Value;
}

/** Where a reference starts. */
export type RefRoot = 'input' | 'var' | 'step' | 'event' | 'local';

/**
 * A reference. The path of `var`, `step` and `local` begins with a name; since names of variables
 * and steps may have dots, only an environment tells where the name ends.
 */
export interface RefExpr {
  readonly kind: 'ref';
  readonly root: RefRoot;
  readonly path: readonly string[];
}

export interface OpExpr {
  readonly kind: 'op';
  readonly op: Operator;
  readonly args: readonly Expr[];
}

export interface RecordExpr {
  readonly kind: 'record';
  readonly fields: ReadonlyMap<string, Expr>;
}

export interface SequenceExpr {
  readonly kind: 'list' | 'set';
  readonly items: readonly Expr[];
}

export interface MapExpr {
  readonly kind: 'map';
  readonly entries: readonly { readonly key: Expr; readonly value: Expr }[];
}

/** Without a value: an arm of type `unit`. */
export interface VariantExpr {
  readonly kind: 'variant';
  readonly tag: string;
  readonly value: Expr | undefined;
}

interface IfExpr {
  readonly kind: 'if';
  readonly cond: Expr;
  readonly yes: Expr;
  readonly no: Expr;
}

/** `bind` names the arm's value inside `body`. */
export interface MatchArm {
  readonly bind: string | undefined;
  readonly body: Expr;
}

export interface MatchExpr {
  readonly kind: 'match';
  readonly on: Expr;
  readonly arms: ReadonlyMap<string, MatchArm>;
  /** For the arms that are not named. */
  readonly rest: Expr | undefined;
}

export interface LetExpr {
  readonly kind: 'let';
  readonly name: string;
  readonly value: Expr;
  readonly body: Expr;
}

/** `as` names the item inside `body`. */
export interface EachExpr {
  readonly kind: 'each';
  readonly op: EachOperator;
  readonly over: Expr;
  readonly as: string;
  readonly body: Expr;
}

export type Expr =
  | ConstExpr
  | RefExpr
  | OpExpr
  | RecordExpr
  | SequenceExpr
  | MapExpr
  | VariantExpr
  | IfExpr
  | MatchExpr
  | LetExpr
  | EachExpr;

/** The expressions directly inside one, in the order in which they are written. */
export function innerExprs(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'const':
    case 'ref':
      return [];
    case 'op':
      return expr.args;
    case 'record':
      return [...expr.fields.values()];
    case 'list':
    case 'set':
      return expr.items;
    case 'map':
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case 'variant':
      return present(expr.value);
    case 'if':
      return [expr.cond, expr.yes, expr.no];
    case 'match':
      return [expr.on, ...[...expr.arms.values()].map(({ body }) => body), ...present(expr.rest)];
    case 'let':
      return [expr.value, expr.body];
    case 'each':
      return [expr.over, expr.body];
  }
}

function present(expr: Expr | undefined): readonly Expr[] {
  return expr === undefined ? [] : [expr];
}

/** True when it is built of constants alone, so that it is a value in other words. */
export function isConstant(expr: Expr): boolean {
  return LITERAL_KINDS.includes(expr.kind) && innerExprs(expr).every(isConstant);
}

const LITERAL_KINDS: readonly Expr['kind'][] = ['const', 'record', 'list', 'set', 'map', 'variant'];

/** True when it uses what AIR 1.1 adds to expressions. */
export function usesAdditions(expr: Expr): boolean {
  const own = expr.kind === 'op' ? expr.op.includes('@') : ADDED_KINDS.includes(expr.kind);
  return own || innerExprs(expr).some(usesAdditions);
}

const ADDED_KINDS: readonly Expr['kind'][] = ['if', 'match', 'let', 'each'];

/** Every reference, in the order in which they are written. */
export function referencesOf(expr: Expr): readonly RefExpr[] {
  return expr.kind === 'ref' ? [expr] : innerExprs(expr).flatMap(referencesOf);
}
