/** What the checks of a plan leave behind for whoever runs it. */
import { type AirDocument, evaluate, loadAir, openDefinition, type PlanSlot } from '@aos/air';
import { decode, toHashText } from '@aos/canon';
import { expect, test } from 'vitest';
import type { Json } from './worlds.js';

type Fields = { readonly [field: string]: Json };

const INPUT = { record: { id: { text: {} }, count: { nat: {} } } };

function world(plan: Fields, more: Fields = {}): readonly AirDocument[] {
  const schema = (name: string, type: Json) => ({ $kind: 'defschema', name, type });
  const documents = [
    schema('t/In@1', INPUT),
    schema('t/Out@1', { text: {} }),
    { $kind: 'defplan', name: 't/plan@1', input: 't/In@1', output: 't/Out@1', ...plan },
    {
      $kind: 'manifest',
      air_version: '1',
      schemas: [{ name: 't/In@1' }, { name: 't/Out@1' }],
      modules: [],
      plans: [{ name: 't/plan@1' }],
      effects: [],
      caps: [],
      policies: [],
      ...more,
    },
  ];
  return [{ path: 'world.air.json', text: JSON.stringify(documents) }];
}

const assign = (id: string, as: string, expr: Json): Fields => ({
  id,
  op: 'assign',
  expr,
  bind: { as },
});
const end = (result: Json): Fields => ({ id: 'end', op: 'end', result });
const errorsOf = (documents: readonly AirDocument[]): readonly string[] =>
  loadAir(documents).findings.flatMap(({ code, severity, path }) =>
    severity === 'error' ? [`${code} ${path.replace(/^.*#/, '')}`] : [],
  );

function slotsOf(documents: readonly AirDocument[]): ReadonlyMap<string, PlanSlot> {
  const loaded = loadAir(documents);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  const { manifestHash, nodes } = loaded.world;
  const opened = openDefinition(manifestHash, (hash) => nodes.get(toHashText(hash)));
  if (!opened.ok) throw new Error(opened.refusal.detail);
  const slots = [loaded.world, opened.value].map(
    ({ plans }) => plans.get('t/plan@1')?.slots ?? new Map<string, PlanSlot>(),
  );
  expect([...(slots[1]?.keys() ?? [])]).toEqual([...(slots[0]?.keys() ?? [])]);
  return slots[1] as ReadonlyMap<string, PlanSlot>;
}

test('every slot of a plan is a value or a program, with what it refers to', () => {
  const slots = slotsOf(
    world({
      steps: [assign('a', 'x.y', { ref: '@plan.input.id' }), end({ ref: '@var:x.y' })],
      edges: [
        { from: 'a', to: 'end', when: { op: 'eq', args: [{ ref: '@step:a' }, { text: 'k' }] } },
      ],
      invariants: [{ bool: true }],
    }),
  );
  const shown = [...slots].map(([at, slot]) => [
    at,
    ...(slot.kind === 'program' ? [[...slot.vars], [...slot.steps]] : [slot.kind]),
  ]);
  expect(shown).toEqual([
    ['/steps/0/expr', [], []],
    ['/steps/1/result', ['x.y'], []],
    ['/edges/0/when', [], ['a']],
    ['/invariants/0', [], []],
  ]);
});

test('a constant is canonical bytes in the schema of its slot', () => {
  const slot = slotsOf(world({ steps: [end('done')] })).get('/steps/0/result');
  expect(slot?.kind === 'value' && decode(slot.bytes)).toEqual({ ok: true, value: 'done' });
});

test('a program gives what the expression says', () => {
  const slot = slotsOf(world({ steps: [end({ ref: '@plan.input.id' })] })).get('/steps/0/result');
  if (slot?.kind !== 'program') throw new Error('expected a program');
  const bindings = { input: new Map([['id', 'k']]), vars: new Map(), steps: new Map() };
  expect(evaluate(slot.program, bindings)).toEqual({ ok: true, value: 'k' });
});

test('a variable has its whole type wherever it is read, not what one step tells of it', () => {
  const first: Json = { op: 'get', args: [{ ref: '@var:names' }, { nat: 0 }] };
  const plan = {
    steps: [
      assign('none', 'names', { list: [] }),
      assign('wrong', 'n', { op: 'add', args: [first, { nat: 1 }] }),
      assign('one', 'names', { list: [{ text: 'a' }] }),
      end({ ref: '@plan.input.id' }),
    ],
    edges: [
      { from: 'none', to: 'wrong' },
      { from: 'wrong', to: 'one' },
    ],
  };
  expect(errorsOf(world(plan))).toEqual(['expr-type /2/steps/1/expr']);
});

test('a plan is correlated by fields of one type, whatever starts it', () => {
  const plan = { steps: [end('done')] };
  const trigger = (correlate_by: string, event = 't/In@1'): Json => ({
    event,
    plan: 't/plan@1',
    correlate_by,
  });
  const same = { schemas: [{ name: 't/In@1' }, { name: 't/Out@1' }], triggers: [trigger('id')] };
  expect(errorsOf(world(plan, same))).toEqual([]);
  const twin = JSON.stringify({ $kind: 'defschema', name: 't/Twin@1', type: INPUT });
  const schemas = ['t/In@1', 't/Out@1', 't/Twin@1'].map((name) => ({ name }));
  const other = { schemas, triggers: [trigger('id'), trigger('count', 't/Twin@1')] };
  const documents = [...world(plan, other), { path: 'twin.air.json', text: `[${twin}]` }];
  expect(errorsOf(documents)).toEqual(['variable-type-mismatch /3/triggers/1/correlate_by']);
});
