/** `decision`: what the gate said to an effect that was asked for, and why (spec P8). */
import type { Hash, Writer } from '@aos/canon';
import type { Fields } from '../shapes/shape-fields.js';
import {
  writeBytes,
  writeBytesOrNil,
  writeIntOrNil,
  writeText,
  writeTextOrNil,
} from '../shapes/shape-writer.js';
import { type Cause, parseCause, writeCause } from './cause.js';

const DECISION_OUTCOMES = ['allow', 'deny', 'wait'] as const;
export type DecisionOutcome = (typeof DECISION_OUTCOMES)[number];

export interface DecisionEntry {
  readonly kind: 'decision';
  readonly cause: Cause;
  readonly intent: Hash;
  /** Kind of the effect. */
  readonly effect: string;
  /** Name of the grant. */
  readonly cap: string;
  /** `null` when the gate did not come to the grant, or there is none. */
  readonly grantHash: Hash | null;
  /** `null` when no policy was asked. */
  readonly policy: string | null;
  /** Index of the rule that decided; `null` when none did. */
  readonly rule: number | null;
  readonly outcome: DecisionOutcome;
  /** Why not: a stable code, exactly when the outcome is `deny`. */
  readonly code: string | null;
}

export function writeDecision(w: Writer, entry: DecisionEntry): void {
  w.mapHead(10);
  writeText(w, 'cap', entry.cap);
  writeTextOrNil(w, 'code', entry.code);
  writeText(w, 'kind', entry.kind);
  writeIntOrNil(w, 'rule', entry.rule);
  writeCause(w, entry.cause);
  writeText(w, 'effect', entry.effect);
  writeBytes(w, 'intent', entry.intent);
  writeTextOrNil(w, 'policy', entry.policy);
  writeText(w, 'outcome', entry.outcome);
  writeBytesOrNil(w, 'grant_hash', entry.grantHash);
}

export function parseDecision(fields: Fields): DecisionEntry {
  return {
    kind: 'decision',
    cause: parseCause(fields),
    intent: fields.hash('intent'),
    effect: fields.text('effect'),
    cap: fields.text('cap'),
    grantHash: fields.hashOrNil('grant_hash'),
    policy: fields.textOrNil('policy'),
    rule: fields.natOrNil('rule'),
    outcome: fields.oneOf('outcome', DECISION_OUTCOMES),
    code: fields.textOrNil('code'),
  };
}
