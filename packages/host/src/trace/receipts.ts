/** Receipts as the journal has them. */
import { toHashText } from '@aos/canon';
import {
  isPlainRecord,
  type JournalRecord,
  type PlainValue,
  plainInteger,
  type ReceiptInput,
  type ReceiptShape,
  type ReceiptStatus,
} from '@aos/protocol';
import { describeCarried, type TraceSource } from './trace-source.js';

/** What an answer that is not `ok` is told in. */
const ERROR_SCHEMA = 'sys/EffectError@1';

/** A record whose input is a receipt. */
export type ReceiptRecord = JournalRecord & { readonly input: ReceiptInput };

export const isReceipt = (record: JournalRecord): record is ReceiptRecord =>
  record.input.kind === 'receipt';

/** `effect` is the kind that the intent is of, where that is known. */
export function describeReceipt(
  source: TraceSource,
  { seq, stamp, input, entries }: ReceiptRecord,
  effect: string | null,
): ReceiptShape {
  const { receipt, keyId } = input;
  const { status, costCents } = receipt;
  const payload = describeCarried(source, input.payload, schemaOf(source, status, effect));
  const dropped = entries.find((entry) => entry.kind === 'dropped');
  return {
    seq,
    at_ns: plainInteger(stamp.nowNs),
    intent: toHashText(receipt.intentHash),
    effect,
    status,
    code: status === 'ok' ? null : codeOf(payload),
    adapter_id: receipt.adapterId,
    attempt: receipt.attempt,
    epoch: receipt.epoch,
    cost_cents: costCents === undefined ? null : plainInteger(costCents),
    payload,
    payload_hash: toHashText(receipt.payloadHash),
    key_id: toHashText(keyId),
    outcome: dropped?.code ?? 'settled',
  };
}

function schemaOf({ ports }: TraceSource, status: ReceiptStatus, effect: string | null) {
  const { definition } = ports;
  if (status !== 'ok') return definition.schemas.get(ERROR_SCHEMA);
  return effect === null ? undefined : definition.effectOf(effect)?.receipt;
}

function codeOf(payload: PlainValue): string | null {
  const code = isPlainRecord(payload) ? payload.code : null;
  return typeof code === 'string' ? code : null;
}
