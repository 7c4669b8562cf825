import { encode, type Hash, hashOf, sha256, toHashText } from '@aos/canon';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashDefinitions, openDefinition, printJson, type WorldDefinition } from '../src/index.js';
import { anyNamed, plainlyNamed } from './typed-values.js';
import { type Json, worldOf } from './worlds.js';

const schema = (name: string, type: Json): Json => ({ $kind: 'defschema', name, type });
const refs = (...names: string[]): Json => names.map((name) => ({ name }));

/** A world of one plan with these steps, and one grant with these parameters. */
function authored(steps: Json[], more: { [field: string]: Json } = {}, params: Json = {}): string {
  const nodes = [
    schema('a/Input@1', { record: { url: { text: {} } } }),
    schema('a/Done@1', {
      record: {
        tags: { set: { text: {} } },
        by: { map: { key: { text: {} }, value: { nat: {} } } },
        note: { option: { text: {} } },
        how: { variant: { Fast: { unit: {} }, Slow: { duration: {} } } },
        cost: { dec128: {} },
      },
    }),
    { $kind: 'defplan', name: 'a/plan@1', input: 'a/Input@1', steps, ...more },
    {
      $kind: 'defpolicy',
      name: 'a/policy@1',
      rules: [{ when: {}, decision: 'allow' }],
    },
    {
      $kind: 'manifest',
      air_version: '1',
      schemas: refs('a/Input@1', 'a/Done@1'),
      modules: [],
      plans: refs('a/plan@1'),
      effects: refs('sys/http.request@1'),
      caps: refs('sys/http.out@1'),
      policies: refs('a/policy@1'),
      defaults: {
        policy: 'a/policy@1',
        cap_grants: [{ name: 'http', cap: 'sys/http.out@1', params }],
      },
    },
  ];
  return JSON.stringify(nodes);
}

function hashesOf(text: string): { plan: string | undefined; manifest: string | undefined } {
  const { definitions, manifest } = hashDefinitions([{ path: 'world.json', text }]);
  return { plan: definitions.find(({ kind }) => kind === 'defplan')?.hash, manifest };
}

const raise = (value: Json): Json[] => [{ id: 'r', op: 'raise_event', event: 'a/Done@1', value }];

const SUGAR: Json = {
  tags: ['bb', 'a', 'a'],
  by: { x: 1 },
  how: { Slow: 5 },
  cost: '1.50',
};

const TAGGED: Json = {
  record: {
    tags: { set: [{ text: 'a' }, { text: 'bb' }] },
    by: { map: [{ key: { text: 'x' }, value: { nat: 1 } }] },
    note: { null: {} },
    how: { tag: 'Slow', value: { duration_ns: 5 } },
    cost: { dec128: '1.5' },
  },
};

describe('one meaning has one hash', () => {
  const expected = hashesOf(authored(raise(TAGGED))).plan;

  test('the tagged lens in normal form is hashed as it stands', () => {
    const steps = raise(TAGGED);
    const plan = { $kind: 'defplan', name: 'a/plan@1', input: 'a/Input@1', steps };
    expect(expected).toBe(toHashText(hashOf(plan as never)));
  });

  const expression = structuredClone(TAGGED) as { record: { [field: string]: Json } };
  expression.record.how = { variant: { tag: 'Slow', value: { duration_ns: 5 } } };
  const unsorted = structuredClone(expression);
  unsorted.record.tags = { set: [{ text: 'bb' }, { text: 'a' }, { text: 'bb' }] };

  test.each<[string, Json]>([
    ['sugar', SUGAR],
    ['a mixture of both', { ...SUGAR, tags: { set: [{ text: 'bb' }, { text: 'a' }] } }],
    ['a constant expression', expression],
    ['a set that is not sorted', unsorted],
  ])('%s', (_, value) => {
    expect(hashesOf(authored(raise(value))).plan).toBe(expected);
  });

  test('an arm of unit is written without a value', () => {
    const how = (json: Json) => hashesOf(authored(raise({ ...(SUGAR as object), how: json }))).plan;
    const bare = how({ tag: 'Fast' });
    expect([how({ Fast: null }), how('Fast'), how({ tag: 'Fast', value: { null: {} } })]).toEqual([
      bare,
      bare,
      bare,
    ]);
    expect(bare).not.toBe(expected);
  });

  test('what is computed stays an expression', () => {
    const url: Json = { ref: '@plan.input.url' };
    const steps: Json[] = [
      { id: 'a', op: 'assign', expr: { record: { url } }, bind: { as: 'x' } },
      { id: 'e', op: 'end' },
    ];
    const edges: Json = [{ from: 'a', to: 'e', when: { op: 'eq', args: [url, { text: '' }] } }];
    const plan = { $kind: 'defplan', name: 'a/plan@1', input: 'a/Input@1', steps, edges };
    expect(hashesOf(authored(steps, { edges })).plan).toBe(toHashText(hashOf(plan as never)));
  });

  test('empty lists of a plan are left out, in an expression they stay', () => {
    const empty = {
      locals: {},
      edges: [],
      required_caps: [],
      allowed_effects: [],
      invariants: [],
    };
    expect(hashesOf(authored(raise(SUGAR), empty)).plan).toBe(expected);
    const listed = (list: Json[]): Json[] => [
      { id: 'a', op: 'assign', expr: { list }, bind: { as: 'x' } },
    ];
    expect(hashesOf(authored(listed([]))).plan).not.toBe(hashesOf(authored([])).plan);
  });

  test('parameters of grants', () => {
    const manifest = (params: Json) => hashesOf(authored(raise(SUGAR), {}, params)).manifest;
    const tagged: Json = {
      record: {
        hosts: { set: [{ text: 'a.example' }, { text: 'bb.example' }] },
        schemes: { null: {} },
        methods: { null: {} },
        ports: { null: {} },
        path_prefixes: { null: {} },
      },
    };
    expect(manifest({ hosts: ['bb.example', 'a.example'] })).toBe(manifest(tagged));
    expect(manifest({ hosts: ['a.example'] })).not.toBe(manifest(tagged));
  });
});

test('any value of any type gives one hash in every lens', () => {
  const law = fc.property(plainlyNamed, ({ type, sugar, tagged, mixed }) => {
    const hashOfSlot = (value: unknown) => {
      const event = { $kind: 'defschema', name: 'a/E@1', type };
      const steps = [{ id: 'r', op: 'raise_event', event: 'a/E@1', value }];
      const plan = { $kind: 'defplan', name: 'a/p@1', input: 'a/E@1', steps };
      const text = printJson([event, plan] as never);
      const { definitions } = hashDefinitions([{ path: 'p.json', text }]);
      return definitions.find(({ kind }) => kind === 'defplan')?.hash;
    };
    const expected = hashOfSlot(tagged);
    expect([hashOfSlot(sugar), hashOfSlot(mixed)]).toEqual([expected, expected]);
  });
  fc.assert(law, { numRuns: 150 });
});

test('values whose fields are named like tags are stored and opened, too', () => {
  const law = fc.property(anyNamed, ({ type, sugar }) => {
    const steps = [
      { id: 'r', op: 'raise_event', event: 'a/E@1', value: sugar },
      { id: 'z', op: 'end' },
    ];
    const edges = [{ from: 'r', to: 'z' }];
    const text = printJson([
      { $kind: 'defschema', name: 'a/E@1', type },
      { $kind: 'defplan', name: 'a/p@1', input: 'a/E@1', steps, edges },
      {
        $kind: 'manifest',
        air_version: '1',
        schemas: refs('a/E@1'),
        modules: [],
        plans: refs('a/p@1'),
        caps: [],
        policies: [],
      },
    ] as never);
    const world = worldOf([{ path: 'w.json', text }]);
    const opened = openDefinition(world.manifestHash, reader(world));
    expect(opened.ok ? 'opened' : opened.refusal).toBe('opened');
  });
  fc.assert(law, { numRuns: 200 });
});

describe('what is stored has the normal form', () => {
  const HTTP: Json = { method: 'GET', url: 'https://a.example/', headers: {} };
  const steps: Json[] = [
    ...raise(SUGAR),
    { id: 'e', op: 'end' },
    {
      id: 'call',
      op: 'emit_effect',
      kind: 'http.request',
      cap: 'http',
      params: HTTP,
      bind: { effect_id_as: 'h' },
    },
  ];
  const edges: Json = [
    { from: 'call', to: 'r' },
    { from: 'r', to: 'e' },
  ];

  test('a world opened from its nodes is the one that was authored', () => {
    const world = worldOf([{ path: 'w.json', text: authored(steps, { edges }) }]);
    const opened = openDefinition(world.manifestHash, reader(world));
    expect(opened.ok && toHashText(opened.value.manifestHash)).toBe(toHashText(world.manifestHash));
    expect(opened.ok && opened.value.find('defplan', 'a/plan@1')).toEqual(
      world.find('defplan', 'a/plan@1'),
    );
    expect(opened.ok && opened.value.grants.get('http')?.params).toEqual(
      world.grants.get('http')?.params,
    );
    expect(world.effectOf('http.request')?.effect.name).toBe('sys/http.request@1');
  });

  test('a stored plan or grant in another form is damaged', () => {
    const world = worldOf([{ path: 'w.json', text: authored(steps, { edges }) }]);
    const plan = { ...world.find('defplan', 'a/plan@1'), steps };
    const [bytes, nodes] = [encode(plan as never), new Map(world.nodes)];
    nodes.set(toHashText(sha256(bytes)), bytes);
    const grants = world.manifest.defaults?.cap_grants?.map((each) => ({ ...each, params: {} }));
    const changed = [
      {
        ...world.manifest,
        plans: [{ name: 'a/plan@1', hash: toHashText(sha256(bytes)) }],
        edges: undefined,
      },
      { ...world.manifest, defaults: { ...world.manifest.defaults, cap_grants: grants } },
    ];
    for (const manifest of changed) {
      const stored = encode(manifest as never);
      nodes.set(toHashText(sha256(stored)), stored);
      const opened = openDefinition(sha256(stored), (hash) => nodes.get(toHashText(hash)));
      expect(opened.ok ? 'opened' : opened.refusal.code).toBe('definition-damaged');
    }
  });
});

function reader(world: WorldDefinition) {
  return (hash: Hash) => world.nodes.get(toHashText(hash));
}
