/**
 * Budgets, counted from the journal alone: what is opened under a grant was left in its budget and
 * in that of every grant it was made from, and what settles is charged once.
 *
 * Where the journal does not say what something cost, nothing is charged here, so the count is
 * never above that of the kernel: what it finds is broken indeed.
 */
import type { WorldDefinition } from '@aos/air';
import { toHex } from '@aos/canon';
import type { World } from '@aos/kernel';
import type { Entry, JournalRecord } from '@aos/protocol';

const DIMENSIONS = ['calls', 'cents'] as const;
type Dimension = (typeof DIMENSIONS)[number];

interface Budget {
  readonly limits: Readonly<Partial<Record<Dimension, bigint>>>;
  readonly used: Record<Dimension, bigint>;
  readonly reserved: Record<Dimension, bigint>;
}

type State = 'waiting' | 'released';

/** Throws when what a ledger holds is not what the open intents took. */
export function checkLedgers({ gateState, intents }: World): void {
  const reservations = [...intents.range()].flatMap(({ reserved }) => reserved);
  for (const { grant, sinceNs, used, reserved } of gateState.ledgers.range()) {
    const held = reservations.filter((each) => each.grant === grant && each.sinceNs === sinceNs);
    for (const dimension of ['calls', 'cents', 'tokens', 'bytes'] as const) {
      const sum = held.reduce((total, { amounts }) => total + amounts[dimension], 0n);
      if (used[dimension] < 0n) throw new Error(`the grant ${grant} has used less than nothing`);
      if (reserved[dimension] !== sum) {
        throw new Error(`the ledger of ${grant} holds ${reserved[dimension]}, its intents ${sum}`);
      }
    }
  }
}

export class BudgetLaws {
  private readonly budgets = new Map<string, Budget>();
  /** Names of the grants that hold for each, itself first. */
  private readonly chains = new Map<string, readonly string[]>();
  private readonly open = new Map<string, { readonly cap: string; state: State }>();
  /** Decisions of this record that opened nothing yet. */
  private readonly allowed = new Map<string, State>();

  constructor(definition: WorldDefinition) {
    for (const [name, { grant }] of definition.grants) {
      const { calls, cents, period_ns } = grant.budget ?? {};
      const limits = {
        ...(calls === undefined ? {} : { calls: BigInt(calls) }),
        ...(cents === undefined ? {} : { cents: BigInt(cents) }),
      };
      const none = () => ({ calls: 0n, cents: 0n });
      if (period_ns === undefined)
        this.budgets.set(name, { limits, used: none(), reserved: none() });
      const above = grant.parent === undefined ? [] : (this.chains.get(grant.parent) ?? []);
      this.chains.set(name, [name, ...above]);
    }
  }

  /** Takes the next record; throws when more was let through than was left. */
  check(record: JournalRecord): void {
    this.allowed.clear();
    for (const entry of record.entries) this.apply(entry, record);
  }

  private apply(entry: Entry, record: JournalRecord): void {
    if (entry.kind === 'decision' && entry.outcome !== 'deny') {
      const key = toHex(entry.intent);
      const known = this.open.get(key);
      if (known === undefined)
        this.allowed.set(key, entry.outcome === 'wait' ? 'waiting' : 'released');
      else if (known.state === 'waiting' && entry.outcome === 'allow') {
        known.state = 'released';
        this.reserve(known.cap);
      }
    } else if (entry.kind === 'intent') {
      const state = this.allowed.get(toHex(entry.intent)) ?? 'released';
      this.open.set(toHex(entry.intent), { cap: entry.cap, state });
      if (state === 'released') this.reserve(entry.cap);
    } else if (entry.kind === 'settled') this.settle(toHex(entry.intent), record);
    else if (entry.kind === 'dropped' && entry.code === 'intent-abandoned') {
      if (entry.intent !== undefined) this.giveBack(toHex(entry.intent));
    }
  }

  private reserve(cap: string): void {
    for (const [name, dimension, budget] of this.limitsOf(cap)) {
      const left =
        (budget.limits[dimension] ?? 0n) - budget.used[dimension] - budget.reserved[dimension];
      if (left < 1n)
        throw new Error(`the grant ${name} lets through more ${dimension} than it has`);
      budget.reserved[dimension] += 1n;
    }
  }

  private giveBack(intent: string): State | undefined {
    const known = this.open.get(intent);
    this.open.delete(intent);
    if (known?.state === 'released') {
      for (const [, dimension, budget] of this.limitsOf(known.cap))
        budget.reserved[dimension] -= 1n;
    }
    return known?.state;
  }

  private settle(intent: string, { input }: JournalRecord): void {
    const cap = this.open.get(intent)?.cap ?? '';
    if (this.giveBack(intent) !== 'released') return;
    const isAnswer = input.kind === 'receipt' && toHex(input.receipt.intentHash) === intent;
    const cost = isAnswer ? (input.receipt.costCents ?? 0n) : 0n;
    for (const [, dimension, budget] of this.limitsOf(cap)) {
      budget.used[dimension] += dimension === 'calls' ? 1n : cost;
    }
  }

  private limitsOf(cap: string): readonly (readonly [string, Dimension, Budget])[] {
    return (this.chains.get(cap) ?? []).flatMap((name) => {
      const budget = this.budgets.get(name);
      if (budget === undefined) return [];
      const limited = DIMENSIONS.filter((dimension) => budget.limits[dimension] !== undefined);
      return limited.map((dimension) => [name, dimension, budget] as const);
    });
  }
}
