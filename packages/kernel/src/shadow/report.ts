/**
 * The report of a shadow: plain data whose canonical bytes are what an approval binds.
 *
 * R1. A function of what was asked: the same worlds, records, patch, scripts, seeds and limits give
 *     the same bytes. No clock, no randomness and nothing of the machine is in it.
 * R2. Every list has a bound; the number before it counts all.
 * R3. Where two things are compared, `base` is the definition in force and `candidate` the other.
 */
import type { Hash } from '@aos/canon';

/** The rows that were kept of a list, and how many there are. */
export type Listed<T> = {
  readonly count: number;
  readonly rows: readonly T[];
};

/** How much more somebody may do. `changed` is what nobody can tell: it may be more. */
export type Risk = 'wider' | 'changed' | 'narrower';

export type Change = 'added' | 'removed' | 'changed';

export type AuthorityPart =
  | 'grant'
  | 'policy'
  | 'policy-rule'
  | 'governance-rule'
  | 'secret'
  | 'effect'
  | 'slot'
  | 'reducer-effect'
  | 'plan-effect';

export type AuthorityRow = {
  readonly risk: Risk;
  readonly part: AuthorityPart;
  readonly name: string;
  readonly change: Change;
  /** As JSON, cut where it is long; null where there is nothing. */
  readonly base: string | null;
  readonly candidate: string | null;
};

/** A definition, or a row of routes, inboxes, triggers or features. */
export type DefinitionRow = {
  readonly kind: string;
  readonly name: string;
  readonly change: Change;
};

export type MigrationRow = {
  readonly reducer: string;
  /** Types that its states may be of, beside the one that they are to be of. */
  readonly from: readonly Hash[];
  readonly to: Hash;
  /** Cells that there are. */
  readonly cells: number;
  /** Those that were looked at: all, or the first ones by their keys. */
  readonly looked: number;
  /** Those of another type, on which the migrations were run. */
  readonly run: number;
  readonly fuel: number;
  /** Keys of those that failed. */
  readonly failed: Listed<string>;
};

/** States that the change leaves behind, or that a way back from it would. */
export type StateWarning = {
  readonly code: 'migration-missing' | 'rollback-migration-missing';
  readonly reducer: string;
  readonly from: Hash;
  readonly to: Hash;
  /** Cells that there are. */
  readonly cells: number;
};

/** A key that may approve of the change, and that the change before it did not know. */
export type ApproverWarning = {
  readonly code: 'approver-new';
  readonly name: string;
  /** The record that added it. */
  readonly added_at: number;
};

export type WarningRow = StateWarning | ApproverWarning;

export type InFlightRow = {
  readonly what: 'instance' | 'intent';
  /** Name of the plan, or kind of the effect. */
  readonly name: string;
  readonly count: number;
  /** What makes a difference to them, as codes. */
  readonly why: readonly string[];
};

/** Where the receipts of a run come from; `open` are intents that got none. */
export type ReceiptsFrom = {
  readonly recorded: number;
  readonly scripted: number;
  readonly synthetic: number;
  readonly open: number;
};

export type EffectRow = {
  readonly effect: string;
  readonly cap: string;
  /** The reducer, or the plan and its step. */
  readonly origin: string;
  /** As JSON, cut where they are long. */
  readonly params: string;
  readonly count: number;
};

/** What became of one place in two runs. */
export type Compared<T> = {
  readonly base: T | null;
  readonly candidate: T | null;
};

export type DecisionRow = Compared<string> & {
  /** Record of the window, or number of the seed event; -1 for pending work. */
  readonly at: number;
  readonly effect: string;
  readonly cap: string;
};

export type StateRow = {
  readonly reducer: string;
  /** As JSON; null for the one cell without key. */
  readonly key: string | null;
  readonly base: StateShown | null;
  readonly candidate: StateShown | null;
};

export type StateShown = { readonly hash: Hash; readonly value: string };

/** How often something happened: an event of a schema, a fault, the end of a plan. */
export type CountRow = {
  readonly kind: string;
  readonly name: string;
  readonly base: number;
  readonly candidate: number;
};

export type InputRow = Compared<string> & { readonly at: number };

export type Divergence = Compared<string> & {
  readonly at: number;
  /** Kind of the input. */
  readonly input: string;
};

/** What two runs of the same inputs differ in. */
export type ForkReport = {
  readonly inputs: number;
  /** A run came to one of its limits: what follows from there is not in the report. */
  readonly is_cut: boolean;
  readonly steps: { readonly base: number; readonly candidate: number };
  readonly fuel: { readonly base: number; readonly candidate: number };
  /** What the receipts say. */
  readonly cost_cents: { readonly base: bigint; readonly candidate: bigint };
  readonly receipts_from: {
    readonly base: ReceiptsFrom;
    readonly candidate: ReceiptsFrom;
  };
  readonly first_divergence: Divergence | null;
  readonly effects_added: Listed<EffectRow>;
  readonly effects_removed: Listed<EffectRow>;
  readonly decisions: Listed<DecisionRow>;
  readonly states: Listed<StateRow>;
  readonly counts: Listed<CountRow>;
  /** Inputs that one of the runs refuses, or both; null where it is taken. */
  readonly refused: Listed<InputRow>;
};

export type ShadowReport = {
  readonly version: 1;
  readonly world_id: Hash;
  /** The record after which it was made. */
  readonly at_seq: number;
  /** The manifest in force. */
  readonly base: Hash;
  readonly patch_hash: Hash;
  /** The manifest that the patch leads to. */
  readonly candidate: Hash;
  readonly limits: {
    readonly records: number;
    readonly steps: number;
    readonly answers: number;
    readonly fuel: number;
    readonly cells: number;
    readonly rows: number;
    readonly advance_ns: number;
  };
  /** Why the patch could not be applied to the world as it is. */
  readonly refused: { readonly code: string; readonly at: string } | null;
  /** The riskiest first. */
  readonly authority: Listed<AuthorityRow>;
  readonly definitions: Listed<DefinitionRow>;
  readonly migrations: readonly MigrationRow[];
  readonly warnings: Listed<WarningRow>;
  /** What runs in the world and is touched; it goes on under the definition it began under. */
  readonly in_flight: {
    readonly instances: number;
    readonly intents: number;
    /** Intents that wait for people and would end, as their grant is gone. */
    readonly cancelled: number;
    readonly affected: Listed<InFlightRow>;
  };
  /** Recent inputs, run again; null where there are none that both definitions can be run on. */
  readonly window: (ForkReport & { readonly from_seq: number }) | null;
  /** Pending work and seed events, run on the world as it is now. */
  readonly head: ForkReport | null;
};

/** Keeps what fits; counts all. */
export function listed<T>(rows: readonly T[], limit: number): Listed<T> {
  return { count: rows.length, rows: rows.slice(0, limit) };
}

/** Text that stands in a report, cut after so many code points. */
export function cutText(text: string, limit = 240): string {
  if (text.length <= limit) return text;
  const points = [...text];
  return points.length <= limit ? text : `${points.slice(0, limit).join('')}…`;
}
