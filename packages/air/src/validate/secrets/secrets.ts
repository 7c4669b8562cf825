/** Checks secrets, and that whoever refers to one may. */
import type { DefSecret } from '../../forms/definitions.js';
import type { DefPlan, PlanStep } from '../../forms/plan.js';
import type { JsonValue } from '../../json/value.js';
import { nameSome } from '../../values/node.js';
import { referencesOf } from '../../values/types.js';
import { error, type Finding, pathOf } from '../../world/finding.js';
import type { DefinitionIndex, Placed } from '../definition-index.js';
import { type SecretPlaces, secretReferences } from './secret-references.js';

const SECRET_REF = 'sys/SecretRef@1';

export function checkSecrets(index: DefinitionIndex): readonly Finding[] {
  const scope: Scope = { index, bearers: schemasWithSecrets(index), allowances: allowances(index) };
  return [
    ...[...index.secrets.values()].flatMap((secret) => checkSecret(secret, index)),
    ...checkGrantParams(scope),
    ...[...index.plans.values()].flatMap((plan) => checkPlan(plan, scope)),
  ];
}

interface Scope {
  readonly index: DefinitionIndex;
  /** Schemas that lead to a reference to a secret. */
  readonly bearers: ReadonlySet<string>;
  /** Who may use each secret; undefined for everyone. */
  readonly allowances: ReadonlyMap<string, Allowance>;
}

interface Allowance {
  readonly caps: ReadonlySet<string> | undefined;
  readonly plans: ReadonlySet<string> | undefined;
}

function allowances(index: DefinitionIndex): ReadonlyMap<string, Allowance> {
  const setOf = (names: readonly string[] | undefined) => names && new Set(names);
  return new Map(
    [...index.secrets].map(([name, { value }]) => [
      name,
      { caps: setOf(value.allowed_caps), plans: setOf(value.allowed_plans) },
    ]),
  );
}

function checkSecret(secret: Placed<DefSecret>, index: DefinitionIndex): readonly Finding[] {
  const { binding_id, allowed_caps, allowed_plans } = secret.value;
  const message = 'expected the name that the vault knows the secret by, found nothing';
  return [
    ...(binding_id === ''
      ? [error('secret-binding-empty', pathOf(secret, '/binding_id'), message)]
      : []),
    ...(allowed_caps ?? []).flatMap((grant, i) => {
      if (index.grants.has(grant)) return [];
      return [index.missing('grant-not-found', pathOf(secret, `/allowed_caps/${i}`), grant)];
    }),
    ...(allowed_plans ?? []).flatMap((plan, i) => {
      if (index.plans.has(plan)) return [];
      return [index.missing('plan-not-found', pathOf(secret, `/allowed_plans/${i}`), plan)];
    }),
  ];
}

function schemasWithSecrets(index: DefinitionIndex): ReadonlySet<string> {
  const bearers = new Set([SECRET_REF]);
  for (const name of index.types.checked.names) {
    const type = index.types.typeOf(name);
    if (type !== undefined && referencesOf(type).some((each) => bearers.has(each))) {
      bearers.add(name);
    }
  }
  return bearers;
}

function checkGrantParams(scope: Scope): readonly Finding[] {
  const { index, bearers } = scope;
  const { manifest } = index;
  return (manifest.value.defaults?.cap_grants ?? []).flatMap((grant, i) => {
    const places = bearers.has(index.paramsName(grant.cap)) ? 'everywhere' : 'arms';
    const path = pathOf(manifest, `/defaults/cap_grants/${i}/params`);
    return checkUse({ json: grant.params, path, places, cap: grant.name, plan: undefined }, scope);
  });
}

function checkPlan(plan: Placed<DefPlan>, scope: Scope): readonly Finding[] {
  const { index, bearers } = scope;
  return plan.value.steps.flatMap((step, i) => {
    const path = pathOf(plan, `/steps/${i}`);
    return slotsOf(step).flatMap(([field, json]) => {
      const cap = step.op === 'emit_effect' && field === 'params' ? step.cap : undefined;
      const params =
        step.op === 'emit_effect' ? index.effectsByKind.get(step.kind)?.value.params_schema : '';
      const places = cap !== undefined && bearers.has(params ?? '') ? 'everywhere' : 'arms';
      const use = { json, path: `${path}/${field}`, places, cap, plan: plan.value.name } as const;
      return checkUse(use, scope);
    });
  });
}

const SLOTS = ['params', 'value', 'expr', 'input', 'inputs', 'result'] as const;

function slotsOf(step: PlanStep): readonly (readonly [string, JsonValue])[] {
  return SLOTS.flatMap((field) => {
    const json = (step as { readonly [field: string]: unknown })[field];
    return json === undefined ? [] : [[field, json as JsonValue] as const];
  });
}

/** A place that may refer to secrets, and on whose behalf. */
interface SecretUse {
  readonly json: JsonValue;
  readonly path: string;
  readonly places: SecretPlaces;
  readonly cap: string | undefined;
  readonly plan: string | undefined;
}

function checkUse(use: SecretUse, { index, allowances }: Scope): readonly Finding[] {
  return secretReferences(use.json, use.places).flatMap(({ name, at }) => {
    const path = `${use.path}${at}`;
    const allowance = allowances.get(name);
    if (allowance === undefined) {
      const message = `expected a secret of this world, found ${name}`;
      const hint = index.hint(name, index.secrets.keys(), 'declare it with defsecret');
      return [error('secret-unknown', path, message, hint)];
    }
    return [
      ...checkAllowed('secret-cap-denied', path, use.cap, allowance.caps),
      ...checkAllowed('secret-plan-denied', path, use.plan, allowance.plans),
    ];
  });
}

function checkAllowed(
  code: string,
  path: string,
  user: string | undefined,
  allowed: ReadonlySet<string> | undefined,
): readonly Finding[] {
  if (user === undefined || allowed === undefined || allowed.has(user)) return [];
  const message = `expected one of those that the secret allows, ${nameSome(allowed)}`;
  return [error(code, path, `${message}, found ${user}`)];
}
