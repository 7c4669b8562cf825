/** The window: recent records, as inputs that can be run again. */
import { assert, RefusalError } from '@aos/canon';
import { decodeRecord, type JournalRecord, type ObjectReader, type Stamp } from '@aos/protocol';
import type { AdmittedInput } from '../../admit/admitted.js';
import { feedInput } from '../../replay/feed.js';
import { ObjectsNeeded } from '../../trie/objects-needed.js';

/** An input of the past or a made-up one, and when it comes. */
export interface TimedInput {
  /** Record of the window, or number of the seed event. */
  readonly at: number;
  readonly stamp: Stamp;
  readonly input: AdmittedInput;
}

/** Throws RefusalError for bytes that are no record, ObjectsNeeded. */
export function decodeWindow(records: readonly Uint8Array[]): readonly JournalRecord[] {
  return records.map((bytes) => {
    const record = decodeRecord(bytes);
    if (!record.ok) throw new RefusalError(record.refusal);
    return record.value;
  });
}

/** What was left over and goes on is a run's own: it is left out. Throws ObjectsNeeded. */
export function inputsOf(
  records: readonly JournalRecord[],
  object: ObjectReader,
): readonly TimedInput[] {
  return records.flatMap(({ seq, stamp, input }): TimedInput[] => {
    if (input.kind === 'continue') return [];
    const fed = feedInput(input, object);
    if (fed.kind === 'need') throw new ObjectsNeeded(fed.hashes);
    assert(fed.kind !== 'continue', 'what goes on was left out');
    return [{ at: seq, stamp, input: fed }];
  });
}
