/** `tick`: time has come to where something waits for it. */
import { assert } from '@aos/canon';
import type { TickInput } from '@aos/protocol';
import { type Admission, admitted, refused } from '../admit/admitted.js';
import { expire } from '../step/approve.js';
import { firePlanDeadline } from '../step/plan-run.js';
import type { Run } from '../step/run.js';
import { settleInternally, TIMEOUT } from '../step/settle.js';
import { type Deadline, deadlineKey } from '../world/deadlines.js';
import { isRunning, type World } from '../world/world.js';
import { closedCode } from './event.js';

/** Codes: `world-paused`, `world-halted`, `nothing-due` where nothing waits for time at all. */
export function admitTick(world: World, input: TickInput): Admission {
  if (!isRunning(world)) return refused(closedCode(world), '', `the world is ${world.mode}`);
  if (world.deadlines.size > 0) return admitted(input);
  return refused('nothing-due', '', 'nothing in this world waits for time');
}

/**
 * Fires what is due, in the order of time and id, before anything else runs. What goes beyond the
 * budget of the record stays due for the next tick.
 */
export function applyTick(run: Run): void {
  const { next, stamp } = run;
  for (
    let due = next.deadlines.first();
    due !== undefined && due.atNs <= stamp.logicalNowNs && !run.isSpent;
    due = next.deadlines.first()
  ) {
    run.spend();
    next.deadlines = next.deadlines.delete(deadlineKey(due));
    fire(run, due);
  }
}

function fire(run: Run, due: Deadline): void {
  if (due.kind === 'step') {
    firePlanDeadline(run, due);
    return;
  }
  const intent = run.next.intents.get(due.intent);
  assert(intent !== undefined, 'an intent takes its deadlines with it when it ends');
  if (due.kind === 'approval') {
    expire(run, intent);
    return;
  }
  if (intent.state === 'released') run.cancel(intent.hash);
  settleInternally(run, intent, TIMEOUT, run.inputPlace);
}
