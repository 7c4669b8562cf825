/**
 * A world in which nobody may pay, and in which a change of the policy would let them: two
 * approvers must approve of it who have not made it, an operator applies it, and one operator keeps
 * the keyring. Plans of it may ask for changes, and some of them would like more than they may.
 */
import { encode, sha256, utf8 } from '@aos/canon';
import type { Verb } from '@aos/protocol';
import type { Met } from '../../src/attacks/attack.js';
import { type Patch, patchBetween } from './changes-of-worlds.js';
import { Range, type Somebody } from './range.js';
import { type Json, nat, record, refs, schema } from './shooting-world.js';

const KINDS = ['propose', 'approve', 'apply', 'withdraw'] as const;
type AgentKind = (typeof KINDS)[number];

const SCHEMAS: { readonly [K in AgentKind]: string } = {
  propose: 'sys/GovProposeParams@1',
  approve: 'sys/GovApproveParams@1',
  apply: 'sys/GovApplyParams@1',
  withdraw: 'sys/GovWithdrawParams@1',
};

const agentPlan = (kind: AgentKind, cap: string): Json => ({
  $kind: 'defplan',
  name: `x/${kind}-${cap}@1`,
  input: SCHEMAS[kind],
  steps: [
    {
      id: 'ask',
      op: 'emit_effect',
      kind: `governance.${kind}`,
      params: { ref: '@plan.input' },
      cap,
      bind: { effect_id_as: 'asked' },
    },
    { id: 'heard', op: 'await_receipt', for: { ref: '@var:asked' }, bind: { as: 'receipt' } },
    { id: 'end', op: 'end' },
  ],
  edges: [
    { from: 'ask', to: 'heard' },
    { from: 'heard', to: 'end' },
  ],
});

const PAYER: Json = {
  $kind: 'defplan',
  name: 'x/payer@1',
  input: 'x/Go@1',
  steps: [
    {
      id: 'paid',
      op: 'emit_effect',
      kind: 'pay',
      params: { ref: '@plan.input' },
      cap: 'pay',
      bind: { effect_id_as: 'pay_id' },
    },
    { id: 'end', op: 'end' },
  ],
  edges: [{ from: 'paid', to: 'end' }],
};

const GOVERNANCE: readonly Json[] = [
  { verb: 'approve', role: 'approver', count: 2, not_own: true },
  { verb: 'keyring', role: 'operator', count: 1, of: ['eve'] },
];

interface Variant {
  /** Whether the policy lets anybody pay. */
  readonly pays?: boolean;
  /** A schema more, of this name. */
  readonly more?: string;
  /** Rules of governance in place of the usual ones. */
  readonly governance?: readonly Json[];
}

function governedWorld({ pays = false, more, governance }: Variant = {}): readonly Json[] {
  const plans = [
    ...KINDS.map((kind) => agentPlan(kind, 'self')),
    ...KINDS.map((kind) => agentPlan(kind, 'narrow')),
    PAYER,
  ] as unknown as readonly { readonly name: string }[];
  const also = more === undefined ? [] : [more];
  return [
    schema('x/Go@1', record({ n: nat })),
    ...also.map((name) => schema(name, nat)),
    {
      $kind: 'defeffect',
      name: 'x/pay@1',
      kind: 'pay',
      params_schema: 'x/Go@1',
      receipt_schema: 'x/Go@1',
      cap_type: 'pay',
      origin_scope: 'plan',
    },
    {
      $kind: 'defcap',
      name: 'x/pay@1',
      cap_type: 'pay',
      schema: record({}),
      enforcer: { module: 'sys/CapAllowAll@1' },
    },
    {
      $kind: 'defpolicy',
      name: 'x/policy@1',
      rules: [
        ...(pays ? [{ when: { effect_kind: 'pay' }, decision: 'allow' }] : []),
        { when: { cap_type: 'governance' }, decision: 'allow' },
      ],
      governance: [
        ...(governance ?? GOVERNANCE),
        {
          verb: 'propose',
          role: 'operator',
          count: 1,
          of: ['operator', 'eve', 'world:x/propose-self@1', 'world:x/propose-narrow@1'],
        },
      ],
    },
    ...(plans as unknown as readonly Json[]),
    {
      $kind: 'manifest',
      air_version: '1',
      features: ['policy-governance'],
      schemas: refs('x/Go@1', ...also, 'sys/PlanStart@1'),
      modules: [],
      plans: refs(...plans.map(({ name }) => name)),
      effects: refs('x/pay@1', ...KINDS.map((kind) => `sys/governance.${kind}@1`)),
      caps: refs('x/pay@1', 'sys/governance@1'),
      policies: refs('x/policy@1'),
      defaults: {
        policy: 'x/policy@1',
        cap_grants: [
          { name: 'pay', cap: 'x/pay@1', params: {} },
          { name: 'self', cap: 'sys/governance@1', params: {} },
          {
            name: 'narrow',
            cap: 'sys/governance@1',
            params: {
              kinds: ['governance.propose', 'governance.apply'],
              sections: ['schemas'],
              namespaces: ['x'],
            },
          },
        ],
      },
      triggers: [{ event: 'x/Go@1', plan: 'x/payer@1' }],
    },
  ];
}

/** What leads from one variant to another. */
export const patchOf = (from: Variant, to: Variant): Patch =>
  patchBetween(governedWorld(from), governedWorld(to));

const PAYS: Variant = { pays: true };

/** A world on its way to let people pay. */
export class GovernedRange extends Range {
  readonly #from: Variant;

  constructor(from: Variant = {}, nonce = 0) {
    super(governedWorld(from), { kinds: ['pay'], counted: ['pay'], nonce });
    this.#from = from;
  }

  go(): Promise<Met> {
    return this.event('x/Go@1', { n: 1 });
  }

  async propose(to: Variant = PAYS, by: Somebody = 'operator'): Promise<Met> {
    const { base, ...patch } = await this.keepPatch(to);
    return this.verb({ verb: 'propose', base, patchHash: patch.hash, description: '' }, by);
  }

  async keepPatch(to: Variant = PAYS): Promise<Patch> {
    const patch = patchOf(this.#from, to);
    await this.host.storeObject(patch);
    return patch;
  }

  async ref(proposal = 0) {
    const found = await this.read(({ governance }) => [...governance.proposals.range()][proposal]);
    const made = patchOf(this.#from, PAYS);
    const { base, patchHash } = found ?? { base: made.base, patchHash: made.hash };
    return { proposal, base, patchHash };
  }

  async shadow(report = 'report', by: Somebody = 'host', proposal = 0): Promise<Met> {
    const bytes = utf8(report);
    const shadowHash = sha256(bytes);
    await this.host.storeObject({ hash: shadowHash, bytes });
    const atSeq = (await this.read(({ seq }) => seq)) - 1;
    return this.verb({ verb: 'shadowed', ...(await this.ref(proposal)), shadowHash, atSeq }, by);
  }

  async yes(report = 'report', proposal = 0): Promise<Verb> {
    const shadowHash = sha256(utf8(report));
    return { verb: 'approve', ...(await this.ref(proposal)), shadowHash };
  }

  async approve(by: Somebody, report = 'report', proposal = 0): Promise<Met> {
    return this.verb(await this.yes(report, proposal), by);
  }

  apply(by: Somebody = 'operator', proposal = 0): Promise<Met> {
    return this.verb({ verb: 'apply', proposal }, by);
  }

  /** Everything that it takes, and then it is paid. */
  async wholeWay(proposal = 0): Promise<Met> {
    return [
      ...(await this.shadow('whole', 'host', proposal)),
      ...(await this.approve('ana', 'whole', proposal)),
      ...(await this.approve('ben', 'whole', proposal)),
      ...(await this.apply('operator', proposal)),
      ...(await this.go()),
    ];
  }

  agent(kind: AgentKind, cap: 'narrow' | 'self', input: object): Promise<Met> {
    const plan = `x/${kind}-${cap}@1`;
    return this.event('sys/PlanStart@1', { plan, input: encode(input as never) });
  }

  /** Codes of receipts that were taken since. */
  async agentCodes(kind: AgentKind, cap: 'narrow' | 'self', input: object): Promise<Met> {
    const from = this.store.head + 1;
    const met = await this.agent(kind, cap, input);
    return [...met, ...this.receiptCodes(from)];
  }
}
