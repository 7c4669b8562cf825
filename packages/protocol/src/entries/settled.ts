/** `settled`: an intent came to its one end (spec P11). */
import type { Hash, Writer } from '@aos/canon';
import { type CarriedValue, writeInline, writeRef } from '../shapes/carried-value.js';
import type { Fields } from '../shapes/shape-fields.js';
import { countPresent, writeBytes, writeText, writeTextOrNil } from '../shapes/shape-writer.js';
import { RECEIPT_STATUSES, type ReceiptStatus } from '../signed/receipt-body.js';
import { type Cause, parseCause, writeCause } from './cause.js';

export interface SettledEntry {
  readonly kind: 'settled';
  readonly cause: Cause;
  readonly intent: Hash;
  readonly status: ReceiptStatus;
  /** Why, when the kernel itself says so; else `null`. */
  readonly code: string | null;
  /** The answer, where the kernel itself gave it; that of a receipt is in the input. */
  readonly payload?: CarriedValue;
  /** The kernel settled it, without a receipt. */
  readonly internal?: true;
}

export function writeSettled(w: Writer, entry: SettledEntry): void {
  const { payload, internal } = entry;
  w.mapHead(5 + countPresent(payload, internal));
  writeTextOrNil(w, 'code', entry.code);
  writeText(w, 'kind', entry.kind);
  writeCause(w, entry.cause);
  writeBytes(w, 'intent', entry.intent);
  writeText(w, 'status', entry.status);
  writeInline(w, 'payload', payload);
  if (internal !== undefined) {
    w.text('internal');
    w.bool(internal);
  }
  writeRef(w, 'payload_ref', payload);
}

export function parseSettled(fields: Fields): SettledEntry {
  const hasPayload = fields.has('payload') || fields.has('payload_ref');
  return {
    kind: 'settled',
    cause: parseCause(fields),
    intent: fields.hash('intent'),
    status: fields.oneOf('status', RECEIPT_STATUSES),
    code: fields.textOrNil('code'),
    ...(hasPayload ? { payload: fields.carried('payload') } : {}),
    ...(fields.has('internal') ? { internal: fields.isTrue('internal') } : {}),
  };
}
