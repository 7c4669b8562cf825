/** Writing a plan. */
import type { Expr, Input } from '../expr/typed.js';
import type { Shape } from '../shape.js';
import type { Name, Schema } from '../types.js';
import type { AnyPlan, Ended, Plan, PlanBuilder } from './builder.js';
import { Draft } from './draft.js';

type FieldShape<S, K> = S extends { readonly record: infer F }
  ? K extends keyof F
    ? F[K] & Shape
    : never
  : never;

type FieldName<S> = S extends { readonly record: infer F } ? keyof F & string : never;

interface PlanHead<I, O, K> {
  readonly input: Schema<I>;
  /** The schema of the result; without it the result is unit. */
  readonly output?: Schema<O>;
  /** A field of the input: instances started by a trigger are known by it. */
  readonly correlateBy?: K;
}

/** What ends a plan: its result, an end step, or, in plans without an output, nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a return answers void
type PlanResult<O> = [O] extends [never] ? Ended | void : Ended | Input<O>;

/**
 * Writes a plan. What `build` returns ends the plan, after all other steps; without `output` it
 * returns nothing. Throws an `AuthorError` for what the compiler cannot see.
 */
export function definePlan<I, O = never, const K extends FieldName<I> = never>(
  name: Name,
  head: PlanHead<I, O, K>,
  build: (plan: PlanBuilder<FieldShape<I, K>, O>, input: Expr<I>) => PlanResult<O>,
): Plan<I, [O] extends [never] ? 'unit' : NoInfer<O>>;
export function definePlan(
  name: Name,
  head: PlanHead<Shape, Shape, string>,
  build: (plan: never, input: never) => unknown,
): AnyPlan {
  const draft = new Draft(name, head);
  return draft.finish(build(draft as never, draft.input as never));
}
