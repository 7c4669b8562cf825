import { encode, type Hash, hashOf, sha256, toHashText } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { loadAir, openDefinition, printJson, type WorldDefinition } from '../src/index.js';
import { counterNodes, documents } from './worlds.js';

function counter(): WorldDefinition {
  const outcome = loadAir(documents(counterNodes()));
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.findings));
  return outcome.world;
}

/** Everything of a definition that is data. */
function dataOf(world: WorldDefinition) {
  return {
    manifestHash: toHashText(world.manifestHash),
    manifest: printJson(world.manifest as never),
    nodes: [...world.nodes],
    schemas: [...world.schemas.keys()],
    reducers: world.reducers.map(({ state, event, ...rest }) => [state.name, event.name, rest]),
    routes: [...world.schemas.keys()].map((schema) => world.routesOf(schema)),
  };
}

const reader = (nodes: ReadonlyMap<string, Uint8Array>) => (hash: Hash) =>
  nodes.get(toHashText(hash));

test('a definition opened from its nodes is equal to the one that was authored', () => {
  const world = counter();
  const opened = openDefinition(world.manifestHash, reader(world.nodes));
  expect(opened.ok && dataOf(opened.value)).toEqual(dataOf(world));
  const event = opened.ok ? opened.value.reducers[0]?.event : undefined;
  expect(event?.normalizeJson({ Start: { target: 3 } })).toEqual(
    world.reducers[0]?.event.normalizeJson({ Start: { target: 3 } }),
  );
});

describe('refusals', () => {
  const refusalOf = (manifest: Hash, nodes: ReadonlyMap<string, Uint8Array>) => {
    const opened = openDefinition(manifest, reader(nodes));
    return opened.ok ? 'opened' : opened.refusal.code;
  };

  test('every missing node is a refusal', () => {
    const { manifestHash, nodes } = counter();
    for (const hash of nodes.keys()) {
      const without = new Map([...nodes].filter(([each]) => each !== hash));
      expect(refusalOf(manifestHash, without)).toBe('definition-missing');
    }
  });

  test('every node with a changed byte is a refusal', () => {
    const { manifestHash, nodes } = counter();
    for (const [hash, bytes] of nodes) {
      const damaged = Uint8Array.from(bytes, (byte, i) =>
        i === bytes.length - 1 ? byte ^ 1 : byte,
      );
      expect(refusalOf(manifestHash, new Map([...nodes, [hash, damaged]]))).toBe(
        'definition-damaged',
      );
    }
  });

  const manifest = {
    $kind: 'manifest',
    air_version: '1',
    schemas: [],
    modules: [],
    plans: [],
    caps: [],
    policies: [],
  };
  const schema = { $kind: 'defschema', name: 'a/B@1', type: { int: {} } };
  const reference = { name: 'a/B@1', hash: toHashText(hashOf(schema)) };

  test.each<[string, object]>([
    ['definition-damaged', { ...manifest, effects: [] }],
    ['definition-damaged', { ...manifest, $comment: 'text' }],
    ['field-unknown', { ...manifest, more: 1 }],
    ['field-missing', { ...manifest, schemas: [{ name: 'a/B@1' }] }],
    ['definition-kind', schema],
    ['definition-kind', { ...manifest, plans: [reference] }],
    ['definition-name', { ...manifest, schemas: [{ ...reference, name: 'a/C@1' }] }],
    ['definition-kind', { ...manifest, modules: [reference] }],
    ['reference-duplicate', { ...manifest, schemas: [reference, reference] }],
    ['builtin-changed', { ...manifest, schemas: [{ ...reference, name: 'sys/ObjectKey@1' }] }],
  ])('%s', (code, node) => {
    const nodes = [node, schema].map((each) => encode(each as never));
    const byHash = new Map(nodes.map((bytes) => [toHashText(sha256(bytes)), bytes]));
    expect(refusalOf(hashOf(node as never), byHash)).toBe(code);
  });

  test('bytes that are no definition at all', () => {
    for (const bytes of [Uint8Array.of(0xd9, 0xd9, 0xf7, 0xa1, 0x01, 0x02), Uint8Array.of(0xa0)]) {
      const hash = sha256(bytes);
      expect(refusalOf(hash, new Map([[toHashText(hash), bytes]]))).toBe('definition-damaged');
    }
  });
});
