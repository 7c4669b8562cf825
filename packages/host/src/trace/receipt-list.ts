/** The receipts of a world, those included that it had no use for. */
import { bytesEqual, type Hash } from '@aos/canon';
import { placeOf } from '@aos/kernel';
import type { ControlResult, ReceiptShape, ReceiptStatus } from '@aos/protocol';
import { describeReceipt, isReceipt, type ReceiptRecord } from './receipts.js';
import type { Steps } from './slices.js';
import { entryAt, type TraceSource } from './trace-source.js';

export interface ReceiptQuery {
  /** Most receipts to tell: the latest. */
  readonly limit: number;
  /** Only records before this one. */
  readonly before?: number | undefined;
  readonly effect?: string | undefined;
  readonly status?: ReceiptStatus | undefined;
  readonly intent?: Hash | undefined;
}

/** Most records that are looked at to find those of a query. */
const MAX_LOOKED_AT = 50_000;

export function* listReceipts(
  source: TraceSource,
  query: ReceiptQuery,
): Steps<ControlResult<'receipts.list'>> {
  const found: ReceiptShape[] = [];
  let seq = Math.min(query.before ?? source.world.seq, source.world.seq);
  const end = Math.max(0, seq - MAX_LOOKED_AT);
  while (seq > end && found.length < query.limit) {
    yield;
    seq -= 1;
    const record = source.journal.view.record(seq);
    if (record === undefined || !isReceipt(record) || !isAsked(record, query)) continue;
    const effect = effectOf(source, record);
    if (query.effect !== undefined && effect !== query.effect) continue;
    found.push(describeReceipt(source, record, effect));
  }
  return { receipts: found.reverse(), is_cut: seq > 0 };
}

function isAsked({ input: { receipt } }: ReceiptRecord, { status, intent }: ReceiptQuery): boolean {
  if (status !== undefined && receipt.status !== status) return false;
  return intent === undefined || bytesEqual(receipt.intentHash, intent);
}

/** The kind of effect that a receipt is about; the first the journal has about it says so. */
function effectOf(source: TraceSource, { input }: ReceiptRecord): string | null {
  const [first] = source.journal.index.aboutIntent(input.receipt.intentHash);
  if (first === undefined) return null;
  const entry = entryAt(source, placeOf(first));
  return entry?.kind === 'decision' || entry?.kind === 'intent' ? entry.effect : null;
}
