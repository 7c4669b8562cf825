/** `state-changed`: a cell's state became another one, or was annotated; hashes only (spec P6). */
import type { Hash, Writer } from '@aos/canon';
import type { Fields } from '../shapes/shape-fields.js';
import { writeBytesOrNil } from '../shapes/shape-writer.js';
import { type Cause, parseCause, writeCause } from './cause.js';

export interface StateChangedEntry {
  readonly kind: 'state-changed';
  readonly cause: Cause;
  readonly reducer: string;
  /** Canonical key of the cell; `null` for the one cell of an un-keyed reducer. */
  readonly key: Uint8Array | null;
  /** SHA-256 of the canonical state; `null` where there was none, or is none now. */
  readonly before: Hash | null;
  readonly after: Hash | null;
  /** Canonical annotation of the call, an object of the commit; only with it may both be equal. */
  readonly ann?: Hash;
}

export function writeStateChanged(w: Writer, entry: StateChangedEntry): void {
  w.mapHead(entry.ann === undefined ? 6 : 7);
  if (entry.ann !== undefined) {
    w.text('ann');
    w.bytes(entry.ann);
  }
  writeBytesOrNil(w, 'key', entry.key);
  w.text('kind');
  w.text(entry.kind);
  writeBytesOrNil(w, 'after', entry.after);
  writeCause(w, entry.cause);
  writeBytesOrNil(w, 'before', entry.before);
  w.text('reducer');
  w.text(entry.reducer);
}

export function parseStateChanged(fields: Fields): StateChangedEntry {
  const entry = {
    kind: 'state-changed' as const,
    cause: parseCause(fields),
    reducer: fields.text('reducer'),
    key: fields.bytesOrNil('key'),
    before: fields.hashOrNil('before'),
    after: fields.hashOrNil('after'),
  };
  return fields.has('ann') ? { ...entry, ann: fields.hash('ann') } : entry;
}
