import { encode } from '@aos/canon';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ask, emptyState, gateOf, type Json, portsOf } from '../../../test/gate-world.js';
import { authorize } from '../authorize.js';
import type { GateState } from '../gate-state.js';
import type { OpenIntent } from '../open-intent.js';
import { type Amounts, DIMENSIONS, type Ledger, ledgerKey, NOTHING } from './ledger.js';
import { settleBudget } from './settle-budget.js';

/** `root` → `left`, `right` → `deep` (of `right`); limits that are often reached. */
const LIMITS: { readonly [name: string]: Amounts } = {
  root: { calls: 12n, tokens: 120n, cents: 30n, bytes: 1_500n },
  left: { calls: 8n, tokens: 100n, cents: 20n, bytes: 1_000n },
  right: { calls: 9n, tokens: 90n, cents: 25n, bytes: 1_200n },
  deep: { calls: 5n, tokens: 60n, cents: 10n, bytes: 600n },
};
const PARENTS: { readonly [name: string]: string } = { left: 'root', right: 'root', deep: 'right' };
const NAMES = Object.keys(LIMITS);

const grantOf = (name: string): Json => {
  const amounts = Object.entries(LIMITS[name] as Amounts).map(([key, most]) => [key, Number(most)]);
  const parent = PARENTS[name];
  const own = { name, cap: 'g/note@1', params: {}, budget: Object.fromEntries(amounts) };
  return parent === undefined ? own : { ...own, parent };
};

const gate = gateOf({ grants: NAMES.map(grantOf) });

const action = fc.oneof(
  fc.record({
    kind: fc.constant('open' as const),
    cap: fc.constantFrom(...NAMES),
    maxTokens: fc.option(fc.nat(70)),
    text: fc.string({ maxLength: 60 }),
  }),
  fc.record({
    kind: fc.constant('settle' as const),
    which: fc.nat(),
    status: fc.constantFrom(
      'ok' as const,
      'error' as const,
      'timeout' as const,
      'cancelled' as const,
    ),
    tokens: fc.option(fc.nat(60)),
    cents: fc.option(fc.nat(3)),
    size: fc.option(fc.nat(200)),
  }),
);

class Book {
  state: GateState = emptyState();
  readonly open: OpenIntent[] = [];
  /** What was settled under each grant itself, its descendants not counted. */
  readonly own = new Map<string, Amounts>();
  #asked = 0;

  ask(cap: string, maxTokens: number | null, text: string): void {
    const params = encode({ text, max_tokens: maxTokens, max_cost_cents: 1 });
    const request = ask({ cap, params, index: this.#asked++ });
    const verdict = authorize(gate, this.state, request, portsOf());
    if (verdict.kind !== 'open') return;
    this.state = verdict.state;
    this.open.push(verdict.intent);
  }

  settle(which: number, use: Omit<Parameters<typeof settleBudget>[2], 'code'>): void {
    const [intent] = this.open.splice(which % Math.max(1, this.open.length), 1);
    if (intent === undefined) return;
    const before = this.ledger(intent.cap);
    this.state = settleBudget(this.state, intent, { ...use, code: null });
    const after = this.ledger(intent.cap);
    const sum = this.own.get(intent.cap) ?? NOTHING;
    this.own.set(
      intent.cap,
      each((d) => sum[d] + after.used[d] - before.used[d]),
    );
  }

  ledger(name: string): Ledger {
    const fresh = { grant: name, sinceNs: 0n, used: NOTHING, reserved: NOTHING };
    return this.state.ledgers.get(ledgerKey(name)) ?? fresh;
  }
}

function each(amountOf: (dimension: keyof Amounts) => bigint): Amounts {
  return Object.fromEntries(DIMENSIONS.map((d) => [d, amountOf(d)])) as unknown as Amounts;
}

const descends = (name: string | undefined, from: string): boolean =>
  name !== undefined && (name === from || descends(PARENTS[name], from));

function play(actions: readonly (typeof action extends fc.Arbitrary<infer T> ? T : never)[]): Book {
  const book = new Book();
  for (const act of actions) {
    if (act.kind === 'open') book.ask(act.cap, act.maxTokens, act.text);
    else {
      const usage = act.tokens === null ? null : { prompt: 0, completion: act.tokens };
      const receipt = { size: act.size, cost_cents: act.cents, token_usage: usage };
      book.settle(act.which, { status: act.status, payload: encode(receipt) });
    }
    check(book);
  }
  return book;
}

/** Nothing negative; reserved is the sum of what is open; a parent has all of its own ones. */
function check(book: Book): void {
  for (const name of NAMES) {
    const { used, reserved } = book.ledger(name);
    const held = book.open.filter(({ cap }) => descends(cap, name));
    for (const d of DIMENSIONS) {
      expect(reserved[d] >= 0n && used[d] >= 0n).toBe(true);
      const open = held.flatMap((intent) => intent.reserved.filter(({ grant }) => grant === name));
      expect(reserved[d]).toBe(open.reduce((sum, { amounts }) => sum + amounts[d], 0n));
      const own = NAMES.filter((each) => descends(each, name)).map((each) => book.own.get(each));
      expect(used[d]).toBe(own.reduce((sum, amounts) => sum + (amounts?.[d] ?? 0n), 0n));
    }
  }
}

test('a budget holds what is open and what was used under all that was made from it', () => {
  fc.assert(fc.property(fc.array(action, { maxLength: 60 }), (actions) => void play(actions)));
});

test('calls never exceed the limit of any grant above them', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const book = play(actions);
      for (const name of NAMES) {
        const { used, reserved } = book.ledger(name);
        expect(used.calls + reserved.calls <= (LIMITS[name] as Amounts).calls).toBe(true);
      }
    }),
  );
});

test('what settles without use leaves the budget as it was', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 20 }), fc.nat(30), (actions, maxTokens) => {
      const book = play(actions);
      const before = NAMES.map((name) => book.ledger(name).reserved);
      const count = book.open.length;
      book.ask('deep', maxTokens, 'x');
      if (book.open.length === count) return;
      book.settle(count, { status: 'cancelled', payload: encode(null) });
      expect(NAMES.map((name) => book.ledger(name).reserved)).toEqual(before);
    }),
  );
});
