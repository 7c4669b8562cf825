import { decode, encode, type Hash, sha256, toHashText, utf8, type Value } from '@aos/canon';
import { stateSchemaOf } from '@aos/kernel';
import { describe, expect, it } from 'vitest';
import { defined, GovernedWorld, type Module, moduleHash } from './governed-world.js';
import { must } from './script-world.js';

const nat = { nat: {} };
const refs = (...names: string[]) => names.map((name) => ({ name }));
const NAME = 't/Count@1';

/** States of version n have the fields n1 to n, each a number. */
const stateType = (n: number) => ({
  $kind: 'defschema',
  name: `t/S@${n}`,
  type: { record: Object.fromEntries(Array.from({ length: n }, (_, i) => [`n${i + 1}`, nat])) },
});

const step = (from: number, to: number) => [
  {
    $kind: 'defmodule',
    name: `t/From${from}to${to}@1`,
    module_kind: 'pure',
    abi: { pure: { input: `t/S@${from}`, output: `t/S@${to}` } },
  },
  {
    $kind: 'defmigration',
    name: `t/from${from}to${to}@1`,
    reducer: NAME,
    from: `t/S@${from}`,
    to: `t/S@${to}`,
    module: `t/From${from}to${to}@1`,
  },
];

/** A plan that asks for the state of a cell. */
const ASKING = [
  { $kind: 'defschema', name: 't/Ask@1', type: { record: { key: { bytes: {} } } } },
  { $kind: 'defschema', name: 't/Told@1', type: { record: { state: { option: { bytes: {} } } } } },
  {
    $kind: 'defplan',
    name: 't/ask@1',
    input: 't/Ask@1',
    output: 't/Told@1',
    steps: [
      {
        id: 'ask',
        op: 'emit_effect',
        kind: 'introspect.reducer_state',
        params: {
          record: {
            reducer: { text: NAME },
            key: { ref: '@plan.input.key' },
            consistency: { text: 'head' },
          },
        },
        cap: 'look',
        bind: { effect_id_as: 'h' },
      },
      { id: 'told', op: 'await_receipt', for: { ref: '@var:h' }, bind: { as: 'told' } },
      { id: 'end', op: 'end', result: { record: { state: { ref: '@var:told.state' } } } },
    ],
    edges: [
      { from: 'ask', to: 'told' },
      { from: 'told', to: 'end' },
    ],
    required_caps: ['look'],
    allowed_effects: ['introspect.reducer_state'],
  },
  { $kind: 'defpolicy', name: 't/rules@1', rules: [{ when: {}, decision: 'allow' }] },
];

/** A world of keyed counters whose states are of this version, with migrations between versions. */
function counters(version: number, ...steps: readonly (readonly [number, number])[]) {
  const migrations = steps.map(([from, to]) => `from${from}to${to}@1`);
  return defined(
    { $kind: 'defschema', name: 't/Key@1', type: { text: {} } },
    { $kind: 'defschema', name: 't/Tick@1', type: { record: { who: { text: {} } } } },
    { $kind: 'defschema', name: 't/Event@1', type: { ref: 't/Tick@1' } },
    ...[1, 2, 3].map(stateType),
    {
      $kind: 'defmodule',
      name: NAME,
      module_kind: 'reducer',
      wasm_hash: toHashText(moduleHash(`count ${version}`)),
      key_schema: 't/Key@1',
      abi: { reducer: { state: `t/S@${version}`, event: 't/Event@1' } },
    },
    ...steps.flatMap(([from, to]) => step(from, to)),
    ...ASKING,
    {
      $kind: 'manifest',
      air_version: '1',
      features: steps.length > 0 ? ['migrations'] : [],
      schemas: refs(
        't/Key@1',
        't/Tick@1',
        't/Event@1',
        't/Ask@1',
        't/Told@1',
        't/S@1',
        't/S@2',
        't/S@3',
      ),
      modules: refs(NAME, ...steps.map(([from, to]) => `t/From${from}to${to}@1`)),
      migrations: refs(...migrations.map((name) => `t/${name}`)),
      plans: refs('t/ask@1'),
      effects: refs('sys/introspect.reducer_state@1'),
      caps: [],
      policies: refs('t/rules@1'),
      triggers: [{ event: 't/Ask@1', plan: 't/ask@1' }],
      defaults: {
        policy: 't/rules@1',
        cap_grants: [{ name: 'look', cap: 'sys/query@1', params: { record: {} } }],
      },
      routing: { events: [{ event: 't/Tick@1', reducer: NAME, key_field: 'who' }] },
    },
  );
}

const fieldsOf = (bytes: Value | undefined): ReadonlyMap<Value, Value> =>
  bytes instanceof Uint8Array ? (must(decode(bytes)) as ReadonlyMap<Value, Value>) : new Map();

/** Adds one to every field of its version. */
const counting =
  (version: number): Module =>
  (input) => {
    const before = fieldsOf(input.get('state'));
    const fields = Array.from({ length: version }, (_, i) => `n${i + 1}`);
    const added = fields.map((field) => [field, Number(before.get(field) ?? 0) + 1]);
    return { state: encode(Object.fromEntries(added)) };
  };

/** Gives the field of the next version ten times its number. */
const adding =
  (to: number): Module =>
  (input) => {
    const before = [...fieldsOf(input.get('input'))];
    const fields = [...before, [`n${to}`, to * 10]] as [string, number][];
    return { output: encode(Object.fromEntries(fields)) };
  };

const v1 = counters(1);
const v2 = counters(2, [1, 2]);
const v3 = counters(3, [1, 2], [2, 3]);

const tick = (world: GovernedWorld, who: string) => world.event('t/Tick@1', { who });

function state(world: GovernedWorld, who: string): Value {
  const [table] = world.world.cells;
  if (table?.kind !== 'keyed') throw new Error('expected cells');
  const cells = [...table.cells.range()];
  const found = cells.find(({ key }) => key !== null && must(decode(key)) === who);
  return Object.fromEntries(fieldsOf(found?.state)) as never;
}

function living(): GovernedWorld {
  return new GovernedWorld(v1, {
    'count 1': counting(1),
    'count 2': counting(2),
    'count 3': counting(3),
    't/From1to2@1': adding(2),
    't/From2to3@1': adding(3),
  });
}

/** Cells `a`, `b` and `c` at version 1, of which `b` goes to 2 and `c` stays, and then all is 3. */
function grown(): GovernedWorld {
  const world = living();
  for (const who of ['a', 'b', 'c']) expect(tick(world, who)).toBeUndefined();
  expect(world.adopt(v2)).toBeUndefined();
  expect(tick(world, 'b')).toBeUndefined();
  expect(world.adopt(v3)).toBeUndefined();
  return world;
}

describe('cells that two applications have left behind', () => {
  it('go the whole way when they are next read, others a part of it', () => {
    const world = grown();
    expect(world.world.leafTypes[0]).toHaveLength(2);
    expect(state(world, 'c')).toEqual({ n1: 1 });
    tick(world, 'c');
    tick(world, 'b');
    tick(world, 'd');
    expect(state(world, 'c')).toEqual({ n1: 2, n2: 21, n3: 31 });
    expect(state(world, 'b')).toEqual({ n1: 3, n2: 22, n3: 31 });
    expect(state(world, 'd')).toEqual({ n1: 1, n2: 1, n3: 1 });
    expect(state(world, 'a')).toEqual({ n1: 1 });
    expect(world.check()).toBe('same');
  });

  it('are shown in the type that they are of, and read by plans in the present one', () => {
    const world = grown();
    const [table] = world.world.cells;
    const cells = table?.kind === 'keyed' ? [...table.cells.range()] : [];
    const shown = cells.map((cell) => {
      const found = stateSchemaOf(world.world, NAME, cell);
      const json = found?.schema.toJson(cell.state);
      return [found?.schema.name, found?.isOutdated, json?.ok];
    });
    expect(shown).toEqual([
      ['t/S@1', true, true],
      ['t/S@2', true, true],
      ['t/S@1', true, true],
    ]);
    expect(world.event('t/Ask@1', { key: encode('c') })).toBeUndefined();
    const told = world.entries.findLast((entry) => entry.kind === 'plan-result');
    const value = fieldsOf(told?.kind === 'plan-result' ? told.value.inline : undefined);
    expect(Object.fromEntries(fieldsOf(value.get('state')))).toEqual({ n1: 1, n2: 20, n3: 30 });
    expect(state(world, 'c')).toEqual({ n1: 1 });
    expect(world.check()).toBe('same');
  });

  it('stay whole where a step of the way fails', () => {
    const world = grown();
    world.load('t/From2to3@1', () => 'module-trap');
    tick(world, 'c');
    expect(world.entries.at(-1)).toMatchObject({ code: 'migration-failed' });
    expect(state(world, 'c')).toEqual({ n1: 1 });
  });

  it('need the whole way: a definition without its first step is refused', () => {
    const world = living();
    tick(world, 'a');
    expect(world.adopt(v2)).toBeUndefined();
    expect(world.adopt(counters(3, [2, 3]))).toBe('migration-missing');
    expect(world.adopt(v3)).toBeUndefined();
    expect(world.adopt(counters(3))).toBe('migration-missing');
  });

  it('may be of no more types than a snapshot tells of', () => {
    const world = living();
    tick(world, 'a');
    expect(world.propose(v2)).toBeUndefined();
    expect(world.shadow(0)).toBeUndefined();
    expect(world.approve(0, 'op')).toBeUndefined();
    const types: Hash[] = Array.from({ length: 1024 }, (_, n) => sha256(utf8(`type ${n}`)));
    world.world = { ...world.world, leafTypes: [types] };
    expect(world.say('op', { verb: 'apply', proposal: 0 })).toBe('state-types-limit');
  });
});
