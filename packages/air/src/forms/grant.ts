/** Grants: a capability with concrete parameters, and how much of it may be used. */
import { anyJson } from './exact-json.js';
import { type FormValue, natural, object, positive, someFieldOf } from './form.js';
import { localName, name } from './names.js';

/** What a budget may limit, in the order in which it is checked. */
export const BUDGET_DIMENSIONS = ['calls', 'tokens', 'cents', 'bytes'] as const;

/** Totals over the life of the grant, or over each period of logical time. */
const budget = someFieldOf(BUDGET_DIMENSIONS, {
  calls: natural,
  tokens: natural,
  cents: natural,
  bytes: natural,
  period_ns: positive,
});

export const capGrant = object({
  required: { name: localName, cap: name, params: anyJson },
  optional: { expiry_ns: natural, budget, parent: localName },
});

export type CapGrant = FormValue<typeof capGrant>;
export type GrantBudget = FormValue<typeof budget>;
