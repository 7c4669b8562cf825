/** Policies: rules over effects, tried in order; what no rule matches is denied. */
import type {
  ApprovalRule,
  DefPolicy,
  GovernanceRule,
  PolicyMatch,
  PolicyRule,
} from '../forms/policy.js';
import type { AnyEffect, Grant } from './authority.js';
import type { AnyReducer } from './modules.js';
import type { AnyPlan } from './plan/builder.js';
import { checkName, type Name } from './types.js';

/** What a rule is about; every field that is there must match. */
export interface Match {
  readonly effect?: AnyEffect;
  readonly grant?: Grant;
  readonly capType?: string;
  /** One plan or reducer, or all of them. */
  readonly origin?: 'plan' | 'reducer' | AnyPlan | AnyReducer;
}

/** At most so many effects in any window of logical time, or of records. */
type RateLimit = { readonly count: number } & (
  | { readonly perNs: number | bigint }
  | { readonly perRecords: number | bigint }
);

export interface AllowOptions {
  readonly rateLimit?: RateLimit;
}

/** Who has to agree before an effect goes out. */
export interface Approval extends AllowOptions {
  readonly role: ApprovalRule['role'];
  readonly count: number;
  /** Names of principals; anyone of the role when absent. */
  readonly of?: readonly string[];
  readonly expiresNs?: number | bigint;
}

export type Rule = PolicyRule;

export function allow(match: Match, options: AllowOptions = {}): Rule {
  return { when: matchJson(match), decision: 'allow', ...limitJson(options) };
}

/** Denies what matches; without a match, everything that no rule before it took. */
export function deny(match: Match = {}): Rule {
  return { when: matchJson(match), decision: 'deny' };
}

export function requireApproval(match: Match, approval: Approval): Rule {
  const { role, count, of, expiresNs } = approval;
  return {
    when: matchJson(match),
    decision: 'require_approval',
    approval: {
      role,
      count,
      ...(of === undefined ? {} : { of }),
      ...(expiresNs === undefined ? {} : { expires_ns: expiresNs }),
    },
    ...limitJson(approval),
  };
}

/** Who may do what to the world itself. */
interface Governance {
  readonly verb: GovernanceRule['verb'];
  readonly role: GovernanceRule['role'];
  readonly count: number;
  readonly of?: readonly string[];
  /** The author of a proposal does not count. */
  readonly notOwn?: true;
}

export interface Policy {
  readonly name: Name;
  readonly rules: readonly Rule[];
  readonly governance?: readonly Governance[];
}

export function definePolicy(
  name: Name,
  rules: readonly Rule[],
  options: Pick<Policy, 'governance'> = {},
): Policy {
  return { ...options, name: checkName(name), rules };
}

/** What a least-privilege policy is generated from. */
export interface PolicyUse {
  readonly plans?: readonly AnyPlan[];
  readonly reducers?: readonly AnyReducer[];
  /** Rules of your own, tried before the generated ones: denials, approvals, limits. */
  readonly before?: readonly Rule[];
  readonly governance?: readonly Governance[];
}

/**
 * The narrowest policy under which these plans and reducers can do what they do: one rule for each
 * effect, grant and origin in use, then a denial of everything else. Plans that are started by
 * others have to be named as well.
 */
export function generatePolicy(name: Name, use: PolicyUse): Policy {
  const rules = [
    ...(use.reducers ?? []).flatMap(reducerRules),
    ...(use.plans ?? []).flatMap((plan) =>
      plan.uses.map(({ effect, grant }) => allow({ effect, grant, origin: plan })),
    ),
  ];
  const { governance } = use;
  const options = governance === undefined ? {} : { governance };
  const before = use.before ?? [];
  const decided = (rule: Rule) => before.some((each) => takesAll(each, rule));
  const generated = [...distinct(rules), deny()].filter((rule) => !decided(rule));
  return definePolicy(name, [...before, ...generated], options);
}

/** True when the first rule matches whatever the second does, so that the second never decides. */
function takesAll({ when: first }: Rule, { when: second }: Rule): boolean {
  const fields = Object.entries(first) as [keyof PolicyMatch, string][];
  return fields.every(([field, word]) => second[field] === word);
}

function reducerRules(reducer: AnyReducer): readonly Rule[] {
  const effects: readonly AnyEffect[] = reducer.effects ?? [];
  return effects.flatMap((effect) => {
    const slots = Object.values(reducer.slots ?? {});
    const fitting = slots.filter(({ cap }) => cap.type === effect.capType);
    return fitting.map((grant) => allow({ effect, grant, origin: reducer }));
  });
}

function distinct(rules: readonly Rule[]): readonly Rule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule.when), rule])).values()];
}

/** The definition of a policy, as it stands in AIR. */
export function policyDefinition({ name, rules, governance = [] }: Policy): DefPolicy {
  return {
    $kind: 'defpolicy',
    name,
    rules,
    ...(governance.length === 0 ? {} : { governance: governance.map(governanceJson) }),
  };
}

function matchJson({ effect, grant, capType, origin }: Match): PolicyMatch {
  return {
    ...(effect === undefined ? {} : { effect_kind: effect.kind }),
    ...(grant === undefined ? {} : { cap_name: grant.name }),
    ...(capType === undefined ? {} : { cap_type: capType }),
    ...(origin === undefined ? {} : originJson(origin)),
  };
}

function originJson(origin: NonNullable<Match['origin']>): PolicyMatch {
  if (typeof origin === 'string') return { origin_kind: origin };
  return { origin_kind: 'moduleKind' in origin ? 'reducer' : 'plan', origin_name: origin.name };
}

function limitJson({
  rateLimit: limit,
}: AllowOptions): Pick<Extract<PolicyRule, { readonly decision: 'allow' }>, 'rate_limit'> {
  if (limit === undefined) return {};
  const { count } = limit;
  return 'perNs' in limit
    ? { rate_limit: { count, per_ns: limit.perNs } }
    : { rate_limit: { count, per_records: limit.perRecords } };
}

function governanceJson({ notOwn, ...rule }: Governance): GovernanceRule {
  return { ...rule, ...(notOwn === undefined ? {} : { not_own: notOwn }) };
}
