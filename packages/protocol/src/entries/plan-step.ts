/** `plan-step`: a step of a plan instance was decided, or began to wait (spec P13). */
import type { Writer } from '@aos/canon';
import type { Fields } from '../shapes/shape-fields.js';
import { writeText, writeTextOrNil } from '../shapes/shape-writer.js';
import { type Cause, parseCause, writeCause } from './cause.js';
import { type Instance, parseInstance, writeInstance } from './origin.js';

const STEP_OUTCOMES = ['done', 'skipped', 'waiting', 'failed'] as const;
export type PlanStepOutcome = (typeof STEP_OUTCOMES)[number];

export interface PlanStepEntry {
  readonly kind: 'plan-step';
  readonly cause: Cause;
  readonly instance: Instance;
  /** Id of the step. */
  readonly step: string;
  readonly outcome: PlanStepOutcome;
  /** Why it failed; else `null`. */
  readonly code: string | null;
}

export function writePlanStep(w: Writer, entry: PlanStepEntry): void {
  w.mapHead(6);
  writeTextOrNil(w, 'code', entry.code);
  writeText(w, 'kind', entry.kind);
  writeText(w, 'step', entry.step);
  writeCause(w, entry.cause);
  writeText(w, 'outcome', entry.outcome);
  w.text('instance');
  writeInstance(w, entry.instance);
}

export function parsePlanStep(fields: Fields): PlanStepEntry {
  return {
    kind: 'plan-step',
    cause: parseCause(fields),
    instance: parseInstance(fields.value('instance')),
    step: fields.text('step'),
    outcome: fields.oneOf('outcome', STEP_OUTCOMES),
    code: fields.textOrNil('code'),
  };
}
