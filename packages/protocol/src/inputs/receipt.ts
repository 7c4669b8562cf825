/** `receipt`: how an effect ended, signed by the adapter or host that ran it (spec P3.2). */
import type { Hash, Writer } from '@aos/canon';
import { type CarriedValue, writeInline, writeRef } from '../shapes/carried-value.js';
import type { Fields } from '../shapes/shape-fields.js';
import { writeBytes, writeText } from '../shapes/shape-writer.js';
import { parseReceiptBody, type ReceiptBody, writeReceiptBody } from '../signed/receipt-body.js';
import { SIGNATURE_BYTES } from '../signed/signature.js';

export interface ReceiptInput {
  readonly kind: 'receipt';
  readonly receipt: ReceiptBody;
  /** What `receipt.payloadHash` is the hash of. */
  readonly payload: CarriedValue;
  readonly keyId: Hash;
  /** 64 bytes over the receipt body under its domain. */
  readonly sig: Uint8Array;
}

export function writeReceiptInput(w: Writer, input: ReceiptInput): void {
  w.mapHead(5);
  writeBytes(w, 'sig', input.sig);
  writeText(w, 'kind', input.kind);
  writeBytes(w, 'key_id', input.keyId);
  writeInline(w, 'payload', input.payload);
  w.text('receipt');
  writeReceiptBody(w, input.receipt);
  writeRef(w, 'payload_ref', input.payload);
}

export function parseReceiptInput(fields: Fields): ReceiptInput {
  return {
    kind: 'receipt',
    receipt: parseReceiptBody(fields.value('receipt')),
    payload: fields.carried('payload'),
    keyId: fields.hash('key_id'),
    sig: fields.exact('sig', SIGNATURE_BYTES),
  };
}
