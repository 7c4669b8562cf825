/**
 * How a reducer is told of an intent that settled: as an event of its own family.
 *
 * The family decides in which shape: the event of the effect's kind, or the one for every effect.
 */
import { type ReceiptForm, receiptEventsOf } from '@aos/air';
import { decode, type Encodable, encode, toHashText, type Value } from '@aos/canon';
import type { ReducerProgram } from '../program/reducer-program.js';
import type { Settlement } from '../world/settled.js';

/** A value of the family of `reducer`, or of the member that `wrap` belongs to. */
export interface ReceiptEvent {
  readonly wrap: string | undefined;
  readonly value: Uint8Array;
}

/**
 * The event for a reducer that waited; undefined when its family has no member that can carry it:
 * version 1 of an event cannot say that there is no receipt.
 */
export function receiptEventOf(
  reducer: ReducerProgram,
  settlement: Settlement,
): ReceiptEvent | undefined {
  for (const event of receiptEventsOf(settlement.effect)) {
    const member = reducer.definition.members.get(event.schema);
    if (member === undefined) continue;
    if (event.form === 'ok-only' && settlement.status !== 'ok') continue;
    const value = encode(describe(reducer, settlement, event.form));
    return { wrap: member.wrap, value };
  }
  return undefined;
}

function describe(reducer: ReducerProgram, settlement: Settlement, form: ReceiptForm): Encodable {
  const { intent, effect, status, adapterId, costCents, sig, params, payload } = settlement;
  const isOk = status === 'ok';
  const carried = (bytes: Uint8Array) => (form === 'any-effect' ? bytes : decoded(bytes));
  const common = {
    intent_hash: toHashText(intent),
    reducer: reducer.definition.name,
    effect_kind: effect,
    adapter_id: adapterId,
    status,
    requested: carried(params),
    receipt: isOk ? carried(payload) : null,
    cost_cents: costCents ?? null,
    signature: sig,
  };
  if (form === 'ok-only') return common;
  return { ...common, error: isOk ? null : errorCode(settlement) };
}

/** The kernel's own code, or the one that the adapter gave. */
function errorCode({ code, payload }: Settlement): string {
  if (code !== null) return code;
  const error = decoded(payload);
  const given = error instanceof Map ? error.get('code') : undefined;
  return typeof given === 'string' ? given : '';
}

/** Canonical bytes as a value; what is here was normalized by its schema. */
function decoded(canonical: Uint8Array): Value {
  const value = decode(canonical);
  return value.ok ? value.value : null;
}
