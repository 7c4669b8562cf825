/** What the gate answers. */
import type { Hash } from '@aos/canon';
import type { ApprovalRequest, Charge, Decision, Denial } from './decision.js';
import type { GateState } from './gate-state.js';
import type { OpenIntent } from './open-intent.js';

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
