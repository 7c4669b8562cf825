/** `intent`: an effect that the gate let through, or that waits for an approval (spec P9). */
import type { Hash, Writer } from '@aos/canon';
import { type CarriedValue, writeInline, writeRef } from '../shapes/carried-value.js';
import type { Fields } from '../shapes/shape-fields.js';
import {
  countPresent,
  writeBytes,
  writeInt,
  writeOptionalInt,
  writeText,
} from '../shapes/shape-writer.js';
import { type Cause, parseCause, writeCause } from './cause.js';
import { type Origin, parseOrigin, writeOrigin } from './origin.js';

export interface IntentEntry {
  readonly kind: 'intent';
  readonly cause: Cause;
  /** Hash of `{cap, kind, params, idempotency_key}`. */
  readonly intent: Hash;
  /** Kind of the effect. */
  readonly effect: string;
  /** Name of the grant. */
  readonly cap: string;
  /** Canonical in the effect's parameter schema. */
  readonly params: CarriedValue;
  /** 32 bytes. */
  readonly idempotencyKey: Uint8Array;
  readonly origin: Origin;
  /** From 1; a retry of a plan step is a new attempt with a new key. */
  readonly attempt: number;
  /** Logical time after which it settles as `timeout`, nanoseconds. */
  readonly deadlineNs?: bigint;
}

/** Bytes of an idempotency key. */
export const IDEMPOTENCY_KEY_BYTES = 32;

export function writeIntent(w: Writer, entry: IntentEntry): void {
  w.mapHead(9 + countPresent(entry.deadlineNs));
  writeText(w, 'cap', entry.cap);
  writeText(w, 'kind', entry.kind);
  writeCause(w, entry.cause);
  writeText(w, 'effect', entry.effect);
  writeBytes(w, 'intent', entry.intent);
  w.text('origin');
  writeOrigin(w, entry.origin);
  writeInline(w, 'params', entry.params);
  writeInt(w, 'attempt', entry.attempt);
  writeRef(w, 'params_ref', entry.params);
  writeOptionalInt(w, 'deadline_ns', entry.deadlineNs);
  writeBytes(w, 'idempotency_key', entry.idempotencyKey);
}

export function parseIntent(fields: Fields): IntentEntry {
  const entry = {
    kind: 'intent' as const,
    cause: parseCause(fields),
    intent: fields.hash('intent'),
    effect: fields.text('effect'),
    cap: fields.text('cap'),
    params: fields.carried('params'),
    idempotencyKey: fields.exact('idempotency_key', IDEMPOTENCY_KEY_BYTES),
    origin: parseOrigin(fields.value('origin')),
    attempt: fields.nat('attempt'),
  };
  return fields.has('deadline_ns') ? { ...entry, deadlineNs: fields.u64('deadline_ns') } : entry;
}
