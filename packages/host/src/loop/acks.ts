/** Acknowledgements: what whoever sent an input is told of its record. */
import { assert, type Hash } from '@aos/canon';
import type { BudgetShortage, ToldDenial } from '@aos/kernel';
import { chainOf, decodeRecord, type JournalRecord, type WorldStore } from '@aos/protocol';

/** A reducer call of the record that was discarded, and why. */
export interface AckFault {
  readonly reducer: string;
  readonly code: string;
}

/** An effect that was denied; what would help is told once, by whoever denied it. */
export interface AckDenial extends Pick<ToldDenial, 'intent' | 'effect' | 'cap' | 'code'> {
  /** Where it was met, for people. */
  readonly at?: string;
  /** The smallest change that would allow it; of a budget what is left, and when it resets. */
  readonly advice?: string;
  readonly shortage?: BudgetShortage;
}

/** The answer to an input whose record is durable. */
export interface Ack {
  readonly seq: number;
  /** Chain value of the record. */
  readonly chain: Hash;
  /** Everything the record says that the input caused, faults included. */
  readonly entries: number;
  readonly faults: readonly AckFault[];
  /** What the gate said no to in this record. */
  readonly denials: readonly AckDenial[];
}

export function ackOf(record: JournalRecord, chain: Hash, told: readonly AckDenial[] = []): Ack {
  const faults: AckFault[] = [];
  const denials: AckDenial[] = [];
  for (const entry of record.entries) {
    if (entry.kind === 'reducer-fault') faults.push({ reducer: entry.reducer, code: entry.code });
    if (entry.kind !== 'decision' || entry.outcome !== 'deny') continue;
    const { intent, effect, cap, code } = entry;
    denials.push(told[denials.length] ?? { intent, effect, cap, code: code ?? '' });
  }
  return { seq: record.seq, chain, entries: record.entries.length, faults, denials };
}

/** The acknowledgement of a record that is stored: the same but for what was told of denials. */
export function readAck(store: WorldStore, seq: number): Ack {
  const [bytes] = store.records(seq);
  assert(bytes !== undefined, `record ${seq} is in the journal`);
  const record = decodeRecord(bytes);
  assert(record.ok, `record ${seq} was written by a kernel`);
  return ackOf(record.value, chainOf(bytes));
}
