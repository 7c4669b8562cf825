/**
 * Random plans: which steps run is what the rule of dead paths says, and every instance is over.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PlanBench } from './plan-bench.js';
import {
  always,
  assign,
  awaitEvent,
  broken,
  cancel,
  type Edge,
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
  type Step,
} from './plan-world.js';

type Guard = 'none' | 'true' | 'false';

interface Graph {
  readonly size: number;
  /** Position of each step in the list. */
  readonly order: readonly number[];
  readonly edges: readonly { readonly from: number; readonly to: number; readonly guard: Guard }[];
}

const guards: { readonly [G in Guard]: Json | undefined } = {
  none: undefined,
  true: always,
  false: never,
};

const graph: fc.Arbitrary<Graph> = fc.integer({ min: 1, max: 12 }).chain((size) => {
  const pairs = Array.from({ length: size }, (_, to) =>
    Array.from({ length: to }, (_, from) => ({ from, to })),
  ).flat();
  const guard = fc.constantFrom<Guard>('none', 'true', 'false');
  return fc.record({
    size: fc.constant(size),
    order: fc.shuffledSubarray(
      Array.from({ length: size }, (_, i) => i),
      { minLength: size, maxLength: size },
    ),
    edges: fc
      .subarray(pairs, { maxLength: Math.min(24, pairs.length) })
      .chain((some) =>
        fc.tuple(...some.map((edge) => guard.map((each) => ({ ...edge, guard: each })))),
      ),
  });
});

const edgesOf = ({ edges }: Graph): readonly Edge[] =>
  edges.map(({ from, to, guard }) => [`s${from}`, `s${to}`, guards[guard]] as never);

/** The rule of dead paths, from the roots on: nodes are numbered along the edges. */
function isRun({ size, edges }: Graph): readonly boolean[] {
  const runs: boolean[] = [];
  for (let i = 0; i < size; i++) {
    const incoming = edges.filter(({ to }) => to === i);
    const isTaken = ({ from, guard }: Graph['edges'][number]) => runs[from] && guard !== 'false';
    runs.push(incoming.length === 0 || incoming.some((edge) => isTaken(edge)));
  }
  return runs;
}

const outcomesOf = (lines: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    lines.flatMap((line) => {
      const found = /^(s\d+) (done|skipped)$/.exec(line);
      return found === null ? [] : [[found[1] as string, found[2] as string] as const];
    }),
  );

it('runs and skips what the rule of dead paths says, each step once', () => {
  fc.assert(
    fc.property(graph, fc.integer({ min: 1, max: 20 }), (drawn, budget) => {
      const steps = drawn.order.map((i) => assign(`s${i}`));
      const main: Plan = { steps, edges: edgesOf(drawn) };
      const bench = new PlanBench(plansOf({ plans: { main } }), { budget });
      const { lines } = bench.start().settleDown(100);
      const expected = isRun(drawn).map((runs, i) => [`s${i}`, runs ? 'done' : 'skipped'] as const);
      expect(outcomesOf(lines)).toEqual(new Map(expected));
      expect(lines).toHaveLength(drawn.size + 2);
      expect(lines.at(-1)).toBe('ended ok');
    }),
    { numRuns: 150 },
  );
});

/** What a step of a random plan does. Waits stand for an effect of the step before them. */
const kinds = ['assign', 'emit', 'wait', 'event', 'broken', 'end', 'retry', 'cancel'] as const;
type Kind = (typeof kinds)[number];

/** Each step with what it needs before it; a wait and its effect are two steps. */
function stepsOf(kind: Kind, i: number): { readonly steps: readonly Step[]; readonly edge?: Edge } {
  const id = `s${i}`;
  const retry = { max: 3, backoff: { initial_ns: 10 } };
  switch (kind) {
    case 'assign':
      return { steps: [assign(id)] };
    case 'emit':
      return { steps: [emit(id, nat(i))] };
    case 'wait':
      return { steps: [emit(id, nat(i)), receipt(`${id}w`, id)], edge: [id, `${id}w`] };
    case 'retry':
      return {
        steps: [emit(id, nat(i), { retry }), receipt(`${id}w`, id)],
        edge: [id, `${id}w`],
      };
    case 'cancel':
      return { steps: [emit(id, nat(i)), cancel(`${id}c`, id)], edge: [id, `${id}c`] };
    case 'event':
      return { steps: [awaitEvent(id, op('eq', ref('@event.n'), nat(i % 3)))] };
    case 'broken':
      return { steps: [assign(id, broken)] };
    case 'end':
      return { steps: [end(undefined, id)] };
  }
}

type Deed = { readonly at: number; readonly what: 'ok' | 'error' | 'cancelled' | 'event' | 'tick' };

const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.record({
    at: fc.nat({ max: 20 }),
    what: fc.constantFrom<Deed['what']>('ok', 'ok', 'error', 'cancelled', 'event', 'tick'),
  }),
  { maxLength: 30 },
);

function act(bench: PlanBench, { at, what }: Deed): void {
  if (what === 'event') bench.event('t/Ping@1', pingBytes('k', at % 3));
  else if (what === 'tick') bench.tick(bench.logicalNowNs + BigInt(at));
  else if (bench.effects.length > 0) bench.settle(at % bench.effects.length, what);
}

it('ends or waits for something that can be named, whatever happens, and writes little', () => {
  fc.assert(
    fc.property(
      graph,
      fc.array(fc.constantFrom(...kinds), { minLength: 12, maxLength: 12 }),
      deeds,
      (drawn, drawnKinds, happenings) => {
        const parts = drawn.order.map((i) => stepsOf(drawnKinds[i] as Kind, i));
        const steps = parts.flatMap((part) => part.steps);
        const inner = parts.flatMap(({ edge }) => (edge === undefined ? [] : [edge]));
        const main: Plan = { steps, edges: [...edgesOf(drawn), ...inner] };
        const bench = new PlanBench(plansOf({ plans: { main } }), { budget: 5 });
        bench.start().settleDown(100);
        for (const deed of happenings) {
          act(bench, deed);
          bench.settleDown(100);
          expectNameable(bench);
        }
        const retries = bench.lines.filter((line) => line.endsWith('waiting effect-failed')).length;
        const written = bench.log.filter(({ entry }) => entry.kind === 'plan-step').length;
        // A wait is written when it begins and when it is over; so is that for another attempt.
        expect(written).toBeLessThanOrEqual(2 * (steps.length + retries));
        expect(bench.lines.filter((line) => line.startsWith('ended')).length).toBeLessThanOrEqual(
          1,
        );
      },
    ),
    { numRuns: 150 },
  );
});

/** An instance that is there waits for an open effect, an event or a time. */
function expectNameable(bench: PlanBench): void {
  for (const instance of bench.planState.instances.range()) {
    expect(instance.isScheduled).toBe(false);
    const states = [...instance.states];
    expect(states.filter((state) => state === 1)).toEqual([]);
    const waits = bench.effects.length + bench.planState.waits.size + bench.deadlines.length;
    expect(waits).toBeGreaterThan(0);
    expect(states.filter((state) => state === 2).length).toBeGreaterThan(0);
  }
  if (bench.instances.length > 0) return;
  expect(bench.planState.waits.size).toBe(0);
  expect(bench.deadlines).toEqual([]);
}
