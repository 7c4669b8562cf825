/** Causes: what made an entry happen. */
import type { Writer } from '@aos/canon';
import { Fields } from '../shapes/shape-fields.js';

/** A place in an earlier record: one of its entries, or its input when `i` is `null`. */
export interface EntryPlace {
  readonly seq: number;
  readonly i: number | null;
}

/**
 * Index of an earlier entry of the same record, `null` for the record's own input, or a place in an
 * earlier record.
 */
export type Cause = number | null | EntryPlace;

export function writeCause(w: Writer, cause: Cause): void {
  w.text('cause');
  if (cause === null) w.nil();
  else if (typeof cause === 'number') w.int(cause);
  else writePlace(w, cause);
}

function writePlace(w: Writer, { seq, i }: EntryPlace): void {
  w.mapHead(2);
  w.text('i');
  if (i === null) w.nil();
  else w.int(i);
  w.text('seq');
  w.int(seq);
}

export function parseCause(fields: Fields): Cause {
  const value = fields.value('cause');
  if (value === null || (typeof value === 'number' && value >= 0)) return value;
  const place = new Fields(value);
  const cause = { seq: place.nat('seq'), i: place.natOrNil('i') };
  place.end();
  return cause;
}
