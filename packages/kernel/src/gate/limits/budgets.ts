/**
 * Budgets: what an effect takes of them when it is opened.
 *
 * B1. An effect reserves in the budget of its grant and in that of every grant above it, or in
 *     none: so what all grants took that were made from one never exceeds what this one allows.
 * B2. Used and reserved together exceed a limit only where the outside used more than it was let in
 *     for; nothing is reserved then, and what is left is never below zero.
 * B3. A period begins with the first use and follows without gaps. What was reserved in one period
 *     has no part in the next.
 */
import type { GrantBudget } from '@aos/air';
import type { Value } from '@aos/canon';
import type { Trie } from '../../trie/trie.js';
import type { BudgetShortage, Denial } from '../decision.js';
import type { CompiledGrant } from '../grants/grants.js';
import type { Subject } from '../requests/subject.js';
import {
  type Amounts,
  addAmounts,
  DIMENSIONS,
  type Ledger,
  ledgerKey,
  NOTHING,
  type Reservation,
} from './ledger.js';
import { leftOf, shortageDenial } from './shortage.js';

export interface Reserved {
  readonly ledgers: Trie<Ledger>;
  readonly reserved: readonly Reservation[];
  readonly denial?: undefined;
}

/** Reserves along the chain of a grant. Codes: `budget-cost-unbounded`, `budget-exhausted`. */
export function reserveBudgets(
  ledgers: Trie<Ledger>,
  grant: CompiledGrant,
  subject: Subject,
): Reserved | { readonly denial: Denial } {
  const budgets = grant.chain.flatMap(({ name, definition }) => {
    const { budget } = definition.grant;
    return budget === undefined ? [] : [{ name, budget }];
  });
  if (budgets.length === 0) return { ledgers, reserved: [] };
  const expected = expectedAmounts(subject);
  const now = subject.request.now.logicalNowNs;
  const reserved: Reservation[] = [];
  let next = ledgers;
  for (const { name, budget } of budgets) {
    const ledger = currentLedger(ledgers, name, budget, now);
    const amounts = limitedOf(expected, budget);
    const denial = checkBound(subject, name, budget) ?? checkRoom(ledger, budget, amounts, now);
    if (denial !== undefined) return { denial };
    next = next.set({ ...ledger, reserved: addAmounts(ledger.reserved, amounts) });
    reserved.push({ grant: name, sinceNs: ledger.sinceNs, amounts });
  }
  return { ledgers: next, reserved };
}

/** What is left of a budget at a moment, by dimension; undefined where it has no limit. */
export function budgetLeft(
  ledgers: Trie<Ledger>,
  name: string,
  budget: GrantBudget,
  logicalNowNs: bigint,
): { readonly [dimension in keyof Amounts]?: bigint } {
  const ledger = currentLedger(ledgers, name, budget, logicalNowNs);
  const standings = DIMENSIONS.flatMap((each) => standingOf(ledger, budget, each) ?? []);
  return Object.fromEntries(standings.map((each) => [each.dimension, leftOf(each)]));
}

/**
 * What an effect may come to, as far as its parameters say: one call; the bytes of the parameters;
 * `max_tokens` where there is such a field; and `max_cost_cents`, else a cent.
 */
function expectedAmounts({ params }: Subject): Amounts {
  const maxTokens = naturalOf(params.fields().get('max_tokens'));
  const tokens = maxTokens === 0n ? 1n : (maxTokens ?? 0n);
  const cents = naturalOf(params.fields().get('max_cost_cents')) || 1n;
  return { calls: 1n, tokens, cents, bytes: BigInt(params.bytes.length) };
}

/**
 * What is paid by what it uses says under a budget of cents what it may cost at most: else any
 * number of such effects at once would have reserved a cent each.
 */
function checkBound({ params }: Subject, grant: string, budget: GrantBudget): Denial | undefined {
  const fields = params.fields();
  const isPaidByUse = fields.has('max_tokens') || fields.has('max_cost_cents');
  const isBounded = naturalOf(fields.get('max_cost_cents')) !== undefined;
  if (budget.cents === undefined || !isPaidByUse || isBounded) return undefined;
  const advice = fields.has('max_cost_cents')
    ? `give max_cost_cents; ${grant} has a budget of cents`
    : `use a version of the effect with max_cost_cents; ${grant} has a budget of cents`;
  return { code: 'budget-cost-unbounded', at: 'params/max_cost_cents', advice };
}

/** Only what the budget limits is reserved, so that what is reserved has a limit as well. */
function limitedOf(amounts: Amounts, budget: GrantBudget): Amounts {
  const { calls, tokens, cents, bytes } = amounts;
  return {
    calls: budget.calls === undefined ? 0n : calls,
    tokens: budget.tokens === undefined ? 0n : tokens,
    cents: budget.cents === undefined ? 0n : cents,
    bytes: budget.bytes === undefined ? 0n : bytes,
  };
}

/** A decoded natural; undefined for anything else. */
export function naturalOf(value: Value | undefined): bigint | undefined {
  if (typeof value === 'number') return value >= 0 ? BigInt(value) : undefined;
  return typeof value === 'bigint' && value >= 0n ? value : undefined;
}

/** The ledger of the period that the moment lies in. */
function currentLedger(
  ledgers: Trie<Ledger>,
  grant: string,
  budget: GrantBudget,
  logicalNowNs: bigint,
): Ledger {
  const ledger = ledgers.get(ledgerKey(grant));
  if (ledger === undefined) {
    return { grant, sinceNs: logicalNowNs, used: NOTHING, reserved: NOTHING };
  }
  if (budget.period_ns === undefined) return ledger;
  const period = BigInt(budget.period_ns);
  const passed = (logicalNowNs - ledger.sinceNs) / period;
  if (passed < 1n) return ledger;
  const sinceNs = ledger.sinceNs + passed * period;
  return { grant, sinceNs, used: NOTHING, reserved: NOTHING };
}

function checkRoom(
  ledger: Ledger,
  budget: GrantBudget,
  amounts: Amounts,
  logicalNowNs: bigint,
): Denial | undefined {
  for (const dimension of DIMENSIONS) {
    const asked = amounts[dimension];
    const standing = standingOf(ledger, budget, dimension);
    if (standing === undefined || asked <= leftOf(standing)) continue;
    return shortageDenial({ ...standing, asked }, logicalNowNs);
  }
  return undefined;
}

/** How a budget stands in one dimension; undefined where it has no limit. */
function standingOf(
  { grant, sinceNs, used, reserved }: Ledger,
  budget: GrantBudget,
  dimension: keyof Amounts,
): Omit<BudgetShortage, 'asked'> | undefined {
  const limit = budget[dimension];
  if (limit === undefined) return undefined;
  const { period_ns } = budget;
  return {
    grant,
    dimension,
    limit: BigInt(limit),
    used: used[dimension],
    reserved: reserved[dimension],
    resetsNs: period_ns === undefined ? undefined : sinceNs + BigInt(period_ns),
  };
}
