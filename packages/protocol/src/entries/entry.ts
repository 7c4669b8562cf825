/**
 * Entries: what a step derived, in order; replay is judged against them (spec P4). A closed list:
 * one file, one golden vector and one spec section for each kind.
 */
import { type Value, Writer } from '@aos/canon';
import { Fields } from '../shape-fields.js';
import { shapeRefusal } from '../shape-reader.js';
import { type DomainEventEntry, parseDomainEvent, writeDomainEvent } from './domain-event.js';
import { parseReducerFault, type ReducerFaultEntry, writeReducerFault } from './reducer-fault.js';
import { parseStateChanged, type StateChangedEntry, writeStateChanged } from './state-changed.js';

export type Entry = DomainEventEntry | ReducerFaultEntry | StateChangedEntry;
export type EntryKind = Entry['kind'];

export function writeEntry(w: Writer, entry: Entry): void {
  switch (entry.kind) {
    case 'domain-event':
      writeDomainEvent(w, entry);
      break;
    case 'reducer-fault':
      writeReducerFault(w, entry);
      break;
    case 'state-changed':
      writeStateChanged(w, entry);
      break;
  }
}

/** Canonical bytes of one entry without a tag, as they stand inside a record. */
export function encodeEntry(entry: Entry): Uint8Array {
  const w = new Writer(256);
  writeEntry(w, entry);
  return w.finish();
}

const parsers: { readonly [kind in EntryKind]: (fields: Fields) => Entry } = {
  'domain-event': parseDomainEvent,
  'reducer-fault': parseReducerFault,
  'state-changed': parseStateChanged,
};

/** Refuses with `entry-kind` for an unknown kind and `shape-field` for wrong fields. */
export function parseEntry(value: Value): Entry {
  const fields = new Fields(value);
  const kind = fields.text('kind');
  if (!Object.hasOwn(parsers, kind)) {
    throw shapeRefusal('entry-kind', `unknown entry kind '${kind}'`);
  }
  const entry = parsers[kind as EntryKind](fields);
  fields.end();
  return entry;
}
