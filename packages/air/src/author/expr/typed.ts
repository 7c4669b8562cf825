/**
 * What the compiler knows about expressions: the shape of their value, and what may be written
 * where a value of a shape is wanted.
 */
import type { JsonValue } from '../../json/value.js';
import type { ScalarShape, ScalarValues, Shaped, ValueOf } from '../shape.js';
import type { AnyType } from '../types.js';

declare const OUTCOME: unique symbol;

/** Remembers how waiting for a value can go. */
export interface Settles<W> {
  readonly [OUTCOME]: (outcome: W) => W;
}

/** An expression of a plan whose value will have this shape. */
export interface Typed<S> extends Shaped<S> {
  readonly [NODE]: ExprNode;
}

/**
 * An expression; a record's fields are reached as properties, and so are theirs.
 * Everything else that can be done with it is a function: `eq`, `len`, `get`, `coalesce`, ….
 */
export type Expr<S> = Typed<S> &
  (S extends { readonly record: infer F } ? { readonly [K in keyof F]: Expr<F[K]> } : unknown);

/**
 * What may stand where a value of a shape is wanted: an expression, a literal, or a literal with
 * expressions inside. Fields that are options may be left out, an arm is written `{ Tag: value }`.
 */
export type Input<S> = Typed<S> | Literal<S>;

type Literal<S> = S extends ScalarShape
  ? ScalarValues[S] | Fitting<S>
  : S extends { readonly record: infer F }
    ? RecordInput<F>
    : S extends { readonly variant: infer A }
      ? { [K in keyof A]: { readonly [P in K]: Input<A[K]> } }[keyof A]
      : S extends { readonly list: infer I } | { readonly set: infer I }
        ? readonly Input<I>[]
        : S extends { readonly option: infer I }
          ? Input<I> | null
          : S extends { readonly map: readonly [infer K, infer V] }
            ? MapInput<K, V>
            : never;

/** Integers fit by value, and hashes and UUIDs are texts. */
type Fitting<S> = S extends 'int'
  ? Typed<'nat'>
  : S extends 'nat'
    ? Typed<'int'>
    : S extends 'text'
      ? Typed<'hash'> | Typed<'uuid'>
      : never;

type OptionFields<F> = {
  [K in keyof F]: F[K] extends { readonly option: unknown } ? K : never;
}[keyof F];

type Flat<T> = { readonly [K in keyof T]: T[K] };

type RecordInput<F> = Flat<
  { readonly [K in Exclude<keyof F, OptionFields<F>>]: Input<F[K]> } & {
    readonly [K in OptionFields<F>]?: Input<F[K]>;
  }
>;

type MapInput<K, V> =
  | ReadonlyMap<ValueOf<K>, Input<V>>
  | (K extends 'text' ? { readonly [key: string]: Input<V> } : never);

/** Where an expression keeps what it is made of; a symbol, so that every text can be a field. */
export const NODE: unique symbol = Symbol('expression');

/** What an expression is made of. */
export interface ExprNode {
  readonly json: JsonValue;
  readonly type: AnyType;
  /** Steps that must be done before the expression has a value. */
  readonly sources: ReadonlySet<object>;
  /** How it went, where the expression is the value of something awaited. */
  // biome-ignore lint/suspicious/noExplicitAny: outcomes have as many shapes as values
  readonly outcome?: Typed<any> | undefined;
}
