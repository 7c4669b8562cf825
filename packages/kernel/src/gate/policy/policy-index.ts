/**
 * Finds the rule of a policy that decides, without trying all of them.
 *
 * 1. The answer is the first rule, in the order of the policy, whose fields all have the values of
 *    the question; the same as that of trying one after the other.
 * 2. The work does not grow with the number of rules: rules with the same fields and values share a
 *    place, and only the first of them can decide.
 */
import type { PolicyMatch } from '@aos/air';

/** What a rule can ask for, in the order in which the index looks at it. */
const FIELDS = ['origin_name', 'cap_name', 'effect_kind', 'cap_type', 'origin_kind'] as const;

/** What is known of one effect that somebody asks for. */
export type PolicyQuestion = Required<PolicyMatch>;

/** Rules with the same values in the fields looked at so far. */
interface Place {
  /** Least rule at or below this place. */
  least: number;
  /** Rules that do not ask for the next field. */
  any: Place | undefined;
  /** Rules that ask for a value of it. */
  readonly by: Map<string, Place>;
}

const NO_RULE = Number.POSITIVE_INFINITY;

export class PolicyIndex {
  readonly #root: Place = newPlace();

  constructor(rules: readonly { readonly when: PolicyMatch }[]) {
    for (const [rule, { when }] of rules.entries()) add(this.#root, when, rule);
  }

  /** Index of the first rule that matches; undefined when none does. */
  first(question: PolicyQuestion): number | undefined {
    const rule = search(this.#root, 0, question, NO_RULE);
    return rule === NO_RULE ? undefined : rule;
  }
}

function newPlace(): Place {
  return { least: NO_RULE, any: undefined, by: new Map() };
}

function add(root: Place, when: PolicyMatch, rule: number): void {
  let place = root;
  place.least = Math.min(place.least, rule);
  for (const field of FIELDS) {
    place = childOf(place, when[field]);
    place.least = Math.min(place.least, rule);
  }
}

function childOf(place: Place, value: string | undefined): Place {
  const there = value === undefined ? place.any : place.by.get(value);
  if (there !== undefined) return there;
  const child = newPlace();
  if (value === undefined) place.any = child;
  else place.by.set(value, child);
  return child;
}

/** The least matching rule below `place` that is less than `best`, otherwise `best`. */
function search(place: Place, depth: number, question: PolicyQuestion, best: number): number {
  if (place.least >= best) return best;
  const field = FIELDS[depth];
  if (field === undefined) return place.least;
  const exact = place.by.get(question[field]);
  const found = exact === undefined ? best : search(exact, depth + 1, question, best);
  return place.any === undefined ? found : search(place.any, depth + 1, question, found);
}
