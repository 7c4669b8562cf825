/** The intents that are open, each with the deadlines that it has. */
import { bytesEqual } from '@aos/canon';
import { isReducerOrigin, type Origin, type PlanOrigin } from '@aos/protocol';
import type { OpenIntent } from '../gate/open-intent.js';
import { type Deadline, deadlineKey } from '../world/deadlines.js';
import type { Run } from './run.js';

/** Keeps an open intent, and the deadlines that it has now. */
export function setIntent(run: Run, intent: OpenIntent): void {
  const { next } = run;
  dropDeadlines(run, next.intents.get(intent.hash));
  next.intents = next.intents.set(intent);
  for (const deadline of deadlinesOf(intent)) next.deadlines = next.deadlines.set(deadline);
}

/** Takes an intent from what is open, with its deadlines. */
export function deleteIntent(run: Run, intent: OpenIntent): void {
  dropDeadlines(run, intent);
  run.next.intents = run.next.intents.delete(intent.hash);
}

function dropDeadlines({ next }: Run, intent: OpenIntent | undefined): void {
  if (intent === undefined) return;
  for (const deadline of deadlinesOf(intent)) {
    next.deadlines = next.deadlines.delete(deadlineKey(deadline));
  }
}

/** When an open intent ends by itself: where it has a deadline, and where its approval expires. */
function deadlinesOf({ hash: intent, deadlineNs, approval }: OpenIntent): readonly Deadline[] {
  const deadlines: Deadline[] = [];
  if (deadlineNs !== undefined) deadlines.push({ kind: 'intent', atNs: deadlineNs, intent });
  const expiresNs = approval?.expiresNs;
  if (expiresNs !== undefined) deadlines.push({ kind: 'approval', atNs: expiresNs, intent });
  return deadlines;
}

export function isSameOrigin(a: Origin, b: Origin): boolean {
  if (isReducerOrigin(a)) {
    return isReducerOrigin(b) && a.reducer === b.reducer && isSameKey(a.key, b.key);
  }
  return !isReducerOrigin(b) && a.step === b.step && isSameInstance(a, b);
}

function isSameKey(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : bytesEqual(a, b);
}

function isSameInstance({ plan, instance: { seq, i } }: PlanOrigin, b: PlanOrigin): boolean {
  return plan === b.plan && seq === b.instance.seq && i === b.instance.i;
}
