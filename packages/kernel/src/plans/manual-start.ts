/**
 * Starting a plan by hand: an event from outside that names the plan and brings its input.
 *
 * A world allows it by listing the schema of that event. Events of reducers and plans start plans
 * by triggers alone, so what they can set going is written in the manifest.
 */
import { assert, decode, encode, type Result, refuse } from '@aos/canon';
import type { EntryPlace } from '@aos/protocol';
import type { RawEvent, RawValue } from '../admit/admitted.js';
import type { Plans } from './compile/compile.js';
import type { CompiledPlan } from './compile/compiled-plan.js';
import { decodeCanonical } from './compile/slot.js';
import type { PlanEvent, PlanPort } from './plan-ports.js';
import { inputCorrelation, startIfFree } from './start.js';

/** `{plan: text, input: bytes}`. */
export const PLAN_START = 'sys/PlanStart@1';

/**
 * The event that starts a plan, from an input as CBOR or as authoring JSON. Codes: `plan-not-found`
 * and those of the normalizer, at `/input`.
 */
export function planStartEvent(plans: Plans, name: string, input: RawValue): Result<RawEvent> {
  const plan = findPlan(plans, name);
  if (!plan.ok) return plan;
  const schema = plan.value.input;
  const normal =
    input.cbor === undefined ? schema.normalizeJson(input.json) : schema.normalizeCbor(input.cbor);
  if (!normal.ok) return atInput(normal.refusal);
  const cbor = encode({ plan: name, input: normal.value });
  return { ok: true, value: { schema: PLAN_START, cbor } };
}

/** The same event with its input canonical. `value` is canonical in its schema. */
export function normalizePlanStart(plans: Plans, value: Uint8Array): Result<Uint8Array> {
  const { name, input } = partsOf(value);
  const event = planStartEvent(plans, name, { cbor: input });
  if (!event.ok) return event;
  assert(event.value.cbor !== undefined, 'a plan is started with bytes');
  return { ok: true, value: event.value.cbor };
}

/** Starts the plan that an event names, if it is one of these and came from outside. */
export function startByHand(port: PlanPort, event: PlanEvent, cause: EntryPlace): void {
  if (event.schema !== PLAN_START || cause.i !== null) return;
  const { name, input: bytes } = partsOf(event.value);
  const plan = port.plansOf(port.manifest).get(name);
  assert(plan !== undefined, 'admission lets no other plan in');
  const input = { bytes, value: decodeCanonical(bytes) };
  const correlation = inputCorrelation(plan, input.value);
  startIfFree(port, { plan, manifest: port.manifest, input, correlation }, cause);
}

function partsOf(value: Uint8Array): { readonly name: string; readonly input: Uint8Array } {
  const decoded = decode(value);
  const fields = decoded.ok && decoded.value instanceof Map ? decoded.value : new Map();
  const [name, input] = [fields.get('plan'), fields.get('input')];
  assert(typeof name === 'string' && input instanceof Uint8Array, 'the event was normalized');
  return { name, input };
}

function findPlan(plans: Plans, name: string): Result<CompiledPlan> {
  const plan = plans.get(name);
  if (plan !== undefined) return { ok: true, value: plan };
  const known = plans.names.join(', ') || 'none';
  return refuse('plan-not-found', '/plan', `no plan '${name}' in this world; it has ${known}`);
}

function atInput({ code, at, detail }: { code: string; at: string; detail: string }) {
  return refuse(code, `/input${at}`, detail);
}
