/**
 * Everything that can be said about a world before it runs, beyond the forms of its parts
 * (specification, chapter 2c): one file per family of checks.
 *
 * W1. All findings come in one pass, in an order that only the definitions decide (V1).
 * W2. One mistake is one finding: what depends on something wrong is left alone (V2).
 * W3. The time is linear in the definitions up to a logarithm; steps of one plan also cost one bit
 *     for each pair of them (V3).
 */
import type { Finding } from '../world/finding.js';
import type { DefinitionIndex } from './definition-index.js';
import { checkEffects } from './definitions.js';
import { checkEnforcers, checkGrants } from './grants.js';
import { checkMigrations } from './migrations.js';
import { checkBindings, checkReducers } from './modules.js';
import { type CheckedPlans, checkPlans } from './plans/plans.js';
import { checkAllowedEffects } from './policies/allowed-effects.js';
import { checkPolicies } from './policies/policies.js';
import { checkRoutingKeys } from './routing-keys.js';
import { checkSecrets } from './secrets/secrets.js';
import { checkInboxes, checkTriggers } from './triggers.js';
import { checkUse } from './use/use.js';

type Check = (index: DefinitionIndex) => readonly Finding[];

const BEFORE_PLANS: readonly Check[] = [
  checkEffects,
  checkReducers,
  checkEnforcers,
  checkGrants,
  checkBindings,
  checkPolicies,
  checkRoutingKeys,
  checkInboxes,
  checkTriggers,
];

const AFTER_PLANS: readonly Check[] = [
  checkSecrets,
  checkMigrations,
  checkAllowedEffects,
  checkUse,
];

/** All findings, and the plans as their checks leave them. */
export function checkDefinition(index: DefinitionIndex): CheckedPlans {
  const { findings, plans } = checkPlans(index);
  return {
    findings: [
      ...BEFORE_PLANS.flatMap((check) => check(index)),
      ...findings,
      ...AFTER_PLANS.flatMap((check) => check(index)),
    ],
    plans,
  };
}
