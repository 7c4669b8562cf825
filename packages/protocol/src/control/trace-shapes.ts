/**
 * What control verbs say of effects, receipts and traces: how each stands that a root event led to.
 */
import type { PlainRecord, PlainValue } from './plain-value.js';

/**
 * The closed list, most pressing first: what is not over comes before what is, and of what is over
 * that which went wrong before that which went well.
 *
 * | standing | what it waits for, or how it ended |
 * |---|---|
 * | `waiting-approval` | people |
 * | `waiting-receipt` | an effect outside |
 * | `waiting-event` | an event that a plan asked for |
 * | `waiting-time` | a timer, or the time of a next attempt |
 * | `running` | nothing but its turn |
 * | `denied` | the gate or people said no |
 * | `faulted` | a call of a reducer was discarded |
 * | `failed` | with an error that nobody dealt with |
 * | `cancelled` | it was called off |
 * | `late` | with a receipt that nobody waited for any more |
 * | `completed` | as it was meant to |
 * | `ignored` | nothing in the world listens to it |
 */
export const STANDINGS = [
  'waiting-approval',
  'waiting-receipt',
  'waiting-event',
  'waiting-time',
  'running',
  'denied',
  'faulted',
  'failed',
  'cancelled',
  'late',
  'completed',
  'ignored',
] as const;
export type Standing = (typeof STANDINGS)[number];

/** A receipt, whatever became of it. */
export type ReceiptShape = {
  /** Sequence of its record. */
  readonly seq: number;
  readonly at_ns: number | bigint;
  readonly intent: string;
  /** `null` when the journal does not say what it was about. */
  readonly effect: string | null;
  readonly status: string;
  /** Code of an error. */
  readonly code: string | null;
  readonly adapter_id: string;
  readonly attempt: number;
  readonly epoch: number;
  readonly cost_cents: number | bigint | null;
  readonly payload: PlainValue;
  readonly payload_hash: string;
  readonly key_id: string;
  /** `settled`, or the code of why the world had no use for it. */
  readonly outcome: string;
};

export type DecisionShape = {
  readonly at: string;
  readonly outcome: string;
  readonly code: string | null;
  readonly policy: string | null;
  readonly rule: number | null;
};

/** An effect that was asked for. */
export type EffectShape = {
  readonly intent: string;
  readonly effect: string;
  readonly cap: string;
  readonly attempt: number | null;
  /** A plan, instance and step, or a reducer and key; null when it was denied at once. */
  readonly origin: PlainRecord | null;
  readonly params: PlainValue;
  readonly standing: Standing;
  readonly code: string | null;
  /** In the order in which they were made. */
  readonly decisions: readonly DecisionShape[];
  /** Records in which people agreed or refused. */
  readonly rulings: readonly string[];
  /** Its `intent` entry; null when it was denied at once. */
  readonly opened_at: string | null;
  readonly settled_at: string | null;
  /** Stream frames that came before the receipt. */
  readonly frames: number;
  /** Null while there is none, and where the world itself gave the answer. */
  readonly receipt: ReceiptShape | null;
};

/** A plan instance of a trace. */
export type TracedPlanShape = {
  /** Place of its `plan-started` entry. */
  readonly instance: string;
  readonly plan: string;
  readonly parent: string | null;
  readonly standing: Standing;
  readonly code: string | null;
  /** An intent, an instance, a schema, or a logical time for each step that waits. */
  readonly waits: readonly { readonly step: string; readonly kind: string; readonly for: string }[];
  readonly ended_at: string | null;
  /** Null where it has none, and before its end. */
  readonly result: PlainValue;
};

export type TracedFaultShape = {
  readonly at: string;
  readonly reducer: string;
  readonly code: string;
};

/** What a root event led to, up to the latest record, and where that stands. */
export type TraceShape = {
  /** Sequence of the root's record. */
  readonly root: number;
  /** Of its input. */
  readonly kind: string;
  readonly input: PlainRecord;
  readonly standing: Standing;
  /** Of what went wrong. */
  readonly code: string | null;
  /** Of the world, whose plans and effects move only while it is running or draining. */
  readonly mode: string;
  readonly effects: readonly EffectShape[];
  readonly plans: readonly TracedPlanShape[];
  readonly faults: readonly TracedFaultShape[];
  /** Events that were raised, and states that changed. */
  readonly events: number;
  readonly changes: number;
  /** Wall time of the root, and of the last record that has a part in it. */
  readonly began_ns: number | bigint;
  readonly last_ns: number | bigint;
  readonly last_seq: number;
  /** There is more than was read. */
  readonly is_cut: boolean;
};
