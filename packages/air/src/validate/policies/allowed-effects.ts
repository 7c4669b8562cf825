/** Advice on effects that the policy of a world denies, whatever their parameters. */
import type { PolicyMatch } from '../../forms/policy.js';
import { type Finding, pathOf, warning } from '../../world/finding.js';
import type { DefinitionIndex } from '../definition-index.js';
import { reducersOf } from '../modules.js';
import { indexRules, type RuleIndex } from './rule-index.js';

export function checkAllowedEffects(index: DefinitionIndex): readonly Finding[] {
  const judge = new Judge(index);
  return [...planEffects(index, judge), ...reducerEffects(index, judge)];
}

/** Says which rule decides; without a policy, and without a rule, the answer is no. */
class Judge {
  private readonly rules: RuleIndex;
  private readonly decisions: readonly string[];
  /** The default policy is named and missing, which is reported by itself. */
  readonly isUnknown: boolean;

  constructor(index: DefinitionIndex) {
    const name = index.manifest.value.defaults?.policy;
    const rules = index.policies.get(name ?? '')?.value.rules ?? [];
    this.isUnknown = name !== undefined && !index.policies.has(name);
    this.rules = indexRules(rules);
    this.decisions = rules.map(({ decision }) => decision);
  }

  /** Why an effect is denied; undefined when it may be let through. */
  denial(effect: PolicyMatch): string | undefined {
    const rule = this.rules.first(effect);
    if (rule === undefined) return 'no rule of the default policy allows it';
    return this.decisions[rule] === 'deny'
      ? `rule ${rule} of the default policy denies it`
      : undefined;
  }
}

function planEffects(index: DefinitionIndex, judge: Judge): readonly Finding[] {
  if (judge.isUnknown) return [];
  return [...index.plans.values()].flatMap((plan) =>
    plan.value.steps.flatMap((step, i) => {
      if (step.op !== 'emit_effect') return [];
      const cap_type = index.effectsByKind.get(step.kind)?.value.cap_type;
      if (cap_type === undefined || !index.grants.has(step.cap)) return [];
      const reason = judge.denial({
        effect_kind: step.kind,
        cap_name: step.cap,
        cap_type,
        origin_kind: 'plan',
        origin_name: plan.value.name,
      });
      return reason === undefined ? [] : [denied(pathOf(plan, `/steps/${i}`), step.kind, reason)];
    }),
  );
}

/** A reducer chooses the slot when it runs: one grant that is let through is enough. */
function reducerEffects(index: DefinitionIndex, judge: Judge): readonly Finding[] {
  return reducersOf(index).flatMap((reducer) => {
    const { name, abi } = reducer.value;
    const slots = index.manifest.value.module_bindings?.[name]?.slots ?? {};
    const grants = new Set(Object.values(slots));
    return (abi.reducer.effects_emitted ?? []).flatMap((kind, i) => {
      const path = pathOf(reducer, `/abi/reducer/effects_emitted/${i}`);
      const cap_type = index.effectsByKind.get(kind)?.value.cap_type;
      if (cap_type === undefined) return [];
      const fitting = [...grants].filter((grant) => index.grants.get(grant)?.capType === cap_type);
      if (fitting.length === 0) {
        const message = `${kind} is always denied: no slot of ${name} has a ${cap_type} grant`;
        const hint = 'bind a slot in module_bindings';
        return [warning('effect-unbound', path, message, hint)];
      }
      if (judge.isUnknown) return [];
      const reasons = fitting.map((cap_name) =>
        judge.denial({
          effect_kind: kind,
          cap_name,
          cap_type,
          origin_kind: 'reducer',
          origin_name: name,
        }),
      );
      const [reason] = reasons;
      return reason === undefined || reasons.includes(undefined)
        ? []
        : [denied(path, kind, reason)];
    });
  });
}

function denied(path: string, kind: string, reason: string): Finding {
  return warning('effect-denied', path, `${kind} is always denied: ${reason}`, 'add a rule for it');
}
