/** `reducer-fault`: a call was discarded whole; its state and events are as before (spec P7). */
import type { Writer } from '@aos/canon';
import type { Fields } from '../shapes/shape-fields.js';
import { writeBytesOrNil } from '../shapes/shape-writer.js';
import { type Cause, parseCause, writeCause } from './cause.js';

export interface ReducerFaultEntry {
  readonly kind: 'reducer-fault';
  readonly cause: Cause;
  readonly reducer: string;
  /** Canonical key of the cell; `null` for the one cell of an un-keyed reducer. */
  readonly key: Uint8Array | null;
  /** Stable code, listed in spec/errors.md. */
  readonly code: string;
  /** Fuel charged: the whole limit of a call. */
  readonly fuel: number;
}

export function writeReducerFault(w: Writer, entry: ReducerFaultEntry): void {
  w.mapHead(6);
  writeBytesOrNil(w, 'key', entry.key);
  w.text('code');
  w.text(entry.code);
  w.text('fuel');
  w.int(entry.fuel);
  w.text('kind');
  w.text(entry.kind);
  writeCause(w, entry.cause);
  w.text('reducer');
  w.text(entry.reducer);
}

export function parseReducerFault(fields: Fields): ReducerFaultEntry {
  return {
    kind: 'reducer-fault',
    cause: parseCause(fields),
    reducer: fields.text('reducer'),
    key: fields.bytesOrNil('key'),
    code: fields.text('code'),
    fuel: fields.nat('fuel'),
  };
}
