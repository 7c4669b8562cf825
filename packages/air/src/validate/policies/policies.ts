/** Checks policies: what their rules name, and whether each of them can ever decide. */
import type { DefPolicy, GovernanceRule, PolicyMatch, PolicyRule } from '../../forms/policy.js';
import { error, type Finding, pathOf, warning } from '../../world/finding.js';
import type { DefinitionIndex, Placed } from '../definition-index.js';
import { RuleIndex } from './rule-index.js';

export function checkPolicies(index: DefinitionIndex): readonly Finding[] {
  return [
    ...checkDefault(index),
    ...[...index.policies.values()].flatMap((policy) => [
      ...checkRules(policy, index),
      ...checkGovernance(policy),
    ]),
  ];
}

function checkDefault(index: DefinitionIndex): readonly Finding[] {
  const policy = index.manifest.value.defaults?.policy;
  if (policy === undefined || index.policies.has(policy)) return [];
  return [index.missing('policy-not-found', pathOf(index.manifest, '/defaults/policy'), policy)];
}

function checkRules(policy: Placed<DefPolicy>, index: DefinitionIndex): readonly Finding[] {
  const earlier = new RuleIndex();
  return policy.value.rules.flatMap((rule, i) => {
    const path = pathOf(policy, `/rules/${i}`);
    const { effect_kind, cap_name } = rule.when;
    const findings = checkApproval(rule, path);
    if (effect_kind !== undefined && !index.effectsByKind.has(effect_kind)) {
      findings.push(index.missing('effect-not-found', `${path}/when/effect_kind`, effect_kind));
    }
    if (cap_name !== undefined && !index.grants.has(cap_name)) {
      findings.push(index.missing('grant-not-found', `${path}/when/cap_name`, cap_name));
    }
    if (findings.length === 0) findings.push(...checkMatches(rule.when, earlier, path, index));
    earlier.add(rule.when, i);
    return findings;
  });
}

function checkMatches(
  when: PolicyMatch,
  earlier: RuleIndex,
  path: string,
  index: DefinitionIndex,
): readonly Finding[] {
  const reason = contradiction(when, index);
  if (reason !== undefined) {
    return [warning('policy-rule-idle', path, `this rule never matches: ${reason}`)];
  }
  const shadow = earlier.first(withImplied(when, index));
  if (shadow === undefined) return [];
  const message = `this rule never decides: rule ${shadow} takes all that it matches`;
  return [warning('policy-rule-shadowed', path, message, 'put the narrower rule first')];
}

/** Why nothing has all these fields at once; undefined when something may. */
function contradiction(when: PolicyMatch, index: DefinitionIndex): string | undefined {
  const { effect_kind, cap_name, cap_type, origin_kind, origin_name } = when;
  const effect = index.effectsByKind.get(effect_kind ?? '')?.value;
  const granted = index.grants.get(cap_name ?? '')?.capType;
  const types = new Set([effect?.cap_type, granted, cap_type].filter((type) => type !== undefined));
  if (types.size > 1)
    return `capabilities of one effect have one type, not ${[...types].join(', ')}`;
  if (cap_type !== undefined && !index.capTypes.has(cap_type)) {
    return `no capability is of the type ${cap_type}`;
  }
  const isPlan = origin_name !== undefined && index.plans.has(origin_name);
  const isReducer = origin_name !== undefined && index.reducer(origin_name) !== undefined;
  if (origin_name !== undefined && !isPlan && !isReducer) {
    return `${origin_name} is neither a plan nor a reducer of this world`;
  }
  if (isPlan !== isReducer && origin_kind === (isPlan ? 'reducer' : 'plan')) {
    return `${origin_name} is no ${origin_kind}`;
  }
  const scope = effect?.origin_scope;
  if (scope === undefined || scope === 'both' || origin_kind === undefined) return undefined;
  return scope === origin_kind ? undefined : `${effect_kind} comes from a ${scope} only`;
}

/** The fields of a rule, and those that whatever it matches has besides. */
function withImplied(when: PolicyMatch, index: DefinitionIndex): PolicyMatch {
  const { effect_kind, cap_name, origin_name } = when;
  const cap_type =
    when.cap_type ??
    index.grants.get(cap_name ?? '')?.capType ??
    index.effectsByKind.get(effect_kind ?? '')?.value.cap_type;
  const origin_kind = when.origin_kind ?? originKind(origin_name, index);
  return {
    ...when,
    ...(cap_type === undefined ? {} : { cap_type }),
    ...(origin_kind === undefined ? {} : { origin_kind }),
  };
}

function originKind(
  name: string | undefined,
  index: DefinitionIndex,
): 'plan' | 'reducer' | undefined {
  const isPlan = name !== undefined && index.plans.has(name);
  const isReducer = name !== undefined && index.reducer(name) !== undefined;
  if (isPlan === isReducer) return undefined;
  return isPlan ? 'plan' : 'reducer';
}

function checkApproval(rule: PolicyRule, path: string): Finding[] {
  if (rule.decision !== 'require_approval') return [];
  return checkQuorum(rule.approval, `${path}/approval`);
}

function checkGovernance(policy: Placed<DefPolicy>): readonly Finding[] {
  return (policy.value.governance ?? []).flatMap((rule, i) => {
    const path = pathOf(policy, `/governance/${i}`);
    return [...checkQuorum(rule, path), ...checkAlone(rule, path)];
  });
}

/** Voices are gathered for `approve` and `reject` only; everything else is one principal's act. */
function checkAlone({ verb, count }: GovernanceRule, path: string): Finding[] {
  if (verb === 'approve' || verb === 'reject' || count === 1) return [];
  const message = `expected 1, as one principal alone does ${verb}, found ${count}`;
  const hint = 'let more approve: nothing is applied without';
  return [error('quorum-alone', `${path}/count`, message, hint)];
}

/** As many must be named as must agree. */
function checkQuorum(
  { count, of }: { readonly count: number; readonly of?: readonly string[] },
  path: string,
): Finding[] {
  if (of === undefined || of.length >= count) return [];
  const message = `expected at least ${count} principals, found ${of.length}`;
  return [error('quorum-unreachable', `${path}/of`, message, 'name more, or ask for fewer')];
}
