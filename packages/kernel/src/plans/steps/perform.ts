/** Runs one step, whichever it is, without writing anything. */
import type { AssignStep, CompiledStep, EndStep, RaiseStep } from '../compile/compiled-plan.js';
import { runAwait, runAwaitEvent } from './await.js';
import { runCancel } from './cancel.js';
import { runEmit } from './emit.js';
import { raised } from './shown-values.js';
import { runSpawn, runSpawnForEach } from './spawn.js';
import { failed, type StepPlace, type StepResult } from './step-result.js';

export function perform(step: CompiledStep, place: StepPlace): StepResult {
  switch (step.op) {
    case 'raise_event':
      return runRaise(step, place);
    case 'assign':
      return runAssign(step, place);
    case 'end':
      return runEnd(step, place);
    case 'emit_effect':
      return runEmit(step, place);
    case 'await':
      return runAwait(step, place);
    case 'await_event':
      return runAwaitEvent(step, place);
    case 'spawn_plan':
      return runSpawn(step, place);
    case 'spawn_for_each':
      return runSpawnForEach(step, place);
    case 'cancel':
      return runCancel(step, place);
  }
}

function runRaise(step: RaiseStep, { port, run }: StepPlace): StepResult {
  const given = step.value.give(run.bindings);
  if (!given.ok) return failed(given.refusal.code);
  const { bytes, value } = given.value;
  const event = { schema: step.event, value: bytes };
  const isSame = port.isSameSchema(event.schema, run.instance.manifest);
  const code = isSame ? port.admitEvent(event) : 'event-schema-changed';
  if (code !== undefined) return failed(code);
  const shown = () => raised(step.event, value);
  return { kind: 'done', shown, act: (at) => port.raiseEvent(event, at) };
}

function runAssign(step: AssignStep, { run }: StepPlace): StepResult {
  const given = step.value.give(run.bindings);
  if (!given.ok) return failed(given.refusal.code);
  const { bytes, value } = given.value;
  const bind = { name: step.bind, value };
  return { kind: 'done', bind, sizeBytes: bytes.length, shown: () => value };
}

function runEnd(step: EndStep, { run }: StepPlace): StepResult {
  const given = step.result?.give(run.bindings);
  if (given !== undefined && !given.ok) return failed(given.refusal.code);
  const result = given?.value;
  return { kind: 'done', shown: () => result?.value ?? null, ends: { result } };
}
