/** `plan-started`: a plan instance began; its place is its id (spec P12). */
import type { Writer } from '@aos/canon';
import { type CarriedValue, writeInline, writeRef } from '../shapes/carried-value.js';
import type { Fields } from '../shapes/shape-fields.js';
import { countPresent, writeOptionalBytes, writeText } from '../shapes/shape-writer.js';
import { type Cause, parseCause, writeCause } from './cause.js';
import { type Instance, parseInstance, writeInstance } from './origin.js';

export interface PlanStartedEntry {
  readonly kind: 'plan-started';
  readonly cause: Cause;
  readonly plan: string;
  /** Canonical in the plan's input schema. */
  readonly input: CarriedValue;
  /** The instance that spawned it. */
  readonly parent: Instance | null;
  /** Canonical value of the field that its trigger correlates by. */
  readonly correlation?: Uint8Array;
}

export function writePlanStarted(w: Writer, entry: PlanStartedEntry): void {
  w.mapHead(5 + countPresent(entry.correlation));
  writeText(w, 'kind', entry.kind);
  writeText(w, 'plan', entry.plan);
  writeCause(w, entry.cause);
  writeInline(w, 'input', entry.input);
  w.text('parent');
  if (entry.parent === null) w.nil();
  else writeInstance(w, entry.parent);
  writeRef(w, 'input_ref', entry.input);
  writeOptionalBytes(w, 'correlation', entry.correlation);
}

export function parsePlanStarted(fields: Fields): PlanStartedEntry {
  const parent = fields.value('parent');
  return {
    kind: 'plan-started',
    cause: parseCause(fields),
    plan: fields.text('plan'),
    input: fields.carried('input'),
    parent: parent === null ? null : parseInstance(parent),
    ...(fields.has('correlation') ? { correlation: fields.bytes('correlation') } : {}),
  };
}
