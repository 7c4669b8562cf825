/** `state-changed`: a cell's state became another one; hashes only (spec P6). */
import type { Hash, Writer } from '@aos/canon';
import type { Fields } from '../shape-fields.js';
import { type Cause, writeCause } from './cause.js';

export interface StateChangedEntry {
  readonly kind: 'state-changed';
  readonly cause: Cause;
  readonly reducer: string;
  /** Canonical key of the cell; `null` for the one cell of an un-keyed reducer. */
  readonly key: Uint8Array | null;
  /** SHA-256 of the canonical state; `null` where there was none, or is none now. */
  readonly before: Hash | null;
  readonly after: Hash | null;
}

export function writeStateChanged(w: Writer, entry: StateChangedEntry): void {
  w.mapHead(6);
  w.text('key');
  writeBytesOrNil(w, entry.key);
  w.text('kind');
  w.text(entry.kind);
  w.text('after');
  writeBytesOrNil(w, entry.after);
  writeCause(w, entry.cause);
  w.text('before');
  writeBytesOrNil(w, entry.before);
  w.text('reducer');
  w.text(entry.reducer);
}

export function parseStateChanged(fields: Fields): StateChangedEntry {
  return {
    kind: 'state-changed',
    cause: fields.natOrNil('cause'),
    reducer: fields.text('reducer'),
    key: fields.bytesOrNil('key'),
    before: fields.hashOrNil('before'),
    after: fields.hashOrNil('after'),
  };
}

function writeBytesOrNil(w: Writer, bytes: Uint8Array | null): void {
  if (bytes === null) w.nil();
  else w.bytes(bytes);
}
