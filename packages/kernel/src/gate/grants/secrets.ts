/**
 * Secrets: who may refer to which.
 *
 * A secret that names grants is used under these only, one that names plans by these only: never by
 * a reducer. What is not declared is no secret of the world, and is denied.
 */
import type { DefSecret, WorldDefinition } from '@aos/air';
import { assert, decode, type Hash, parseHashText } from '@aos/canon';
import { isReducerOrigin } from '@aos/protocol';
import type { Denial } from '../decision.js';
import type { EffectRequest } from '../requests/effect-request.js';
import type { GateEffect } from '../requests/gate-effect.js';
import { originName, type Subject } from '../requests/subject.js';
import type { SecretUse } from './secret-finder.js';

/** Where one secret is, and who may use it; undefined for everyone. */
interface SecretRule {
  /** Name that whoever resolves it knows it by. */
  readonly bindingId: string;
  readonly expectedDigest: Hash | undefined;
  readonly grants: ReadonlySet<string> | undefined;
  readonly plans: ReadonlySet<string> | undefined;
}

/** Rules by `alias@version`. */
export type SecretRules = ReadonlyMap<string, SecretRule>;

export function compileSecrets(definition: WorldDefinition): SecretRules {
  const { secrets = [] } = definition.manifest;
  const declared = secrets.flatMap(({ name }) => definition.find('defsecret', name) ?? []);
  return new Map(
    declared.map((secret) => {
      const rule = {
        bindingId: secret.binding_id,
        expectedDigest: digestOf(secret),
        grants: setOf(secret.allowed_caps),
        plans: setOf(secret.allowed_plans),
      };
      return [secret.name, rule] as const;
    }),
  );
}

/** The secrets that parameters refer to, which have passed the gate; again for each reference. */
export function secretsIn(
  effect: Pick<GateEffect, 'findSecrets'>,
  params: Uint8Array,
): readonly SecretUse[] {
  const find = effect.findSecrets;
  if (find === null) return [];
  const decoded = decode(params);
  assert(decoded.ok, 'parameters of an intent are canonical');
  const uses: SecretUse[] = [];
  find(decoded.value, uses);
  return uses;
}

/** Codes: `secret-unknown`, `secret-cap-denied`, `secret-plan-denied`. */
export function checkSecrets(rules: SecretRules, subject: Subject): Denial | undefined {
  const find = subject.effect.findSecrets;
  if (find === null) return undefined;
  const uses: SecretUse[] = [];
  find(subject.params.value(), uses);
  for (const use of uses) {
    const denial = checkUse(rules, use, subject);
    if (denial !== undefined) return denial;
  }
  return undefined;
}

function checkUse(
  rules: SecretRules,
  { alias, version }: SecretUse,
  { request }: Subject,
): Denial | undefined {
  const name = `${alias}@${version}`;
  const rule = rules.get(name);
  if (rule === undefined) {
    const advice = `declare ${name} with defsecret, or repair alias and version`;
    return { code: 'secret-unknown', at: `secret ${name}`, advice };
  }
  return checkSecretUser(rule, name, request);
}

/** Who asks, and under which grant. */
type SecretUser = Pick<EffectRequest, 'cap' | 'origin'>;

/** Whether a secret is for who asks. Codes: `secret-cap-denied`, `secret-plan-denied`. */
export function checkSecretUser(
  { grants, plans }: SecretRule,
  name: string,
  { cap, origin }: SecretUser,
): Denial | undefined {
  if (grants !== undefined && !grants.has(cap)) {
    const advice = `add ${cap} to allowed_caps of ${name}`;
    return { code: 'secret-cap-denied', at: `secret ${name} allowed_caps`, advice };
  }
  const who = originName(origin);
  const isReducer = isReducerOrigin(origin);
  if (plans === undefined || (!isReducer && plans.has(who))) return undefined;
  const advice = isReducer
    ? `refer to ${name} in one of its allowed_plans; ${who} is a reducer`
    : `add ${who} to allowed_plans of ${name}`;
  return { code: 'secret-plan-denied', at: `secret ${name} allowed_plans`, advice };
}

function digestOf({ expected_digest: digest }: DefSecret): Hash | undefined {
  if (digest === undefined) return undefined;
  const parsed = parseHashText(digest);
  assert(parsed.ok, 'a definition was checked');
  return parsed.value;
}

function setOf(names: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return names?.length ? new Set(names) : undefined;
}
