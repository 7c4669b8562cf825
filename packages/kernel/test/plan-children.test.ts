/** Plans that spawn others: one, many, all, any, cancelled, and without end. */
import { describe, expect, it } from 'vitest';
import { type BenchOptions, PlanBench } from './plan-bench.js';
import {
  always,
  assign,
  awaitEvent,
  awaitOf,
  broken,
  cancel,
  emit,
  end,
  type Json,
  nat,
  never,
  op,
  type Plan,
  pingBytes,
  plansOf,
  receipt,
  ref,
  type Start,
  type Step,
  spawn,
  spawnEach,
} from './plan-world.js';

/** What a child is started with: an input like that of its parent, with another number. */
const input = (n: Json): Json => ({
  record: { id: ref('@plan.input.id'), n, list: ref('@plan.input.list') },
});
const inputs: Json = {
  op: 'map@1',
  over: ref('@plan.input.list'),
  as: 'x',
  do: input(ref('@local:x')),
};
/** Gives ten times its number. */
const child: Plan = { steps: [end(op('mul', ref('@plan.input.n'), nat(10)))], output: 't/Num@1' };
/** Gives what an effect answers. */
const asking: Plan = {
  steps: [emit('a', ref('@plan.input.n')), receipt('w', 'a'), end(ref('@var:w.n'))],
  edges: [
    ['a', 'w'],
    ['w', 'end'],
  ],
  output: 't/Num@1',
};
const failing: Plan = { steps: [end(op('add', broken, nat(1)))], output: 't/Num@1' };

const chain = (...steps: readonly Step[]): Plan => ({
  steps,
  edges: steps.slice(1).map((step, i) => [(steps[i] as Step).id, step.id] as const),
  output: 't/Num@1',
});

function begin(
  plans: { readonly [name: string]: Plan },
  start: Start = {},
  options: BenchOptions = {},
): PlanBench {
  return new PlanBench(plansOf({ plans }), options).start(start).settleDown();
}

const resultOf = (bench: PlanBench): string | undefined =>
  bench.lines.filter((line) => /^(result|ended)/.test(line)).at(-2);
const endOf = (bench: PlanBench): string | undefined => bench.lines.at(-1);

describe('spawn_plan and await_plan', () => {
  const main = chain(
    spawn('s', 'child', input(nat(4))),
    awaitOf('await_plan', 'w', 's'),
    end(ref('@var:w')),
  );

  it('has the result of the child', () => {
    const bench = begin({ main, child });
    expect(bench.lines).toEqual([
      'started main',
      's done',
      'started child',
      'w waiting',
      'end done',
      'result 40',
      'ended ok',
      'w done',
      'end done',
      'result 40',
      'ended ok',
    ]);
  });

  it('says who spawned it, and what woke its parent', () => {
    const { log } = begin({ main, child });
    const [parent, started] = log.filter(({ entry }) => entry.kind === 'plan-started');
    expect(started?.entry).toMatchObject({ parent: parent?.place });
    expect(started?.cause).toEqual(log[1]?.place);
    expect(log[7]?.cause).toEqual(log[6]?.place);
  });

  it('takes a result that came before it was looked for', () => {
    const late = chain(
      spawn('s', 'child', input(nat(4))),
      awaitEvent('e'),
      awaitOf('await_plan', 'w', 's'),
      end(ref('@var:w')),
    );
    const bench = begin({ main: late, child }).event('t/Ping@1', pingBytes());
    expect(resultOf(bench)).toBe('result 40');
  });

  it('fails when the child does, unless the plan reads the status', () => {
    expect(endOf(begin({ main, child: failing }))).toBe('ended error child-failed');
    const reading = chain(
      spawn('s', 'child', input(nat(4))),
      awaitOf('await_plan', 'w', 's'),
      assign('x', ref('@step:w.status')),
      end(op('len', op('coalesce@1', ref('@step:w.code'), { text: '' }))),
    );
    expect(resultOf(begin({ main: reading, child: failing }))).toBe('result 16');
    expect(resultOf(begin({ main: reading, child }))).toBe('result 0');
  });

  it('leaves a child alone when its parent ends', () => {
    const leaving = chain(spawn('s', 'child', input(nat(4))), end(nat(1)));
    const bench = begin({ main: leaving, child: asking });
    expect(bench.lines.filter((line) => line.startsWith('ended'))).toEqual(['ended ok']);
    expect(bench.instances).toHaveLength(1);
    expect(resultOf(bench.settle(0, 'ok', 6))).toBe('result 6');
    expect(bench.instances).toEqual([]);
  });

  it('gives a correlated child the correlation of its input', () => {
    const waiting: Plan = {
      steps: [awaitEvent('e', op('eq', ref('@event.id'), ref('@var:correlation_id'))), end(nat(1))],
      edges: [['e', 'end']],
      output: 't/Num@1',
    };
    const triggers = [
      { event: 't/Start@1', plan: 't/main@1' },
      { event: 't/Start@1', plan: 't/child@1', correlate_by: 'id' },
    ];
    const bench = new PlanBench(plansOf({ plans: { main, child: waiting }, triggers }));
    bench.start({ id: 'me' }).settleDown().event('t/Ping@1', pingBytes('me'));
    expect(endOf(bench.settleDown())).toBe(
      'ended error child-failed'.replace('error child-failed', 'ok'),
    );
  });
});

describe('spawn_for_each', () => {
  const sum = op('add', op('get', ref('@var:w'), nat(0)), op('get', ref('@var:w'), nat(2)));
  const main = chain(
    spawnEach('s', 'child', inputs, 4),
    { ...awaitOf('await_all', 'w', 's') },
    end(sum),
  );

  it('has the results in the order of the inputs, whatever the order of the ends', () => {
    const bench = begin({ main, child: asking }, { list: [1, 2, 3] });
    expect(bench.effects).toHaveLength(3);
    bench.settle(2, 'ok', 100).settle(0, 'ok', 1).settle(0, 'ok', 10).settleDown();
    expect(resultOf(bench)).toBe('result 101');
  });

  it('fails with more inputs than it may have', () => {
    const bench = begin({ main, child }, { list: [1, 2, 3, 4, 5] });
    expect(bench.lines).toEqual([
      'started main',
      's failed fanout-exceeded',
      'ended error fanout-exceeded',
    ]);
  });

  it('fails with more inputs than the world allows, or than there is room for', () => {
    const options = (limits: BenchOptions['limits']): BenchOptions => ({ limits: limits ?? {} });
    const list = [1, 2, 3];
    const few = options({ plan_fanout: 2, plan_instances: 10 });
    expect(endOf(begin({ main, child }, { list }, few))).toBe('ended error plan-fanout-limit');
    const full = options({ plan_fanout: 9, plan_instances: 3 });
    expect(endOf(begin({ main, child }, { list }, full))).toBe('ended error plan-instances-limit');
  });

  it('goes on at once with all of nothing, and fails with any of nothing', () => {
    const plan = (wait: Step, result: Json) =>
      chain(spawnEach('s', 'child', inputs, 4), wait, end(result));
    const all = plan(awaitOf('await_all', 'w', 's'), op('len', ref('@var:w')));
    expect(resultOf(begin({ main: all, child }))).toBe('result 0');
    const wait = { ...awaitOf('await_any', 'w', 's'), for: ref('@var:h-s') };
    const any = plan(wait, ref('@var:w.index'));
    expect(endOf(begin({ main: any, child }))).toBe('ended error await-nothing');
  });

  it('takes the first child that ends', () => {
    const wait = { ...awaitOf('await_any', 'w', 's'), for: ref('@var:h-s') };
    const any = chain(spawnEach('s', 'child', inputs, 4), wait, end(ref('@var:w.index')));
    const bench = begin({ main: any, child: asking }, { list: [1, 2, 3] })
      .settle(1, 'ok')
      .settleDown();
    expect(resultOf(bench)).toBe('result 1');
    expect(bench.instances).toHaveLength(2);
  });

  it('stays within the budget of a record, however wide it is', () => {
    const wide = chain(
      spawnEach('s', 'child', inputs, 4096),
      awaitOf('await_all', 'w', 's'),
      end(op('len', ref('@var:w'))),
    );
    const list = Array.from({ length: 1000 }, (_, i) => i);
    const bench = new PlanBench(plansOf({ plans: { main: wide, child } }), { budget: 50 });
    bench.start({ list });
    expect(bench.isIdle).toBe(false);
    bench.settleDown(100);
    expect(resultOf(bench)).toBe('result 1000');
    const perRecord = new Map<number, number>();
    for (const { place, entry } of bench.log) {
      if (entry.kind !== 'plan-step') continue;
      perRecord.set(place.seq, (perRecord.get(place.seq) ?? 0) + 1);
    }
    expect(Math.max(...perRecord.values())).toBeLessThanOrEqual(50);
  });
});

describe('ten thousand instances', () => {
  const list = Array.from({ length: 100 }, (_, i) => i);
  const spread = (plan: string): Plan =>
    chain(
      spawnEach('s', plan, inputs, 100),
      awaitOf('await_all', 'w', 's'),
      end(op('len', ref('@var:w'))),
    );
  const plans = { main: spread('middle'), middle: spread('leaf'), leaf: asking };

  it('take many records, each within its budget, and all are over in the end', () => {
    const bench = new PlanBench(plansOf({ plans }), { budget: 4096 })
      .start({ list })
      .settleDown(20);
    expect(bench.instances).toHaveLength(1 + 100 + 10_000);
    bench.settleAll();
    expect(resultOf(bench.settleDown(20))).toBe('result 100');
    expect(bench.instances).toEqual([]);
  });

  it('fail whoever would start more than the world allows, and nobody else', () => {
    const limits = { plan_instances: 5000, plan_fanout: 4096 };
    const bench = new PlanBench(plansOf({ plans }), { budget: 4096, limits });
    bench.start({ list }).settleDown(20);
    expect(bench.lines).toContain('s failed plan-instances-limit');
    expect(bench.lines).toContain('ended error child-failed');
    expect(bench.instances.length).toBeLessThanOrEqual(5000);
  });
});

describe('cancel of children', () => {
  const waiting: Plan = { ...asking, steps: [...asking.steps, awaitEvent('e')] };
  const main = chain(
    spawn('s', 'child', input(nat(4))),
    awaitEvent('e'),
    cancel('c', 's'),
    awaitOf('await_plan', 'w', 's'),
    end(op('len', ref('@step:w.status'))),
  );
  const stop = (bench: PlanBench) => bench.event('t/Ping@1', pingBytes()).settleDown();

  it('ends them, cancels what they have begun, and tells whoever waits', () => {
    const bench = stop(begin({ main, child: { ...waiting, steps: asking.steps } }));
    expect(bench.lines.filter((line) => line.startsWith('ended'))).toEqual([
      'ended cancelled',
      'ended ok',
    ]);
    expect(bench.cancelled).toEqual(['a']);
    expect(resultOf(bench)).toBe('result 9');
    expect(bench.instances).toEqual([]);
    expect(bench.settle(0, 'cancelled').lines.at(-1)).toBe('dropped receipt-late');
  });

  it('reaches children of children', () => {
    const middle = chain(
      spawn('s', 'leaf', input(nat(1))),
      awaitOf('await_plan', 'w', 's'),
      end(nat(1)),
    );
    const bench = stop(begin({ main, child: middle, leaf: asking }));
    expect(bench.lines.filter((line) => line === 'ended cancelled')).toHaveLength(2);
    expect(bench.cancelled).toEqual(['a']);
    expect(bench.instances).toEqual([]);
  });

  it('fails whoever waits without reading the status', () => {
    const unread = chain(
      spawn('s', 'child', input(nat(4))),
      awaitEvent('e'),
      cancel('c', 's'),
      awaitOf('await_plan', 'w', 's'),
      end(ref('@var:w')),
    );
    expect(endOf(stop(begin({ main: unread, child: asking })))).toBe('ended error child-failed');
  });

  it('does nothing to those that have ended', () => {
    const bench = stop(begin({ main, child }));
    expect(resultOf(bench)).toBe('result 2');
  });
});

describe('plans without end', () => {
  it('end a plan that waits for itself without end, at a depth', () => {
    const self = chain(
      spawn('s', 'main', input(ref('@plan.input.n'))),
      awaitOf('await_plan', 'w', 's'),
      end(ref('@var:w')),
    );
    const bench = begin({ main: self });
    expect(bench.instances).toEqual([]);
    expect(bench.lines.filter((line) => line === 'ended error child-failed')).toHaveLength(64);
    expect(bench.lines).toContain('s failed plan-depth-limit');
  });

  it('end at a depth though nobody waits', () => {
    const self: Plan = { steps: [spawn('s', 'main', input(ref('@plan.input.n')))] };
    const bench = begin({ main: self });
    expect(bench.lines.at(-1)).toBe('ended error plan-depth-limit');
    expect(bench.instances).toEqual([]);
  });

  it('are as many as the world allows', () => {
    const options = { limits: { plan_instances: 2, plan_fanout: 9 } };
    const bench = new PlanBench(plansOf({ plans: { main: asking } }), options);
    bench.start().start().start();
    expect(bench.lines.at(-1)).toBe('dropped plan-instances-limit');
    bench.settle().start();
    expect(bench.lines.filter((line) => line === 'started main')).toHaveLength(3);
  });
});

describe('what an instance holds', () => {
  it('is bounded', () => {
    const copies = Array.from({ length: 20 }, (_, i) => assign(`a${i}`, ref('@var:x')));
    const steps = [assign('x', { text: 'x'.repeat(900_000) }), ...copies];
    const bench = begin({ main: { steps } });
    expect(endOf(bench)).toBe('ended error plan-values-limit');
  });
});

describe('guards around children', () => {
  it('skip what waits for a child that was never spawned', () => {
    const plan: Plan = {
      steps: [
        assign('a'),
        spawn('s', 'child', input(nat(1))),
        awaitOf('await_plan', 'w', 's'),
        end(nat(1)),
      ],
      edges: [
        ['a', 's', never],
        ['s', 'w'],
        ['w', 'end'],
        ['a', 'end', always],
      ],
      output: 't/Num@1',
    };
    expect(begin({ main: plan, child }).lines).toEqual([
      'started main',
      'a done',
      's skipped',
      'w skipped',
      'end done',
      'result 1',
      'ended ok',
    ]);
  });
});
