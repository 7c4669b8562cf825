/** Origins: who asked for an effect, and where its receipt goes. */
import type { Value, Writer } from '@aos/canon';
import { Fields } from '../shapes/shape-fields.js';
import { writeBytesOrNil, writeInt, writeText } from '../shapes/shape-writer.js';

/** A plan instance: the place of its `plan-started` entry. */
export interface Instance {
  readonly seq: number;
  readonly i: number;
}

export interface ReducerOrigin {
  readonly reducer: string;
  /** Canonical key of the cell; `null` for the one cell of an un-keyed reducer. */
  readonly key: Uint8Array | null;
}

export interface PlanOrigin {
  readonly plan: string;
  readonly instance: Instance;
  /** Id of the step. */
  readonly step: string;
}

export type Origin = ReducerOrigin | PlanOrigin;

export function isReducerOrigin(origin: Origin): origin is ReducerOrigin {
  return 'reducer' in origin;
}

export function writeInstance(w: Writer, instance: Instance): void {
  w.mapHead(2);
  writeInt(w, 'i', instance.i);
  writeInt(w, 'seq', instance.seq);
}

export function writeOrigin(w: Writer, origin: Origin): void {
  if (isReducerOrigin(origin)) {
    w.mapHead(2);
    writeBytesOrNil(w, 'key', origin.key);
    writeText(w, 'reducer', origin.reducer);
    return;
  }
  w.mapHead(3);
  writeText(w, 'plan', origin.plan);
  writeText(w, 'step', origin.step);
  w.text('instance');
  writeInstance(w, origin.instance);
}

export function parseInstance(value: Value): Instance {
  const fields = new Fields(value);
  const instance = { seq: fields.nat('seq'), i: fields.nat('i') };
  fields.end();
  return instance;
}

export function parseOrigin(value: Value): Origin {
  const fields = new Fields(value);
  const origin = fields.has('reducer')
    ? { reducer: fields.text('reducer'), key: fields.bytesOrNil('key') }
    : {
        plan: fields.text('plan'),
        instance: parseInstance(fields.value('instance')),
        step: fields.text('step'),
      };
  fields.end();
  return origin;
}
