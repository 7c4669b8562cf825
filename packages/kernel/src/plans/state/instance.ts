/**
 * A plan instance: immutable data, complete, so that a snapshot of it is enough to go on.
 *
 * 1. Steps and edges are indices into the plan that the instance is pinned to.
 * 2. A step is decided once: from then on it is done or skipped. An edge is decided when its
 *    source is; `taken` says how.
 * 3. Values are canonical and of the types that the expressions of the plan were checked with.
 */
import type { Hash, Value } from '@aos/canon';
import type { EntryPlace, Instance, PlanStatus, ReceiptStatus } from '@aos/protocol';

/**
 * What a byte of `states` says. A step that is to be skipped is ready as well, for that. A step
 * that fails ends its instance, so none says that.
 */
export const STEP_STATES = ['pending', 'ready', 'waiting', 'done', 'skipped'] as const;
export type StepState = (typeof STEP_STATES)[number];

/** How an effect ended, as `@step:<await>` shows it. */
export interface EffectOutcome {
  readonly status: ReceiptStatus;
  /** The typed payload; undefined unless the status is `ok`. */
  readonly receipt: Value | undefined;
  /** A code; undefined when the status is `ok`. */
  readonly error: string | undefined;
  readonly adapterId: string;
  readonly costCents: bigint | undefined;
}

/** What an `emit_effect` step has made. */
export interface EffectHandle {
  /** Of the attempt that was last begun. */
  readonly attempt: number;
  readonly intent: Hash;
  /** A `cancel` step has asked for its end: there is no other attempt. */
  readonly isCancelled: boolean;
  /** What the next attempt asks for; undefined when this one is the last. */
  readonly again: EffectParams | undefined;
  /** The next attempt; undefined while one is open. */
  readonly retry: Retry | undefined;
  readonly outcome: EffectOutcome | undefined;
}

/** What every attempt of one step has in common. */
export interface EffectParams {
  /** Canonical in the schema of the effect's parameters. */
  readonly params: Uint8Array;
  /** The explicit idempotency key. */
  readonly key: Uint8Array | undefined;
}

/** An attempt that has not begun. */
export interface Retry {
  /** It begins then, on the logical clock. */
  readonly atNs: bigint;
  /** What made it due; undefined until it is. */
  readonly due: EntryPlace | undefined;
}

/** How a child ended, as `@step:<await>` shows it. */
export interface ChildOutcome {
  readonly status: PlanStatus;
  readonly code: string | undefined;
  /** What it ended with, null without an output; undefined unless the status is `ok`. */
  readonly result: Value | undefined;
}

/** What a spawn step has made. */
export interface ChildHandle {
  readonly instance: Instance;
  readonly outcome: ChildOutcome | undefined;
}

/** Where in its parent an instance belongs. */
export interface ParentLink {
  readonly instance: Instance;
  /** The spawn step. */
  readonly step: number;
  /** Which of the instances of that step. */
  readonly index: number;
}

export interface PlanInstance {
  readonly id: Instance;
  readonly plan: string;
  /** The manifest whose definitions it runs under, whatever becomes current later. */
  readonly manifest: Hash;
  readonly parent: ParentLink | null;
  /** Parents above it. */
  readonly depth: number;
  /** It waits in the queue. */
  readonly isScheduled: boolean;
  /** Its end was asked for; it comes when the instance is next run. */
  readonly isCancelled: boolean;
  readonly input: Value;
  /** One byte for each step: an index of {@link STEP_STATES}. */
  readonly states: Uint8Array;
  /** One byte for each edge: 1 when it was taken. */
  readonly taken: Uint8Array;
  /** What made each step ready that has not run yet. */
  readonly ready: ReadonlyMap<number, EntryPlace>;
  /** Variables, the correlation among them. Handles are no values. */
  readonly vars: ReadonlyMap<string, Value>;
  /** Values of the steps that an expression refers to. */
  readonly outputs: ReadonlyMap<string, Value>;
  /** Events that steps have met and not taken yet. */
  readonly events: ReadonlyMap<number, Value>;
  /** By emitting step. */
  readonly effects: ReadonlyMap<number, EffectHandle>;
  /** By spawning step. */
  readonly children: ReadonlyMap<number, readonly ChildHandle[]>;
  /** Canonical bytes of all values that it holds. */
  readonly sizeBytes: number;
}
