/**
 * Effects and events: waits, whatever comes in whatever order, retries, deadlines, cancellation.
 */
import { utf8 } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { waitsFor } from '../src/plans/state/plan-state.js';
import { type BenchOptions, PlanBench } from './plan-bench.js';
import {
  assign,
  awaitEvent,
  awaitOf,
  broken,
  cancel,
  choose,
  emit,
  end,
  type Json,
  nat,
  op,
  type Plan,
  pingBytes,
  plansOf,
  raise,
  receipt,
  ref,
  startBytes,
} from './plan-world.js';

function begin(plan: Plan, options: BenchOptions = {}, triggers?: readonly Json[]): PlanBench {
  const brief = triggers === undefined ? {} : { triggers };
  return new PlanBench(plansOf({ plans: { main: plan }, ...brief }), options).start();
}

const ask: Plan = {
  steps: [emit('a'), receipt('w', 'a'), end(ref('@var:w.n'))],
  edges: [
    ['a', 'w'],
    ['w', 'end'],
  ],
  output: 't/Num@1',
};
/** What happens after the start. */
const rest = (bench: PlanBench): readonly string[] => bench.lines.slice(1);

describe('await_receipt', () => {
  it('waits, and goes on with the typed payload', () => {
    const bench = begin(ask);
    expect(rest(bench)).toEqual(['a done', 'intent ask 1', 'w waiting']);
    expect(rest(bench.settle(0, 'ok', 42)).slice(3)).toEqual([
      'w done',
      'end done',
      'result 42',
      'ended ok',
    ]);
  });

  it('takes a receipt that came before it was looked for', () => {
    const plan: Plan = {
      ...ask,
      steps: [...ask.steps, awaitEvent('e')],
      edges: [
        ['a', 'e'],
        ['e', 'w'],
        ['w', 'end'],
      ],
    };
    const bench = begin(plan).settle(0, 'ok', 7);
    expect(rest(bench)).toEqual(['a done', 'intent ask 1', 'e waiting']);
    bench.event('t/Ping@1', pingBytes());
    expect(rest(bench).slice(3)).toEqual(['e done', 'w done', 'end done', 'result 7', 'ended ok']);
  });

  it('takes several receipts in whatever order they come', () => {
    const plan: Plan = {
      steps: [
        emit('a', nat(1)),
        emit('b', nat(2)),
        receipt('x', 'a'),
        receipt('y', 'b'),
        end(op('add', op('mul', ref('@var:x.n'), nat(10)), ref('@var:y.n'))),
      ],
      edges: [
        ['a', 'x'],
        ['b', 'y'],
        ['x', 'end'],
        ['y', 'end'],
      ],
      output: 't/Num@1',
    };
    const bench = begin(plan);
    expect(rest(bench)).toEqual([
      'a done',
      'intent ask 1',
      'b done',
      'intent ask 2',
      'x waiting',
      'y waiting',
    ]);
    bench.settle(1, 'ok', 5).settle(0, 'ok', 4);
    expect(rest(bench).slice(6)).toEqual(['y done', 'x done', 'end done', 'result 45', 'ended ok']);
  });

  it('says by what each step was caused', () => {
    const bench = begin(ask).settle();
    const causes = bench.log.map(({ text, cause }) => `${text} < ${cause.seq}.${cause.i}`);
    expect(causes).toEqual([
      'started main < 0.null',
      'a done < 0.0',
      'intent ask 1 < 0.1',
      'w waiting < 0.1',
      'w done < 1.null',
      'end done < 1.0',
      'result 1 < 1.1',
      'ended ok < 1.1',
    ]);
  });

  it.each(['error', 'timeout', 'cancelled'] as const)(
    'fails the instance when it is %s',
    (status) => {
      const bench = begin(ask).settle(0, status);
      expect(rest(bench).slice(3)).toEqual(['w failed effect-failed', 'ended error effect-failed']);
    },
  );

  it('goes on with any status when the plan reads it', () => {
    const plan: Plan = {
      steps: [
        emit('a'),
        receipt('w', 'a'),
        end(
          choose(
            op('eq', ref('@step:w.status'), { text: 'ok' }),
            ref('@var:w.n'),
            op('len', op('coalesce@1', ref('@step:w.error'), { text: '' })),
          ),
        ),
      ],
      edges: ask.edges ?? [],
      output: 't/Num@1',
    };
    expect(rest(begin(plan).settle(0, 'ok', 3))).toContain('result 3');
    expect(rest(begin(plan).settle(0, 'error'))).toContain('result 9');
    expect(rest(begin(plan).settle(0, 'timeout'))).toContain('result 11');
  });

  it('shows no receipt and no value of what has failed', () => {
    const plan: Plan = {
      steps: [emit('a'), receipt('w', 'a'), assign('s', ref('@step:w')), end(ref('@var:w.n'))],
      edges: [
        ['a', 'w'],
        ['w', 's'],
        ['s', 'end'],
      ],
      output: 't/Num@1',
    };
    expect(rest(begin(plan).settle(0, 'error')).slice(3)).toEqual([
      'w done',
      's done',
      'end failed expr-missing',
      'ended error expr-missing',
    ]);
  });

  it('shows what an effect was asked for with', () => {
    const result = op('add', ref('@step:a.params.n'), op('len', ref('@step:a.handle')));
    const plan: Plan = { steps: [emit('a', nat(4)), end(result)], output: 't/Num@1' };
    expect(rest(begin(plan))).toContain('result 7');
  });
});

describe('a denied effect', () => {
  it('fails the instance with the code of the gate and does nothing else', () => {
    const bench = begin(ask, { deny: () => 'policy-denied' });
    expect(rest(bench)).toEqual([
      'a failed policy-denied',
      'denied ask 1',
      'ended error policy-denied',
    ]);
    expect(bench.instances).toEqual([]);
  });
});

describe('retry', () => {
  const backoff = { initial_ns: 100, factor: 3, max_ns: 250 };
  const retrying: Plan = {
    ...ask,
    steps: [emit('a', nat(1), { retry: { max: 4, backoff } }), ...ask.steps.slice(1)],
  };

  it('begins another attempt after each failure, later each time, up to the most', () => {
    const bench = begin(retrying);
    const times: bigint[] = [];
    for (const status of ['error', 'timeout', 'error'] as const) {
      const before = bench.logicalNowNs;
      bench.settle(0, status);
      const [due] = bench.deadlines;
      times.push((due?.atNs ?? 0n) - before);
      bench.tick(due?.atNs ?? 0n);
    }
    expect(times).toEqual([100n, 250n, 250n]);
    bench.settle(0, 'ok', 8);
    expect(rest(bench)).toEqual([
      'a done',
      'intent ask 1',
      'w waiting',
      ...Array.from({ length: 3 }, () => [
        'a waiting effect-failed',
        'a done',
        'intent ask 1 again',
      ]).flat(),
      'w done',
      'end done',
      'result 8',
      'ended ok',
    ]);
  });

  it('gives up after the last attempt', () => {
    const bench = begin(retrying);
    for (let attempt = 1; attempt < 4; attempt++) {
      bench.settle(0, 'error').tick(bench.deadlines[0]?.atNs ?? 0n);
    }
    expect(rest(bench.settle(0, 'error')).slice(-2)).toEqual([
      'w failed effect-failed',
      'ended error effect-failed',
    ]);
    expect(bench.deadlines).toEqual([]);
  });

  it('asks for the same, with the attempt counted', () => {
    const key = { op: 'hash_bytes@1', args: [{ text: 'k' }] };
    const steps = [
      emit('a', ref('@plan.input.n'), { retry: { max: 2, backoff }, idempotency_key: key }),
    ];
    const bench = begin({ steps: [...steps, receipt('w', 'a')], edges: [['a', 'w']] });
    const [first] = bench.effects;
    bench.settle(0, 'error').tick(100n);
    const [second] = bench.effects;
    expect(second?.ask).toEqual({ ...first?.ask, attempt: 2 });
    expect(first?.ask.idempotencyKey).toHaveLength(32);
  });

  it('does not begin before its time, whatever else wakes the instance', () => {
    const plan: Plan = { ...retrying, steps: [...retrying.steps, awaitEvent('e')] };
    const bench = begin(plan).settle(0, 'error');
    bench.tick(99n).event('t/Ping@1', pingBytes());
    expect(rest(bench).filter((line) => line.startsWith('intent'))).toHaveLength(1);
    expect(rest(bench.tick(100n))).toContain('intent ask 1 again');
  });

  it('is denied like any other effect', () => {
    let asked = 0;
    const deny = () => (asked++ === 0 ? undefined : 'grant-expired');
    const bench = begin(retrying, { deny }).settle(0, 'error').tick(100n);
    expect(rest(bench).slice(-3)).toEqual([
      'a failed grant-expired',
      'denied ask 1',
      'ended error grant-expired',
    ]);
  });

  it('is not tried for an instance that has ended', () => {
    const plan: Plan = {
      steps: [emit('a', nat(1), { retry: { max: 2, backoff } }), awaitEvent('e'), end()],
      edges: [
        ['a', 'e'],
        ['e', 'end'],
      ],
    };
    const bench = begin(plan).settle(0, 'error').event('t/Ping@1', pingBytes());
    expect(bench.deadlines).toEqual([]);
    expect(rest(bench).at(-1)).toBe('ended ok');
  });

  it('never goes beyond the end of the clock', () => {
    const far = { initial_ns: 9_007_199_254_740_991, factor: 1000 };
    const steps = [emit('a', nat(1), { retry: { max: 100, backoff: far } })];
    const bench = begin({ steps: [...steps, receipt('w', 'a')], edges: [['a', 'w']] });
    for (let i = 0; i < 3; i++) {
      bench.settle(0, 'error');
      const [due] = bench.deadlines;
      expect(due?.atNs).toBeLessThan(1n << 64n);
      if (i < 2) bench.tick(due?.atNs ?? 0n);
    }
  });
});

describe('a deadline', () => {
  it('goes to the gate as a time of the clock', () => {
    const steps = [emit('a', nat(1), { deadline_ns: 50 }), receipt('w', 'a')];
    const bench = new PlanBench(plansOf({ plans: { main: { steps, edges: [['a', 'w']] } } }));
    bench.tick(1000n).start();
    expect(bench.effects[0]?.ask.deadlineNs).toBe(1050n);
  });
});

describe('await_event', () => {
  const wait: Plan = {
    steps: [awaitEvent('e'), end(ref('@var:e.n'))],
    edges: [['e', 'end']],
    output: 't/Num@1',
  };

  it('takes the first event of its schema that comes after it', () => {
    const bench = new PlanBench(plansOf({ plans: { main: wait } }));
    bench.event('t/Ping@1', pingBytes('k', 1)).start();
    expect(rest(bench)).toEqual(['e waiting']);
    bench.event('t/Ping@1', pingBytes('k', 2)).event('t/Ping@1', pingBytes('k', 3));
    expect(rest(bench).slice(1)).toEqual(['e done', 'end done', 'result 2', 'ended ok']);
  });

  it('waits on while its where does not hold', () => {
    const where = op('gt', ref('@event.n'), ref('@plan.input.n'));
    const plan: Plan = { ...wait, steps: [awaitEvent('e', where), ...wait.steps.slice(1)] };
    const bench = begin(plan).event('t/Ping@1', pingBytes('k', 1));
    expect(rest(bench)).toEqual(['e waiting']);
    expect(rest(bench.event('t/Ping@1', pingBytes('k', 5)))).toContain('result 5');
  });

  it('leaves an event to all who wait for it, in the order of the instances', () => {
    const bench = new PlanBench(plansOf({ plans: { main: wait } })).start().start().start();
    bench.event('t/Ping@1', pingBytes('k', 4));
    expect(bench.lines.filter((line) => line === 'result 4')).toHaveLength(3);
    const ended = bench.log.flatMap(({ entry }) =>
      entry.kind === 'plan-ended' ? [entry.instance.seq] : [],
    );
    expect(ended).toEqual([0, 1, 2]);
  });

  it('is open several times in one instance, each with its own event', () => {
    const where = (n: number) => op('eq', ref('@event.n'), nat(n));
    const plan: Plan = {
      steps: [
        awaitEvent('x', where(1)),
        awaitEvent('y', where(2)),
        end(op('add', ref('@var:x.n'), ref('@var:y.n'))),
      ],
      edges: [
        ['x', 'end'],
        ['y', 'end'],
      ],
      output: 't/Num@1',
    };
    const bench = begin(plan).event('t/Ping@1', pingBytes('k', 2)).event('t/Ping@1', pingBytes());
    expect(rest(bench)).toEqual([
      'x waiting',
      'y waiting',
      'y done',
      'x done',
      'end done',
      'result 3',
      'ended ok',
    ]);
  });

  it('fails the instance whose where cannot be evaluated, and no other', () => {
    const plan: Plan = { steps: [awaitEvent('e', op('eq', broken, ref('@event.n')))] };
    const bench = new PlanBench(plansOf({ plans: { main: plan, other: wait } }));
    bench.start().event('t/Ping@1', pingBytes());
    expect(rest(bench)).toEqual([
      'e waiting',
      'e failed division-by-zero',
      'ended error division-by-zero',
    ]);
    expect(bench.planState.waits.size).toBe(0);
  });

  it('bounds what a where may take', () => {
    const items = {
      op: 'any@1',
      over: ref('@plan.input.list'),
      as: 'x',
      do: op('eq', ref('@local:x'), ref('@event.n')),
    };
    const plan: Plan = { steps: [awaitEvent('e', items)] };
    const bench = new PlanBench(plansOf({ plans: { main: plan } }));
    bench.start({ list: Array.from({ length: 9000 }, () => 0) }).event('t/Ping@1', pingBytes());
    expect(rest(bench).at(-1)).toBe('ended error expr-items');
  });

  it('sees an event that was raised before it and is delivered after', () => {
    const value = { record: { id: { text: 'k' }, n: nat(6) } };
    const plan: Plan = {
      ...wait,
      steps: [raise('r', 't/Ping@1', value), ...wait.steps],
      edges: [
        ['r', 'e'],
        ['e', 'end'],
      ],
    };
    expect(rest(begin(plan))).toContain('result 6');
  });

  it('forgets what an ended instance waited for', () => {
    const plan: Plan = {
      steps: [awaitEvent('e'), emit('a'), receipt('w', 'a')],
      edges: [['a', 'w']],
    };
    const bench = begin(plan).settle(0, 'error');
    expect(bench.planState.waits.size).toBe(0);
    expect(rest(bench.event('t/Ping@1', pingBytes())).at(-1)).toBe('ended error effect-failed');
  });
});

describe('correlation', () => {
  const where = op('eq', ref('@event.id'), ref('@var:correlation_id'));
  const plan: Plan = {
    steps: [awaitEvent('e', where), end(ref('@var:e.n'))],
    edges: [['e', 'end']],
    output: 't/Num@1',
  };
  const triggers = [{ event: 't/Start@1', plan: 't/main@1', correlate_by: 'id' }];

  it('leads an event to the instance with the same field', () => {
    const bench = new PlanBench(plansOf({ plans: { main: plan }, triggers }));
    bench.start({ id: 'one' }).start({ id: 'two' });
    bench.event('t/Ping@1', pingBytes('two', 2)).event('t/Ping@1', pingBytes('one', 1));
    expect(bench.lines.filter((line) => line.startsWith('result'))).toEqual([
      'result 2',
      'result 1',
    ]);
  });

  it('stands in the journal', () => {
    const bench = begin(plan, {}, triggers);
    expect(bench.log[0]?.entry).toMatchObject({
      kind: 'plan-started',
      correlation: Uint8Array.of(0xd9, 0xd9, 0xf7, 0x61, 0x6b),
    });
  });

  it('is the key of the event where no field correlates', () => {
    const bench = new PlanBench(plansOf({ plans: { main: { steps: [assign('a')] } } }));
    bench.event('t/Start@1', startBytes(), utf8('key'));
    expect(bench.log[0]?.entry).toMatchObject({ correlation: expect.any(Uint8Array) });
  });
});

describe('a where that begins with a field', () => {
  const sameId = op('eq', ref('@event.id'), ref('@plan.input.id'));
  /** The same, so that nobody can see it. */
  const hidden = op('not', op('not', sameId));
  const waiting = (where: Json): Plan => ({
    steps: [awaitEvent('e', where), end(ref('@var:e.n'))],
    edges: [['e', 'end']],
    output: 't/Num@1',
  });
  const value = (id: string) => new Map([['id', id]]);

  it.each([
    ['alone', sameId, 1],
    ['the other way around', op('eq', ref('@plan.input.id'), ref('@event.id')), 1],
    ['before others', op('and', sameId, op('gt', ref('@event.n'), nat(0))), 1],
    ['behind others', op('and', op('gt', ref('@event.n'), nat(0)), sameId), 50],
    ['hidden', hidden, 50],
  ])('is looked up, however many wait: %s', (_, where, looked) => {
    const bench = new PlanBench(plansOf({ plans: { main: waiting(where) } }));
    for (let i = 0; i < 50; i++) bench.start({ id: `k${i}` });
    const found = waitsFor(bench.planState, 't/Ping@1', () => value('k7'));
    expect(found).toHaveLength(looked);
    bench.event('t/Ping@1', pingBytes('k7', 7));
    expect(bench.lines.filter((line) => line.startsWith('result'))).toEqual(['result 7']);
    expect(bench.planState.waits.size).toBe(49);
  });

  it('keeps the order of the instances among waits of all kinds', () => {
    const plans = { main: waiting(sameId), other: waiting(hidden) };
    const triggers = ['main', 'other'].map((name) => ({
      event: 't/Start@1',
      plan: `t/${name}@1`,
    }));
    const bench = new PlanBench(plansOf({ plans, triggers })).start().start().start();
    bench.event('t/Ping@1', pingBytes());
    const ended = bench.log.flatMap(({ entry }) =>
      entry.kind === 'plan-ended' ? [`${entry.instance.seq}/${entry.instance.i}`] : [],
    );
    expect(ended).toEqual(['0/0', '0/1', '1/0', '1/1', '2/0', '2/1']);
  });

  it('is not looked up where a step may change the correlation', () => {
    const isMine = op('eq', ref('@event.id'), ref('@var:correlation_id'));
    const isNine = op('and', op('eq', ref('@event.n'), nat(9)), op('not', isMine));
    const plan: Plan = {
      steps: [
        assign('a', { text: 'old' }, 'correlation_id'),
        awaitEvent('e', isMine),
        awaitEvent('f', isNine),
        assign('b', { text: 'new' }, 'correlation_id'),
      ],
      edges: [
        ['a', 'e'],
        ['a', 'f'],
        ['f', 'b'],
      ],
    };
    const triggers = [{ event: 't/Start@1', plan: 't/main@1', correlate_by: 'id' }];
    const bench = begin(plan, {}, triggers);
    bench.event('t/Ping@1', pingBytes('x', 9)).event('t/Ping@1', pingBytes('new', 1));
    expect(rest(bench)).toContain('e done');
  });

  it('is not looked up where it is long', () => {
    const bench = new PlanBench(plansOf({ plans: { main: waiting(sameId) } }));
    const id = 'x'.repeat(300);
    bench.start({ id });
    expect(waitsFor(bench.planState, 't/Ping@1', () => value('other'))).toHaveLength(1);
    expect(bench.event('t/Ping@1', pingBytes(id, 3)).lines).toContain('result 3');
  });
});

describe('await_all and await_any of effects', () => {
  const both = (wait: Json & { id: string; op: string }, result: Json): Plan => ({
    steps: [emit('a', nat(1)), emit('b', nat(2)), wait as never, end(result)],
    edges: [
      ['a', 'w'],
      ['b', 'w'],
      ['w', 'end'],
    ],
    output: 't/Num@1',
  });
  const all = both(
    { ...awaitOf('await_all', 'w', 'a', 'b') },
    op('add', op('mul', ref0('w', 0), nat(10)), ref0('w', 1)),
  );
  const any = both(
    { ...awaitOf('await_any', 'w', 'a', 'b') },
    op('add', op('mul', ref('@var:w.index'), nat(10)), ref('@var:w.value.n')),
  );

  function ref0(name: string, at: number): Json {
    return op('get', op('get', ref(`@var:${name}`), nat(at)), { text: 'n' });
  }

  it('waits for all of them, and has them in the order in which they are named', () => {
    const bench = begin(all).settle(1, 'ok', 5);
    expect(rest(bench).at(-1)).toBe('w waiting');
    expect(rest(bench.settle(0, 'ok', 4))).toContain('result 45');
  });

  it('fails as soon as one fails', () => {
    expect(rest(begin(all).settle(1, 'error')).slice(-2)).toEqual([
      'w failed effect-failed',
      'ended error effect-failed',
    ]);
  });

  it('goes on with the first that ends', () => {
    expect(rest(begin(any).settle(1, 'ok', 7))).toContain('result 17');
    expect(rest(begin(any).settle(0, 'ok', 7))).toContain('result 7');
  });

  it('shows the status of each, where the plan reads it', () => {
    const statuses = op('len', {
      op: 'filter@1',
      over: ref('@step:w'),
      as: 'x',
      do: op('eq', ref('@local:x.status'), { text: 'ok' }),
    });
    const plan = both({ ...awaitOf('await_all', 'w', 'a', 'b') }, statuses);
    const bench = begin(plan).settle(0, 'error');
    expect(rest(bench).at(-1)).toBe('w waiting');
    expect(rest(bench.settle(0, 'ok'))).toContain('result 1');
  });

  it('shows which one ended first, with its status', () => {
    const shown = op(
      'add',
      op('mul', ref('@step:w.index'), nat(10)),
      op('len', ref('@step:w.status')),
    );
    const plan = both({ ...awaitOf('await_any', 'w', 'a', 'b') }, shown);
    expect(rest(begin(plan).settle(1, 'error'))).toContain('result 15');
  });
});

describe('cancel', () => {
  const plan: Plan = {
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
  const stop = (bench: PlanBench) => bench.event('t/Ping@1', pingBytes());

  it('asks for the end of an effect and waits for how it ended', () => {
    const bench = stop(begin(plan));
    expect(bench.cancelled).toEqual(['a']);
    expect(rest(bench).slice(3)).toEqual(['e done', 'c done', 'w waiting']);
    expect(rest(bench.settle(0, 'cancelled'))).toContain('result 9');
  });

  it('does nothing to what has ended', () => {
    const bench = stop(begin(plan).settle(0, 'ok'));
    expect(bench.cancelled).toEqual([]);
    expect(rest(bench)).toContain('result 2');
  });

  it('ends an effect that waits for its next attempt at once', () => {
    const retry = { max: 3, backoff: { initial_ns: 100 } };
    const retrying: Plan = {
      ...plan,
      steps: [emit('a', nat(1), { retry }), ...plan.steps.slice(1)],
    };
    const bench = stop(begin(retrying).settle(0, 'error'));
    expect(bench.deadlines).toEqual([]);
    expect(rest(bench)).toContain('result 9');
  });

  it('is not tried again after it was cancelled', () => {
    const retry = { max: 3, backoff: { initial_ns: 100 } };
    const retrying: Plan = {
      ...plan,
      steps: [emit('a', nat(1), { retry }), ...plan.steps.slice(1)],
    };
    const bench = stop(begin(retrying)).settle(0, 'error');
    expect(rest(bench)).toContain('result 5');
  });

  it('passes over what was never made', () => {
    const steps = [assign('s'), emit('a'), cancel('c', 'a')];
    const none: Plan = {
      steps,
      edges: [
        ['s', 'a', op('ne', ref('@plan.input.n'), ref('@plan.input.n'))],
        ['a', 'c'],
        ['s', 'c'],
      ],
    };
    expect(rest(begin(none))).toEqual(['s done', 'a skipped', 'c done', 'ended ok']);
  });
});
