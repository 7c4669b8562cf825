/** The constraints of a grant and of all that it was made from, each by its own enforcer. */
import { type Checked, runEnforcer } from '../enforcers/enforcer.js';
import type { Gate } from '../gate.js';
import type { GatePorts } from '../gate-ports.js';
import type { Subject } from '../requests/subject.js';
import type { CompiledGrant } from './grants.js';

/**
 * Asks the enforcers from the grant itself to the first one; the first that says no ends it. Codes:
 * those of the enforcers (chapter 8), `enforcer-error`, `cap-params-invalid`.
 */
export function checkConstraints(
  gate: Gate,
  grant: CompiledGrant,
  subject: Subject,
  ports: GatePorts,
): Checked {
  const asked = { subject, manifestHash: gate.manifestHash, ports };
  let fuel = 0;
  let calls = 0;
  for (const { name, enforcer } of grant.chain) {
    const checked = runEnforcer(enforcer, name, asked);
    fuel += checked.fuel;
    calls += checked.calls;
    if (checked.denial !== undefined) return { denial: checked.denial, fuel, calls };
  }
  return { denial: undefined, fuel, calls };
}
