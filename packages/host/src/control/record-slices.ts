/** Reading durable records a few at a time: recent ones from memory, others from the store. */
import { RefusalError } from '@aos/canon';
import { decodeRecord, type WorldStore } from '@aos/protocol';
import type { DurableRecord } from '../loop/host-watch.js';
import type { RecentRecords } from './recent-records.js';

/** Where records are read. */
export interface RecordsView {
  readonly store: WorldStore;
  /** Sequence of the last record that may be told of. */
  readonly head: number;
  readonly isLiving: boolean;
  /** Of a living world only. */
  readonly recent: RecentRecords;
}

/** Records looked at before others get their turn. */
const SLICE_RECORDS = 256;

type ReadRecord = Pick<DurableRecord, 'bytes' | 'record'>;

/** Durable records from `from` on, some of them. */
export function* readSlice(view: RecordsView, from: number): Iterable<ReadRecord> {
  const recent = view.isLiving ? view.recent.from(from, SLICE_RECORDS) : [];
  if (recent.length > 0) {
    yield* recent;
    return;
  }
  const end = Math.min(view.head, from + SLICE_RECORDS - 1);
  if (from > end) return;
  for (const bytes of view.store.records(from)) {
    const record = decodeRecord(bytes);
    if (!record.ok) throw new RefusalError(record.refusal);
    yield { bytes, record: record.value };
    if (record.value.seq >= end) return;
  }
}
