/** What a step that waits looks at: the effects and children of other steps. */
import type { AwaitStep, CompiledPlan } from './compiled-plan.js';
import type { ChildHandle, EffectHandle, StepState } from './instance.js';
import { STEP_STATES } from './instance.js';
import { type Ended, endedChild, endedEffect } from './steps/shown-values.js';

/** Handles of an instance, by the step that made them. */
export interface Handles {
  readonly effects: ReadonlyMap<number, EffectHandle>;
  readonly children: ReadonlyMap<number, readonly ChildHandle[]>;
}

/** How each handle of these steps ended, undefined where it has not; undefined when one is none. */
export function endsOf(
  { effects, children }: Handles,
  sources: readonly number[],
): readonly (Ended | undefined)[] | undefined {
  const ends: (Ended | undefined)[] = [];
  for (const source of sources) {
    const effect = effects.get(source);
    const list = children.get(source);
    if (effect !== undefined) ends.push(effect.outcome && endedEffect(effect.outcome));
    else if (list === undefined) return undefined;
    else for (const { outcome } of list) ends.push(outcome && endedChild(outcome));
  }
  return ends;
}

/**
 * True when a wait need not go on: it has what it waits for, or one has failed that fails the
 * instance.
 */
export function isOver(step: AwaitStep, ends: readonly (Ended | undefined)[]): boolean {
  if (step.wants === 'any') return ends.some((each) => each !== undefined);
  if (!step.isStatusRead && ends.some((each) => each?.isOk === false)) return true;
  return ends.every((each) => each !== undefined);
}

/** The waiting steps that are over now that something of `source` has ended. */
export function overBecauseOf(
  plan: CompiledPlan,
  source: number,
  instance: Handles & { readonly states: Uint8Array },
): readonly number[] {
  return (plan.waitersOf[source] ?? []).filter((waiter) => {
    const step = plan.steps[waiter];
    if (step?.op !== 'await' || stateOf(instance.states, waiter) !== 'waiting') return false;
    const ends = endsOf(instance, step.sources);
    return ends !== undefined && isOver(step, ends);
  });
}

export function stateOf(states: Uint8Array, step: number): StepState | undefined {
  return STEP_STATES[states[step] ?? STEP_STATES.length];
}
