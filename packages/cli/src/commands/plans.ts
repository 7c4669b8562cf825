/** `aos plans`: the plan instances that have not ended, and how far each step is. */
import type { JsonValue } from '@aos/air';
import { type PlanInstance, printPlace, STEP_STATES, type World } from '@aos/kernel';
import type { Answer } from '../output.js';
import { openingWarnings, withWorld } from '../world/open-world.js';

export async function showPlans(path: string): Promise<Answer> {
  return withWorld(path, (opened) => {
    const { world } = opened;
    const instances = [...world.planState.instances.range()];
    const shown = instances.map((instance) => describeInstance(world, instance));
    const lines = shown.map(({ instance, plan, steps }) => {
      const told = steps.map(({ step, state }) => `${step} ${state}`).join(', ');
      return `${instance}  ${plan}  ${told}`;
    });
    return {
      data: { instances: shown },
      lines: lines.length > 0 ? lines : ['no plan instance is under way'],
      warnings: openingWarnings(opened),
    };
  });
}

function describeInstance({ program }: World, { id, plan, parent, states }: PlanInstance) {
  const steps = program.definition.plans.get(plan)?.plan.steps ?? [];
  return {
    instance: printPlace(id),
    plan,
    parent: parent === null ? null : printPlace(parent.instance),
    steps: steps.map((step, i): { readonly step: string; readonly state: string } => ({
      step: step.id,
      state: STEP_STATES[states[i] ?? 0] ?? 'pending',
    })),
  } satisfies JsonValue;
}
