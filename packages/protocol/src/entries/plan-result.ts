/** `plan-result`: the value that a plan instance ended with (spec P14). */
import type { Writer } from '@aos/canon';
import { type CarriedValue, writeInline, writeRef } from '../shapes/carried-value.js';
import type { Fields } from '../shapes/shape-fields.js';
import { writeText } from '../shapes/shape-writer.js';
import { type Cause, parseCause, writeCause } from './cause.js';
import { type Instance, parseInstance, writeInstance } from './origin.js';

export interface PlanResultEntry {
  readonly kind: 'plan-result';
  readonly cause: Cause;
  readonly instance: Instance;
  /** The plan's output schema. */
  readonly schema: string;
  /** Canonical in it. */
  readonly value: CarriedValue;
}

export function writePlanResult(w: Writer, entry: PlanResultEntry): void {
  w.mapHead(5);
  writeText(w, 'kind', entry.kind);
  writeCause(w, entry.cause);
  writeInline(w, 'value', entry.value);
  writeText(w, 'schema', entry.schema);
  w.text('instance');
  writeInstance(w, entry.instance);
  writeRef(w, 'value_ref', entry.value);
}

export function parsePlanResult(fields: Fields): PlanResultEntry {
  return {
    kind: 'plan-result',
    cause: parseCause(fields),
    instance: parseInstance(fields.value('instance')),
    schema: fields.text('schema'),
    value: fields.carried('value'),
  };
}
