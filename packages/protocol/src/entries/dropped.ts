/** `dropped`: something was let go that nobody could take any more (spec P17). */
import type { Hash, Writer } from '@aos/canon';
import type { Fields } from '../shapes/shape-fields.js';
import { countPresent, writeOptionalBytes, writeText } from '../shapes/shape-writer.js';
import { type Cause, parseCause, writeCause } from './cause.js';

export interface DroppedEntry {
  readonly kind: 'dropped';
  readonly cause: Cause;
  /** Stable code, listed in spec/errors.md. */
  readonly code: string;
  /** The intent it was about. */
  readonly intent?: Hash;
}

export function writeDropped(w: Writer, entry: DroppedEntry): void {
  w.mapHead(3 + countPresent(entry.intent));
  writeText(w, 'code', entry.code);
  writeText(w, 'kind', entry.kind);
  writeCause(w, entry.cause);
  writeOptionalBytes(w, 'intent', entry.intent);
}

export function parseDropped(fields: Fields): DroppedEntry {
  const entry = {
    kind: 'dropped' as const,
    cause: parseCause(fields),
    code: fields.text('code'),
  };
  return fields.has('intent') ? { ...entry, intent: fields.hash('intent') } : entry;
}
