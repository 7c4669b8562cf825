/** The signed part of a receipt. */
import { borrowWriter, type Hash, returnWriter, type Value, type Writer } from '@aos/canon';
import { Fields } from '../shapes/shape-fields.js';
import {
  countPresent,
  writeBytes,
  writeInt,
  writeOptionalInt,
  writeText,
} from '../shapes/shape-writer.js';

export const RECEIPT_STATUSES = ['ok', 'error', 'timeout', 'cancelled'] as const;
export type ReceiptStatus = (typeof RECEIPT_STATUSES)[number];

/** The domain a receipt is signed under. */
export const RECEIPT_DOMAIN = 'aos/receipt/0';

export interface ReceiptBody {
  readonly worldId: Hash;
  /** The epoch the intent was opened in. */
  readonly epoch: number;
  readonly intentHash: Hash;
  readonly attempt: number;
  readonly adapterId: string;
  readonly status: ReceiptStatus;
  /** SHA-256 of the payload: the effect's receipt when `ok`, else `sys/EffectError@1`. */
  readonly payloadHash: Hash;
  readonly costCents?: bigint;
}

/** Canonical bytes of the shape that is signed. */
export function encodeReceiptBody(body: ReceiptBody): Uint8Array {
  const w = borrowWriter();
  w.selfDescribe();
  writeReceiptBody(w, body);
  const bytes = w.finish();
  returnWriter(w);
  return bytes;
}

export function writeReceiptBody(w: Writer, body: ReceiptBody): void {
  w.mapHead(7 + countPresent(body.costCents));
  writeInt(w, 'epoch', body.epoch);
  writeText(w, 'status', body.status);
  writeInt(w, 'attempt', body.attempt);
  writeBytes(w, 'world_id', body.worldId);
  writeText(w, 'adapter_id', body.adapterId);
  writeOptionalInt(w, 'cost_cents', body.costCents);
  writeBytes(w, 'intent_hash', body.intentHash);
  writeBytes(w, 'payload_hash', body.payloadHash);
}

export function parseReceiptBody(value: Value): ReceiptBody {
  const fields = new Fields(value);
  const body = {
    worldId: fields.hash('world_id'),
    epoch: fields.nat('epoch'),
    intentHash: fields.hash('intent_hash'),
    attempt: fields.nat('attempt'),
    adapterId: fields.text('adapter_id'),
    status: fields.oneOf('status', RECEIPT_STATUSES),
    payloadHash: fields.hash('payload_hash'),
    ...(fields.has('cost_cents') ? { costCents: fields.u64('cost_cents') } : {}),
  };
  fields.end();
  return body;
}
