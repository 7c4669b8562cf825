/** How instances begin: by an event, or by a step of another instance. */
import { assert, encode, type Hash, type Value } from '@aos/canon';
import { type EntryPlace, INLINE_VALUE_BYTES, type Instance } from '@aos/protocol';
import { placeKey } from '../world/big-endian.js';
import type { CompiledPlan, CompiledTrigger } from './compile/compiled-plan.js';
import { CORRELATION, fieldAt } from './compile/event-match.js';
import { decodeCanonical, type Given } from './compile/slot.js';
import type { PlanEvent, PlanPort } from './plan-ports.js';
import { type ParentLink, type PlanInstance, STEP_STATES } from './state/instance.js';

/**
 * Starts the plans that an event triggers, in the order of the manifest. When the world has as many
 * instances as it may, `dropped` with `plan-instances-limit` says so.
 */
export function startTriggered(port: PlanPort, event: PlanEvent, cause: EntryPlace): void {
  const triggers = port.plansOf(port.manifest).triggersOf(event.schema);
  if (triggers.length === 0) return;
  const input: Given = { bytes: event.value, value: decodeCanonical(event.value) };
  for (const trigger of triggers) {
    const correlation = correlationOf(trigger, input.value);
    const birth: Birth = { plan: trigger.plan, manifest: port.manifest, input, correlation };
    startIfFree(port, { ...birth, key: event.key }, cause);
  }
}

/**
 * Starts an instance that nobody waits for; `dropped` when the world has no room for it, or when
 * its correlation would not fit its entry: one event may start many.
 */
export function startIfFree(port: PlanPort, birth: Birth, cause: EntryPlace): void {
  const code = obstacleTo(port, birth);
  if (code === undefined) startInstance(port, birth, cause);
  else port.append({ kind: 'dropped', code }, cause);
}

function obstacleTo(port: PlanPort, { input, correlation }: Birth): string | undefined {
  if (countFree(port) <= 0) return 'plan-instances-limit';
  // A correlation is a part of the input.
  if (correlation === undefined || input.bytes.length <= INLINE_VALUE_BYTES) return undefined;
  const isLarge = encode(correlation).length > INLINE_VALUE_BYTES;
  return isLarge ? 'plan-correlation-too-large' : undefined;
}

export interface Birth {
  readonly plan: CompiledPlan;
  readonly manifest: Hash;
  readonly input: Given;
  /** Undefined for what is not correlated. */
  readonly correlation: Value | undefined;
  /** What came with the event: it correlates where no field does. */
  readonly key?: Uint8Array | undefined;
  readonly parent?: ParentLink & { readonly depth: number };
}

/** Writes `plan-started` and queues the instance; answers with its id. */
export function startInstance(port: PlanPort, birth: Birth, cause: EntryPlace): Instance {
  const { plan, manifest, input, parent } = birth;
  const correlation = birth.correlation ?? birth.key;
  const place = port.append(
    {
      kind: 'plan-started',
      plan: plan.name,
      input: port.carry(input.bytes),
      parent: parent?.instance ?? null,
      ...(correlation === undefined ? {} : { correlation: encode(correlation) }),
    },
    cause,
  );
  assert(place.i !== null, 'an entry has an index');
  const id: Instance = { seq: place.seq, i: place.i };
  const roots = plan.steps.flatMap((_, i) => (plan.incoming[i]?.length === 0 ? [i] : []));
  const states = new Uint8Array(plan.steps.length);
  for (const root of roots) states[root] = STEP_STATES.indexOf('ready');
  const instance: PlanInstance = {
    id,
    plan: plan.name,
    manifest,
    parent: parent === undefined ? null : linkOf(parent),
    depth: parent?.depth ?? 0,
    isScheduled: true,
    isCancelled: false,
    input: input.value,
    states,
    taken: new Uint8Array(plan.edges.length),
    ready: new Map(roots.map((root) => [root, place])),
    vars: new Map(birth.correlation === undefined ? [] : [[CORRELATION, birth.correlation]]),
    outputs: new Map(),
    events: new Map(),
    effects: new Map(),
    children: new Map(),
    sizeBytes: input.bytes.length,
  };
  saveInstance(port, instance);
  port.schedule(id, place);
  return id;
}

/** Instances that may still be started. */
export function countFree(port: PlanPort): number {
  return port.limits.plan_instances - port.planState.instances.size;
}

/** What correlates an instance that an event has not started: the same field of its input. */
export function inputCorrelation({ correlateBy }: CompiledPlan, input: Value): Value | undefined {
  return correlateBy === undefined ? undefined : fieldAt(input, correlateBy);
}

export function saveInstance(port: PlanPort, instance: PlanInstance): void {
  const { instances } = port.planState;
  port.planState = { ...port.planState, instances: instances.set(instance) };
}

export function findInstance(port: PlanPort, id: Instance): PlanInstance | undefined {
  return port.planState.instances.get(placeKey(id));
}

function correlationOf({ plan, correlateBy }: CompiledTrigger, value: Value): Value | undefined {
  return correlateBy === undefined ? inputCorrelation(plan, value) : fieldAt(value, correlateBy);
}

function linkOf({ instance, step, index }: ParentLink): ParentLink {
  return { instance, step, index };
}
