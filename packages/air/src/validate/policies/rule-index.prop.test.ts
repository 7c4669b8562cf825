import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PolicyMatch } from '../../forms/policy.js';
import { RuleIndex } from './rule-index.js';

const optional = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });

const match = fc
  .record({
    effect_kind: optional('a.b', 'c.d'),
    cap_name: optional('g', 'h'),
    cap_type: optional('t', 'u'),
    origin_kind: optional('plan' as const, 'reducer' as const),
    origin_name: optional('n/P@1', 'n/R@1'),
  })
  .map((fields) => {
    const there = Object.entries(fields).filter(([, value]) => value !== undefined);
    return Object.fromEntries(there) as PolicyMatch;
  });

function matches(rule: PolicyMatch, known: PolicyMatch): boolean {
  return Object.entries(rule).every(([field, value]) => known[field as 'cap_name'] === value);
}

test('the first rule that matches is the one that trying all of them finds', () => {
  fc.assert(
    fc.property(fc.array(match, { maxLength: 12 }), match, (rules, known) => {
      const index = new RuleIndex();
      for (const [i, rule] of rules.entries()) index.add(rule, i);
      const first = rules.findIndex((rule) => matches(rule, known));
      expect(index.first(known) ?? -1).toBe(first);
    }),
  );
});
