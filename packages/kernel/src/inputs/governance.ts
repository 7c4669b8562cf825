/** `governance`: what people decide: so far, whether an intent that waits may go out. */
import type { GovernanceInput } from '@aos/protocol';
import type { Admission } from '../admit/admitted.js';
import type { Run } from '../step/run.js';
import type { World } from '../world/world.js';
import { admitVerb, applyVerb } from './verb.js';

export function admitGovernance(world: World, raw: GovernanceInput): Admission {
  return admitVerb(world, raw, ['operator', 'approver'], () => undefined);
}

export function applyGovernance(run: Run, input: GovernanceInput): void {
  applyVerb(run, input);
}
