/** `tick`: time has come to where something waits for it. */
import type { TickInput } from '@aos/protocol';
import { type Admission, admitted, refused } from '../admit/admitted.js';
import type { Run } from '../step/run.js';
import { deadlineKey } from '../world/deadlines.js';
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
  }
}
