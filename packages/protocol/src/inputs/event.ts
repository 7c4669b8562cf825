/** `event`: a domain event from outside, its value canonical in its schema (spec P3). */
import { concatBytes, encodeUntagged, type Reader, type Writer } from '@aos/canon';
import type { CarriedValue } from '../shapes/carried-value.js';
import { readHash, shapeRefusal } from '../shapes/shape-reader.js';
import { countPresent, writeBytes, writeText } from '../shapes/shape-writer.js';

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
  const { key, dedup, source, value } = input;
  w.mapHead(3 + countPresent(key, dedup, source));
  if (key !== undefined) writeBytes(w, 'key', key);
  w.text('kind');
  w.text('event');
  if (dedup !== undefined) writeText(w, 'dedup', dedup);
  if (value.inline !== undefined) writeBytes(w, 'value', value.inline);
  w.text('schema');
  w.text(input.schema);
  if (source !== undefined) writeText(w, 'source', source);
  if (value.ref !== undefined) writeBytes(w, 'value_ref', value.ref);
}

/** What an event begins with that has a schema, a value in its place, and nothing else. */
const PLAIN_EVENT = concatBytes(
  Uint8Array.of(0xa3),
  ...['kind', 'event', 'value'].map((text) => encodeUntagged(text)),
);

/** Almost every input: read in one stride where it is one, else nothing is consumed. */
export function readPlainEvent(r: Reader): EventInput | undefined {
  if (!r.literalIs(PLAIN_EVENT)) return undefined;
  const value = { inline: r.bytes().slice() };
  r.key('schema');
  return { kind: 'event', schema: r.text(), value };
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
