/** What is asked of the gate, and what it answers. */
import type { Hash } from '@aos/canon';
import type {
  ApprovalRequestedEntry,
  CallLimits,
  DecisionEntry,
  Engine,
  Origin,
} from '@aos/protocol';
import type { GateState } from './gate-state.js';
import type { OpenIntent } from './open-intent.js';
import type { PendingApproval } from './pending-approval.js';

/** When and where an effect is asked for: all the gate knows of time. */
export interface Moment {
  /** Of the stamp of the record that is being made. */
  readonly logicalNowNs: bigint;
  /** Sequence of that record. */
  readonly seq: number;
  readonly epoch: number;
  readonly worldId: Hash;
}

/** An effect that a reducer or a plan asks for. */
export interface EffectRequest {
  readonly origin: Origin;
  /** Kind of the effect. */
  readonly effect: string;
  /** Name of the grant. */
  readonly cap: string;
  /** Any CBOR in the schema of the effect's parameters. */
  readonly params: Uint8Array;
  /** Exactly 32 bytes; whoever gives the same shares one intent. Without it nobody does. */
  readonly idempotencyKey?: Uint8Array;
  /** Number of intents asked for earlier in the record. */
  readonly index: number;
  /** Counts from 1. An explicit key stands for another one at each attempt. */
  readonly attempt: number;
  /** On the logical clock. */
  readonly deadlineNs?: bigint;
  readonly now: Moment;
}

/** What the gate asks of the step that it works for. */
export interface GatePorts {
  readonly engine: Engine;
  /** Bounds of a call of an enforcer. */
  readonly callLimits: CallLimits;
  /** Most bytes that canonical parameters may have. */
  readonly paramsBytes: number;
  /** The intent of this hash, as long as it is open or its outcome is remembered. */
  knownIntent(hash: Hash): KnownIntent | undefined;
}

/** What the gate asks of an intent that somebody asks for once more; an open intent is one. */
export interface KnownIntent {
  readonly isExplicitKey: boolean;
  readonly state: OpenIntent['state'] | 'settled';
  readonly approval: PendingApproval | null;
  /** Who waits for it, while it is open. */
  readonly waiters?: readonly Origin[];
}

/** Why not. Only `code` may enter a world; the rest is for people. */
export interface Denial {
  /** Stable code: of spec/errors.md, or of an enforcer that the world brought itself. */
  readonly code: string;
  /** The rule or constraint that says no, such as `policy demo/p@1 rule 3`. */
  readonly at: string;
  /** The smallest change that would allow it. */
  readonly advice: string;
}

export type Decision = Omit<DecisionEntry, 'kind' | 'cause'>;
export type ApprovalRequest = Omit<ApprovalRequestedEntry, 'kind' | 'cause'>;

/** Module calls that a verdict took; they are charged whatever the verdict is. */
export interface Charge {
  readonly fuel: number;
  readonly calls: number;
}

export const NO_CHARGE: Charge = { fuel: 0, calls: 0 };

/** The intent may go out (`open`) or waits for approval; `state` holds what it took. */
export interface OpenedVerdict extends Charge {
  readonly kind: 'open' | 'waiting';
  readonly state: GateState;
  readonly intent: OpenIntent;
  readonly decision: Decision;
  /** With `waiting`. */
  readonly approval?: ApprovalRequest;
}

/**
 * The same intent is open, or has settled, under an explicit key: the origin gets its receipt as
 * well.
 */
export interface SharedVerdict extends Charge {
  readonly kind: 'shared';
  readonly intent: Hash;
  readonly decision: Decision;
}

export interface DeniedVerdict extends Charge, Denial {
  readonly kind: 'denied';
  readonly decision: Decision;
}

export type GateVerdict = OpenedVerdict | SharedVerdict | DeniedVerdict;
