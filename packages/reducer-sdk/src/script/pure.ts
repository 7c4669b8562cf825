/** A pure module as a value: a function from input to output, for enforcers and migrations. */
import { isObject, mismatch, type Shape } from './shape.js';

/** The context of a pure module that declares one. */
export interface PureWorld {
  /** Monotone time of the world, in nanoseconds. */
  readonly logical_now_ns: bigint;
  readonly journal_height: bigint;
  /** `sha256:` and 64 hex digits. */
  readonly manifest_hash: string;
  /** Name of this module in the manifest. */
  readonly module: string;
}

export interface PureShapes<I, O> {
  readonly input: Shape<I>;
  readonly output: Shape<O>;
}

/** A call from outside, in plain data; `context` is undefined when there is none. */
export type Compute = (input: unknown, context: unknown) => unknown;

export interface Pure<I, O> {
  readonly shapes: PureShapes<I, O>;
  readonly compute: Compute;
}

/** Defines a pure module; `world` is undefined for one that declares no context. */
export function definePure<I, O>(
  shapes: PureShapes<I, O>,
  run: (input: I, world: PureWorld | undefined) => O,
): Pure<I, O> {
  const { input, output } = shapes;
  const compute: Compute = (plain, context) =>
    output.lower(run(input.lift(plain), context as PureWorld | undefined));
  return { shapes, compute };
}

/** What an entry file exports, if it is a pure module. */
export function asPure(value: unknown): Pure<unknown, unknown> {
  if (isObject(value) && typeof value.compute === 'function') return value as never;
  return mismatch('an entry file whose default export is a pure module', value);
}
