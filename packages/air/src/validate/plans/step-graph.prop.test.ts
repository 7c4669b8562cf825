import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DefPlan } from '../../forms/plan.js';
import { StepGraph } from './step-graph.js';

const SIZE = 40;

function graphOf(edges: readonly (readonly [number, number])[]): StepGraph {
  const plan: DefPlan = {
    $kind: 'defplan',
    name: 'a/p@1',
    input: 'a/I@1',
    steps: Array.from({ length: SIZE }, (_, i) => ({ id: `s${i}`, op: 'end' })),
    edges: edges.map(([from, to]) => ({ from: `s${from}`, to: `s${to}` })),
  };
  return new StepGraph(plan);
}

const step = fc.nat(SIZE - 1);
const edges = fc.array(fc.tuple(step, step), { maxLength: 80 });

test('a graph has either an order in which every edge leads forward, or a circle of edges', () => {
  fc.assert(
    fc.property(edges, (links) => {
      const graph = graphOf(links);
      const cycle = graph.cycle();
      expect(cycle !== undefined).toBe(graph.isCyclic);
      if (cycle === undefined) {
        const place = new Map(graph.order.map((each, i) => [each, i]));
        for (const [from, to] of links) {
          expect(place.get(from)).toBeLessThan(place.get(to) as number);
        }
      }
      for (const [i, each] of (cycle ?? []).entries()) {
        const next = cycle?.[(i + 1) % cycle.length];
        expect(links.some(([from, to]) => from === each && to === next)).toBe(true);
      }
    }),
  );
});

test('a step leads to another exactly if edges do', () => {
  const forward = edges.map((links) => links.filter(([from, to]) => from < to));
  fc.assert(
    fc.property(forward, step, step, (links, from, to) => {
      const reached = new Set<number>();
      const visit = (at: number): void => {
        for (const [source, target] of links) {
          if (source !== at || reached.has(target)) continue;
          reached.add(target);
          visit(target);
        }
      };
      visit(from);
      expect(graphOf(links).leads(from, to)).toBe(reached.has(to));
    }),
  );
});
