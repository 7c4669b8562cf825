/** `governance`: what people decide: so far, whether an intent that waits may go out. */
import { assert } from '@aos/canon';
import type { GovernanceInput } from '@aos/protocol';
import type { Admission } from '../admit/admitted.js';
import { refused } from '../admit/admitted.js';
import { approve, checkApprove } from '../step/approve.js';
import type { Run } from '../step/run.js';
import type { World } from '../world/world.js';
import { isRunning } from '../world/world.js';
import { closedCode, closedDetail } from './event.js';
import { admitVerb, applyVerb } from './verb.js';

/**
 * Codes: those of verbs, `world-paused`, `world-halted`, `approval-unknown`, `approval-expired`,
 * `approval-role`, `approval-not-named`, `approval-repeated`. Which role is needed is said by what
 * the intent waits for.
 */
export function admitGovernance(world: World, raw: GovernanceInput): Admission {
  if (!isRunning(world)) return refused(closedCode(world), '', closedDetail(world));
  return admitVerb(world, raw, ['operator', 'approver', 'host', 'adapter'], (verb) => {
    if (verb.verb !== 'approve-intent') return undefined;
    const checked = checkApprove(world, raw, verb);
    return checked.ok ? undefined : { kind: 'refused', refusal: checked.refusal };
  });
}

export function applyGovernance(run: Run, input: GovernanceInput): void {
  const verb = applyVerb(run, input);
  assert(verb.verb === 'approve-intent', 'admission lets only verbs of their kind in');
  approve(run, input, verb);
}
