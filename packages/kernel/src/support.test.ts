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
  const steps = [{ id: 'end', op: 'end' }];
  const keyed = { events: [{ event: 't/Go@1', reducer: 't/A@1', key_field: 'id' }] };
  test.each<[string, WorldDefinition]>([
    ['key_schema of t/A@1', world({ key_schema: 't/Key@1' }, { routing: keyed })],
    ['manifest.plans', world({}, { plans: refs('t/plan@1') }, [{ ...plan, steps }])],
    ['manifest.caps', world({}, { caps: refs('sys/timer@1') })],
    ['manifest.effects', world({}, { effects: refs('sys/timer.set@1') })],
  ])('%s', (part, definition) => {
    expect(unsupportedParts(definition)).toEqual([part]);
    expect(checkSupport(definition)?.refusal.code).toBe('not-supported-yet');
  });

  test('a world of un-keyed reducers alone is run', () => {
    expect(checkSupport(world({}))).toBe(undefined);
  });
});
