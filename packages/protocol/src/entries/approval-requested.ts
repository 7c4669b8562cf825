/** `approval-requested`: an intent waits for people; who, and until when (spec P10). */
import type { Hash, Writer } from '@aos/canon';
import type { Fields } from '../shapes/shape-fields.js';
import {
  countPresent,
  writeBytes,
  writeInt,
  writeOptionalInt,
  writeText,
} from '../shapes/shape-writer.js';
import { type Cause, parseCause, writeCause } from './cause.js';

export interface ApprovalRequestedEntry {
  readonly kind: 'approval-requested';
  readonly cause: Cause;
  readonly intent: Hash;
  /** The role of keys whose approval counts. */
  readonly role: string;
  /** How many must approve. */
  readonly count: number;
  /** Names of the keys that may; any of the role when absent. */
  readonly of?: readonly string[];
  /** Logical time at which the request lapses, nanoseconds. */
  readonly expiresNs?: bigint;
}

export function writeApprovalRequested(w: Writer, entry: ApprovalRequestedEntry): void {
  const { of, expiresNs } = entry;
  w.mapHead(5 + countPresent(of, expiresNs));
  if (of !== undefined) {
    w.text('of');
    w.listHead(of.length);
    for (const name of of) w.text(name);
  }
  writeText(w, 'kind', entry.kind);
  writeText(w, 'role', entry.role);
  writeCause(w, entry.cause);
  writeInt(w, 'count', entry.count);
  writeBytes(w, 'intent', entry.intent);
  writeOptionalInt(w, 'expires_ns', expiresNs);
}

export function parseApprovalRequested(fields: Fields): ApprovalRequestedEntry {
  return {
    kind: 'approval-requested',
    cause: parseCause(fields),
    intent: fields.hash('intent'),
    role: fields.text('role'),
    count: fields.nat('count'),
    ...(fields.has('of') ? { of: fields.texts('of') } : {}),
    ...(fields.has('expires_ns') ? { expiresNs: fields.u64('expires_ns') } : {}),
  };
}
