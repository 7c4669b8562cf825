/** What running one step comes to, before anything of it is written. */
import type { Value } from '@aos/canon';
import type { EntryPlace } from '@aos/protocol';
import type { Given } from '../compile/slot.js';
import type { PlanPort } from '../plan-ports.js';
import type { RunningInstance } from '../running-instance.js';

/** Where a step runs. */
export interface StepPlace {
  readonly port: PlanPort;
  readonly run: RunningInstance;
  /** Index of the step. */
  readonly index: number;
}

/** What a step does once its `plan-step` entry stands, which is the cause of it. */
type Act = (place: EntryPlace) => void;

export interface StepDone {
  readonly kind: 'done';
  /** The variable that it binds. */
  readonly bind?: { readonly name: string; readonly value: Value };
  /** Canonical bytes of what it adds to what the instance holds. */
  readonly sizeBytes?: number;
  /** What `@step:` stands for. */
  readonly shown?: () => Value;
  readonly act?: Act;
  /** It is an `end`. */
  readonly ends?: { readonly result: Given | undefined };
}

interface StepWaiting {
  readonly kind: 'waiting';
  readonly act?: Act;
}

/** The instance ends with this code; the step has done nothing. */
export interface StepFailed {
  readonly kind: 'failed';
  readonly code: string;
  readonly act?: Act;
}

export type StepResult = StepDone | StepWaiting | StepFailed;

export function failed(code: string): StepFailed {
  return { kind: 'failed', code };
}
