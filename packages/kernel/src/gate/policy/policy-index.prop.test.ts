import type { PolicyMatch } from '@aos/air';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PolicyIndex, type PolicyQuestion } from './policy-index.js';

const optional = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });

const when = fc
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

const question: fc.Arbitrary<PolicyQuestion> = fc.record({
  effect_kind: fc.constantFrom('a.b', 'c.d', 'e.f'),
  cap_name: fc.constantFrom('g', 'h', 'i'),
  cap_type: fc.constantFrom('t', 'u', 'v'),
  origin_kind: fc.constantFrom('plan', 'reducer'),
  origin_name: fc.constantFrom('n/P@1', 'n/R@1', 'n/Q@1'),
});

/** The specification: one rule after the other. */
function firstByTrying(rules: readonly PolicyMatch[], asked: PolicyQuestion): number | undefined {
  const found = rules.findIndex((rule) =>
    Object.entries(rule).every(([field, value]) => asked[field as 'cap_name'] === value),
  );
  return found < 0 ? undefined : found;
}

test('the index finds the rule that trying all of them in order finds', () => {
  fc.assert(
    fc.property(fc.array(when, { maxLength: 40 }), question, (rules, asked) => {
      const index = new PolicyIndex(rules.map((rule) => ({ when: rule })));
      expect(index.first(asked)).toBe(firstByTrying(rules, asked));
    }),
    { numRuns: 2_000 },
  );
});
