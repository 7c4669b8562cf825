/** Plans under the whole kernel: the gate, receipts, time, pauses, snapshots and replay. */
import { encode, type Hash } from '@aos/canon';
import { afterEach, describe, expect, it } from 'vitest';
import { type KernelOptions, PlanKernel } from './plan-kernel.js';
import {
  assign,
  awaitEvent,
  awaitOf,
  broken,
  cancel,
  emit,
  end,
  type Json,
  nat,
  op,
  type Plan,
  type PlansBrief,
  plansOf,
  raise,
  receipt,
  ref,
  spawn,
  spawnEach,
} from './plan-world.js';

let kernels: PlanKernel[] = [];

function kernelOf(brief: PlansBrief, options: KernelOptions = {}): PlanKernel {
  const kernel = new PlanKernel(plansOf(brief), options);
  kernels.push(kernel);
  return kernel;
}

const begin = (main: Plan, options?: KernelOptions, more: Partial<PlansBrief> = {}): PlanKernel =>
  kernelOf({ plans: { main }, ...more }, options).start();

afterEach(() => {
  for (const kernel of kernels) kernel.check();
  kernels = [];
});

const ask: Plan = {
  steps: [emit('a', ref('@plan.input.n')), receipt('w', 'a'), end(ref('@var:w.n'))],
  edges: [
    ['a', 'w'],
    ['w', 'end'],
  ],
  output: 't/Num@1',
};
const rest = (kernel: PlanKernel): readonly string[] => kernel.lines.slice(1);

describe('an effect of a plan', () => {
  it('goes through the gate, comes back as a receipt and wakes its wait', () => {
    const kernel = begin(ask);
    expect(rest(kernel)).toEqual(['a done', 'allow ask', 'intent ask 1', 'w waiting']);
    expect(kernel.outputs).toMatchObject([{ kind: 'release' }]);
    kernel.settle(0, 'ok', 42);
    expect(rest(kernel).slice(4)).toEqual([
      'settled ok',
      'w done',
      'end done',
      'plan-result',
      'ended ok',
    ]);
    expect(kernel.world.planState.instances.size).toBe(0);
  });

  it('has a chain of causes from the event to the result', () => {
    const { entries } = begin(ask).settle();
    expect(entries.map(({ kind, cause }) => [kind, cause])).toEqual([
      ['plan-started', null],
      ['plan-step', 0],
      ['decision', 1],
      ['intent', 2],
      ['plan-step', 1],
      ['settled', null],
      ['plan-step', 0],
      ['plan-step', 1],
      ['plan-result', 2],
      ['plan-ended', 2],
    ]);
  });

  it('that is denied fails the instance, and the world goes on', () => {
    const rules = [{ when: { effect_kind: 'ask' }, decision: 'deny' }];
    const kernel = begin(ask, {}, { rules });
    expect(rest(kernel)).toEqual([
      'a failed policy-denied',
      'deny ask policy-denied',
      'ended error policy-denied',
    ]);
    expect(rest(kernel.start())).toHaveLength(7);
  });

  it('whose receipt is out of its schema has failed', () => {
    const kernel = begin(ask);
    kernel.receipt(kernel.open[0] as never, 'ok', encode({ wrong: true }));
    expect(rest(kernel).slice(-3)).toEqual([
      'settled error receipt-invalid',
      'w failed effect-failed',
      'ended error effect-failed',
    ]);
  });

  it('has a key of its own in every instance', () => {
    const kernel = begin(ask).start();
    const [one, two] = kernel.open;
    expect(one?.params).toEqual(two?.params);
    expect(one?.intent).not.toEqual(two?.intent);
  });

  it('is shared under an explicit key, and every instance gets the one receipt', () => {
    const key = op('hash_bytes@1', { text: 'k' });
    const steps = [emit('a', nat(1), { idempotency_key: key }), ...ask.steps.slice(1)];
    const kernel = begin({ ...ask, steps }).start();
    expect(kernel.open).toHaveLength(1);
    kernel.settle(0, 'ok', 3);
    expect(kernel.lines.filter((line) => line === 'ended ok')).toHaveLength(2);
    kernel.start();
    expect(kernel.lines.filter((line) => line === 'ended ok')).toHaveLength(3);
  });

  it('that nobody waits for any more is dropped when it settles', () => {
    const kernel = begin({ steps: [emit('a'), end()], edges: [['a', 'end']] }).settle();
    expect(rest(kernel).slice(-3)).toEqual(['ended ok', 'settled ok', 'dropped receipt-late']);
  });
});

describe('time', () => {
  const retry = { max: 2, backoff: { initial_ns: 100 } };

  it('brings the next attempt, with a key of its own', () => {
    const kernel = begin({ ...ask, steps: [emit('a', nat(1), { retry }), ...ask.steps.slice(1)] });
    const [first] = kernel.open;
    kernel.settle(0, 'error');
    expect(kernel.outputs.at(-1)).toEqual({ kind: 'wake', atNs: 100n });
    expect(rest(kernel).at(-1)).toBe('a waiting effect-failed');
    kernel.tick(100n);
    const [second] = kernel.open;
    expect(second?.attempt).toBe(2);
    expect(second?.idempotencyKey).not.toEqual(first?.idempotencyKey);
    expect(rest(kernel.settle(0, 'ok', 5)).at(-1)).toBe('ended ok');
  });

  it('ends an effect that is late, and what comes then is refused', () => {
    const kernel = begin({
      ...ask,
      steps: [emit('a', nat(1), { deadline_ns: 50 }), ...ask.steps.slice(1)],
    });
    const [late] = kernel.open;
    kernel.tick(50n);
    expect(rest(kernel).slice(-3)).toEqual([
      'settled timeout effect-timeout',
      'w failed effect-failed',
      'ended error effect-failed',
    ]);
    expect(() => kernel.receipt(late as never, 'ok', encode({ n: 1 }))).toThrow(
      'receipt-duplicate',
    );
  });

  it('tries again what was late', () => {
    const steps = [emit('a', nat(1), { deadline_ns: 50, retry }), ...ask.steps.slice(1)];
    const kernel = begin({ ...ask, steps })
      .tick(50n)
      .tick(150n);
    expect(kernel.open[0]).toMatchObject({ attempt: 2, deadlineNs: 200n });
  });
});

describe('events', () => {
  it('that a plan raises reach what waits for them', () => {
    const value = { record: { id: { text: 'k' }, n: nat(9) } };
    const kernel = kernelOf({
      plans: {
        main: {
          steps: [awaitEvent('e'), end(ref('@var:e.n'))],
          edges: [['e', 'end']],
          output: 't/Num@1',
        },
        other: { steps: [raise('r', 't/Ping@1', value)], input: 't/Num@1' },
      },
      triggers: [
        { event: 't/Start@1', plan: 't/main@1' },
        { event: 't/Num@1', plan: 't/other@1' },
      ],
    });
    kernel.start().input({ schema: 't/Num@1', cbor: encode(1) });
    expect(rest(kernel)).toEqual([
      'e waiting',
      'started other',
      'r done',
      'domain-event',
      'ended ok',
      'e done',
      'end done',
      'plan-result',
      'ended ok',
    ]);
  });

  it('that would start plans for ever are bounded in each record, and the world lives', () => {
    const value = ref('@plan.input');
    const loop: Plan = { steps: [raise('r', 't/Start@1', value)] };
    const kernel = new PlanKernel(plansOf({ plans: { main: loop } }), {
      limits: { calls_per_step: 20 },
    });
    expect(() => kernel.start()).toThrow('does not get less');
    expect(kernel.world.pending.length).toBeLessThan(3);
  });
});

describe('children', () => {
  const child: Plan = { ...ask };
  const inputs: Json = {
    op: 'map@1',
    over: ref('@plan.input.list'),
    as: 'x',
    do: {
      record: { id: ref('@plan.input.id'), n: ref('@local:x'), list: { list: [] } },
    },
  };
  const wide: Plan = {
    steps: [
      spawnEach('s', 'child', inputs, 4096),
      awaitOf('await_all', 'w', 's'),
      end(op('len', ref('@var:w'))),
    ],
    edges: [
      ['s', 'w'],
      ['w', 'end'],
    ],
    output: 't/Num@1',
  };

  it('are spawned wide, and each record stays within its budget', () => {
    const list = Array.from({ length: 60 }, (_, i) => i);
    const kernel = kernelOf({ plans: { main: wide, child } }, { limits: { calls_per_step: 16 } });
    kernel.start({ list });
    expect(kernel.open).toHaveLength(60);
    while (kernel.open.length > 0) kernel.settle(kernel.open.length - 1);
    expect(rest(kernel).at(-1)).toBe('ended ok');
    expect(kernel.world.planState.instances.size).toBe(0);
  });

  it('are cancelled with what they have begun', () => {
    const main: Plan = {
      steps: [
        spawn('s', 'child', ref('@plan.input')),
        awaitEvent('e'),
        cancel('c', 's'),
        awaitOf('await_plan', 'w', 's'),
        end(op('len', ref('@step:w.status'))),
      ],
      edges: [
        ['s', 'e'],
        ['e', 'c'],
        ['c', 'w'],
        ['w', 'end'],
      ],
      output: 't/Num@1',
    };
    const kernel = kernelOf({ plans: { main, child } }).start().ping();
    expect(rest(kernel).slice(-6)).toEqual([
      'w waiting',
      'ended cancelled',
      'w done',
      'end done',
      'plan-result',
      'ended ok',
    ]);
    expect(kernel.outputs.map(({ kind }) => kind)).toEqual(['release', 'cancel']);
    expect(rest(kernel.settle(0, 'cancelled')).slice(-2)).toEqual([
      'settled cancelled',
      'dropped receipt-late',
    ]);
  });
});

describe('an approval', () => {
  const rules: readonly Json[] = [
    {
      when: { effect_kind: 'ask' },
      decision: 'require_approval',
      approval: { role: 'approver', count: 1 },
    },
  ];

  it('is waited for, and what waits for it is cancelled at once', () => {
    const main: Plan = {
      steps: [
        emit('a'),
        awaitEvent('e'),
        cancel('c', 'a'),
        receipt('w', 'a'),
        end(op('len', ref('@step:w.status'))),
      ],
      edges: [
        ['a', 'e'],
        ['e', 'c'],
        ['c', 'w'],
        ['w', 'end'],
      ],
      output: 't/Num@1',
    };
    const kernel = begin(main, {}, { rules });
    expect(rest(kernel).slice(1, 4)).toEqual(['wait ask', 'intent ask 1', 'approval-requested']);
    expect(kernel.outputs).toEqual([]);
    kernel.ping();
    expect(rest(kernel).slice(-6)).toEqual([
      'settled cancelled effect-cancelled',
      'w waiting',
      'w done',
      'end done',
      'plan-result',
      'ended ok',
    ]);
  });
});

describe('an approval after the deadline of its effect', () => {
  it('lets nothing go out', () => {
    const asked = { role: 'host', count: 1 };
    const rules = [{ when: {}, decision: 'require_approval', approval: asked }];
    const main: Plan = { steps: [emit('a', nat(1), { deadline_ns: 10 })] };
    const kernel = begin(main, {}, { rules });
    const [intent] = kernel.open;
    kernel.nowNs = 10n;
    kernel.approve(intent?.intent as Hash);
    expect(rest(kernel).slice(-2)).toEqual([
      'settled timeout effect-timeout',
      'dropped receipt-late',
    ]);
    expect(kernel.outputs.filter(({ kind }) => kind === 'release')).toEqual([]);
  });
});

describe('bad input', () => {
  it('fails instances, never the world, and the journal opens again', () => {
    const kernel = kernelOf({
      plans: {
        main: { steps: [assign('a', broken)] },
        two: { steps: [raise('r', 't/Num@1', op('sub', nat(0), ref('@plan.input.n')))] },
        three: { steps: [emit('a', op('add', broken, nat(1)))] },
        four: { steps: [assign('a')], invariants: [op('eq', broken, nat(1))] },
      },
      triggers: ['main', 'two', 'three', 'four'].map((name) => ({
        event: 't/Start@1',
        plan: `t/${name}@1`,
      })),
    }).start();
    const ended = kernel.lines.filter((line) => line.startsWith('ended'));
    expect(ended).toEqual([
      'ended error division-by-zero',
      'ended error expr-overflow',
      'ended error division-by-zero',
      'ended error division-by-zero',
    ]);
  });
});
