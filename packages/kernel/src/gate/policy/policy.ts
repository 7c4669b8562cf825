/** The default policy of a world, and what it says to one request. */
import type { PolicyRule, WorldDefinition } from '@aos/air';
import { type Encodable, type Hash, hashOf } from '@aos/canon';
import { isReducerOrigin } from '@aos/protocol';
import type { Denial } from '../decision.js';
import { originName, type Subject } from '../requests/subject.js';
import { PolicyIndex } from './policy-index.js';

export interface GatePolicy {
  readonly name: string;
  readonly rules: readonly GateRule[];
  readonly index: PolicyIndex;
}

type GateRule = PolicyRule & {
  /** Hash of what the rule says: the same wherever it stands. */
  readonly identity: Hash;
};

/** A rule that lets an effect through, at once or after an approval. */
export interface Ruling {
  readonly policy: string;
  /** Index of the rule. */
  readonly rule: number;
  readonly says: Exclude<GateRule, { readonly decision: 'deny' }>;
  readonly denial?: undefined;
}

/** A no, and who says it: both are null without a policy, the rule when none matches. */
export interface Refusal {
  readonly policy: string | null;
  readonly rule: number | null;
  readonly denial: Denial;
}

export function compilePolicy(definition: WorldDefinition): GatePolicy | null {
  const name = definition.manifest.defaults?.policy;
  const policy = name === undefined ? undefined : definition.find('defpolicy', name);
  if (policy === undefined) return null;
  const rules = policy.rules.map((rule) => {
    return { ...rule, identity: hashOf(rule as unknown as Encodable) };
  });
  return { name: policy.name, rules, index: new PolicyIndex(policy.rules) };
}

/**
 * The first rule whose fields all match decides; where none does, and where there is no policy, the
 * answer is no. Codes: `policy-missing`, `policy-no-rule`, `policy-denied`.
 */
export function askPolicy(policy: GatePolicy | null, subject: Subject): Ruling | Refusal {
  const { request, effect } = subject;
  const kind = isReducerOrigin(request.origin) ? 'reducer' : 'plan';
  const name = originName(request.origin);
  const what = `${effect.kind} by ${name} under ${request.cap}`;
  if (policy === null) return { policy: null, rule: null, denial: noPolicy(what) };
  const rule = policy.index.first({
    effect_kind: effect.kind,
    cap_name: request.cap,
    cap_type: effect.capType,
    origin_kind: kind,
    origin_name: name,
  });
  if (rule === undefined) {
    return { policy: policy.name, rule: null, denial: noRule(policy.name, what) };
  }
  const found = policy.rules[rule] as GateRule;
  if (found.decision !== 'deny') return { policy: policy.name, rule, says: found };
  return { policy: policy.name, rule, denial: denied(policy.name, rule, what) };
}

function noPolicy(what: string): Denial {
  const advice = `set defaults.policy to a policy with a rule that allows ${what}`;
  return { code: 'policy-missing', at: 'manifest defaults.policy', advice };
}

function noRule(policy: string, what: string): Denial {
  const advice = `add a rule that allows ${what} to ${policy}`;
  return { code: 'policy-no-rule', at: `policy ${policy}`, advice };
}

function denied(policy: string, rule: number, what: string): Denial {
  const at = `policy ${policy} rule ${rule}`;
  return {
    code: 'policy-denied',
    at,
    advice: `put a rule that allows ${what} before rule ${rule}`,
  };
}
