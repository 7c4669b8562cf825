/**
 * One idle writer, lent to one call at a time.
 *
 * This is the only state of the package, and it cannot be observed: a call owns the writer until it
 * has copied its answer out. Allocating a buffer for each call takes as long as the encoding
 * itself.
 */

import { Writer } from './writer.js';

/** A larger buffer is left to the collector. */
const MAX_IDLE_BYTES = 65_536;

const idle: Writer[] = [];

export function borrowWriter(): Writer {
  return idle.pop() ?? new Writer();
}

/** Not called after a refusal: that writer is dropped. */
export function returnWriter(writer: Writer): void {
  if (idle.length > 0 || writer.capacityBytes > MAX_IDLE_BYTES) return;
  writer.reset();
  idle.push(writer);
}
