/** Who may do what, before and after: the riskiest change first. */
import type { CapGrant, DefPolicy, GrantDefinition, PolicyRule, WorldDefinition } from '@aos/air';
import { DEFAULT_RULES } from '../../governance/quorum.js';
import type { AuthorityPart, AuthorityRow, Change, Risk } from '../report.js';
import { changeOf, jsonOf, type Pair, pairsOf, rowsBeyond, shownForm } from './rows.js';
import { grantRisk } from './widening.js';

const RISKS: readonly Risk[] = ['wider', 'changed', 'narrower'];
const PARTS: readonly AuthorityPart[] = [
  'grant',
  'policy',
  'policy-rule',
  'governance-rule',
  'secret',
  'effect',
  'slot',
  'reducer-effect',
  'plan-effect',
];

export function compareAuthority(
  base: WorldDefinition,
  candidate: WorldDefinition,
): readonly AuthorityRow[] {
  const rows = [
    ...compareGrants(base, candidate),
    ...comparePolicies(base, candidate),
    ...compareTables('secret', secretsOf(base), secretsOf(candidate)),
    ...compareTables('effect', effectsOf(base), effectsOf(candidate)),
    ...compareTables('slot', slotsOf(base), slotsOf(candidate)),
    ...compareTables('reducer-effect', reducerEffects(base), reducerEffects(candidate)),
    ...compareTables('plan-effect', planEffects(base), planEffects(candidate)),
  ];
  const places = new Map(rows.map((row, i) => [row, i]));
  const placeOf = (row: AuthorityRow) => places.get(row) ?? 0;
  return rows.sort(
    (a, b) =>
      RISKS.indexOf(a.risk) - RISKS.indexOf(b.risk) ||
      PARTS.indexOf(a.part) - PARTS.indexOf(b.part) ||
      placeOf(a) - placeOf(b),
  );
}

const RISK_OF: { readonly [C in Change]: Risk } = {
  added: 'wider',
  changed: 'changed',
  removed: 'narrower',
};

function compareTables(
  part: AuthorityPart,
  base: ReadonlyMap<string, unknown>,
  candidate: ReadonlyMap<string, unknown>,
): readonly AuthorityRow[] {
  return pairsOf(base, candidate).map((pair) => rowOf(part, pair, RISK_OF[changeOf(pair)]));
}

function rowOf(part: AuthorityPart, pair: Pair<unknown>, risk: Risk): AuthorityRow {
  const { name, base, candidate } = pair;
  return {
    risk,
    part,
    name,
    change: changeOf(pair),
    base: shownForm(base),
    candidate: shownForm(candidate),
  };
}

/** What is granted, with the capability and the code that say what its parameters mean. */
interface Granted {
  readonly grant: CapGrant;
  readonly cap: GrantDefinition['cap'];
  /** Hash of the code. */
  readonly enforcer: string;
}

function compareGrants(base: WorldDefinition, candidate: WorldDefinition): readonly AuthorityRow[] {
  return pairsOf(grantsOf(base), grantsOf(candidate)).map((pair) => {
    const { name } = pair;
    const [here, there] = [base.grants.get(name), candidate.grants.get(name)];
    const isBoth = here !== undefined && there !== undefined;
    if (!isBoth) return rowOf('grant', shownGrant(pair), RISK_OF[changeOf(pair)]);
    const isSameCode = pair.base?.enforcer === pair.candidate?.enforcer;
    if (isSameCode) return rowOf('grant', shownGrant(pair), grantRisk(here, there));
    return rowOf('grant', pair, 'changed');
  });
}

function shownGrant({ name, base, candidate }: Pair<Granted>): Pair<CapGrant> {
  return { name, base: base?.grant ?? null, candidate: candidate?.grant ?? null };
}

function grantsOf({ grants, find }: WorldDefinition): ReadonlyMap<string, Granted> {
  return new Map(
    [...grants].map(([name, { grant, cap }]) => {
      const enforcer = find('defmodule', cap.enforcer.module)?.wasm_hash ?? '';
      return [name, { grant, cap, enforcer }];
    }),
  );
}

function policyOf({ manifest, find }: WorldDefinition): DefPolicy | undefined {
  const name = manifest.defaults?.policy;
  return name === undefined ? undefined : find('defpolicy', name);
}

function comparePolicies(
  base: WorldDefinition,
  candidate: WorldDefinition,
): readonly AuthorityRow[] {
  const [here, there] = [policyOf(base), policyOf(candidate)];
  const names = { name: 'policy', base: here?.name ?? null, candidate: there?.name ?? null };
  const isSwitched = names.base !== names.candidate;
  const risk = names.candidate === null ? 'narrower' : 'changed';
  return [
    ...(isSwitched ? [rowOf('policy', names, risk)] : []),
    ...compareRules(here, there),
    ...compareGovernance(here?.governance ?? [], there?.governance ?? []),
  ];
}

const ADDED_RULE: { readonly [D in PolicyRule['decision']]: Risk } = {
  allow: 'wider',
  require_approval: 'changed',
  deny: 'narrower',
};

/** A rule that goes may have stood before another one that lets through. */
const REMOVED_RULE: { readonly [D in PolicyRule['decision']]: Risk } = {
  allow: 'narrower',
  require_approval: 'wider',
  deny: 'wider',
};

function compareRules(
  base: DefPolicy | undefined,
  candidate: DefPolicy | undefined,
): readonly AuthorityRow[] {
  const [here, there] = [base?.rules ?? [], candidate?.rules ?? []];
  const name = candidate?.name ?? base?.name ?? '';
  const added = rowsBeyond(there, here);
  const removed = rowsBeyond(here, there);
  const isMoved = added.length + removed.length === 0 && jsonOf(here) !== jsonOf(there);
  const order = { name: `${name}: order`, base: here, candidate: there };
  return [
    ...added.map((rule) =>
      rowOf('policy-rule', { name, base: null, candidate: rule }, ADDED_RULE[rule.decision]),
    ),
    ...removed.map((rule) =>
      rowOf('policy-rule', { name, base: rule, candidate: null }, REMOVED_RULE[rule.decision]),
    ),
    ...(isMoved ? [rowOf('policy-rule', order, 'changed')] : []),
  ];
}

type Governance = NonNullable<DefPolicy['governance']>;

function compareGovernance(here: Governance, there: Governance): readonly AuthorityRow[] {
  const part = 'governance-rule';
  const verbs = new Set([...here, ...there].map(({ verb }) => verb));
  const [base, candidate] = [withDefaults(here, verbs), withDefaults(there, verbs)];
  return [
    ...rowsBeyond(base, candidate).map((rule) =>
      rowOf(part, { name: rule.verb, base: rule, candidate: null }, 'wider'),
    ),
    ...rowsBeyond(candidate, base).map((rule) =>
      rowOf(part, { name: rule.verb, base: null, candidate: rule }, 'changed'),
    ),
  ];
}

/** The first rule of a verb takes the place of the default. */
function withDefaults(rules: Governance, verbs: ReadonlySet<Governance[number]['verb']>) {
  const bare = [...verbs].filter((verb) => rules.every((rule) => rule.verb !== verb));
  return [...rules, ...bare.flatMap((verb) => DEFAULT_RULES.map((rule) => ({ verb, ...rule })))];
}

function secretsOf({ manifest, find }: WorldDefinition) {
  return new Map(
    (manifest.secrets ?? []).map(({ name }) => [name, find('defsecret', name) ?? null]),
  );
}

function effectsOf({ manifest, find }: WorldDefinition) {
  return new Map(
    (manifest.effects ?? []).map(({ name }) => [name, find('defeffect', name) ?? null]),
  );
}

function slotsOf({ manifest }: WorldDefinition): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(manifest.module_bindings ?? {}).flatMap(([module, { slots }]) =>
      Object.entries(slots).map(([slot, grant]) => [`${module} ${slot}`, grant] as const),
    ),
  );
}

function reducerEffects({ reducers }: WorldDefinition): ReadonlyMap<string, string> {
  return new Map(
    reducers.flatMap(({ name, effectsEmitted }) =>
      effectsEmitted.map((kind) => [`${name} ${kind}`, kind] as const),
    ),
  );
}

function planEffects({ plans }: WorldDefinition): ReadonlyMap<string, string> {
  return new Map(
    [...plans].flatMap(([name, { plan }]) =>
      plan.steps.flatMap((step) =>
        step.op === 'emit_effect' ? [[`${name} ${step.kind} ${step.cap}`, step.kind] as const] : [],
      ),
    ),
  );
}
