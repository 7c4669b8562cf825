/** `domain-event`: an event that a reducer emitted, normalized to its schema (spec P5). */
import type { Writer } from '@aos/canon';
import {
  type CarriedValue,
  carriedFrom,
  writeInlineValue,
  writeValueRef,
} from '../carried-value.js';
import type { Fields } from '../shape-fields.js';
import { type Cause, writeCause } from './cause.js';

export interface DomainEventEntry {
  readonly kind: 'domain-event';
  readonly cause: Cause;
  readonly schema: string;
  readonly value: CarriedValue;
  /** Correlation bytes the module attached; not a cell key. */
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
  writeInlineValue(w, entry.value);
  w.text('schema');
  w.text(entry.schema);
  writeValueRef(w, entry.value);
}

export function parseDomainEvent(fields: Fields): DomainEventEntry {
  const entry = {
    kind: 'domain-event' as const,
    cause: fields.natOrNil('cause'),
    schema: fields.text('schema'),
    value: carriedFrom(fields),
  };
  return fields.has('key') ? { ...entry, key: fields.bytes('key') } : entry;
}
