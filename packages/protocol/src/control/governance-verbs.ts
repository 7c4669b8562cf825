/** The verbs about changes of a world's definition: what each takes and answers with. */
import type { SignedVerbArgs } from './input-args.js';
import type { PlainValue } from './plain-value.js';
import type { SendResult } from './shapes.js';

export type VoiceShape = {
  readonly principal: string;
  readonly key_id: string | null;
  readonly decision: string;
  readonly expires_ns: number | bigint | null;
};

/** How a rule about approvals stands: it is met when as many are counted as it asks for. */
export type QuorumShape = {
  readonly role: string;
  readonly count: number;
  readonly of: readonly string[] | null;
  readonly not_own: boolean;
  /** Who has approved, and counts now. */
  readonly counted: readonly string[];
  /** Who could still approve. */
  readonly could: readonly string[];
};

export type ProposalShape = {
  readonly proposal: number;
  /** Proposed, shadowed, approved, rejected, withdrawn or applied. */
  readonly state: string;
  readonly author: string;
  readonly description: string;
  readonly base: string;
  readonly patch_hash: string;
  /** The manifest that the patch leads to. */
  readonly manifest: string;
  /** The record that proposed it. */
  readonly at: number;
  readonly shadow: { readonly hash: string; readonly at_seq: number } | null;
  readonly voices: readonly VoiceShape[];
  /** What the rules in force ask of approvals; empty when the proposal is closed. */
  readonly quorum: readonly QuorumShape[];
  /** Whether it starts from the definition in force, so that it can be applied. */
  readonly is_current: boolean;
};

/** What somebody signs is good in this world and epoch. */
export type SigningPlace = { readonly world_id: string; readonly epoch: number };

/** One of `json`, `documents` and `rollback`, which takes documents whose migrations lead back. */
export interface DraftArgs {
  /** A patch document, as JSON text. */
  readonly json?: string;
  /** AIR of an authoring folder: the patch is what leads there. */
  readonly documents?: readonly { readonly path: string; readonly text: string }[];
  /** An applied proposal: the patch is what leads back. */
  readonly rollback?: number;
  /** Code from the states of a reducer to those of before: for `rollback`. */
  readonly migrations?: readonly { readonly reducer: string; readonly bytes: Uint8Array }[];
  /** Code that the patch brings. */
  readonly modules?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** What a `propose` is about. */
export type DraftResult = SigningPlace & {
  readonly base: string;
  readonly patch_hash: string;
  readonly manifest: string;
  readonly warnings: readonly string[];
};

export interface ShadowArgs {
  readonly proposal: number;
  /** Most records of the past to run again, default 1,000. */
  readonly records?: number;
  /** How far time goes on in the world as it is, in nanoseconds; it stands still by default. */
  readonly advance_ns?: number | bigint;
  /** Longest time that it may take, default 60,000. */
  readonly time_ms?: number;
  /** Most memory that it may take, in MiB, default 1,024. */
  readonly memory_mib?: number;
  /** Events to try on the world as it is: JSON text of each schema. */
  readonly seeds?: readonly { readonly schema: string; readonly json: string }[];
  /** Receipts for effects that were never asked for: the first that fits. */
  readonly scripts?: readonly {
    readonly effect: string;
    /** The reducer, or `<plan>/<step>`. */
    readonly origin?: string;
    readonly status: string;
    readonly json: string;
  }[];
}

/** What a `shadowed` is about, and the report as data and as lines for people. */
export type ShadowShape = SigningPlace & {
  readonly proposal: number;
  readonly base: string;
  readonly patch_hash: string;
  readonly shadow_hash: string;
  readonly at_seq: number;
  readonly report: PlainValue;
  readonly lines: readonly string[];
  /** The report as it is hashed: an object of the world before somebody signs it. */
  readonly bytes: Uint8Array;
};

/** Whose verb is that of the control verb. */
export type GovernanceArgs = Omit<SignedVerbArgs, 'verb'>;

export interface GovernanceVerbs {
  /** Compiles a patch, stores it with its code, and says what to sign. */
  'governance.draft': { args: DraftArgs; result: DraftResult };
  'governance.propose': {
    args: GovernanceArgs;
    result: SendResult & { readonly proposal: number | null };
  };
  /** Runs the shadow of a proposal, and says what to sign. A living world stores the report. */
  'governance.shadow': { args: ShadowArgs; result: ShadowShape };
  'governance.shadowed': { args: GovernanceArgs; result: SendResult };
  'governance.approve': { args: GovernanceArgs; result: SendResult };
  'governance.reject': { args: GovernanceArgs; result: SendResult };
  'governance.withdraw': { args: GovernanceArgs; result: SendResult };
  'governance.apply': { args: GovernanceArgs; result: SendResult };
  /** The latest first. */
  'governance.list': {
    args: { readonly state?: string; readonly before?: number; readonly limit?: number };
    /** `count`: those that there are, whatever is asked for. */
    result: { readonly proposals: readonly ProposalShape[]; readonly count: number };
  };
  'governance.show': {
    args: { readonly proposal: number };
    result: {
      readonly proposal: ProposalShape;
      readonly patch: PlainValue;
      /** The report that counts, null before there is one. */
      readonly report: PlainValue;
      readonly lines: readonly string[];
    };
  };
}
