/** Which steps of a plan run: guards, joins, paths that are dead, and the end. */
import { describe, expect, it } from 'vitest';
import { PlanBench } from './plan-bench.js';
import {
  always,
  assign,
  broken,
  emit,
  end,
  nat,
  never,
  op,
  type Plan,
  plansOf,
  raise,
  receipt,
  ref,
} from './plan-world.js';

/** The lines of a plan that one event starts, without its start. */
function run(plan: Plan, budget?: number): readonly string[] {
  const bench = new PlanBench(plansOf({ plans: { main: plan } }), budget ? { budget } : {});
  return bench.start().settleDown().lines.slice(1);
}

const four = [assign('a'), assign('b'), assign('c'), assign('d')];

describe('a diamond', () => {
  const diamond = (toB: typeof always, toC: typeof always): Plan => ({
    steps: four,
    edges: [
      ['a', 'b', toB],
      ['a', 'c', toC],
      ['b', 'd'],
      ['c', 'd'],
    ],
  });

  it('runs both branches in the order of the plan, and joins them', () => {
    expect(run(diamond(always, always))).toEqual([
      'a done',
      'b done',
      'c done',
      'd done',
      'ended ok',
    ]);
  });

  it('joins with the one branch that was taken', () => {
    expect(run(diamond(never, always))).toEqual([
      'a done',
      'b skipped',
      'c done',
      'd done',
      'ended ok',
    ]);
  });

  it('skips the join when no branch was taken', () => {
    expect(run(diamond(never, never))).toEqual([
      'a done',
      'b skipped',
      'c skipped',
      'd skipped',
      'ended ok',
    ]);
  });
});

describe('a path that is dead', () => {
  it('skips on to whatever it alone leads to', () => {
    const plan: Plan = {
      steps: [assign('a'), assign('b'), assign('c'), assign('d'), assign('e')],
      edges: [
        ['a', 'b', never],
        ['b', 'c'],
        ['c', 'd'],
        ['d', 'e', always],
      ],
    };
    expect(run(plan)).toEqual([
      'a done',
      'b skipped',
      'c skipped',
      'd skipped',
      'e skipped',
      'ended ok',
    ]);
  });

  it('does not hold up a step that is reached another way', () => {
    const plan: Plan = {
      steps: four,
      edges: [
        ['a', 'b', never],
        ['b', 'c'],
        ['c', 'd'],
        ['a', 'd'],
      ],
    };
    expect(run(plan)).toEqual(['a done', 'b skipped', 'c skipped', 'd done', 'ended ok']);
  });

  it('joins nested branches, whichever of them are taken', () => {
    const steps = [...four, assign('e'), assign('f'), assign('g')];
    const plan = (inner: typeof always): Plan => ({
      steps,
      edges: [
        ['a', 'b'],
        ['a', 'c', never],
        ['b', 'd', inner],
        ['b', 'e', op('not', inner)],
        ['d', 'f'],
        ['e', 'f'],
        ['f', 'g'],
        ['c', 'g'],
      ],
    });
    const after = (d: string, e: string) => [
      'a done',
      'b done',
      'c skipped',
      `d ${d}`,
      `e ${e}`,
      'f done',
      'g done',
      'ended ok',
    ];
    expect(run(plan(always))).toEqual(after('done', 'skipped'));
    expect(run(plan(never))).toEqual(after('skipped', 'done'));
  });

  it('ends an instance all of whose guards are false, and neither spins nor hangs', () => {
    const plan: Plan = {
      steps: four,
      edges: [
        ['a', 'b', never],
        ['a', 'c', never],
        ['a', 'd', never],
      ],
    };
    expect(run(plan).at(-1)).toBe('ended ok');
  });

  it('fails an instance that should have had a result and came to no end', () => {
    const plan: Plan = {
      steps: [assign('a'), end(nat(1))],
      edges: [['a', 'end', never]],
      output: 't/Num@1',
    };
    expect(run(plan)).toEqual(['a done', 'end skipped', 'ended error end-not-reached']);
  });
});

describe('a guard', () => {
  it('is evaluated once, when its source is done, whatever changes afterwards', () => {
    const isOne = op('eq', ref('@var:x'), nat(1));
    const plan: Plan = {
      steps: [assign('a', nat(1), 'x'), assign('b', nat(2), 'x'), assign('c'), assign('d')],
      edges: [
        ['a', 'b'],
        ['a', 'c', isOne],
        ['b', 'c', never],
        ['b', 'd', isOne],
      ],
    };
    expect(run(plan)).toEqual(['a done', 'b done', 'c done', 'd skipped', 'ended ok']);
  });
});

describe('order', () => {
  it('is that of the plan among the steps that are ready together', () => {
    expect(run({ steps: [...four].reverse() })).toEqual([
      'd done',
      'c done',
      'b done',
      'a done',
      'ended ok',
    ]);
  });

  it('lets a step read what an earlier one set that was ready with it', () => {
    const plan: Plan = {
      steps: [assign('a', nat(7)), end(ref('@var:a'))],
      output: 't/Num@1',
    };
    expect(run(plan)).toContain('result 7');
  });

  it('takes a step that has become ready before those that stand behind it', () => {
    const plan: Plan = {
      steps: [assign('a'), assign('b'), assign('c')],
      edges: [['b', 'a']],
    };
    expect(run(plan)).toEqual(['b done', 'a done', 'c done', 'ended ok']);
  });

  it('is the same whatever the budget of a record is', () => {
    const plan: Plan = {
      steps: [...four, raise('e', 't/Ping@1', { record: { id: { text: 'k' }, n: nat(1) } }), end()],
      edges: [
        ['a', 'c', never],
        ['b', 'c'],
        ['c', 'd'],
        ['d', 'e'],
        ['e', 'end'],
      ],
    };
    const whole = run(plan);
    for (const budget of [1, 2, 3]) expect(run(plan, budget)).toEqual(whole);
  });
});

describe('an end', () => {
  it('gives the result in the schema of the output', () => {
    const plan: Plan = { steps: [end(op('add', ref('@plan.input.n'), nat(1)))], output: 't/Num@1' };
    expect(run(plan)).toEqual(['end done', 'result 2', 'ended ok']);
  });

  it('ends the instance while other steps are still ready or waiting', () => {
    const plan: Plan = {
      steps: [emit('a'), receipt('w', 'a'), end(), assign('late')],
      edges: [
        ['a', 'w'],
        ['a', 'end'],
      ],
    };
    const bench = new PlanBench(plansOf({ plans: { main: plan } })).start();
    expect(bench.lines.slice(1)).toEqual([
      'a done',
      'intent ask 1',
      'w waiting',
      'end done',
      'ended ok',
    ]);
    expect(bench.settle().lines.at(-1)).toBe('dropped receipt-late');
    expect(bench.instances).toEqual([]);
  });
});

describe('what cannot be evaluated fails the instance with its code', () => {
  const one = op('eq', broken, nat(1));
  const cases: readonly (readonly [string, Plan, readonly string[]])[] = [
    ['a value', { steps: [assign('a', broken)] }, ['a failed division-by-zero']],
    [
      'a guard, and with it the step it is looked at after',
      { steps: [assign('a'), assign('b')], edges: [['a', 'b', one]] },
      ['a failed division-by-zero'],
    ],
    ['an invariant', { steps: [assign('a')], invariants: [one] }, ['a failed division-by-zero']],
    [
      'a parameter',
      { steps: [emit('a', op('add', broken, nat(1)))] },
      ['a failed division-by-zero'],
    ],
    [
      'a result out of its schema',
      { steps: [end(op('sub', nat(0), ref('@plan.input.n')))], output: 't/Num@1' },
      ['end failed expr-overflow'],
    ],
    [
      'a variable that a skipped step would have set',
      {
        steps: [assign('a'), assign('b'), assign('c', ref('@var:b'))],
        edges: [
          ['a', 'b', never],
          ['b', 'c'],
          ['a', 'c'],
        ],
      },
      ['a done', 'b skipped', 'c failed expr-missing'],
    ],
  ];

  it.each(cases)('%s', (_, plan, lines) => {
    const code = lines.at(-1)?.split(' ').at(-1);
    expect(run(plan)).toEqual([...lines, `ended error ${code}`]);
  });
});

describe('an invariant', () => {
  const small = op('lt', ref('@var:x'), nat(3));

  it('holds while what it refers to has no value', () => {
    const plan: Plan = {
      steps: [assign('a'), assign('b', nat(1), 'x')],
      edges: [['a', 'b']],
      invariants: [small],
    };
    expect(run(plan)).toEqual(['a done', 'b done', 'ended ok']);
  });

  it('takes back the step that breaks it', () => {
    const plan: Plan = {
      steps: [assign('a', nat(1), 'x'), assign('b', nat(5), 'x'), emit('c')],
      edges: [
        ['a', 'b'],
        ['b', 'c'],
      ],
      invariants: [small],
    };
    expect(run(plan)).toEqual([
      'a done',
      'b failed invariant-violation',
      'ended error invariant-violation',
    ]);
  });

  it('is looked at before an effect is asked for', () => {
    const plan: Plan = {
      steps: [emit('a', nat(9))],
      invariants: [op('lt', ref('@step:a.params.n'), nat(3))],
    };
    expect(run(plan)).toEqual(['a failed invariant-violation', 'ended error invariant-violation']);
  });

  it('is looked at before a result is given', () => {
    const plan: Plan = {
      steps: [end(nat(9))],
      output: 't/Num@1',
      invariants: [op('lt', ref('@step:end'), nat(3))],
    };
    expect(run(plan)).toEqual([
      'end failed invariant-violation',
      'ended error invariant-violation',
    ]);
  });
});
