import { loadAir } from '@aos/air';
import { decode, encode, sha256, toHashText, utf8, type Value } from '@aos/canon';
import { createWorld, type World } from '@aos/kernel';
import type { Engine } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { genesisOf, must, run, stateAt } from './script-world.js';

const SCHEMAS = ['Name', 'Version', 'State', 'Commit', 'Committed'].map(
  (each) => `sys/Workspace${each}@1`,
);
const refs = (names: readonly string[]) => names.map((name) => ({ name }));

function definitionOf(key_field: string) {
  const route = { event: 'sys/WorkspaceCommitted@1', reducer: 'sys/Workspace@1', key_field };
  const manifest = {
    ...{ $kind: 'manifest', air_version: '1', plans: [], caps: [], policies: [] },
    schemas: refs(SCHEMAS),
    modules: refs(['sys/Workspace@1']),
    routing: { events: [route] },
  };
  const loaded = loadAir([{ path: 'world.json', text: JSON.stringify(manifest) }]);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  expect(loaded.findings).toEqual([]);
  return loaded.world;
}

const engine: Engine = {
  has: () => false,
  call: () => {
    throw new Error('a native reducer has no module');
  },
};

const definition = definitionOf('workspace');
const newWorld = (of = definition): World =>
  must(createWorld(genesisOf({}, of.manifestHash), of, { engine }));

const hashOf = (text: string) => toHashText(sha256(utf8(text)));

interface Commit {
  readonly workspace?: string;
  readonly expected_head: number | null;
  readonly tree: string;
  readonly author?: string;
  readonly message?: string;
}

function commit(world: World, { tree, ...given }: Commit) {
  const value = { workspace: 'notes', author: 'me', message: 'more', at: 5, ...given };
  const cbor = encode({ ...value, tree: hashOf(tree) });
  return run(world, { kind: 'event', schema: 'sys/WorkspaceCommitted@1', cbor }, engine);
}

const fields = (value: Value | undefined) => value as ReadonlyMap<Value, Value>;

/** The head of a workspace, and the tree of each version. */
function versionsOf(world: World, name = 'notes') {
  const state = stateAt(world, 0, encode(name));
  if (state === undefined) return undefined;
  const cell = fields(must(decode(state)));
  const versions = [...fields(cell.get('versions'))];
  const trees = versions.map(([version, each]) => [version, fields(each).get('tree')]);
  return { head: cell.get('head'), trees };
}

describe('the reducer of workspaces', () => {
  it('moves a head from the one that the commit was made from', () => {
    const first = commit(newWorld(), { expected_head: null, tree: 'a' });
    const second = commit(first.world, { expected_head: 1, tree: 'b' });
    expect(versionsOf(second.world)).toEqual({
      head: 2,
      trees: [
        [1, hashOf('a')],
        [2, hashOf('b')],
      ],
    });
    const other = commit(second.world, { workspace: 'pages', expected_head: null, tree: 'c' });
    expect(versionsOf(other.world, 'pages')).toEqual({ head: 1, trees: [[1, hashOf('c')]] });
    expect(versionsOf(other.world)?.head).toBe(2);
  });

  it.each<[string, Commit]>([
    ['workspace-head-stale', { expected_head: null, tree: 'b' }],
    ['workspace-head-stale', { expected_head: 0, tree: 'b' }],
    ['workspace-head-stale', { expected_head: 2, tree: 'b' }],
    ['workspace-text-too-long', { expected_head: 1, tree: 'b', message: 'x'.repeat(1025) }],
    ['workspace-text-too-long', { expected_head: 1, tree: 'b', message: 'ж'.repeat(513) }],
    ['workspace-text-too-long', { expected_head: 1, tree: 'b', author: 'x'.repeat(257) }],
  ])('refuses with %s, and nothing changes', (code, refused) => {
    const { world } = commit(newWorld(), { expected_head: null, tree: 'a' });
    const after = commit(world, refused);
    expect(after.record.entries).toMatchObject([{ kind: 'reducer-fault', code }]);
    expect(versionsOf(after.world)).toEqual({ head: 1, trees: [[1, hashOf('a')]] });
  });

  it.each([['/mem'], ['../a'], ['A'], ['a b'], ['нотес'], [''], ['-a'], ['a.'], ['a'.repeat(65)]])(
    'knows no workspace called %j',
    (workspace) => {
      const { record } = commit(newWorld(), { workspace, expected_head: null, tree: 'a' });
      expect(record.entries).toMatchObject([{ code: 'workspace-name-invalid' }]);
    },
  );

  it('faults when the cell is not that of the name', () => {
    const world = newWorld(definitionOf('author'));
    const { record } = commit(world, { expected_head: null, tree: 'a' });
    expect(record.entries).toMatchObject([{ code: 'workspace-name-mismatch' }]);
  });

  it('keeps the latest 256 versions', () => {
    let world = newWorld();
    for (let head = 0; head < 258; head++) {
      ({ world } = commit(world, { expected_head: head === 0 ? null : head, tree: `${head}` }));
    }
    const { head, trees = [] } = versionsOf(world) ?? {};
    expect([head, trees.length, trees[0]]).toEqual([258, 256, [3, hashOf('2')]]);
  });
});
