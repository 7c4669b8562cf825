/**
 * What plans ask of the step that runs them, and what they tell it.
 *
 * P1. Plans touch nothing but through this port, so a step that is given up leaves no trace.
 * P2. `admitEvent` and `authorize` only judge; `raiseEvent` and `open` act on what was judged, with
 *     nothing judged in between.
 * P3. A cause is a place in the journal; the port writes it as an index where it is of this record.
 *
 * Deliberately absent: the queue, the gate, the journal and the clock themselves.
 */
import type { Hash } from '@aos/canon';
import type {
  CarriedValue,
  DroppedEntry,
  EntryPlace,
  Instance,
  PlanEndedEntry,
  PlanOrigin,
  PlanResultEntry,
  PlanStartedEntry,
  PlanStepEntry,
  RuntimeLimits,
} from '@aos/protocol';
import type { EffectRequest } from '../gate/requests/effect-request.js';
import type { GateVerdict } from '../gate/verdict.js';

import type { Plans } from './compile/compile.js';
import type { PlanState } from './state/plan-state.js';

/** An effect that a step asks for; when it is asked for and which of the record it is, is added. */
export interface EffectAsk extends Omit<EffectRequest, 'origin' | 'index' | 'now'> {
  readonly origin: PlanOrigin;
}

/** An event as plans raise and see it. */
export interface PlanEvent {
  readonly schema: string;
  /** Canonical in its schema. */
  readonly value: Uint8Array;
  /** What came with it: correlation bytes. */
  readonly key?: Uint8Array;
}

/** The end of the wait before the next attempt of an effect. */
export interface PlanDeadline {
  /** On the logical clock. */
  readonly atNs: bigint;
  readonly instance: Instance;
  /** Id of the step that emits the effect. */
  readonly step: string;
}

type WithoutCause<E> = E extends unknown ? Omit<E, 'cause'> : never;

/** What plans write, before the port adds the cause. */
export type PlanEntry = WithoutCause<
  PlanStartedEntry | PlanStepEntry | PlanResultEntry | PlanEndedEntry | DroppedEntry
>;

export interface PlanPort {
  /** Instances and what they wait for. Whoever changes them puts the next state here. */
  planState: PlanState;
  /** Sequence of the record that is being made. */
  readonly seq: number;
  readonly logicalNowNs: bigint;
  readonly limits: Pick<RuntimeLimits, 'plan_instances' | 'plan_fanout'>;
  /** The manifest that is current; what a trigger starts is pinned to it. */
  readonly manifest: Hash;
  /** The plans of a manifest that an instance is pinned to. May throw `ObjectsNeeded`. */
  plansOf(manifest: Hash): Plans;
  /** Takes one unit of the step's budget; false when none is left, and then nothing may run. */
  spend(): boolean;
  /** A value for an entry; what is too large for the record is kept with it. */
  carry(value: Uint8Array): CarriedValue;
  /** Appends an entry; answers with its place. */
  append(entry: PlanEntry, cause: EntryPlace): EntryPlace;
  /** Queues `advanceInstance`; asked for once until that is over. */
  schedule(instance: Instance, cause: EntryPlace): void;
  /** Whether a schema accepts the same under a pinned manifest as under the current one. */
  isSameSchema(schema: string, manifest: Hash): boolean;
  /** The code why an event may not be raised now; undefined when it may. */
  admitEvent(event: PlanEvent): string | undefined;
  /** Writes the `domain-event` and queues the event. */
  raiseEvent(event: PlanEvent, cause: EntryPlace): void;
  /** Asks the gate. */
  authorize(ask: EffectAsk): GateVerdict;
  /** Writes the decision of a verdict and, unless it is a denial, opens or joins the intent. */
  open(ask: EffectAsk, verdict: GateVerdict, cause: EntryPlace): void;
  /**
   * Asks for the end of an intent for one of those who wait for it. `coming`: a settlement will be
   * delivered, by a call of its own. `left`: it waits no longer, since others still do.
   */
  cancelEffect(intent: Hash, origin: PlanOrigin, cause: EntryPlace): 'coming' | 'left';
  setDeadline(deadline: PlanDeadline): void;
  /** Takes back what was set. */
  clearDeadline(deadline: PlanDeadline): void;
}
