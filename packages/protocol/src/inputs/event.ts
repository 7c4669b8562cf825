/** `event`: a domain event from outside, its value canonical in its schema (spec P3). */
import type { Reader, Writer } from '@aos/canon';
import { type CarriedValue, writeInline, writeRef } from '../shapes/carried-value.js';
import { readHash, shapeRefusal } from '../shapes/shape-reader.js';
import { countPresent, writeOptionalBytes, writeOptionalText } from '../shapes/shape-writer.js';

export interface EventInput {
  readonly kind: 'event';
  readonly schema: string;
  readonly value: CarriedValue;
  /** Canonical key of the cell that is meant. */
  readonly key?: Uint8Array;
  /** The inbox it came through. */
  readonly source?: string;
  /** What makes a second sending of the same event a duplicate. */
  readonly dedup?: string;
}

export function writeEventInput(w: Writer, input: EventInput): void {
  const { key, dedup, source } = input;
  w.mapHead(3 + countPresent(key, dedup, source));
  writeOptionalBytes(w, 'key', key);
  w.text('kind');
  w.text('event');
  writeOptionalText(w, 'dedup', dedup);
  writeInline(w, 'value', input.value);
  w.text('schema');
  w.text(input.schema);
  writeOptionalText(w, 'source', source);
  writeRef(w, 'value_ref', input.value);
}

/** Reads what follows the kind; `key` stands before it, `count` is that of the whole map. */
export function readEventInput(r: Reader, count: number, key: Uint8Array | undefined): EventInput {
  const hasMore = count > 3;
  const dedup = hasMore && r.keyIs('dedup') ? r.text() : undefined;
  const inline = r.keyIs('value') ? r.bytes().slice() : undefined;
  r.key('schema');
  const schema = r.text();
  const source = hasMore && r.keyIs('source') ? r.text() : undefined;
  const value = inline === undefined ? readValueRef(r) : { inline };
  if (count === 3 && key === undefined) return { kind: 'event', schema, value };
  if (count !== 3 + countPresent(key, dedup, source)) {
    throw shapeRefusal('shape-field', `an event of ${count} fields has others than it may`);
  }
  return {
    kind: 'event',
    schema,
    value,
    ...(key === undefined ? {} : { key }),
    ...(source === undefined ? {} : { source }),
    ...(dedup === undefined ? {} : { dedup }),
  };
}

function readValueRef(r: Reader): CarriedValue {
  r.key('value_ref');
  return { ref: readHash(r) };
}
