/** What can be said of an instance that has not ended: how far it is, and what it waits for. */
import type { Hash } from '@aos/canon';
import type { Instance } from '@aos/protocol';
import { type ProgramHolder, programOf } from '../../program/program-cache.js';
import { placeKey } from '../../world/big-endian.js';
import type { World } from '../../world/world.js';
import type { AwaitStep, CompiledPlan, CompiledStep } from '../compile/compiled-plan.js';
import { stateOf } from '../handles.js';
import type { PlanInstance, StepState } from './instance.js';

/** One thing that has to come before a step goes on. */
export type InstanceWait =
  /** The settlement of an intent, which the step `of` asked for. */
  | {
      readonly kind: 'effect';
      readonly step: string;
      readonly of: string;
      readonly intent: Hash;
      readonly attempt: number;
    }
  /** The time for the next attempt of the effect of the step `of`. */
  | {
      readonly kind: 'time';
      readonly step: string;
      readonly of: string;
      readonly atNs: bigint;
      readonly attempt: number;
    }
  /** The end of an instance that the step `of` started. */
  | {
      readonly kind: 'child';
      readonly step: string;
      readonly of: string;
      readonly instance: Instance;
    }
  | { readonly kind: 'event'; readonly step: string; readonly schema: string };

export interface InstanceDescription {
  readonly id: Instance;
  readonly plan: string;
  readonly parent: Instance | null;
  /** In the order of the plan. */
  readonly steps: readonly { readonly id: string; readonly state: StepState }[];
  /** In the order of the steps that wait; of none when it is in the queue. */
  readonly waits: readonly InstanceWait[];
}

/** The instance that began at a place; undefined when it has ended, or none began there. */
export function findInstance(
  world: Pick<World, 'planState' | 'program' | 'programs' | 'source'>,
  id: Instance,
): InstanceDescription | undefined {
  const instance = world.planState.instances.get(placeKey(id));
  return instance && describeInstance(world, instance);
}

/** Describes an instance by the definition that it is pinned to. */
export function describeInstance(
  holder: ProgramHolder,
  instance: PlanInstance,
): InstanceDescription {
  const { id, parent, states } = instance;
  const plan = programOf(holder, instance.manifest).plans.get(instance.plan);
  const steps = plan?.steps ?? [];
  return {
    id,
    plan: instance.plan,
    parent: parent?.instance ?? null,
    steps: steps.map((step, i) => ({ id: step.id, state: stateOf(states, i) ?? 'pending' })),
    waits: plan === undefined ? [] : steps.flatMap((step, i) => waitsOf(plan, instance, step, i)),
  };
}

function waitsOf(
  plan: CompiledPlan,
  instance: PlanInstance,
  step: CompiledStep,
  index: number,
): readonly InstanceWait[] {
  if (stateOf(instance.states, index) !== 'waiting') return [];
  if (step.op === 'await_event') return [{ kind: 'event', step: step.id, schema: step.event }];
  return step.op === 'await' ? handlesOf(plan, instance, step) : [];
}

function handlesOf(
  { steps }: CompiledPlan,
  { effects, children }: PlanInstance,
  { id: step, sources }: AwaitStep,
): readonly InstanceWait[] {
  return sources.flatMap((source): readonly InstanceWait[] => {
    const of = steps[source]?.id ?? '';
    const open = (children.get(source) ?? []).filter(({ outcome }) => outcome === undefined);
    const ended = open.map(({ instance }) => ({ kind: 'child', step, of, instance }) as const);
    const effect = effects.get(source);
    if (effect === undefined || effect.outcome !== undefined) return ended;
    const { intent, attempt, retry } = effect;
    if (retry === undefined) return [{ kind: 'effect', step, of, intent, attempt }];
    return [{ kind: 'time', step, of, atNs: retry.atNs, attempt: attempt + 1 }];
  });
}
