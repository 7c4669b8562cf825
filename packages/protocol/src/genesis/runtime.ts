/**
 * Runtime numbers: every number that can change an outcome. A world is born with some and changes
 * them by a signed `runtime-upgrade`, so a journal says which were in force at each record.
 */
import type { Value, Writer } from '@aos/canon';
import { Fields } from '../shapes/shape-fields.js';
import { shapeRefusal } from '../shapes/shape-reader.js';
import { writeInt } from '../shapes/shape-writer.js';

/** Bounds that decide outcomes. Names are as hashed; each has its unit last. */
export interface RuntimeLimits {
  /** Largest normalized event value, and largest parameters of an effect, in bytes. */
  readonly event_bytes: number;
  /** Most children that one plan step may have, whatever the step allows. */
  readonly plan_fanout: number;
  /** Depth of a module's stack: parameters, locals and operands of all open frames. */
  readonly stack_slots: number;
  /** How many events with a dedup id are remembered. */
  readonly dedup_window: number;
  /** Most memory of a module during a call, in pages of 64 KiB. */
  readonly memory_pages: number;
  /** Largest output envelope of one module call, in bytes. */
  readonly output_bytes: number;
  /** Most events that may wait to be delivered. */
  readonly pending_work: number;
  /**
   * Twice the bytes that a record may say before the rest is left over, and that one call may emit.
   * Keeps records far below what `decodeRecord` reads.
   */
  readonly emitted_bytes: number;
  /** Fuel of one module call; a call that faults is charged all of it. */
  readonly fuel_per_call: number;
  /** Most bytes that the events which wait may hold. */
  readonly pending_bytes: number;
  /** Largest payload of a receipt or stream frame, in bytes. */
  readonly receipt_bytes: number;
  /** Most module calls and plan steps of one record; what is left goes to later steps. */
  readonly calls_per_step: number;
  /** Most plan instances that may be running. */
  readonly plan_instances: number;
  /** How many settled intents are remembered, to tell a duplicate receipt from an unknown one. */
  readonly settled_window: number;
  /** Most domain events one reducer call may emit. */
  readonly events_per_call: number;
  /** Most effects one reducer call may ask for. */
  readonly effects_per_call: number;
}

/** Versions and limits in force (shapes.md "runtime numbers are data"). */
export interface RuntimeNumbers {
  /** Version of the kernel's rules. */
  readonly kernel: number;
  readonly abi: number;
  /** Version of what is done to modules so that calls are bounded and equal everywhere. */
  readonly guard: number;
  /** Version of the fuel price table. */
  readonly prices: number;
  readonly limits: RuntimeLimits;
}

/** The numbers a new world gets from this build; the limits in canonical order. */
export const CURRENT_RUNTIME: RuntimeNumbers = {
  kernel: 1,
  abi: 1,
  guard: 1,
  prices: 1,
  limits: {
    event_bytes: 1 << 20,
    plan_fanout: 4096,
    stack_slots: 40_000,
    dedup_window: 65_536,
    memory_pages: 256,
    output_bytes: 1 << 20,
    pending_work: 65_536,
    emitted_bytes: 1 << 24,
    fuel_per_call: 100_000_000,
    pending_bytes: 1 << 26,
    receipt_bytes: 1 << 20,
    calls_per_step: 1024,
    plan_instances: 100_000,
    settled_window: 65_536,
    events_per_call: 256,
    effects_per_call: 64,
  },
};

/** In canonical order, like every map. */
const LIMITS = Object.keys(CURRENT_RUNTIME.limits) as (keyof RuntimeLimits)[];

export function writeRuntime(w: Writer, runtime: RuntimeNumbers): void {
  w.mapHead(5);
  writeInt(w, 'abi', runtime.abi);
  writeInt(w, 'guard', runtime.guard);
  writeInt(w, 'kernel', runtime.kernel);
  w.text('limits');
  w.mapHead(LIMITS.length);
  for (const name of LIMITS) writeInt(w, name, runtime.limits[name]);
  writeInt(w, 'prices', runtime.prices);
}

/** The same as a value: the arguments of a `runtime-upgrade`. */
export function runtimeValue(runtime: RuntimeNumbers): ReadonlyMap<Value, Value> {
  const { limits, ...versions } = runtime;
  return new Map<Value, Value>([
    ...Object.entries(versions),
    ['limits', new Map(LIMITS.map((name) => [name, limits[name]]))],
  ]);
}

/** Codes: `shape-field`, `runtime-unsupported` for guard 0. */
export function parseRuntime(value: Value): RuntimeNumbers {
  const fields = new Fields(value);
  const guard = parseGuard(fields.nat('guard'));
  const runtime = {
    kernel: fields.nat('kernel'),
    abi: fields.nat('abi'),
    guard,
    prices: fields.nat('prices'),
    limits: parseLimits(fields.value('limits')),
  };
  fields.end();
  return runtime;
}

/** Worlds of guard 0 have no limits of calls, so nothing after it has the shape of today. */
function parseGuard(guard: number): number {
  if (guard > 0) return guard;
  const detail = 'a world of guard 0 has unmetered calls; open it with the release that made it';
  throw shapeRefusal('runtime-unsupported', detail);
}

function parseLimits(value: Value): RuntimeLimits {
  const fields = new Fields(value);
  const limits = Object.fromEntries(LIMITS.map((name) => [name, fields.nat(name)]));
  fields.end();
  return limits as unknown as RuntimeLimits;
}
