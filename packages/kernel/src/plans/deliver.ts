/** What comes to instances from outside: events, settlements, the time for the next attempt. */
import { type Bindings, evaluate } from '@aos/air';
import { assert, bytesEqual, type Value } from '@aos/canon';
import type { EntryPlace, Instance, PlanOrigin } from '@aos/protocol';
import type { Settlement } from '../world/settled.js';
import type { AwaitEventStep, EmitStep } from './compile/compiled-plan.js';
import { decodeCanonical } from './compile/slot.js';
import {
  endInstance,
  keepOrEnd,
  planOf,
  retryDeadline,
  scheduled,
  withReady,
  woken,
} from './end.js';
import type { PlanEvent, PlanPort } from './plan-ports.js';
import { findInstance, saveInstance } from './start.js';
import type { EffectHandle, EffectOutcome, PlanInstance } from './state/instance.js';
import { deleteWait, type EventWait, waitsFor } from './state/plan-state.js';

/**
 * What one evaluation of a `where` may take: many instances may wait for one event. The numbers
 * keep it far below a millisecond.
 */
const WHERE_BOUNDS = { steps: 10_000, items: 1000, outputBytes: 1024 };

/** The clock ends there. */
const MAX_TIME_NS = (1n << 64n) - 1n;

/**
 * Shows an event to every step that waits for its schema, in the order of the instances and then of
 * the steps; to one whose `where` begins with a field, only where the event has it. A step whose
 * `where` holds takes it; one whose `where` cannot be evaluated fails its instance.
 */
export function deliverEvent(port: PlanPort, event: PlanEvent, cause: EntryPlace): void {
  let decoded: Value | undefined;
  const value = (): Value => {
    decoded ??= decodeCanonical(event.value);
    return decoded;
  };
  for (const wait of waitsFor(port.planState, event.schema, value)) {
    const instance = findInstance(port, wait.instance);
    if (instance !== undefined) meet(port, { instance, wait, value: value(), event }, cause);
  }
}

interface Meeting {
  readonly instance: PlanInstance;
  readonly wait: EventWait;
  readonly value: Value;
  readonly event: PlanEvent;
}

function meet(port: PlanPort, { instance, wait, value, event }: Meeting, cause: EntryPlace): void {
  // one of another type than it was when the instance began is another event
  if (!port.isSameSchema(event.schema, instance.manifest)) return;
  const step = planOf(port, instance).steps[wait.step];
  assert(step?.op === 'await_event', 'only these steps wait for events');
  const matches = isMatch(step, instance, value);
  if (matches === false) return;
  if (typeof matches === 'string') {
    const { id } = instance;
    const failed = { kind: 'plan-step', instance: id, step: step.id, outcome: 'failed' } as const;
    const place = port.append({ ...failed, code: matches }, cause);
    endInstance(port, instance, { status: 'error', code: matches }, place);
    return;
  }
  port.planState = deleteWait(port.planState, wait);
  const met = {
    ...withReady(instance, [wait.step], cause),
    events: new Map(instance.events).set(wait.step, value),
    sizeBytes: instance.sizeBytes + event.value.length,
  };
  keepOrEnd(port, scheduled(port, met, cause), cause);
}

/** A text is the code of why that cannot be said. */
function isMatch(
  { where }: AwaitEventStep,
  { input, vars, outputs }: PlanInstance,
  event: Value,
): boolean | string {
  if (where === undefined) return true;
  const bindings: Bindings = { input, vars, steps: outputs, event };
  const result = evaluate(where.program, bindings, WHERE_BOUNDS);
  return result.ok ? result.value === true : result.refusal.code;
}

export interface Delivery {
  readonly origin: PlanOrigin;
  readonly settlement: Settlement;
}

/**
 * Tells the step that asked for an effect how it ended. `late` when it does not want to know: the
 * instance has ended, or the step has given the intent up.
 */
export function deliverReceipt(
  port: PlanPort,
  { origin, settlement }: Delivery,
  cause: EntryPlace,
): 'taken' | 'late' {
  const instance = findInstance(port, origin.instance);
  if (instance === undefined) return 'late';
  const plan = planOf(port, instance);
  const index = plan.stepOf.get(origin.step);
  const step = index === undefined ? undefined : plan.steps[index];
  const handle = index === undefined ? undefined : instance.effects.get(index);
  if (index === undefined || step?.op !== 'emit_effect' || handle === undefined) return 'late';
  if (!isOpen(handle, settlement)) return 'late';
  const isFailure = settlement.status === 'error' || settlement.status === 'timeout';
  if (isFailure && handle.again !== undefined && !handle.isCancelled) {
    const atNs = retryTime(step, handle.attempt, port.logicalNowNs);
    waitForRetry(port, { instance, index, handle, atNs }, cause);
    return 'taken';
  }
  const outcome = outcomeOf(settlement);
  const effects = new Map(instance.effects).set(index, { ...handle, again: undefined, outcome });
  const sizeBytes = instance.sizeBytes + settlement.payload.length;
  keepOrEnd(port, woken(port, { ...instance, effects, sizeBytes }, index, cause), cause);
  return 'taken';
}

/** The wait before the next attempt of an effect is over; the instance begins it when it is run. */
export function fireDeadline(
  port: PlanPort,
  due: { readonly instance: Instance; readonly step: string },
  cause: EntryPlace,
): void {
  const instance = findInstance(port, due.instance);
  if (instance === undefined) return;
  const index = planOf(port, instance).stepOf.get(due.step);
  const handle = index === undefined ? undefined : instance.effects.get(index);
  if (index === undefined || handle?.retry === undefined) return;
  const retry = { ...handle.retry, due: cause };
  const effects = new Map(instance.effects).set(index, { ...handle, retry });
  saveInstance(port, scheduled(port, { ...instance, effects }, cause));
}

function isOpen(handle: EffectHandle, { intent }: Settlement): boolean {
  const isWaiting = handle.outcome === undefined && handle.retry === undefined;
  return isWaiting && bytesEqual(handle.intent, intent);
}

interface Retrying {
  readonly instance: PlanInstance;
  readonly index: number;
  readonly handle: EffectHandle;
  readonly atNs: bigint;
}

function waitForRetry(
  port: PlanPort,
  { instance, index, handle, atNs }: Retrying,
  cause: EntryPlace,
): void {
  const plan = planOf(port, instance);
  const deadline = retryDeadline(plan, instance, index, atNs);
  const { id } = instance;
  const waiting = { kind: 'plan-step', instance: id, outcome: 'waiting' } as const;
  port.append({ ...waiting, step: deadline.step, code: 'effect-failed' }, cause);
  port.setDeadline(deadline);
  const retry = { atNs, due: undefined };
  const effects = new Map(instance.effects).set(index, { ...handle, retry });
  saveInstance(port, { ...instance, effects });
}

/** Attempt n + 1 begins `initial_ns × factor^(n − 1)` after attempt n failed, at most `max_ns`. */
function retryTime({ retry }: EmitStep, attempt: number, nowNs: bigint): bigint {
  const { initial_ns, factor = DEFAULT_FACTOR, max_ns } = retry?.backoff ?? { initial_ns: 0 };
  const grown = BigInt(initial_ns) * BigInt(factor) ** BigInt(attempt - 1);
  const capped = max_ns === undefined || grown < BigInt(max_ns) ? grown : BigInt(max_ns);
  const atNs = nowNs + capped;
  return atNs < MAX_TIME_NS ? atNs : MAX_TIME_NS;
}

const DEFAULT_FACTOR = 2;

function outcomeOf(settlement: Settlement): EffectOutcome {
  const { status, adapterId, costCents, payload } = settlement;
  const value = decodeCanonical(payload);
  const isOk = status === 'ok';
  const code = value instanceof Map ? value.get('code') : undefined;
  return {
    status,
    receipt: isOk ? value : undefined,
    error: isOk ? undefined : typeof code === 'string' ? code : status,
    adapterId,
    costCents,
  };
}
