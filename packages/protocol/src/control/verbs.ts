/**
 * The verbs of the control protocol: what each takes and what it answers with. Bytes may stand for
 * a hash wherever one is taken. An argument that is null counts as absent.
 */

import type { GovernanceVerbs } from './governance-verbs.js';
import type { GrowthVerbs } from './growth-verbs.js';
import type { HashArg, SignatureArgs, SignedVerbArgs, WaitArgs } from './input-args.js';
import type { PlainRecord, PlainValue } from './plain-value.js';
import type {
  CellsResult,
  DeadLetterShape,
  DefinitionShape,
  DenialShape,
  HaltShape,
  InstanceShape,
  IntentShape,
  KeyShape,
  ProvenanceShape,
  RecordShape,
  RestShape,
  SendResult,
  SnapshotShape,
  StateResult,
  StatusShape,
} from './shapes.js';
import type { EffectShape, ReceiptShape, Standing, TraceShape } from './trace-shapes.js';

/** A value in one of three forms: plain, as JSON text (decimals stay exact), or as CBOR. */
interface ValueArgs {
  readonly value?: PlainValue;
  readonly json?: string;
  readonly cbor?: Uint8Array;
}

export interface EventArgs extends ValueArgs, WaitArgs {
  readonly schema: string;
  /** The cell that is meant, plain. */
  readonly key?: PlainValue;
  /** The same as CBOR, or correlation bytes. */
  readonly key_cbor?: Uint8Array;
  /** The inbox it comes through. */
  readonly source?: string;
  /** Of events with one id only the first is taken in; the others get its answer. */
  readonly dedup?: string;
}

interface PlanStartArgs extends ValueArgs, WaitArgs {
  readonly plan: string;
  readonly dedup?: string;
}

/** A receipt, signed over its body under `aos/receipt/0`. */
export interface ReceiptArgs extends SignatureArgs, WaitArgs {
  readonly receipt: {
    readonly world_id: HashArg;
    readonly epoch: number;
    readonly intent_hash: HashArg;
    readonly attempt: number;
    readonly adapter_id: string;
    readonly status: string;
    readonly payload_hash: HashArg;
    readonly cost_cents?: number | bigint;
  };
  readonly payload: Uint8Array;
}

/** A stream frame, signed under `aos/stream-frame/0`. */
export interface FrameArgs extends SignatureArgs, WaitArgs {
  readonly frame: {
    readonly world_id: HashArg;
    readonly epoch: number;
    readonly intent_hash: HashArg;
    readonly attempt: number;
    readonly adapter_id: string;
    readonly index: number;
    readonly payload_hash: HashArg;
  };
  readonly payload: Uint8Array;
}

/** What a receipt has to say that is signed elsewhere; the payload as JSON or plain value. */
interface ReceiptDraftArgs extends ValueArgs {
  /** Hash of an open intent, or its beginning. */
  readonly intent: string;
  readonly status: string;
}

export type ReceiptDraft = {
  readonly world_id: string;
  readonly intent: string;
  readonly epoch: number;
  readonly attempt: number;
  /** Canonical in the schema that the status has. */
  readonly payload: Uint8Array;
};

interface StateArgs {
  readonly reducer: string;
  readonly key?: PlainValue;
  /** The key as JSON text. */
  readonly key_json?: string;
  /**
   * `head` (the default), `exact:<n>` for the state right after record n, `at_least:<n>` to wait
   * until record n is durable.
   */
  readonly at?: string;
  readonly timeout_ms?: number;
  /** Answers with the canonical bytes as well. */
  readonly cbor?: boolean;
}

/** Keys are plain values of the reducer's key schema. */
/** The moment that a question is about. */
interface HeightArgs {
  /** As with `state.get`. */
  readonly at?: string;
  readonly timeout_ms?: number;
}

export interface CellsArgs extends HeightArgs {
  readonly reducer: string;
  /** Beginning of text keys. */
  readonly prefix?: string;
  /** First key. */
  readonly from?: PlainValue;
  /** Key to end before. */
  readonly before?: PlainValue;
  /** The last key of the page before. */
  readonly after?: PlainValue;
  /** Default 100. */
  readonly limit?: number;
}

export interface TailArgs {
  /** First sequence; without it the last `count` records. */
  readonly from?: number;
  /** Most records; all of them when `from` or `follow` is given, else 20. */
  readonly count?: number;
  /** Kinds of inputs and entries; records that have none of them are left out. */
  readonly kinds?: readonly string[];
  /** Goes on with what becomes durable later, until it is cancelled. */
  readonly follow?: boolean;
  /** Items have the bytes of their record as well. */
  readonly cbor?: boolean;
}

export interface WhyArgs {
  readonly kind: 'state' | 'intent' | 'event' | 'instance';
  /** A reducer, the hash of an intent, or a place `<record>` or `<record>/<entry>`. */
  readonly what: string;
  readonly key?: PlainValue;
  readonly key_json?: string;
  /** What came of it instead of what led to it. */
  readonly forward?: boolean;
  /** Earlier changes of the same state to explain as well. */
  readonly history?: number;
  /** Most places to show, default 200. */
  readonly limit?: number;
}

type NoArgs = Readonly<Record<never, never>>;

/** Verbs that are answered once. */
export interface ControlVerbs extends GovernanceVerbs, GrowthVerbs {
  status: { args: { readonly authoring?: boolean }; result: StatusShape };
  'event.send': { args: EventArgs; result: SendResult };
  'plan.start': { args: PlanStartArgs; result: SendResult };
  'receipt.draft': { args: ReceiptDraftArgs; result: ReceiptDraft };
  'receipt.send': { args: ReceiptArgs; result: SendResult };
  'frame.send': { args: FrameArgs; result: SendResult };
  'verb.send': { args: SignedVerbArgs; result: SendResult };
  'state.get': { args: StateArgs; result: StateResult };
  'cells.list': { args: CellsArgs; result: CellsResult };
  'blob.get': {
    args: { readonly hash: HashArg; readonly offset?: number; readonly length?: number };
    result: { readonly bytes: Uint8Array; readonly size: number };
  };
  'blob.put': { args: { readonly bytes: Uint8Array }; result: { readonly hash: string } };
  'definition.list': {
    args: { readonly kinds?: readonly string[]; readonly prefix?: string };
    result: { readonly definitions: readonly DefinitionShape[] };
  };
  'definition.get': {
    args: { readonly name: string; readonly kind?: string };
    result: DefinitionShape & { readonly definition: PlainValue };
  };
  'manifest.get': {
    args: NoArgs;
    result: { readonly hash: string; readonly manifest: PlainValue; readonly records: number };
  };
  'keyring.list': { args: NoArgs; result: { readonly keys: readonly KeyShape[] } };
  'journal.head': { args: NoArgs; result: { readonly seq: number; readonly chain: string } };
  'intents.list': {
    args: {
      /** Beginning of the hash in hex. */
      readonly prefix?: string;
      readonly state?: string;
      readonly after?: HashArg;
      /** Default 1,000. */
      readonly limit?: number;
    };
    result: {
      readonly intents: readonly IntentShape[];
      readonly count: number;
      readonly after: string | null;
    };
  };
  /** Whatever was asked for, the latest, in the order of the journal. */
  'effects.list': {
    args: {
      /** Of one kind. */
      readonly effect?: string;
      readonly standing?: Standing;
      /** Default 50. */
      readonly limit?: number;
    };
    /** `is_cut`: there may be earlier ones. */
    result: { readonly effects: readonly EffectShape[]; readonly is_cut: boolean };
  };
  /** The latest, in the order of the journal. */
  'receipts.list': {
    args: {
      /** Only records before this one. */
      readonly before?: number;
      /** Of one kind of effect. */
      readonly effect?: string;
      readonly intent?: HashArg;
      readonly status?: string;
      /** Default 50. */
      readonly limit?: number;
    };
    /** `is_cut`: there may be earlier ones. */
    result: { readonly receipts: readonly ReceiptShape[]; readonly is_cut: boolean };
  };
  'plans.list': {
    args: HeightArgs & { readonly plan?: string; readonly limit?: number };
    result: { readonly instances: readonly InstanceShape[]; readonly count: number };
  };
  /** What a root event led to, and where that stands. */
  trace: {
    args: {
      /**
       * A place, the hash of an intent, or its beginning: the root that led to it is meant. The
       * last event when absent.
       */
      readonly what?: string;
      /** Most places of the journal to look at, default 10,000. */
      readonly limit?: number;
    };
    result: TraceShape;
  };
  why: { args: WhyArgs; result: ProvenanceShape };
  'dead-letters.list': {
    args: NoArgs;
    result: { readonly letters: readonly DeadLetterShape[] };
  };
  /** The latest effects that the gate denied since the world was opened. */
  'denials.list': {
    args: NoArgs;
    result: { readonly denials: readonly (DenialShape & { readonly seq: number })[] };
  };
  quiesce: {
    args: { readonly timeout_ms?: number; readonly timers?: 'list' | 'wait' };
    result: RestShape;
  };
  snapshot: { args: NoArgs; result: SnapshotShape };
  'halt.clear': { args: SignatureArgs; result: HaltShape };
  /** Text in the exposition format of Prometheus. */
  metrics: { args: NoArgs; result: { readonly text: string } };
  /** Answers, then drains, closes and ends the daemon, or lets go of this world. */
  shutdown: { args: NoArgs; result: { readonly stopping: true } };
}

/** Verbs that are answered with items. */
export interface ControlStreams {
  'journal.tail': { args: TailArgs; item: RecordShape };
  /** What an auditor is told, one line each; `from` is the first record. */
  audit: { args: { readonly from?: number; readonly follow?: boolean }; item: PlainRecord };
}

export type ControlVerb = keyof ControlVerbs;
export type ControlStream = keyof ControlStreams;
export type ControlArgs<V extends ControlVerb | ControlStream> = V extends ControlVerb
  ? ControlVerbs[V]['args']
  : V extends ControlStream
    ? ControlStreams[V]['args']
    : never;
export type ControlResult<V extends ControlVerb> = ControlVerbs[V]['result'];
export type ControlItem<V extends ControlStream> = ControlStreams[V]['item'];
