import { loadAir, type WorldDefinition } from '@aos/air';
import { describe, expect, test } from 'vitest';
import { checkSupport, unsupportedParts } from './support.js';

const refs = (...names: string[]) => names.map((name) => ({ name }));

const schemas = [
  { $kind: 'defschema', name: 't/State@1', type: { unit: {} } },
  { $kind: 'defschema', name: 't/Go@1', type: { record: { id: { text: {} } } } },
  { $kind: 'defschema', name: 't/Key@1', type: { text: {} } },
  { $kind: 'defschema', name: 't/Event@1', type: { variant: { Go: { ref: 't/Go@1' } } } },
];

const manifest = {
  $kind: 'manifest',
  air_version: '1',
  schemas: refs('t/State@1', 't/Go@1', 't/Key@1', 't/Event@1'),
  modules: refs('t/A@1'),
  plans: [],
  caps: [],
  policies: [],
};

const plan = { $kind: 'defplan', name: 't/plan@1', input: 't/Go@1', steps: [] as object[] };

/** One reducer, with more in its module and in the manifest. */
function world(module: object, more: object = {}, definitions: object[] = []): WorldDefinition {
  const reducer = {
    $kind: 'defmodule',
    name: 't/A@1',
    module_kind: 'reducer',
    abi: { reducer: { state: 't/State@1', event: 't/Event@1' } },
    ...module,
  };
  const nodes = [...schemas, reducer, ...definitions, { ...manifest, ...more }];
  const loaded = loadAir([{ path: 'world.json', text: JSON.stringify(nodes) }]);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  return loaded.world;
}

describe('parts that the kernel does not run are named', () => {
  const migration = {
    $kind: 'defmigration',
    name: 't/m@1',
    reducer: 't/A@1',
    from: 't/Go@1',
    to: 't/State@1',
    module: 't/M@1',
  };
  const mover = {
    $kind: 'defmodule',
    name: 't/M@1',
    module_kind: 'pure',
    abi: { pure: { input: 't/Go@1', output: 't/State@1' } },
  };
  const governed = {
    $kind: 'defpolicy',
    name: 't/p@1',
    rules: [],
    governance: [{ verb: 'approve', role: 'approver', count: 1 }],
  };
  const wasi = {
    $kind: 'defeffect',
    name: 't/run@1',
    kind: 'introspect.manifest',
    params_schema: 'sys/WasiParams@1',
    receipt_schema: 'sys/WasiReceipt@1',
    cap_type: 't',
    origin_scope: 'both',
    implementation: { wasi: {} },
  };
  const refsOf = (section: string, ...names: string[]) => ({ [section]: refs(...names) });
  test.each<[string, WorldDefinition]>([
    [
      'implementation of t/run@1',
      world({}, { ...refsOf('effects', 't/run@1'), features: ['effect-implementation'] }, [wasi]),
    ],
  ])('%s', (part, definition) => {
    expect(unsupportedParts(definition)).toEqual([part]);
    expect(checkSupport(definition)?.refusal.code).toBe('not-supported-yet');
  });

  test.each<[string, WorldDefinition]>([
    ['of un-keyed reducers', world({})],
    [
      'of keyed reducers',
      world(
        { key_schema: 't/Key@1' },
        { routing: { events: [{ event: 't/Go@1', reducer: 't/A@1', key_field: 'id' }] } },
      ),
    ],
    [
      'of plans',
      world({}, { plans: refs('t/plan@1') }, [{ ...plan, steps: [{ id: 'end', op: 'end' }] }]),
    ],
    [
      'of migrations',
      world(
        {},
        {
          ...refsOf('modules', 't/A@1', 't/M@1'),
          ...refsOf('migrations', 't/m@1'),
          features: ['migrations'],
        },
        [migration, mover],
      ),
    ],
    [
      'of rules about itself',
      world({}, { ...refsOf('policies', 't/p@1'), features: ['policy-governance'] }, [governed]),
    ],
    ['of effects', world({}, refsOf('effects', 'sys/timer.set@1'))],
  ])('a world %s is run', (_what, definition) => {
    expect(checkSupport(definition)).toBe(undefined);
  });
});
