/**
 * What the compiler knows about types: each AIR type is a shape, and a shape is a TypeScript type.
 *
 * Names of schemas do not occur in shapes: two schemas of one structure have one shape, as they
 * have one meaning in the language.
 */
import type { HashText } from '@aos/canon';

/** What each scalar is in JavaScript. Integers are `number` when safe and `bigint` beyond. */
export interface ScalarValues {
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

type Shapes = { readonly [name: string]: Shape };

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

/**
 * Carries a shape through the compiler; invariant, so that no other shape passes for it. There is
 * no such property at run time.
 */
export interface Shaped<S> {
  readonly [SHAPE]: (shape: S) => S;
}
