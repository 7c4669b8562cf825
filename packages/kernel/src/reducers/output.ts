/**
 * What a reducer returned, checked against the definition: everything it can say wrong has a code.
 *
 * 1. What is kept is canonical in its schema, whatever form the module wrote it in.
 */
import type { WorldDefinition } from '@aos/air';
import { bytesEqual, type Hash, type Result, sha256 } from '@aos/canon';
import {
  type EmittedEffect,
  type EmittedEvent,
  INLINE_VALUE_BYTES,
  type ReducerOutput,
  type RuntimeLimits,
} from '@aos/protocol';
import type { Cell } from '../cells/cell.js';
import { type Program, routesOf } from '../program/program.js';
import type { ReducerProgram } from '../program/reducer-program.js';
import { isClosedToWorld } from '../program/reserved-events.js';
import { checkEventKey } from '../program/routes.js';
import type { EmittedValue } from '../step/emit.js';

/** A canonical state and its hash. */
interface CheckedState {
  readonly state: Uint8Array;
  readonly hash: Hash;
}

export interface CheckedOutput {
  /** `same` when the cell stays as it is, `null` when it goes. */
  readonly state: CheckedState | 'same' | null;
  /** Canonical annotation. */
  readonly ann: Uint8Array | null;
  readonly events: readonly EmittedValue[];
  /** As the module gave them: the gate reads their parameters. */
  readonly effects: readonly EmittedEffect[];
}

/** What an output is checked against. */
export interface OutputRules {
  readonly program: Program;
  readonly reducer: ReducerProgram;
  readonly limits: RuntimeLimits;
}

/** The checked output, or the code of its fault. */
export function checkOutput(
  output: ReducerOutput,
  cell: Cell | null,
  rules: OutputRules,
): CheckedOutput | string {
  const { program, reducer, limits } = rules;
  if (output.domainEvents.length > limits.events_per_call) return 'events-over-limit';
  if (output.effects.length > limits.effects_per_call) return 'effects-over-limit';
  const state = checkState(output.state, cell, reducer);
  if (typeof state === 'string' && state !== 'same') return state;
  const ann = checkAnnotation(output.ann, reducer);
  if (typeof ann === 'string') return ann;
  if (output.domainEvents.length === 0)
    return { state, ann, events: NONE, effects: output.effects };
  const events: EmittedValue[] = [];
  for (const emitted of output.domainEvents) {
    const event = checkEmitted(emitted, program, limits);
    if (typeof event === 'string') return event;
    events.push(event);
  }
  return { state, ann, events, effects: output.effects };
}

const NONE: readonly EmittedValue[] = [];

/** Bytes that are the state already are taken for it without a look at their schema. */
function checkState(
  returned: Uint8Array | null,
  cell: Cell | null,
  { definition }: ReducerProgram,
): CheckedState | 'same' | null | 'state-invalid' {
  if (returned === null) return cell === null ? 'same' : null;
  if (cell !== null && bytesEqual(cell.state, returned)) return 'same';
  const state = definition.state.normalizeCbor(returned);
  if (!state.ok) return 'state-invalid';
  if (cell !== null && bytesEqual(cell.state, state.value)) return 'same';
  return { state: state.value, hash: sha256(state.value) };
}

function checkAnnotation(
  ann: Uint8Array | null,
  { definition }: ReducerProgram,
): Uint8Array | null | 'annotation-invalid' {
  if (ann === null) return null;
  const normal = definition.annotations?.normalizeCbor(ann);
  return normal?.ok === true ? normal.value : 'annotation-invalid';
}

/**
 * An event as a module or a plan emits it, canonical, or the code of its fault:
 * `event-schema-unknown`, `event-invalid`, `event-too-large`, `event-reserved`,
 * `event-key-too-large`, `event-key-mismatch`.
 */
function checkEmitted(
  { schema: name, value: given, key }: EmittedEvent,
  program: Program,
  limits: RuntimeLimits,
): EmittedValue | string {
  const value = normalizeEmitted(name, given, program.definition);
  if (value === undefined) return 'event-schema-unknown';
  if (!value.ok) return 'event-invalid';
  if (value.value.length > limits.event_bytes) return 'event-too-large';
  if (isClosedToWorld(program.reserved, name, value.value)) return 'event-reserved';
  if ((key?.length ?? 0) > INLINE_VALUE_BYTES) return 'event-key-too-large';
  const code = checkEventKey(routesOf(program, name), value.value, key);
  if (code !== undefined) return code;
  const event = { schema: name, value: value.value };
  return key === undefined ? event : { ...event, key };
}

function normalizeEmitted(
  schema: string,
  value: Uint8Array,
  definition: WorldDefinition,
): Result<Uint8Array> | undefined {
  return definition.schemas.get(schema)?.normalizeCbor(value);
}
