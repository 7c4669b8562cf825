/**
 * One reducer call: the atomic unit of a step.
 *
 * 1. All or nothing: a trap, a bad output or a value out of schema yields a fault with a code and
 *    the whole fuel of a call, and state and events stay as before the call.
 */
import type { ReducerDefinition, WorldDefinition } from '@aos/air';
import { bytesEqual, sha256 } from '@aos/canon';
import {
  ABI_VERSION,
  callLimitsOf,
  decodeReducerOutput,
  type EmittedEvent,
  type Engine,
  type EventIdentity,
  INLINE_VALUE_BYTES,
  type ReducerOutput,
  type RuntimeLimits,
  withReducerInput,
} from '@aos/protocol';
import type { AdmittedEvent } from '../admit/admit.js';
import type { Cell, World } from '../world/world.js';
import { buildContext, type CallPlace } from './context.js';

/** An event a call emitted, canonical in its schema, with the correlation bytes it came with. */
export interface DerivedEvent extends AdmittedEvent {
  readonly key?: Uint8Array;
}

/** What a call came to: the cell after it and its events, or the code of its fault. */
export type CallResult =
  | {
      readonly kind: 'done';
      readonly cell: Cell | null;
      readonly events: readonly DerivedEvent[];
      readonly fuel: number;
    }
  | { readonly kind: 'fault'; readonly code: string; readonly fuel: number };

export interface ReducerCall {
  readonly reducer: ReducerDefinition;
  readonly cell: Cell | null;
  readonly event: EventIdentity;
  readonly place: CallPlace;
}

/** Runs one call against `world`. Fault codes: the engine's, and those of spec K3. */
export function callReducer(world: World, call: ReducerCall, engine: Engine): CallResult {
  const { reducer, cell, event, place } = call;
  const limits = world.genesis.runtime.limits;
  const input = { version: ABI_VERSION, state: cell?.state ?? null, event };
  const context = reducer.context ? buildContext(world, reducer.name, event, place) : undefined;
  const envelope = context === undefined ? input : { ...input, ctx: context };
  const outcome = withReducerInput(envelope, (bytes) =>
    engine.call(reducer.wasmHash, 'step', bytes, callLimitsOf(limits)),
  );
  if (outcome.kind === 'fault') return faultOf(world, outcome.code);
  const output = decodeReducerOutput(outcome.output);
  if (!output.ok) return faultOf(world, output.refusal.code);
  const checked = checkOutput(world.definition, call, output.value, limits);
  return typeof checked === 'string' ? faultOf(world, checked) : { ...checked, fuel: outcome.fuel };
}

/** A call that was discarded; it is charged its whole limit, whatever it spent. */
export function faultOf(world: World, code: string): CallResult {
  return { kind: 'fault', code, fuel: world.genesis.runtime.limits.fuel_per_call };
}

type Checked = { kind: 'done'; cell: Cell | null; events: readonly DerivedEvent[] };

function checkOutput(
  definition: WorldDefinition,
  call: ReducerCall,
  output: ReducerOutput,
  limits: RuntimeLimits,
): Checked | string {
  if (output.effects.length > 0) return 'effect-undeclared';
  if (output.domainEvents.length > limits.events_per_call) return 'events-over-limit';
  const cell = nextCell(call, output.state);
  if (typeof cell === 'string') return cell;
  if (!annotationFits(call.reducer, output.ann)) return 'annotation-invalid';
  const events: DerivedEvent[] = [];
  for (const emitted of output.domainEvents) {
    const event = deriveEvent(definition, emitted, limits);
    if (typeof event === 'string') return event;
    events.push(event);
  }
  return { kind: 'done', cell, events };
}

function nextCell(call: ReducerCall, returned: Uint8Array | null): Cell | null | string {
  if (returned === null) return null;
  const { cell } = call;
  if (cell !== null && bytesEqual(cell.state, returned)) return cell;
  const state = call.reducer.state.normalizeCbor(returned);
  if (!state.ok) return 'state-invalid';
  if (cell !== null && bytesEqual(cell.state, state.value)) return cell;
  const activeNs = call.place.stamp.logicalNowNs;
  return { state: state.value, hash: sha256(state.value), activeNs };
}

function annotationFits(reducer: ReducerDefinition, ann: Uint8Array | null): boolean {
  if (ann === null) return true;
  return reducer.annotations?.normalizeCbor(ann).ok ?? false;
}

function deriveEvent(
  definition: WorldDefinition,
  emitted: EmittedEvent,
  limits: RuntimeLimits,
): DerivedEvent | string {
  const schema = definition.schemas.get(emitted.schema);
  if (schema === undefined) return 'event-schema-unknown';
  const value = schema.normalizeCbor(emitted.value);
  if (!value.ok) return 'event-invalid';
  if (value.value.length > limits.event_bytes) return 'event-too-large';
  if ((emitted.key?.length ?? 0) > INLINE_VALUE_BYTES) return 'event-key-too-large';
  const event = { kind: 'event' as const, schema: emitted.schema, value: value.value };
  return emitted.key === undefined ? event : { ...event, key: emitted.key };
}
