/** What a decision says, and what it cost to come to it. */
import type { ApprovalRequestedEntry, DecisionEntry } from '@aos/protocol';
import type { Amounts } from './limits/ledger.js';

/** A budget that does not have what is asked for. */
export interface BudgetShortage {
  /** Name of the grant whose budget it is: the one asked under, or one that it was made from. */
  readonly grant: string;
  readonly dimension: keyof Amounts;
  readonly limit: bigint;
  /** Settled in this period; may be more than the limit. */
  readonly used: bigint;
  /** Held by effects under way. */
  readonly reserved: bigint;
  readonly asked: bigint;
  /** Logical time at which the budget begins anew; undefined when it never does. */
  readonly resetsNs: bigint | undefined;
}

/** Why not. Only `code` may enter a world; the rest is for people. */
export interface Denial {
  /** Stable code: of spec/errors.md, or of an enforcer that the world brought itself. */
  readonly code: string;
  /** The rule or constraint that says no, such as `policy demo/p@1 rule 3`. */
  readonly at: string;
  /** The smallest change that would allow it. */
  readonly advice: string;
  /** Of an exhausted budget. */
  readonly shortage?: BudgetShortage;
}

export type Decision = Omit<DecisionEntry, 'kind' | 'cause'>;
export type ApprovalRequest = Omit<ApprovalRequestedEntry, 'kind' | 'cause'>;

/** Module calls that a verdict took; they are charged whatever the verdict is. */
export interface Charge {
  readonly fuel: number;
  readonly calls: number;
}

export const NO_CHARGE: Charge = { fuel: 0, calls: 0 };
