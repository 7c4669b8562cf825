/** `continue`: work that earlier steps left over goes on. */
import type { ContinueInput } from '@aos/protocol';
import { type Admission, admitted, refused } from '../admit/admitted.js';
import { isRunning, type World } from '../world/world.js';
import { closedCode } from './event.js';

/** Codes: `world-paused`, `world-halted`, `nothing-pending`. */
export function admitContinue(world: World, input: ContinueInput): Admission {
  if (!isRunning(world)) return refused(closedCode(world), '', `the world is ${world.mode}`);
  if (world.pending.length > 0) return admitted(input);
  return refused('nothing-pending', '', 'no work is left over');
}
