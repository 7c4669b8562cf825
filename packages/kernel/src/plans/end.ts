/**
 * How instances end.
 *
 * E1. An instance ends once, with one `plan-ended`; nothing of it runs afterwards.
 * E2. Its open intents and its children go on: what they come to is late, and nobody's. Only an
 *     instance that is cancelled cancels them.
 * E3. A parent that is there is told, whatever the status.
 */
import { assert } from '@aos/canon';
import type { EntryPlace, Instance, PlanStatus } from '@aos/protocol';
import { placeKey } from '../world/big-endian.js';
import type { CompiledPlan } from './compile/compiled-plan.js';
import type { Given } from './compile/slot.js';
import { overBecauseOf } from './handles.js';
import type { PlanDeadline, PlanPort } from './plan-ports.js';
import { findInstance, saveInstance } from './start.js';
import type { ChildOutcome, PlanInstance } from './state/instance.js';
import { STEP_STATES } from './state/instance.js';
import { deleteWait, waitOf } from './state/plan-state.js';

/** Bytes of the values that one instance may hold: variables, receipts, results of children. */
export const MAX_INSTANCE_BYTES = 1 << 24;

export interface Ending {
  readonly status: PlanStatus;
  /** Exactly when the status is `error`. */
  readonly code: string | null;
  /** Of an `end` with a result. */
  readonly result?: Given | undefined;
}

/** Ends an instance as it stands in `instance`, which need not be saved. */
export function endInstance(
  port: PlanPort,
  instance: PlanInstance,
  ending: Ending,
  cause: EntryPlace,
): void {
  const plan = planOf(port, instance);
  const { id } = instance;
  const { status, code, result } = ending;
  if (result !== undefined) {
    const schema = plan.output?.name;
    assert(schema !== undefined, 'a plan with a result has an output');
    const value = port.carry(result.bytes);
    port.append({ kind: 'plan-result', instance: id, schema, value }, cause);
  }
  const place = port.append({ kind: 'plan-ended', instance: id, status, code }, cause);
  forget(port, plan, instance);
  if (status === 'cancelled') cancelOpen(port, plan, instance, place);
  const outcome: ChildOutcome = {
    status,
    code: code ?? undefined,
    result: status === 'ok' ? (result?.value ?? null) : undefined,
  };
  if (instance.parent !== null) {
    tellParent(port, instance, { outcome, sizeBytes: result?.bytes.length ?? 0 }, place);
  }
}

/** The plan that an instance is pinned to. */
export function planOf(port: PlanPort, { plan, manifest }: PlanInstance): CompiledPlan {
  const compiled = port.plansOf(manifest).get(plan);
  assert(
    compiled !== undefined,
    `the plan ${plan} is in the manifest that its instance is pinned to`,
  );
  return compiled;
}

/** The same instance in the queue. */
export function scheduled(port: PlanPort, instance: PlanInstance, cause: EntryPlace): PlanInstance {
  if (instance.isScheduled) return instance;
  port.schedule(instance.id, cause);
  return { ...instance, isScheduled: true };
}

/** Asks an instance to end; it does when it is next run. */
export function cancelInstance(port: PlanPort, id: Instance, cause: EntryPlace): void {
  const instance = findInstance(port, id);
  if (instance === undefined || instance.isCancelled) return;
  saveInstance(port, scheduled(port, { ...instance, isCancelled: true }, cause));
}

/** The instance with those of its steps ready that waited for what `source` made, and queued. */
export function woken(
  port: PlanPort,
  instance: PlanInstance,
  source: number,
  cause: EntryPlace,
): PlanInstance {
  const steps = overBecauseOf(planOf(port, instance), source, instance);
  return steps.length === 0 ? instance : scheduled(port, withReady(instance, steps, cause), cause);
}

export function withReady(
  instance: PlanInstance,
  steps: readonly number[],
  cause: EntryPlace,
): PlanInstance {
  const states = instance.states.slice();
  const ready = new Map(instance.ready);
  for (const step of steps) {
    states[step] = STEP_STATES.indexOf('ready');
    ready.set(step, cause);
  }
  return { ...instance, states, ready };
}

export function retryDeadline(
  plan: CompiledPlan,
  { id }: PlanInstance,
  step: number,
  atNs: bigint,
): PlanDeadline {
  return { atNs, instance: id, step: plan.steps[step]?.id ?? '' };
}

/** Takes an instance out of the world, with whatever would wake it. */
function forget(port: PlanPort, plan: CompiledPlan, instance: PlanInstance): void {
  const { id, states } = instance;
  let state = port.planState;
  for (const [i, step] of plan.steps.entries()) {
    if (step.op !== 'await_event' || STEP_STATES[states[i] ?? 0] !== 'waiting') continue;
    state = deleteWait(state, waitOf(step, instance, i));
  }
  port.planState = { ...state, instances: state.instances.delete(placeKey(id)) };
  for (const [step, { retry }] of instance.effects) {
    if (retry === undefined || retry.due !== undefined) continue;
    port.clearDeadline(retryDeadline(plan, instance, step, retry.atNs));
  }
}

/** Whoever cancels an instance cancels what it has begun. */
function cancelOpen(
  port: PlanPort,
  plan: CompiledPlan,
  { id, effects, children }: PlanInstance,
  cause: EntryPlace,
): void {
  for (const [i, { id: step }] of plan.steps.entries()) {
    const effect = effects.get(i);
    if (effect !== undefined && effect.outcome === undefined && effect.retry === undefined) {
      port.cancelEffect(effect.intent, { plan: plan.name, instance: id, step }, cause);
    }
    for (const { instance, outcome } of children.get(i) ?? []) {
      if (outcome === undefined) cancelInstance(port, instance, cause);
    }
  }
}

interface News {
  readonly outcome: ChildOutcome;
  readonly sizeBytes: number;
}

function tellParent(
  port: PlanPort,
  { parent: link }: PlanInstance,
  { outcome, sizeBytes }: News,
  cause: EntryPlace,
): void {
  const parent = link === null ? undefined : findInstance(port, link.instance);
  if (link === null || parent === undefined) return;
  const handles = parent.children.get(link.step);
  const handle = handles?.[link.index];
  assert(handles !== undefined && handle !== undefined, 'a parent knows its children');
  const children = new Map(parent.children);
  children.set(link.step, handles.with(link.index, { ...handle, outcome }));
  const told = { ...parent, children, sizeBytes: parent.sizeBytes + sizeBytes };
  keepOrEnd(port, woken(port, told, link.step, cause), cause);
}

/** Saves an instance to which something came, unless that is more than it may hold. */
export function keepOrEnd(port: PlanPort, instance: PlanInstance, cause: EntryPlace): void {
  if (instance.sizeBytes <= MAX_INSTANCE_BYTES) saveInstance(port, instance);
  else endInstance(port, instance, { status: 'error', code: 'plan-values-limit' }, cause);
}
