/** What was granted once and is not any more; and keys of effects that lead to others. */
import { encode, sha256, utf8 } from '@aos/canon';
import type { Verb } from '@aos/protocol';
import type { Attack, Met } from '../../../src/attacks/attack.js';
import { adopt } from '../changes-of-worlds.js';
import { hashText, Range, type RangeOptions, type Somebody } from '../range.js';
import { type Json, nat, record, refs, schema, text } from '../shooting-world.js';
import { answerOf } from './requests.js';

interface Variant {
  /** Without it its plan is gone, too. */
  readonly hasGrant?: boolean;
  readonly says?: string;
  readonly decision?: 'allow' | 'ask' | 'deny';
  /** Every payment has the same key, and so the same intent. */
  readonly isKeyed?: true;
}

const plan = (name: string, steps: readonly Json[]): Json => {
  const all = [...steps, { id: 'end', op: 'end' }] as unknown as readonly { readonly id: string }[];
  const edges = all.slice(1).map(({ id }, i) => ({ from: all[i]?.id ?? '', to: id }));
  return { $kind: 'defplan', name, input: 'x/Go@1', steps: all as never, edges };
};
const pays: Json = {
  id: 'paid',
  op: 'emit_effect',
  kind: 'pay',
  params: { record: { n: { ref: '@plan.input.n' } } },
  cap: 'pay',
  bind: { effect_id_as: 'pay_id' },
};
const heard: Json = {
  id: 'heard',
  op: 'await_receipt',
  for: { ref: '@var:pay_id' },
  bind: { as: 'receipt' },
};
const waits: Json = { id: 'now', op: 'await_event', event: 'x/Now@1', bind: { as: 'now' } };

/** Pays at once, or when it is told to. */
function changing({
  hasGrant = true,
  says = 'allow',
  decision = 'allow',
  isKeyed,
}: Variant): readonly Json[] {
  const paid = isKeyed ? { ...(pays as object), idempotency_key: hashText('one key') } : pays;
  const plans = hasGrant
    ? [plan('x/late@1', [waits, paid, heard]), plan('x/soon@1', [paid, heard])]
    : [];
  const asks = { decision: 'require_approval', approval: { role: 'approver', count: 1 } };
  const rule = decision === 'ask' ? asks : { decision };
  const names = ['x/Go@1', 'x/Soon@1', 'x/Now@1', 'x/Paid@1'];
  return [
    ...names.map((name) => schema(name, record({ n: nat }))),
    {
      $kind: 'defeffect',
      name: 'x/pay@1',
      kind: 'pay',
      params_schema: 'x/Paid@1',
      receipt_schema: 'x/Paid@1',
      cap_type: 'pay',
      origin_scope: 'plan',
    },
    {
      $kind: 'defcap',
      name: 'x/pay@1',
      cap_type: 'pay',
      schema: record({ says: text }),
      enforcer: { module: 'x/Enforce@1' },
    },
    {
      $kind: 'defmodule',
      name: 'x/Enforce@1',
      module_kind: 'pure',
      abi: { pure: { input: 'sys/CapCheckInput@1', output: 'sys/CapCheckOutput@1' } },
    },
    {
      $kind: 'defpolicy',
      name: 'x/policy@1',
      rules: [{ when: { effect_kind: 'pay' }, ...rule }] as never,
    },
    ...plans,
    {
      $kind: 'manifest',
      air_version: '1',
      features: ['policy-approval'],
      schemas: refs(...names, 'sys/PlanStart@1'),
      modules: refs('x/Enforce@1'),
      plans: hasGrant ? refs('x/late@1', 'x/soon@1') : [],
      effects: refs('x/pay@1'),
      caps: refs('x/pay@1'),
      policies: refs('x/policy@1'),
      defaults: {
        policy: 'x/policy@1',
        cap_grants: [
          { name: 'spare', cap: 'x/pay@1', params: { says: 'allow' } },
          ...(hasGrant ? [{ name: 'pay', cap: 'x/pay@1', params: { says } }] : []),
        ],
      },
    },
  ];
}

/** A world that changes from one variant to another, and knows which one it has. */
export class ChangingRange extends Range {
  #variant: Variant;

  constructor(variant: Variant = {}, options: RangeOptions = {}) {
    super(changing(variant), options);
    this.#variant = variant;
  }

  async change(to: Variant): Promise<Met> {
    const met = await adopt(this, changing(this.#variant), changing(to));
    this.#variant = to;
    return met;
  }

  start(name: 'late' | 'soon'): Promise<Met> {
    return this.event('sys/PlanStart@1', { plan: `x/${name}@1`, input: encode({ n: 1 }) });
  }

  async yes(): Promise<Verb> {
    const { hash: intentHash } = await this.lastIntent();
    return { verb: 'approve-intent', intentHash, decision: 'approve' };
  }

  async approve(by: Somebody = 'ana'): Promise<Met> {
    return this.verb(await this.yes(), by);
  }
}

type Changing = Attack<ChangingRange>;
export const ASK: Variant = { decision: 'ask' };

export const CHANGES: readonly Changing[] = [
  {
    attempt: 'asks in a plan that began when the grant was there',
    code: 'grant-not-found',
    prepare: async (world) => [
      ...(await world.start('late')),
      ...(await world.change({ hasGrant: false })),
    ],
    act: (world) => world.event('x/Now@1', { n: 1 }),
    twin: async (world) => [...(await world.change({})), ...(await world.start('soon'))],
  },
  {
    attempt: 'asks in a plan that began when the grant was wider',
    code: 'not-today',
    prepare: async (world) => [
      ...(await world.start('late')),
      ...(await world.change({ says: 'deny' })),
    ],
    act: (world) => world.event('x/Now@1', { n: 1 }),
    twin: async (world) => [...(await world.change({})), ...(await world.start('soon'))],
  },
  {
    attempt: 'asks in a plan that began under another policy',
    code: 'policy-denied',
    prepare: async (world) => [
      ...(await world.start('late')),
      ...(await world.change({ decision: 'deny' })),
    ],
    act: (world) => world.event('x/Now@1', { n: 1 }),
    twin: async (world) => [...(await world.change({})), ...(await world.start('soon'))],
  },
  {
    attempt: 'waits for people under a grant that goes',
    code: 'grant-revoked',
    prepare: async (world) => [...(await world.change(ASK)), ...(await world.start('soon'))],
    act: (world) => world.change({ hasGrant: false, ...ASK }),
    twin: async (world) => [
      ...(await world.change(ASK)),
      ...(await world.start('soon')),
      ...(await world.approve()),
    ],
  },
  {
    attempt: 'is approved when the grant is narrower',
    code: 'not-today',
    prepare: async (world) => [
      ...(await world.change(ASK)),
      ...(await world.start('soon')),
      ...(await world.change({ ...ASK, says: 'deny' })),
    ],
    act: (world) => world.approve(),
    twin: async (world) => [
      ...(await world.change(ASK)),
      ...(await world.start('soon')),
      ...(await world.approve()),
    ],
  },
  {
    attempt: 'is approved when the policy denies',
    code: 'policy-denied',
    prepare: async (world) => [
      ...(await world.change(ASK)),
      ...(await world.start('soon')),
      ...(await world.change({ decision: 'deny' })),
    ],
    act: (world) => world.approve(),
    twin: async (world) => [
      ...(await world.change(ASK)),
      ...(await world.start('soon')),
      ...(await world.approve()),
    ],
  },
];

const KEY = sha256(utf8('one key'));

const keyed = (range: Range, cap: string, key: Uint8Array, n = 1): Promise<Met> => {
  const effect = { kind: 'pay', params_cbor: encode({ n }), cap_slot: cap, idempotency_key: key };
  return range.event('x/Do@1', { id: 'a', answer: answerOf([effect]) });
};

/** Explicit keys of effects, which others may know, too. */
export const KEYS: readonly Attack<Range>[] = [
  {
    attempt: 'uses the key of an effect under a grant that denies',
    code: 'policy-denied',
    prepare: (range) => keyed(range, 'pay', KEY),
    act: (range) => keyed(range, 'banned', KEY),
    twin: (range) => keyed(range, 'other', KEY),
  },
  {
    attempt: 'uses a key again whose effect has settled',
    code: 'nothing',
    prepare: (range) => keyed(range, 'pay', KEY),
    act: async (range) => {
      const met = await keyed(range, 'pay', KEY);
      return met.length === 0 ? ['nothing'] : met;
    },
    twin: (range) => keyed(range, 'pay', sha256(utf8('another key'))),
  },
  {
    attempt: 'uses a key for another effect of a grant that expired',
    code: 'grant-expired',
    prepare: (range) => keyed(range, 'pay', KEY),
    act: (range) => keyed(range, 'late', KEY),
    twin: (range) => keyed(range, 'pay', KEY, 2),
  },
];
