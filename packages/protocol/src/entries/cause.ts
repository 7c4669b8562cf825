/** Causes: what made an entry happen. */
import type { Writer } from '@aos/canon';

/** Index of an earlier entry of the same record, or `null` for the record's own input. */
export type Cause = number | null;

export function writeCause(w: Writer, cause: Cause): void {
  w.text('cause');
  if (cause === null) w.nil();
  else w.int(cause);
}
