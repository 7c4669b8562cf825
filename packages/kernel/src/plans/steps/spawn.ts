/** `spawn_plan` and `spawn_for_each`: children, pinned to the manifest of their parent. */
import { assert, encode, type Value } from '@aos/canon';
import type { EntryPlace } from '@aos/protocol';
import type { CompiledPlan, SpawnForEachStep, SpawnStep } from '../compile/compiled-plan.js';
import type { Given } from '../compile/slot.js';
import { countFree, inputCorrelation, startInstance } from '../start.js';
import { failed, type StepPlace, type StepResult } from './step-result.js';

/** Instances above one another: a plan that spawns itself without end meets this. */
const MAX_PLAN_DEPTH = 64;

/** Bytes that a handle of a child adds to what an instance holds. */
const HANDLE_BYTES = 16;

export function runSpawn(step: SpawnStep, place: StepPlace): StepResult {
  const input = step.input.give(place.run.bindings);
  if (!input.ok) return failed(input.refusal.code);
  return spawn(step.plan, [input.value], place);
}

export function runSpawnForEach(step: SpawnForEachStep, place: StepPlace): StepResult {
  const inputs = step.inputs.give(place.run.bindings);
  if (!inputs.ok) return failed(inputs.refusal.code);
  const list = inputs.value.value;
  assert(Array.isArray(list), 'the inputs were checked to be a list');
  if (list.length > step.maxFanout) return failed('fanout-exceeded');
  if (list.length > place.port.limits.plan_fanout) return failed('plan-fanout-limit');
  return spawn(step.plan, list.map(givenOf), place);
}

function spawn(name: string, inputs: readonly Given[], place: StepPlace): StepResult {
  const { port, run, index } = place;
  if (run.instance.depth >= MAX_PLAN_DEPTH) return failed('plan-depth-limit');
  if (inputs.length > countFree(port)) return failed('plan-instances-limit');
  return {
    kind: 'done',
    sizeBytes: inputs.length * HANDLE_BYTES,
    shown: () => null,
    act(cause) {
      const plan = childPlan(name, place);
      const handles = inputs.map((input, i) => ({
        instance: startChild(plan, input, { place, i }, cause),
        outcome: undefined,
      }));
      run.children.set(index, handles);
    },
  };
}

function startChild(
  plan: CompiledPlan,
  input: Given,
  { place, i }: { readonly place: StepPlace; readonly i: number },
  cause: EntryPlace,
) {
  const { port, run, index } = place;
  const { id, manifest, depth } = run.instance;
  const correlation = inputCorrelation(plan, input.value);
  const parent = { instance: id, step: index, index: i, depth: depth + 1 };
  return startInstance(port, { plan, manifest, input, correlation, parent }, cause);
}

function childPlan(name: string, { port, run }: StepPlace): CompiledPlan {
  const plan = port.plansOf(run.instance.manifest).get(name);
  assert(plan !== undefined, `the plan ${name} was checked`);
  return plan;
}

function givenOf(value: Value): Given {
  return { value, bytes: encode(value) };
}
