/** Writing a plan. */
import type { Expr, Input } from '../expr/typed.js';
import type { Shape } from '../shape.js';
import type { AnySchema, Name, Schema } from '../types.js';
import type { AnyPlan, Ended, Plan, PlanBuilder } from './builder.js';
import { Draft } from './draft.js';

type FieldShape<S, K> = S extends { readonly record: infer F }
  ? K extends keyof F
    ? F[K] & Shape
    : never
  : never;

type FieldName<S> = S extends { readonly record: infer F } ? keyof F & string : never;

interface PlanHead<I, K> {
  readonly input: Schema<I>;
  /** A field of the input: instances started by a trigger are known by it. */
  readonly correlateBy?: K;
}

/**
 * Writes a plan. What `build` returns ends the plan, after all other steps; without `output` it
 * returns nothing. Throws an `AuthorError` for what the compiler cannot see.
 */
export function definePlan<I, O, const K extends FieldName<I> = never>(
  name: Name,
  head: PlanHead<I, K> & { readonly output: Schema<O> },
  build: (plan: PlanBuilder<FieldShape<I, K>, O>, input: Expr<I>) => Input<O> | Ended,
): Plan<I, O>;
export function definePlan<I, const K extends FieldName<I> = never>(
  name: Name,
  head: PlanHead<I, K>,
  // biome-ignore lint/suspicious/noConfusingVoidType: a function without a return answers void
  build: (plan: PlanBuilder<FieldShape<I, K>, never>, input: Expr<I>) => void | Ended,
): Plan<I, 'unit'>;
export function definePlan(
  name: Name,
  head: PlanHead<Shape, string> & { readonly output?: AnySchema },
  build: (plan: never, input: never) => unknown,
): AnyPlan {
  const draft = new Draft(name, head);
  return draft.finish(build(draft as never, draft.input as never));
}
