/** Large and tangled worlds: checked in bounded time, without deep recursion. */
import { describe, expect, test } from 'vitest';
import { agencyNodes, agencyWith, findingsOf } from './agency-world.js';
import type { Json } from './worlds.js';

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const assign = (i: number, expr: Json): Json => ({
  id: `s${i}`,
  op: 'assign',
  expr,
  bind: { as: `v${i}` },
});

const first = (list: Json[] | undefined): unknown => list?.[0];

/** The child plan with these steps and edges before its end, and without an end's result. */
function planWith(steps: Json[], edges: Json[]): string[] {
  return findingsOf(
    agencyWith(['plans/1/output'], ['plans/1/steps', steps], ['plans/1/edges', edges]),
  ).filter((finding) => !finding.startsWith('definition-unused'));
}

describe('a plan of ten thousand steps', () => {
  const links = range(9_999).map((i) => ({ from: `s${i}`, to: `s${i + 1}` }));

  test('in one line, each reading what the last one set', () => {
    const steps = range(10_000).map((i) =>
      assign(i, i === 0 ? { nat: 0 } : { ref: `@var:v${i - 1}` }),
    );
    expect(planWith(steps, links)).toEqual([]);
  });

  test('in one circle', () => {
    const steps = range(10_000).map((i) => assign(i, { nat: i }));
    expect(planWith(steps, [...links, { from: 's9999', to: 's0' }])).toEqual([
      'plan-cyclic plans#/1/edges',
    ]);
  });

  test('each reading what the next one sets', () => {
    const steps = range(10_000).map((i) =>
      assign(i, i === 9_999 ? { nat: 0 } : { ref: `@var:v${i + 1}` }),
    );
    expect(planWith(steps, links).length).toBe(9_999);
  });

  test('each reading what nothing sets', () => {
    const steps = range(10_000).map((i) => assign(i, { ref: `@var:w${i}` }));
    expect(planWith(steps, []).length).toBe(10_000);
  });

  test('with edges between many of them', () => {
    const steps = range(1_000).map((i) => assign(i, { nat: i }));
    const edges = range(1_000).flatMap((i) =>
      range(Math.min(i, 60)).map((j) => ({ from: `s${i - j - 1}`, to: `s${i}` })),
    );
    expect(planWith(steps, edges)).toEqual([]);
  });
});

describe('a hundred thousand definitions', () => {
  const ref = (name: string): Json => ({ name });

  test('of schemas that refer to each other in one circle', () => {
    const nodes = agencyNodes();
    const names = range(100_000).map((i) => `many/S${i}@1`);
    nodes.many = names.map((name, i) => ({
      $kind: 'defschema',
      name,
      type: { ref: names[(i + 1) % names.length] as string },
    }));
    (first(nodes.manifest) as { schemas: Json[] }).schemas.push(...names.map(ref));
    const codes = new Set(findingsOf(nodes).map((finding) => finding.split(' ')[0]));
    expect([...codes].sort()).toEqual(['definition-unused', 'schema-depth', 'schema-recursive']);
  });

  test('of grants made from each other in one circle', () => {
    const grants = range(100_000).map((i) => ({
      name: `g${i}`,
      cap: 'sys/timer@1',
      params: {},
      parent: `g${(i + 1) % 100_000}`,
    }));
    const nodes = agencyNodes();
    const { defaults } = first(nodes.manifest) as { defaults: { cap_grants: Json[] } };
    defaults.cap_grants.push(...grants);
    expect(findingsOf(nodes)).toEqual([
      'grant-parent-cyclic manifest#/0/defaults/cap_grants/4/parent',
    ]);
  });

  test('of rules, each behind a wider one', () => {
    const nodes = agencyNodes();
    const { rules } = first(nodes.rest) as { rules: Json[] };
    rules.push({ when: {}, decision: 'deny' });
    rules.push(...range(100_000).map(() => ({ when: { cap_name: 'web' }, decision: 'allow' })));
    expect(findingsOf(nodes).length).toBe(100_000);
  });

  test('of plans that spawn each other in one circle', () => {
    const nodes = agencyNodes();
    const names = range(20_000).map((i) => `many/p${i}@1`);
    nodes.many = names.map((name, i) => ({
      $kind: 'defplan',
      name,
      input: 'demo/Job@1',
      steps: [
        {
          id: 'go',
          op: 'spawn_plan',
          plan: names[(i + 1) % names.length] as string,
          input: { ref: '@plan.input' },
          bind: { handle_as: 'h' },
        },
      ],
    }));
    (first(nodes.manifest) as { plans: Json[] }).plans.push(...names.map(ref));
    const found = findingsOf(nodes);
    expect(found.length).toBe(20_000);
    expect(new Set(found.map((each) => each.split(' ')[0]))).toEqual(
      new Set(['plan-spawn-cyclic']),
    );
  });

  test('of triggers of plans that are almost there', () => {
    const nodes = agencyNodes();
    const { triggers } = first(nodes.manifest) as { triggers: Json[] };
    triggers.push(...range(100_000).map((i) => ({ event: 'demo/Strt@1', plan: `demo/man${i}@1` })));
    expect(findingsOf(nodes).length).toBe(200_000);
  });
});
