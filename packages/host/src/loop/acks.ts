/** Acknowledgements: what whoever sent an input is told of its record. */
import { assert, type Hash } from '@aos/canon';
import { chainOf, decodeRecord, type JournalRecord, type WorldStore } from '@aos/protocol';

/** A reducer call of the record that was discarded, and why. */
export interface AckFault {
  readonly reducer: string;
  readonly code: string;
}

/** The answer to an input whose record is durable. */
export interface Ack {
  readonly seq: number;
  /** Chain value of the record. */
  readonly chain: Hash;
  /** Everything the record says that the input caused, faults included. */
  readonly entries: number;
  readonly faults: readonly AckFault[];
}

export function ackOf(record: JournalRecord, chain: Hash): Ack {
  const faults: AckFault[] = [];
  for (const entry of record.entries) {
    if (entry.kind === 'reducer-fault') faults.push({ reducer: entry.reducer, code: entry.code });
  }
  return { seq: record.seq, chain, entries: record.entries.length, faults };
}

/** The acknowledgement of a record that is stored: the same that its first sender got. */
export function readAck(store: WorldStore, seq: number): Ack {
  const [bytes] = store.records(seq);
  assert(bytes !== undefined, `record ${seq} is in the journal`);
  const record = decodeRecord(bytes);
  assert(record.ok, `record ${seq} was written by a kernel`);
  return ackOf(record.value, chainOf(bytes));
}
