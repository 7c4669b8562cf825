/** `plan-ended`: a plan instance is over (spec P15). */
import type { Writer } from '@aos/canon';
import type { Fields } from '../shapes/shape-fields.js';
import { writeText, writeTextOrNil } from '../shapes/shape-writer.js';
import { type Cause, parseCause, writeCause } from './cause.js';
import { type Instance, parseInstance, writeInstance } from './origin.js';

export const PLAN_STATUSES = ['ok', 'error', 'cancelled'] as const;
export type PlanStatus = (typeof PLAN_STATUSES)[number];

export interface PlanEndedEntry {
  readonly kind: 'plan-ended';
  readonly cause: Cause;
  readonly instance: Instance;
  readonly status: PlanStatus;
  /** Why, exactly when the status is `error`; else `null`. */
  readonly code: string | null;
}

export function writePlanEnded(w: Writer, entry: PlanEndedEntry): void {
  w.mapHead(5);
  writeTextOrNil(w, 'code', entry.code);
  writeText(w, 'kind', entry.kind);
  writeCause(w, entry.cause);
  writeText(w, 'status', entry.status);
  w.text('instance');
  writeInstance(w, entry.instance);
}

export function parsePlanEnded(fields: Fields): PlanEndedEntry {
  return {
    kind: 'plan-ended',
    cause: parseCause(fields),
    instance: parseInstance(fields.value('instance')),
    status: fields.oneOf('status', PLAN_STATUSES),
    code: fields.textOrNil('code'),
  };
}
