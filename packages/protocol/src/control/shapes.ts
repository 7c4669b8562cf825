/**
 * What control verbs answer with. Hashes are text, places are `<record>` or `<record>/<entry>`,
 * values are JSON of their schema; what is absent is null. They are types and not interfaces, so
 * that each of them is a {@link PlainValue}.
 */
import type { PlanStatus } from '../entries/plan-ended.js';
import type { PlainRecord, PlainValue } from './plain-value.js';

export type AckShape = {
  readonly seq: number;
  readonly chain: string;
  /** Entries of the record, faults included. */
  readonly entries: number;
  readonly faults: readonly { readonly reducer: string; readonly code: string }[];
  /** What the gate said no to in this record. */
  readonly denials: readonly DenialShape[];
};

/** An effect that was denied. Only who denied it can say what would help: else it is null. */
export type DenialShape = {
  readonly intent: string;
  readonly effect: string;
  /** The grant that was asked under. */
  readonly cap: string;
  readonly code: string;
  readonly at: string | null;
  readonly advice: string | null;
  /** Of an exhausted budget: what is left of it, and when it begins anew. */
  readonly shortage: ShortageShape | null;
};

export type ShortageShape = {
  readonly grant: string;
  readonly dimension: string;
  readonly limit: number | bigint;
  readonly used: number | bigint;
  readonly held: number | bigint;
  readonly asked: number | bigint;
  /** Logical time; null where the budget never begins anew. */
  readonly resets_ns: number | bigint | null;
};

/** How far an input has to be before its sender is answered. */
export const WAIT_LEVELS = ['accepted', 'durable', 'ended', 'quiescent'] as const;
/**
 * `accepted`: admitted, its signature verified, and waiting to be stepped; a crash may still undo
 * it. `durable`: its record is on the disk. `ended`: durable, and so are the ends of all plans that
 * its record started. `quiescent`: durable, and nothing that it caused moves any more.
 */
export type WaitLevel = (typeof WAIT_LEVELS)[number];

export type SendResult = {
  readonly wait: WaitLevel;
  /** Null where only acceptance was waited for. */
  readonly ack: AckShape | null;
  /** Null unless rest was waited for. */
  readonly rest: RestShape | null;
  /** There only if the ends of plans were waited for. */
  readonly ends?: PlanEndsShape;
};

/** What became of the plans that a record started. */
export type PlanEndsShape = {
  /** The time was up before all of them had ended. */
  readonly timed_out: boolean;
  /** Those that have, in the order in which they did. */
  readonly plans: readonly PlanEndShape[];
};

export type PlanEndShape = {
  readonly plan: string;
  readonly instance: string;
  readonly status: PlanStatus;
  /** Why, exactly when the status is `error`. */
  readonly code: string | null;
  /** What it ended with; null where it gave nothing. */
  readonly value: PlainValue;
};

/** What a world that came to rest waits for. */
export type RestShape = {
  /** The time was up before the world came to rest; what it waits for is listed all the same. */
  readonly timed_out: boolean;
  readonly blockers: readonly BlockerShape[];
  /** Open intents that are not listed any more. */
  readonly unlisted: number;
};

export type BlockerShape =
  | { readonly kind: 'world'; readonly code: string }
  | { readonly kind: 'work'; readonly count: number }
  | { readonly kind: 'time'; readonly at_ns: number | bigint }
  | { readonly kind: 'timer'; readonly intent: string; readonly effect: string }
  | {
      readonly kind: 'approval';
      readonly intent: string;
      readonly effect: string;
      readonly role: string;
      readonly given: number;
      readonly needed: number;
    }
  | {
      readonly kind: 'receipt';
      readonly intent: string;
      readonly effect: string;
      readonly reason: string;
    };

export type KeyShape = {
  readonly key_id: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly public: string;
  /** -1 for keys of genesis. */
  readonly added_at: number;
  readonly revoked_at: number | null;
};

export type SnapshotShape = { readonly seq: number; readonly hash: string };

export type HaltShape = { readonly seq: number; readonly code: string; readonly detail: string };

/** What is known of a world that opened. */
export type LiveShape = {
  readonly mode: string;
  readonly halt_code: string | null;
  readonly epoch: number;
  /** Pieces of work left over. */
  readonly pending: number;
  readonly open_intents: number;
  readonly plan_instances: number;
  /** Logical time of the last record. */
  readonly logical_now_ns: number | bigint;
  /** Logical time of this moment, if the world goes on here: what expires does so by it. */
  readonly clock_ns: number | bigint;
  /** Where the opening began, and how many records were replayed from there. */
  readonly opened_from: SnapshotShape | 'genesis';
  readonly replayed: number;
  /** Why the last snapshot was passed over. */
  readonly passed_over: { readonly code: string; readonly detail: string } | null;
};

export type StatusShape = {
  /** Directory of the world; null where it has none. */
  readonly world: string | null;
  readonly world_id: string;
  readonly manifest: string;
  /** Sequence of the last durable record, -1 when there is none. */
  readonly head: number;
  readonly chain: string;
  /** How the journal ended when it was opened; null where it is not in files. */
  readonly tail: { readonly clean: boolean; readonly ignored_bytes: number } | null;
  /** How the authoring folder stands to the manifest in force; null unless it was asked for. */
  readonly authoring: 'absent' | 'differs' | 'invalid' | 'same' | null;
  readonly runtime: {
    readonly kernel: number;
    readonly abi: number;
    readonly guard: number;
    readonly fuel_per_call: number | bigint;
  };
  readonly keys: readonly KeyShape[];
  readonly snapshot: SnapshotShape | null;
  /** The defect that halted the world. */
  readonly halt: HaltShape | null;
  /** Null when the world does not open; `trouble` says why. */
  readonly live: LiveShape | null;
  readonly trouble: { readonly code: string; readonly message: string } | null;
};

export type CellShape = {
  readonly key: PlainValue;
  readonly state: PlainValue;
  readonly state_hash: string;
  /** What the state is shown in. */
  readonly state_schema: string;
  /** The reducer has states of another type now; this one is migrated when it is next used. */
  readonly is_outdated: boolean;
  /** Logical time of the last change. */
  readonly active_ns: number | bigint;
};

export type StateResult = {
  readonly reducer: string;
  readonly key: PlainValue;
  /** Null when nothing was stored yet. */
  readonly state: PlainValue;
  readonly state_hash: string | null;
  readonly state_schema: string | null;
  readonly is_outdated: boolean;
  readonly active_ns: number | bigint | null;
  /** Canonical bytes of the state, where they were asked for. */
  readonly cbor: Uint8Array | null;
  /** Records the state is made of: that many were stepped. */
  readonly records: number;
};

export type CellsResult = {
  readonly reducer: string;
  readonly cells: readonly CellShape[];
  /** All cells there are. */
  readonly count: number;
  /** The last key of a full page: `after` of the next. */
  readonly after: PlainValue;
  readonly records: number;
};

export type IntentShape = {
  readonly intent: string;
  readonly state: string;
  readonly effect: string;
  readonly cap: string;
  readonly params: PlainValue;
  readonly idempotency_key: string;
  readonly epoch: number;
  readonly attempt: number;
  readonly opened_at: string;
  readonly waiters: readonly PlainRecord[];
  readonly deadline_ns: number | bigint | null;
  /** Where its effect stands, or the code of what keeps it; null where no effects are run. */
  readonly standing: string | null;
  /** Present while people are waited for. */
  readonly approval?: PlainRecord;
};

export type DefinitionShape = {
  readonly kind: string;
  readonly name: string;
  readonly hash: string;
};

export type InstanceShape = {
  readonly instance: string;
  readonly plan: string;
  readonly parent: string | null;
  readonly steps: readonly { readonly step: string; readonly state: string }[];
  readonly waits: readonly PlainRecord[];
};

export type EntryShape = PlainRecord & {
  /** Place in its record. */
  readonly i: number;
  readonly kind: string;
  /** Index of an entry of this record, null for its input, or a place in an earlier record. */
  readonly cause: number | null | PlainRecord;
};

export type RecordShape = {
  readonly seq: number;
  readonly chain: string;
  readonly prev: string;
  readonly stamp: {
    readonly now_ns: number | bigint;
    readonly logical_now_ns: number | bigint;
    readonly entropy: string;
  };
  readonly input: PlainRecord & { readonly kind: string };
  readonly fuel: number;
  readonly wake_at_ns: number | bigint | null;
  /** All of them, or those of the kinds that were asked for. */
  readonly entries: readonly EntryShape[];
  /** The bytes of the record, where they were asked for. */
  readonly record?: Uint8Array;
};

export type DeadLetterShape = {
  readonly intent: string;
  readonly effect: string;
  readonly code: string;
  readonly starts: number;
  readonly at_ns: number | bigint;
};

export type ProvenanceShape = {
  readonly starts: readonly string[];
  readonly nodes: readonly {
    readonly place: string;
    readonly is: string;
    readonly kind: string;
    readonly fields: PlainRecord;
    readonly now_ns: number | bigint;
    readonly logical_now_ns: number | bigint;
    readonly links: readonly { readonly role: string; readonly place: string }[];
  }[];
  readonly is_cut: boolean;
  readonly missing: readonly string[];
};
