/**
 * The operators of the language as functions. The first argument is an expression and decides the
 * type; further ones may be literals. `value(type, literal)` makes an expression of a literal.
 */
import { AuthorError } from '../author-error.js';
import type { KeyShape, Shape } from '../shape.js';
import { type AnyType, t } from '../types.js';
import { type AnyTyped, isTyped, makeExpr, sourcesOf } from './expr.js';
import { exprOf, value } from './literal.js';
import { type Expr, type Input, NODE, type Settles, type Typed } from './typed.js';

type Bool = Expr<'bool'>;
type Arithmetic = 'int' | 'nat' | 'dec128';
type Ordered = Arithmetic | 'time' | 'duration' | 'text';

function op(name: string, type: AnyType, ...args: readonly AnyTyped[]): never {
  const json = { op: name, args: args.map((arg) => arg[NODE].json) };
  return makeExpr(type, json, sourcesOf(...args)) as never;
}

/** The other operand, of the type of the first. */
const like = (first: AnyTyped, other: unknown): AnyTyped => exprOf(first[NODE].type, other);

const itemOf = (type: AnyType): AnyType => ('item' in type.node ? type.node.item : t.unit);

/** Equal by structure. */
export function eq<S>(a: Typed<S>, b: Input<NoInfer<S>>): Bool;
export function eq(a: AnyTyped, b: unknown): Bool {
  return op('eq', t.bool, a, like(a, b));
}

export function ne<S>(a: Typed<S>, b: Input<NoInfer<S>>): Bool;
export function ne(a: AnyTyped, b: unknown): Bool {
  return op('ne', t.bool, a, like(a, b));
}

export function lt<S extends Ordered>(a: Typed<S>, b: Input<NoInfer<S>>): Bool;
export function lt(a: AnyTyped, b: unknown): Bool {
  return op('lt', t.bool, a, like(a, b));
}

export function le<S extends Ordered>(a: Typed<S>, b: Input<NoInfer<S>>): Bool;
export function le(a: AnyTyped, b: unknown): Bool {
  return op('le', t.bool, a, like(a, b));
}

export function gt<S extends Ordered>(a: Typed<S>, b: Input<NoInfer<S>>): Bool;
export function gt(a: AnyTyped, b: unknown): Bool {
  return op('gt', t.bool, a, like(a, b));
}

export function ge<S extends Ordered>(a: Typed<S>, b: Input<NoInfer<S>>): Bool;
export function ge(a: AnyTyped, b: unknown): Bool {
  return op('ge', t.bool, a, like(a, b));
}

/** All hold; what comes after the first that does not is not looked at. */
export function and(...conditions: readonly [Typed<'bool'>, ...Typed<'bool'>[]]): Bool {
  return conditions.length === 1 ? (conditions[0] as Bool) : op('and', t.bool, ...conditions);
}

/** Any holds; what comes after the first that does is not looked at. */
export function or(...conditions: readonly [Typed<'bool'>, ...Typed<'bool'>[]]): Bool {
  return conditions.length === 1 ? (conditions[0] as Bool) : op('or', t.bool, ...conditions);
}

export function not(condition: Typed<'bool'>): Bool {
  return op('not', t.bool, condition);
}

/** Texts in a row. */
export function concat(first: Input<'text'>, ...more: readonly Input<'text'>[]): Expr<'text'> {
  return more.reduce<Expr<'text'>>(
    (text, next) => op('concat', t.text, text, value(t.text, next)),
    value(t.text, first),
  );
}

/** Exact; what does not fit fails the plan. A time and a duration give a time. */
export function add<S extends Arithmetic | 'duration'>(a: Typed<S>, b: Input<NoInfer<S>>): Expr<S>;
export function add(a: Typed<'time'>, b: Input<'duration'>): Expr<'time'>;
export function add(a: AnyTyped, b: unknown): AnyTyped {
  const { type } = a[NODE];
  return op('add', type, a, type.node.kind === 'time' ? exprOf(t.duration, b) : like(a, b));
}

/** A duration is multiplied by an integer. */
export function mul<S extends Arithmetic>(a: Typed<S>, b: Input<NoInfer<S>>): Expr<S>;
export function mul(a: Typed<'duration'>, b: Input<'int'>): Expr<'duration'>;
export function mul(a: AnyTyped, b: unknown): AnyTyped {
  return op('mul', a[NODE].type, a, factor(a, b));
}

/** Of integers: without the remainder. A duration is divided by an integer. */
export function div<S extends Arithmetic>(a: Typed<S>, b: Input<NoInfer<S>>): Expr<S>;
export function div(a: Typed<'duration'>, b: Input<'int'>): Expr<'duration'>;
export function div(a: AnyTyped, b: unknown): AnyTyped {
  return op('div', a[NODE].type, a, factor(a, b));
}

const factor = (a: AnyTyped, b: unknown): AnyTyped =>
  a[NODE].type.node.kind === 'duration' ? exprOf(t.int, b) : like(a, b);

export function mod<S extends 'int' | 'nat' | 'duration'>(
  a: Typed<S>,
  b: Input<NoInfer<S>>,
): Expr<S>;
export function mod(a: AnyTyped, b: unknown): AnyTyped {
  return op('mod', a[NODE].type, a, like(a, b));
}

/** The difference of two naturals may be below zero; that of two times is a duration. */
export function sub<S extends Arithmetic | 'duration'>(
  a: Typed<S>,
  b: Input<NoInfer<S>>,
): Expr<S extends 'nat' ? 'int' : S>;
export function sub(a: Typed<'time'>, b: Typed<'time'>): Expr<'duration'>;
export function sub(a: Typed<'time'>, b: Input<'duration'>): Expr<'time'>;
export function sub(a: AnyTyped, b: unknown): AnyTyped {
  const { type } = a[NODE];
  const { kind } = type.node;
  if (kind !== 'time') return op('sub', kind === 'nat' ? t.int : type, a, like(a, b));
  const isTime = isTyped(b) && b[NODE].type.node.kind === 'time';
  return op('sub', isTime ? t.duration : type, a, isTime ? b : exprOf(t.duration, b));
}

type Counted =
  | 'text'
  | 'bytes'
  | { readonly list: Shape }
  | { readonly set: Shape }
  | { readonly map: readonly [KeyShape, Shape] };

/** Items, entries, characters of a text, or bytes. */
export function len<S extends Counted>(counted: Typed<S>): Expr<'nat'> {
  return op('len', t.nat, counted);
}

/** The item of a list, or the value of a key; what is not there fails the plan. */
export function get<S>(list: Typed<{ readonly list: S }>, index: Input<'nat'>): Expr<S>;
export function get<K extends KeyShape, S>(
  map: Typed<{ readonly map: readonly [K, S] }>,
  key: Input<K>,
): Expr<S>;
export function get(from: AnyTyped, key: unknown): AnyTyped {
  const { node } = from[NODE].type;
  const keyType = node.kind === 'map' ? node.key : t.nat;
  return op('get', itemOf(from[NODE].type), from, exprOf(keyType, key));
}

/** Whether a map has a key. */
export function has<K extends KeyShape, S>(
  map: Typed<{ readonly map: readonly [K, S] }>,
  key: Input<K>,
): Bool;
export function has(map: AnyTyped, key: unknown): Bool {
  const { node } = map[NODE].type;
  const keyType: AnyType = node.kind === 'map' ? node.key : t.text;
  return op('has', t.bool, map, exprOf(keyType, key));
}

/** Whether a list or set has an item, or a text a part. */
export function contains<S>(
  items: Typed<{ readonly list: S }> | Typed<{ readonly set: S }>,
  item: Input<S>,
): Bool;
export function contains(text: Typed<'text'>, part: Input<'text'>): Bool;
export function contains(whole: AnyTyped, part: unknown): Bool {
  const { type } = whole[NODE];
  const partType = 'item' in type.node ? type.node.item : type;
  return op('contains', t.bool, whole, exprOf(partType, part));
}

export function startsWith(text: Typed<'text'>, start: Input<'text'>): Bool {
  return op('starts_with', t.bool, text, value(t.text, start));
}

export function endsWith(text: Typed<'text'>, end: Input<'text'>): Bool {
  return op('ends_with', t.bool, text, value(t.text, end));
}

/** The value of an option, or the other value when it has none. */
export function coalesce<S>(maybe: Typed<{ readonly option: S }>, otherwise: Input<S>): Expr<S>;
export function coalesce(maybe: AnyTyped, otherwise: unknown): AnyTyped {
  const type = itemOf(maybe[NODE].type);
  return op('coalesce@1', type, maybe, exprOf(type, otherwise));
}

type Printable = 'bool' | 'int' | 'nat' | 'dec128' | 'text' | 'time' | 'duration' | 'hash' | 'uuid';

export function toText<S extends Printable>(scalar: Typed<S>): Expr<'text'> {
  return op('to_text@1', t.text, scalar);
}

/** SHA-256 of bytes, or of the UTF-8 bytes of a text. */
export function hashBytes(bytes: Typed<'bytes'> | Typed<'text'>): Expr<'hash'> {
  return op('hash_bytes@1', t.hash, bytes);
}

/** How something awaited went: its status, and the failure that reading the status excuses. */
export function outcome<W>(settled: AnyTyped & Settles<W>): Expr<W>;
export function outcome(settled: AnyTyped): AnyTyped {
  const { outcome } = settled[NODE];
  if (outcome !== undefined) return outcome;
  throw new AuthorError('author-type', '', 'expected the value of something awaited');
}
