/** Finds the rule of a policy that decides, without trying all of them. */
import type { PolicyMatch, PolicyRule } from '../../forms/policy.js';

const FIELDS = ['effect_kind', 'cap_name', 'cap_type', 'origin_kind', 'origin_name'] as const;

/**
 * Rules by the fields that they ask for. Whatever has up to five known fields can only be matched
 * by one of the 32 combinations of these, so the first rule is found in constant time.
 */
export class RuleIndex {
  private readonly firstOf = new Map<string, number>();

  add(when: PolicyMatch, rule: number): void {
    const key = keyOf(FIELDS.map((field) => when[field]));
    if (!this.firstOf.has(key)) this.firstOf.set(key, rule);
  }

  /** The first rule that matches whatever has these fields. */
  first(known: PolicyMatch): number | undefined {
    let first: number | undefined;
    for (let mask = 0; mask < 2 ** FIELDS.length; mask += 1) {
      const asked = FIELDS.map((field, i) => (((mask >> i) & 1) === 1 ? known[field] : undefined));
      const rule = this.firstOf.get(keyOf(asked));
      if (rule !== undefined && (first === undefined || rule < first)) first = rule;
    }
    return first;
  }
}

/** All rules of one policy. */
export function indexRules(rules: readonly PolicyRule[]): RuleIndex {
  const index = new RuleIndex();
  for (const [i, { when }] of rules.entries()) index.add(when, i);
  return index;
}

/** No field has a space in it, and none is empty. */
function keyOf(values: readonly (string | undefined)[]): string {
  return values.map((value) => value ?? '').join(' ');
}
