/** `cancel`: asks for the end of effects and children that have none yet. */
import { assert } from '@aos/canon';
import type { EntryPlace } from '@aos/protocol';
import type { CancelStep } from '../compile/compiled-plan.js';
import { cancelInstance, retryDeadline } from '../end.js';
import type { RunningInstance } from '../running-instance.js';
import type { EffectHandle, EffectOutcome } from '../state/instance.js';
import type { StepPlace, StepResult } from './step-result.js';

/** How an effect ends that nobody is at work on any more. */
const CANCELLED: EffectOutcome = {
  status: 'cancelled',
  receipt: undefined,
  error: 'effect-cancelled',
  adapterId: 'kernel',
  costCents: undefined,
};

/** What was never made, because its step was skipped, needs no end. */
export function runCancel(step: CancelStep, place: StepPlace): StepResult {
  return {
    kind: 'done',
    shown: () => null,
    act(cause) {
      for (const source of step.sources) cancelSource(source, place, cause);
    },
  };
}

function cancelSource(source: number, { port, run }: StepPlace, cause: EntryPlace): void {
  for (const { instance, outcome } of run.children.get(source) ?? []) {
    if (outcome === undefined) cancelInstance(port, instance, cause);
  }
  const handle = run.effects.get(source);
  if (handle === undefined || handle.outcome !== undefined || handle.isCancelled) return;
  const isComing = handle.retry === undefined && askEnd(source, handle, { port, run, cause });
  if (isComing) {
    run.effects.set(source, { ...handle, isCancelled: true, again: undefined });
    return;
  }
  const { retry } = handle;
  if (retry !== undefined && retry.due === undefined) {
    port.clearDeadline(retryDeadline(run.plan, run.instance, source, retry.atNs));
  }
  const ended = { ...handle, again: undefined, retry: undefined, outcome: CANCELLED };
  run.effects.set(source, ended);
  for (const waiter of run.overBecauseOf(source)) run.wake(waiter, cause);
}

type Asking = Pick<StepPlace, 'port' | 'run'> & { readonly cause: EntryPlace };

/** True when a settlement will tell how it ended. */
function askEnd(source: number, { intent }: EffectHandle, { port, run, cause }: Asking): boolean {
  const origin = originOf(run, source);
  return port.cancelEffect(intent, origin, cause) === 'coming';
}

function originOf(run: RunningInstance, source: number) {
  const { id, plan } = run.instance;
  const step = run.plan.steps[source];
  assert(step !== undefined, 'a source is a step of the plan');
  return { plan, instance: id, step: step.id };
}
