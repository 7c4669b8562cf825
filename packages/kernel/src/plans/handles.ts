/** What a step that waits looks at: the effects and children of other steps. */
import type { AwaitStep, CompiledPlan } from './compile/compiled-plan.js';
import {
  type ChildHandle,
  type ChildOutcome,
  type EffectHandle,
  type EffectOutcome,
  STEP_STATES,
  type StepState,
} from './state/instance.js';

/** Handles of an instance, by the step that made them. */
export interface Handles {
  readonly effects: ReadonlyMap<number, EffectHandle>;
  readonly children: ReadonlyMap<number, readonly ChildHandle[]>;
}

export type HandleOutcome =
  | { readonly of: 'effect'; readonly outcome: EffectOutcome }
  | { readonly of: 'plan'; readonly outcome: ChildOutcome };

/** How each handle of these steps ended, undefined where it has not; undefined when one is none. */
export function outcomesOf(
  { effects, children }: Handles,
  sources: readonly number[],
): readonly (HandleOutcome | undefined)[] | undefined {
  const outcomes: (HandleOutcome | undefined)[] = [];
  for (const source of sources) {
    const effect = effects.get(source);
    const list = children.get(source);
    if (effect !== undefined) {
      const { outcome } = effect;
      outcomes.push(outcome && { of: 'effect', outcome });
    } else if (list === undefined) return undefined;
    else for (const { outcome } of list) outcomes.push(outcome && { of: 'plan', outcome });
  }
  return outcomes;
}

/**
 * True when a wait need not go on: it has what it waits for, or one has failed that fails the
 * instance. A source that has made nothing is nothing to wait for.
 */
export function isOver(step: AwaitStep, { effects, children }: Handles): boolean {
  let open = 0;
  let ended = 0;
  let failed = 0;
  const count = (outcome: EffectOutcome | ChildOutcome | undefined): void => {
    if (outcome === undefined) open += 1;
    else ended += 1;
    if (outcome !== undefined && outcome.status !== 'ok') failed += 1;
  };
  for (const source of step.sources) {
    const effect = effects.get(source);
    if (effect !== undefined) count(effect.outcome);
    else for (const { outcome } of children.get(source) ?? []) count(outcome);
  }
  if (step.wants === 'any') return ended > 0;
  return open === 0 || (failed > 0 && !step.isStatusRead);
}

/** The waiting steps that are over now that something of `source` has ended. */
export function overBecauseOf(
  plan: CompiledPlan,
  source: number,
  instance: Handles & { readonly states: Uint8Array },
): readonly number[] {
  return (plan.waitersOf[source] ?? []).filter((waiter) => {
    const step = plan.steps[waiter];
    const isWaiting = step?.op === 'await' && stateOf(instance.states, waiter) === 'waiting';
    return isWaiting && isOver(step, instance);
  });
}

export function stateOf(states: Uint8Array, step: number): StepState | undefined {
  return STEP_STATES[states[step] ?? STEP_STATES.length];
}
