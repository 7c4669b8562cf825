import {
  compilePatch,
  diffWorlds,
  invertPatch,
  type JsonValue,
  sectionHash,
  type WorldDefinition,
} from '@aos/air';
import { hashOf, type Result, toHashText } from '@aos/canon';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Parts, PLAIN, parts, worldOf } from './patch-worlds.js';

const must = <T>(result: Result<T>): T => {
  if (result.ok) return result.value;
  throw new Error(`${result.refusal.code} ${result.refusal.at} ${result.refusal.detail}`);
};
const manifestHash = (world: WorldDefinition) => toHashText(world.manifestHash);
const asJson = (value: unknown) => value as JsonValue;

function patchOf(world: WorldDefinition, ...patches: object[]): JsonValue {
  return asJson({ version: '1', base_manifest_hash: manifestHash(world), patches });
}

function hashIn(world: WorldDefinition, name: string): string {
  const { schemas, policies } = world.manifest;
  return [...schemas, ...policies].find((ref) => ref.name === name)?.hash ?? 'none';
}

const schemaNode = (name: string, type: object) => ({ $kind: 'defschema', name, type });

describe('a patch', () => {
  const world = worldOf(PLAIN);

  it('adds, replaces and removes definitions, and takes the others from the store', () => {
    const outcome = compilePatch(
      patchOf(
        world,
        { add_def: { kind: 'defschema', node: schemaNode('t/C@1', { bool: {} }) } },
        {
          replace_def: {
            kind: 'defschema',
            name: 't/A@1',
            new_node: schemaNode('t/A@1', { nat: {} }),
            pre_hash: hashIn(world, 't/A@1'),
          },
        },
        { remove_def: { kind: 'defschema', name: 't/B@1', pre_hash: hashIn(world, 't/B@1') } },
      ),
      { world },
    );
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.findings));
    const { candidate } = outcome.patch;
    expect(candidate.manifest.schemas.map(({ name }) => name)).toEqual(['t/A@1', 't/C@1']);
    expect(candidate.find('defschema', 't/A@1')?.type).toEqual({ nat: {} });
    expect(hashIn(candidate, 't/p@1')).toBe(hashIn(world, 't/p@1'));
  });

  it('can clear the default policy, and leaves what it does not name', () => {
    const cleared = compilePatch(patchOf(world, { set_defaults: { policy: null } }), { world });
    expect(cleared.ok && cleared.patch.candidate.manifest.defaults).toBeUndefined();
    const grants = [{ name: 'g', cap: 'sys/timer@1', params: { record: {} } }];
    const kept = compilePatch(patchOf(world, { set_defaults: { cap_grants: grants } }), { world });
    expect(kept.ok && kept.patch.candidate.manifest.defaults?.policy).toBe('t/p@1');
  });

  it('has one hash for all ways to write it', () => {
    const of = (type: object) =>
      compilePatch(
        patchOf(world, {
          add_def: { kind: 'defschema', node: { ...schemaNode('t/C@1', type), $comment: 'x' } },
        }),
        { world },
      );
    const [a, b] = [
      of({ record: { a: { int: {} } } }),
      of({ record: { a: { int: {}, $comment: 'y' } } }),
    ];
    if (!a.ok || !b.ok) throw new Error(JSON.stringify([a.findings, b.findings]));
    expect(a.patch.patchHash).toEqual(b.patch.patchHash);
    expect(a.patch.patchHash).toEqual(hashOf(a.patch.document as never));
  });

  const add = { add_def: { kind: 'defschema', node: schemaNode('t/C@1', { bool: {} }) } };
  const zero = `sha256:${'0'.repeat(64)}`;
  it.each<[string, string, object[]]>([
    [
      'patch-defined',
      '/patches/0/add_def',
      [{ add_def: { kind: 'defschema', node: schemaNode('t/A@1', { bool: {} }) } }],
    ],
    ['patch-repeated', '/patches/1/add_def', [add, add]],
    [
      'patch-kind',
      '/patches/0/add_def',
      [{ add_def: { kind: 'defplan', node: schemaNode('t/C@1', { bool: {} }) } }],
    ],
    [
      'patch-reserved',
      '/patches/0/add_def',
      [{ add_def: { kind: 'defschema', node: schemaNode('sys/Mine@1', { bool: {} }) } }],
    ],
    [
      'patch-undefined',
      '/patches/0/remove_def',
      [{ remove_def: { kind: 'defschema', name: 't/Z@1', pre_hash: zero } }],
    ],
    [
      'patch-pre-hash',
      '/patches/0/remove_def/pre_hash',
      [{ remove_def: { kind: 'defschema', name: 't/A@1', pre_hash: zero } }],
    ],
    [
      'patch-pre-hash',
      '/patches/0/set_triggers/pre_hash',
      [{ set_triggers: { pre_hash: zero, triggers: [] } }],
    ],
    [
      'patch-name',
      '/patches/0/replace_def/new_node/name',
      [
        {
          replace_def: {
            kind: 'defschema',
            name: 't/A@1',
            new_node: schemaNode('t/B@1', { bool: {} }),
            pre_hash: zero,
          },
        },
      ],
    ],
    [
      'patch-reserved',
      '/patches/0/set_manifest_refs/add/0',
      [
        {
          set_manifest_refs: { add: [{ kind: 'defschema', name: 'sys/TimerFired@1', hash: zero }] },
        },
      ],
    ],
    [
      'definition-missing',
      '/patches',
      [{ set_manifest_refs: { add: [{ kind: 'defschema', name: 't/Z@1', hash: zero }] } }],
    ],
  ])('%s at %s: is refused by operation, and the base stays', (code, at, patches) => {
    const before = manifestHash(world);
    const outcome = compilePatch(patchOf(world, ...patches), { world });
    expect(outcome.ok).toBe(false);
    expect(outcome.findings).toContainEqual(expect.objectContaining({ code, path: `patch#${at}` }));
    expect(manifestHash(world)).toBe(before);
  });

  it('leaves what only the world has of the names of the catalogue', () => {
    const name = 'sys/Own@1';
    const own = worldOf({ ...PLAIN, schemas: [...PLAIN.schemas, [name, 0]] });
    const ref = { kind: 'defschema', name };
    const removed = compilePatch(patchOf(own, { set_manifest_refs: { remove: [ref] } }), {
      world: own,
    });
    expect(removed.findings).toMatchObject([
      { code: 'patch-reserved', path: 'patch#/patches/0/set_manifest_refs/remove/0' },
    ]);
    const add = [{ ...ref, hash: hashIn(own, name) }];
    const moved = compilePatch(patchOf(own, { set_manifest_refs: { remove: [ref], add } }), {
      world: own,
    });
    expect(moved.ok && moved.patch.candidate.manifest.schemas.at(-1)?.name).toBe(name);
  });

  it('is refused when it was made for another base', () => {
    const outcome = compilePatch(asJson({ base_manifest_hash: zero, patches: [add] }), { world });
    expect(outcome.findings).toMatchObject([{ code: 'patch-base' }]);
  });

  it('is refused when its candidate is not a world', () => {
    const patch = patchOf(world, {
      add_def: { kind: 'defschema', node: schemaNode('t/C@1', { ref: 't/Nowhere@1' }) },
    });
    const outcome = compilePatch(patch, { world });
    expect(outcome.ok).toBe(false);
    expect(outcome.findings[0]).toMatchObject({ code: 'schema-not-found' });
    expect(outcome.findings[0]?.path).toContain('/patches/0/add_def/node');
  });

  it.each([[null], [7], [{}], [{ base_manifest_hash: zero, patches: [] }], [{ patches: [add] }]])(
    'is refused when it is no patch document: %j',
    (json) => {
      expect(compilePatch(asJson(json), { world }).ok).toBe(false);
    },
  );

  it('guards an empty section with the hash of an empty one', () => {
    expect(sectionHash([])).toBe(toHashText(hashOf([])));
    const triggers = { set_triggers: { pre_hash: sectionHash([]), triggers: [] } };
    expect(compilePatch(patchOf(world, triggers), { world }).ok).toBe(true);
  });
});

describe('differences', () => {
  const check = (from: Parts, to: Parts): void => {
    const [world, target] = [worldOf(from), worldOf(to)];
    const patch = must(diffWorlds(world, target));
    if (patch === undefined) {
      expect(manifestHash(world)).toBe(manifestHash(target));
      return;
    }
    const outcome = compilePatch(asJson(patch), { world, getNode: nodesOf(target) });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.findings, null, 1));
    expect(manifestHash(outcome.patch.candidate)).toBe(manifestHash(target));
    const back = must(invertPatch(asJson(patch), { world, getNode: nodesOf(target) }));
    const restored = compilePatch(asJson(back), {
      world: outcome.patch.candidate,
      getNode: nodesOf(world),
    });
    expect(restored.ok && manifestHash(restored.patch.candidate)).toBe(manifestHash(world));
  };

  it('applied, lead from any world to any other; inverted, back again', () => {
    fc.assert(fc.property(parts, parts, check), { numRuns: 200 });
  });

  it('between equal worlds are none', () => {
    expect(must(diffWorlds(worldOf(PLAIN), worldOf(PLAIN)))).toBeUndefined();
  });
});

function nodesOf(world: WorldDefinition) {
  return (hash: Parameters<typeof toHashText>[0]) => world.nodes.get(toHashText(hash));
}
