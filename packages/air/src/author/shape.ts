/**
 * What the compiler knows about types: each AIR type is a shape, and a shape is a TypeScript type.
 *
 * Names of schemas do not occur in shapes: two schemas of one structure have one shape, as they
 * have one meaning in the language.
 */
import type { HashText } from '@aos/canon';
import type { JsonValue } from '../json/value.js';
import type { AnyType } from './types.js';

/** What each scalar is in JavaScript. Integers are `number` when safe and `bigint` beyond. */
interface ScalarValues {
  readonly bool: boolean;
  readonly int: number | bigint;
  readonly nat: number | bigint;
  readonly dec128: string;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Nanoseconds since 1970. */
  readonly time: number | bigint;
  /** Nanoseconds. */
  readonly duration: number | bigint;
  readonly hash: HashText | `sha256:${string}`;
  readonly uuid: string;
  readonly unit: null;
}

export type ScalarShape = keyof ScalarValues;
export type KeyShape = 'int' | 'nat' | 'text' | 'uuid' | 'hash';
export type NumberShape = 'int' | 'nat' | 'dec128' | 'time' | 'duration';
export type OrderedShape = NumberShape | 'text';

export type Shapes = { readonly [name: string]: Shape };

export type Shape =
  | ScalarShape
  | { readonly record: Shapes }
  | { readonly variant: Shapes }
  | { readonly list: Shape }
  | { readonly set: Shape }
  | { readonly option: Shape }
  | { readonly map: readonly [KeyShape, Shape] };

/** The JavaScript value of a shape, as data: options are null or the value, arms are tagged. */
export type ValueOf<S> = S extends ScalarShape
  ? ScalarValues[S]
  : S extends { readonly record: infer F }
    ? { readonly [K in keyof F]: ValueOf<F[K]> }
    : S extends { readonly variant: infer A }
      ? { [K in keyof A]: { readonly $tag: K; readonly $value: ValueOf<A[K]> } }[keyof A]
      : S extends { readonly list: infer I } | { readonly set: infer I }
        ? readonly ValueOf<I>[]
        : S extends { readonly option: infer I }
          ? ValueOf<I> | null
          : S extends { readonly map: readonly [infer K, infer V] }
            ? ReadonlyMap<ValueOf<K>, ValueOf<V>>
            : never;

declare const SHAPE: unique symbol;

/** Carries a shape through the compiler; invariant, so that no other shape passes for it. */
export interface Shaped<S> {
  readonly [SHAPE]?: (shape: S) => S;
}

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
