/** Places: the inputs and entries of a journal, as provenance names them. */
import { assert } from '@aos/canon';
import type { Cause, EntryPlace } from '@aos/protocol';

/** More entries than a record that can be decoded has. */
const MAX_ENTRIES = 1 << 22;

/** More records than a journal of this format is meant for, so that every place is a number. */
const MAX_RECORDS = 2 ** 30;

/**
 * A place as one safe number. Numbers are in the order of the journal: an input before its entries.
 */
export type PlaceNumber = number;

export function placeNumber({ seq, i }: EntryPlace): PlaceNumber {
  assert(seq < MAX_RECORDS && (i ?? 0) < MAX_ENTRIES - 1, 'a place is within its bounds');
  return seq * MAX_ENTRIES + (i === null ? 0 : i + 1);
}

export function placeOf(number: PlaceNumber): EntryPlace {
  const i = number % MAX_ENTRIES;
  return { seq: (number - i) / MAX_ENTRIES, i: i === 0 ? null : i - 1 };
}

/** `7` for the input of record 7, `7/2` for its entry 2. */
export function printPlace({ seq, i }: EntryPlace): string {
  return i === null ? `${seq}` : `${seq}/${i}`;
}

/** The place that a cause of an entry of the record `seq` means. */
export function causePlace(seq: number, cause: Cause): EntryPlace {
  if (cause === null) return { seq, i: null };
  return typeof cause === 'number' ? { seq, i: cause } : cause;
}
