/**
 * A world whose orders cost something: `d/Order@1` asks under the grant `root`, `d/Team@1` under
 * one that was made from it. What an intent costs is a function of its hash alone, so that books
 * can be kept without asking the world.
 */
import { encode, type Hash } from '@aos/canon';
import type { EffectOutcome, ReceiptStatus } from '@aos/protocol';
import { foundPlans } from '../plan-world.js';

/** What is reserved for one order. */
export const RESERVED: Amounts = { calls: 1n, tokens: 10n, cents: 5n };

export const LIMITS: Readonly<Record<string, Amounts>> = {
  root: { calls: 40n, tokens: 200n, cents: 80n },
  team: { calls: 20n, tokens: 90n, cents: 35n },
};

export interface Amounts {
  readonly calls: bigint;
  readonly tokens: bigint;
  readonly cents: bigint;
}

export const DIMENSIONS = ['calls', 'tokens', 'cents'] as const;

const refs = (...names: string[]) => names.map((name) => ({ name }));
const nat = (n: bigint) => ({ nat: Number(n) });

const plan = (name: string, input: string, cap: string) => ({
  $kind: 'defplan',
  name,
  input,
  steps: [
    {
      id: 'ask',
      op: 'emit_effect',
      kind: 'pay',
      params: {
        record: {
          n: { ref: '@plan.input.n' },
          max_tokens: nat(RESERVED.tokens),
          max_cost_cents: nat(RESERVED.cents),
        },
      },
      cap,
      bind: { effect_id_as: 'asked' },
    },
    { id: 'hear', op: 'await_receipt', for: { ref: '@var:asked' }, bind: { as: 'paid' } },
    { id: 'done', op: 'end' },
  ],
  edges: [
    { from: 'ask', to: 'hear' },
    { from: 'hear', to: 'done' },
  ],
});

const fields = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { nat: {} }]));

const numbers = (limits: Amounts | undefined) =>
  Object.fromEntries(Object.entries(limits ?? {}).map(([name, most]) => [name, Number(most)]));

const definitions = [
  { $kind: 'defschema', name: 'd/Order@1', type: { record: fields(['n']) } },
  { $kind: 'defschema', name: 'd/Team@1', type: { record: fields(['n']) } },
  {
    $kind: 'defschema',
    name: 'd/Pay@1',
    type: { record: fields(['n', 'max_tokens', 'max_cost_cents']) },
  },
  {
    $kind: 'defschema',
    name: 'd/Paid@1',
    type: {
      record: {
        cost_cents: { option: { nat: {} } },
        token_usage: { record: fields(['prompt', 'completion']) },
      },
    },
  },
  {
    $kind: 'defeffect',
    name: 'd/pay@1',
    kind: 'pay',
    params_schema: 'd/Pay@1',
    receipt_schema: 'd/Paid@1',
    cap_type: 'paying',
    origin_scope: 'plan',
  },
  {
    $kind: 'defcap',
    name: 'd/paying@1',
    cap_type: 'paying',
    schema: { record: {} },
    enforcer: { module: 'sys/CapAllowAll@1' },
  },
  { $kind: 'defpolicy', name: 'd/policy@1', rules: [{ when: {}, decision: 'allow' }] },
  plan('d/order@1', 'd/Order@1', 'root'),
  plan('d/team@1', 'd/Team@1', 'team'),
  {
    $kind: 'manifest',
    air_version: '1',
    features: ['grant-budget', 'grant-parent'],
    schemas: refs('d/Order@1', 'd/Team@1', 'd/Pay@1', 'd/Paid@1'),
    modules: [],
    plans: refs('d/order@1', 'd/team@1'),
    effects: refs('d/pay@1'),
    caps: refs('d/paying@1'),
    policies: refs('d/policy@1'),
    defaults: {
      policy: 'd/policy@1',
      cap_grants: [
        { name: 'root', cap: 'd/paying@1', params: {}, budget: numbers(LIMITS.root) },
        {
          ...{ name: 'team', cap: 'd/paying@1', params: {}, parent: 'root' },
          budget: numbers(LIMITS.team),
        },
      ],
    },
    triggers: [
      { event: 'd/Order@1', plan: 'd/order@1' },
      { event: 'd/Team@1', plan: 'd/team@1' },
    ],
  },
];

export const foundPaying = () => foundPlans(definitions);

/** What an intent costs outside, and how it ends. */
interface Bill {
  readonly status: Exclude<ReceiptStatus, 'cancelled'>;
  readonly cents: bigint;
  readonly prompt: bigint;
  readonly completion: bigint;
}

const STATUSES = ['error', 'timeout', 'ok', 'ok', 'ok', 'ok'] as const;

function billOf(intent: Hash): Bill {
  const [a = 0, b = 0, c = 0, d = 0] = intent;
  return {
    status: STATUSES[d % STATUSES.length] ?? 'ok',
    cents: BigInt(a) % (RESERVED.cents + 1n),
    prompt: BigInt(b % 4),
    completion: BigInt(c % 6),
  };
}

/** What a bill must be charged with: what nobody counted as it was reserved. */
export function chargeOf(intent: Hash): Amounts {
  const { status, cents, prompt, completion } = billOf(intent);
  if (status === 'timeout') return RESERVED;
  if (status === 'error') return { calls: 1n, cents, tokens: cents > 0n ? RESERVED.tokens : 0n };
  return { calls: 1n, cents, tokens: prompt + completion };
}

/** The outcome that says so: the price in the receipt itself, or in its payload. */
export function outcomeOf(intent: Hash): EffectOutcome {
  const { status, cents, prompt, completion } = billOf(intent);
  if (status !== 'ok') {
    return { status, payload: encode({ code: 'paid', message: '' }), costCents: cents };
  }
  const token_usage = { prompt, completion };
  const isOutside = (intent[4] ?? 0) % 2 === 0;
  const payload = encode({ cost_cents: isOutside ? null : cents, token_usage });
  return isOutside ? { status, payload, costCents: cents } : { status, payload };
}
