/** `domain-event`: an event that a reducer or a plan raised, normalized to its schema (spec P5). */
import type { Writer } from '@aos/canon';
import { type CarriedValue, writeInline, writeRef } from '../shapes/carried-value.js';
import type { Fields } from '../shapes/shape-fields.js';
import { type Cause, parseCause, writeCause } from './cause.js';

export interface DomainEventEntry {
  readonly kind: 'domain-event';
  readonly cause: Cause;
  readonly schema: string;
  readonly value: CarriedValue;
  /** What the emitter attached: the key of the cell that is meant, or bytes to correlate by. */
  readonly key?: Uint8Array;
}

export function writeDomainEvent(w: Writer, entry: DomainEventEntry): void {
  w.mapHead(entry.key === undefined ? 4 : 5);
  if (entry.key !== undefined) {
    w.text('key');
    w.bytes(entry.key);
  }
  w.text('kind');
  w.text(entry.kind);
  writeCause(w, entry.cause);
  writeInline(w, 'value', entry.value);
  w.text('schema');
  w.text(entry.schema);
  writeRef(w, 'value_ref', entry.value);
}

export function parseDomainEvent(fields: Fields): DomainEventEntry {
  const entry = {
    kind: 'domain-event' as const,
    cause: parseCause(fields),
    schema: fields.text('schema'),
    value: fields.carried('value'),
  };
  return fields.has('key') ? { ...entry, key: fields.bytes('key') } : entry;
}
