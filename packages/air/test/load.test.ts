import { sha256, toHashText, utf8, ZERO_HASH } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { hashDefinitions, loadAir, readDefinitions } from '../src/index.js';
import {
  counterNodes,
  counterWith,
  documents,
  errorsOf,
  errorsWith,
  type Json,
  manifestOf,
  warningsOf,
} from './worlds.js';

const MANIFEST = 'manifest.json';
const SCHEMAS = 'schemas.json';
const MODULES = 'modules.json';

function load(nodes = counterNodes(), wasm = new Map()) {
  const outcome = loadAir(documents(nodes), wasm);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.findings));
  return outcome.world;
}

describe('a world that loads', () => {
  test('has its reducers, schemas and nodes', () => {
    const world = load();
    expect(world.reducers).toMatchObject([
      { name: 'demo/Counter@1', context: true, effectsEmitted: [] },
    ]);
    expect(world.reducers[0]?.event.name).toBe('demo/Event@1');
    expect([...world.schemas.keys()].sort()).toEqual([
      'demo/Event@1',
      'demo/Start@1',
      'demo/State@1',
      'demo/Tick@1',
      'sys/EffectError@1',
      'sys/ProposalChanged@1',
      'sys/PureContext@1',
      'sys/ReducerContext@1',
    ]);
    expect([...world.nodes.keys()][0]).toBe(toHashText(world.manifestHash));
    expect(world.nodes.size).toBe(6);
    expect(world.manifest.schemas[0]?.hash).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('has the hash that it has had from the beginning', () => {
    expect(toHashText(load().manifestHash)).toBe(
      'sha256:37bb0945da3baab4f6c6846e3d30f186adc37fd47bbfe72363320a7ea3bd60d3',
    );
  });

  test('is the same whatever the files are called and however nodes are ordered', () => {
    const nodes = counterNodes();
    const [manifest] = nodes[MANIFEST] as Json[];
    const one = [...(nodes[MODULES] ?? []), ...(nodes[SCHEMAS] ?? []).reverse(), manifest as Json];
    expect(load({ all: one }).manifestHash).toEqual(load().manifestHash);
  });

  test('a file may hold one node without a list', () => {
    const all = documents(counterNodes()).map(({ path, text }) =>
      path === MANIFEST ? { path, text: text.slice(1, -1) } : { path, text },
    );
    expect(loadAir(all).ok).toBe(true);
  });

  test('comments, empty options and filled hashes change nothing', () => {
    const world = load();
    const nodes = counterWith(MANIFEST, '/0/$comment', 'a world');
    const manifest = manifestOf(nodes);
    manifest.effects = [];
    manifest.triggers = [];
    manifest.schemas = world.manifest.schemas.map(({ name, hash }) => ({ name, hash }));
    expect(load(nodes).manifestHash).toEqual(world.manifestHash);
  });
});

describe('WASM', () => {
  const hash = sha256(utf8('a module'));
  const wasm = new Map([['demo/Counter@1', hash]]);

  test('a module without a hash is bound to the WASM at hand, which changes the world', () => {
    const bound = load(counterNodes(), wasm);
    expect(bound.reducers[0]?.wasmHash).toEqual(hash);
    expect(bound.manifestHash).not.toEqual(load().manifestHash);
    const authored = counterWith(MODULES, '/0/wasm_hash', toHashText(hash));
    expect(load(authored).manifestHash).toEqual(bound.manifestHash);
    expect(load(authored, wasm).manifestHash).toEqual(bound.manifestHash);
  });

  test('without any WASM the hash is zero, with a warning', () => {
    const outcome = loadAir(documents(counterNodes()));
    expect(outcome.ok && outcome.world.reducers[0]?.wasmHash).toEqual(ZERO_HASH);
    expect(warningsOf(outcome)).toEqual(['wasm-missing modules.json#/0']);
  });

  test('another hash than that of the WASM at hand is refused', () => {
    const nodes = counterWith(MODULES, '/0/wasm_hash', toHashText(sha256(utf8('other'))));
    expect(errorsOf(loadAir(documents(nodes), wasm))).toEqual([
      'wasm-hash-mismatch modules.json#/0/wasm_hash',
    ]);
  });
});

describe('one change makes one finding', () => {
  test.each<[string, string, string, Json | undefined, string[]]>([
    [
      'no manifest',
      MANIFEST,
      '/0',
      undefined,
      ['kind-unknown manifest.json#/0', 'manifest-missing '],
    ],
    [
      'another version',
      MANIFEST,
      '/0/air_version',
      '2',
      ['air-version manifest.json#/0/air_version'],
    ],
    ['an unknown field', MANIFEST, '/0/extra', 1, ['field-unknown manifest.json#/0/extra']],
    [
      'a wrong hash',
      MANIFEST,
      '/0/schemas/0/hash',
      `sha256:${'1'.repeat(64)}`,
      ['hash-mismatch manifest.json#/0/schemas/0/hash'],
    ],
    [
      'a repeated reference',
      MANIFEST,
      '/0/schemas/4',
      { name: 'demo/Tick@1' },
      ['reference-duplicate manifest.json#/0/schemas/4'],
    ],
    ['an unknown kind', SCHEMAS, '/4', { $kind: 'defthing' }, ['kind-unknown schemas.json#/4']],
    ['a node that is no object', SCHEMAS, '/4', 'text', ['kind-unknown schemas.json#/4']],
    [
      'a second definition',
      SCHEMAS,
      '/4',
      { $kind: 'defschema', name: 'demo/Tick@1', type: { int: {} } },
      ['definition-duplicate schemas.json#/4'],
    ],
    [
      'a second manifest',
      MANIFEST,
      '/1',
      { $kind: 'manifest' },
      ['manifest-duplicate manifest.json#/1'],
    ],
    [
      'a type that is not there',
      SCHEMAS,
      '/0/type/record/left',
      { ref: 'demo/Gone@1' },
      ['schema-not-found schemas.json#/0/type/record/left/ref'],
    ],
    [
      'a type inside itself',
      SCHEMAS,
      '/0/type/record/left',
      { list: { ref: 'demo/State@1' } },
      ['schema-recursive schemas.json#/0/type/record/left/list/ref'],
    ],
    [
      'an unknown state schema',
      MODULES,
      '/0/abi/reducer/state',
      'demo/Gone@1',
      ['schema-not-found modules.json#/0/abi/reducer/state'],
    ],
    [
      'another context',
      MODULES,
      '/0/abi/reducer/context',
      'demo/State@1',
      ['module-context modules.json#/0/abi/reducer/context'],
    ],
    [
      'a definition with errors',
      MODULES,
      '/0/abi/pure',
      {},
      [
        'field-unknown modules.json#/0/abi/pure',
        'definition-missing manifest.json#/0/modules/0',
        'routing-unknown-reducer manifest.json#/0/routing/events/0/reducer',
      ],
    ],
  ])('%s', (_, file, at, value, expected) => {
    expect(errorsWith(file, at, value)).toEqual(expected);
  });

  test('an own definition of a built-in schema must be the built-in one', () => {
    const schema = (type: Json): Json => ({ $kind: 'defschema', name: 'sys/ObjectKey@1', type });
    expect(errorsWith(SCHEMAS, '/4', schema({ text: {} }))).toEqual([]);
    const listed = counterWith(SCHEMAS, '/4', schema({ bytes: {} }));
    manifestOf(listed).schemas.push({ name: 'sys/ObjectKey@1' });
    expect(errorsOf(loadAir(documents(listed)))).toEqual(['builtin-changed schemas.json#/4']);
  });

  test('a definition that the manifest does not list is pointed out', () => {
    const nodes = counterWith(SCHEMAS, '/4', {
      $kind: 'defschema',
      name: 'demo/X@1',
      type: { int: {} },
    });
    expect(warningsOf(loadAir(documents(nodes)))).toContain('definition-unlisted schemas.json#/4');
  });

  test('all findings come in one pass', () => {
    const nodes = counterWith(SCHEMAS, '/0/type/record/left', { ref: 'demo/Gone@1' });
    manifestOf(nodes).routing = {
      events: [
        { event: 'demo/Nope@1', reducer: 'demo/Counter@1' },
        { event: 'demo/Tick@1', reducer: 'demo/No@1' },
      ],
    };
    manifestOf(nodes).schemas.push({ name: 'demo/Missing@1' });
    expect(
      errorsOf(loadAir(documents(nodes)))
        .map((each) => each.split(' ')[0])
        .sort(),
    ).toEqual([
      'definition-missing',
      'routing-schema-mismatch',
      'routing-unknown-reducer',
      'schema-not-found',
      'schema-not-found',
    ]);
  });
});

describe('what a manifest names must be there', () => {
  const reference = [{ name: 'demo/x@1' }];
  test.each(['plans', 'caps', 'policies', 'effects', 'secrets'])('%s', (section) => {
    expect(errorsWith(MANIFEST, `/0/${section}`, reference)).toContain(
      `definition-missing manifest.json#/0/${section}/0`,
    );
  });
});

test('hashes are given of whatever can be read, also when there is no world', () => {
  const nodes = counterWith(MANIFEST, '/0/triggers', [{ event: 'demo/Tick@1', plan: 'demo/p@1' }]);
  const hashes = hashDefinitions(documents(nodes));
  expect(hashes.definitions.map(({ name }) => name)).toContain('demo/Counter@1');
  expect(hashes.manifest).toMatch(/^sha256:/);
  expect(hashDefinitions([]).manifest).toBe(undefined);
});

test('definitions can be read without a manifest', () => {
  const text = '[{"$kind":"defschema","name":"a/T@1","type":{"text":{}}},{"$kind":"defschema"}]';
  const { definitions, findings } = readDefinitions([{ path: 'a.json', text }]);
  expect(definitions).toEqual([{ $kind: 'defschema', name: 'a/T@1', type: { text: {} } }]);
  expect(findings.map(({ code }) => code)).not.toContain('manifest-missing');
  expect(findings).not.toEqual([]);
  expect(readDefinitions(documents(counterNodes())).findings).toEqual([]);
});
