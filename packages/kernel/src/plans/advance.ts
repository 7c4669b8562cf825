/**
 * Runs instances: one step after the other, as far as the budget goes.
 *
 * A1. Each step that is run, skipped or tried again takes one unit of the budget.
 * A2. A step is all or nothing. It is done when its own expressions, the invariants and the guards
 *     of its edges have said so; until then nothing of it is written. What says no fails the
 *     instance.
 * A3. Whatever its expressions are, an instance ends or waits for an effect, a child, an event or a
 *     time: there are finitely many steps, and each is decided once.
 */
import type { EntryPlace, Instance, PlanStepEntry } from '@aos/protocol';
import type { CompiledStep, EmitStep } from './compile/compiled-plan.js';
import { brokenInvariant, takenEdges } from './conditions.js';
import { endInstance, MAX_INSTANCE_BYTES, planOf } from './end.js';
import type { PlanPort } from './plan-ports.js';
import { RunningInstance } from './running-instance.js';
import { findInstance, saveInstance } from './start.js';
import { runRetry } from './steps/emit.js';
import { perform } from './steps/perform.js';
import { failed, type StepDone, type StepFailed, type StepPlace } from './steps/step-result.js';

/**
 * Runs an instance until it has ended or waits. `spent`: the budget ended before; it is still
 * scheduled, and the same call is to be made again. One that has ended meanwhile is passed over.
 */
export function advanceInstance(port: PlanPort, id: Instance, cause: EntryPlace): Progress {
  const instance = findInstance(port, id);
  if (instance === undefined) return 'over';
  if (instance.isCancelled) {
    if (!port.spend()) return 'spent';
    endInstance(port, instance, { status: 'cancelled', code: null }, cause);
    return 'over';
  }
  const run = new RunningInstance(planOf(port, instance), instance);
  const progress = advance(port, run, cause);
  if (progress === 'spent') saveInstance(port, run.save('scheduled'));
  return progress;
}

type Progress = 'spent' | 'over';

function advance(port: PlanPort, run: RunningInstance, cause: EntryPlace): Progress {
  for (const index of dueRetries(run)) {
    if (!port.spend()) return 'spent';
    if (tryAgain({ port, run, index }) === 'ended') return 'over';
  }
  for (let index = run.next(); index !== undefined; index = run.next()) {
    if (!port.spend()) return 'spent';
    if (runStep({ port, run, index }) === 'ended') return 'over';
  }
  if (run.hasWaiting) saveInstance(port, run.save('idle'));
  else finish(port, run, cause);
  return 'over';
}

/** Nothing is left to run. */
function finish(port: PlanPort, run: RunningInstance, cause: EntryPlace): void {
  const isMissing = run.plan.output !== undefined;
  const ending = isMissing
    ? { status: 'error' as const, code: 'end-not-reached' }
    : { status: 'ok' as const, code: null };
  endInstance(port, run.save('idle'), ending, run.lastPlace ?? cause);
}

/** In the order of the plan, whatever the order in which they fell due. */
function dueRetries({ effects }: RunningInstance): readonly number[] {
  const due = [...effects].filter(([, { retry }]) => retry?.due !== undefined);
  return due.map(([index]) => index).sort((a, b) => a - b);
}

function tryAgain(place: StepPlace): 'ended' | 'going' {
  const { port, run, index } = place;
  const handle = run.effects.get(index);
  const due = handle?.retry?.due;
  if (handle === undefined || due === undefined) return 'going';
  const result = runRetry(run.stepAt(index) as EmitStep, handle, place);
  if (result.kind === 'failed') return fail(place, result, due);
  const at = port.append(entryOf(place, 'done', null), due);
  if (result.kind === 'done') result.act?.(at);
  return 'going';
}

function runStep(place: StepPlace): 'ended' | 'going' {
  const { port, run, index } = place;
  const cause = run.causeOf(index);
  if (run.isUnreached(index)) {
    const at = port.append(entryOf(place, 'skipped', null), cause);
    run.decide(index, 'skipped', at, NO_EDGES);
    return 'going';
  }
  const step = run.stepAt(index);
  const result = perform(step, place);
  if (result.kind === 'failed') return fail(place, result, cause);
  if (result.kind === 'done') return complete(step, result, place);
  run.wait(index);
  const at = port.append(entryOf(place, 'waiting', null), cause);
  result.act?.(at);
  return 'going';
}

const NO_EDGES: ReadonlySet<number> = new Set();

function complete(step: CompiledStep, done: StepDone, place: StepPlace): 'ended' | 'going' {
  const { port, run, index } = place;
  const cause = run.causeOf(index);
  const { bind, sizeBytes = 0, shown, ends, act } = done;
  if (bind !== undefined) run.bind(bind.name, bind.value);
  if (shown !== undefined) run.show(step, shown);
  run.grow(sizeBytes);
  if (run.sizeBytes > MAX_INSTANCE_BYTES) return fail(place, failed('plan-values-limit'), cause);
  const broken = brokenInvariant(run, step, bind?.name);
  if (broken !== undefined) return fail(place, failed(broken), cause);
  const taken = ends === undefined ? takenEdges(run, index) : NO_EDGES;
  if (typeof taken === 'string') return fail(place, failed(taken), cause);
  const at = port.append(entryOf(place, 'done', null), cause);
  run.decide(index, 'done', at, taken);
  act?.(at);
  if (ends === undefined) return 'going';
  endInstance(port, run.save('idle'), { status: 'ok', code: null, ...ends }, at);
  return 'ended';
}

function fail(place: StepPlace, { code, act }: StepFailed, cause: EntryPlace): 'ended' {
  const { port, run } = place;
  const at = port.append(entryOf(place, 'failed', code), cause);
  act?.(at);
  endInstance(port, run.save('idle'), { status: 'error', code }, at);
  return 'ended';
}

function entryOf(
  { run, index }: StepPlace,
  outcome: PlanStepEntry['outcome'],
  code: string | null,
): Omit<PlanStepEntry, 'cause'> {
  const { id } = run.instance;
  return { kind: 'plan-step', instance: id, step: run.stepAt(index).id, outcome, code };
}
