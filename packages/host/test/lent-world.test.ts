/** What a host lends to adapters that are about its world. */
import { encode, type Hash, sha256, toHashText, utf8 } from '@aos/canon';
import { foundWorld, openWorldHost } from '@aos/host';
import type { LentView, WorldPort } from '@aos/protocol';
import { createMemoryStore } from '@aos/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestKeys } from './order-world.js';
import { ManualClock, must, noEntropy, sumEngine } from './stage.js';

const refs = (...names: string[]) => names.map((name) => ({ name }));
const SCHEMAS = ['Name', 'Version', 'State', 'Commit', 'Committed'];
const EVENT = 'sys/WorkspaceCommitted@1';
const REDUCER = 'sys/Workspace@1';

const definition = [
  { $kind: 'defschema', name: 't/Key@1', type: { record: { a: { nat: {} } } } },
  {
    $kind: 'manifest',
    air_version: '1',
    schemas: [...refs('t/Key@1'), ...refs(...SCHEMAS.map((each) => `sys/Workspace${each}@1`))],
    modules: refs(REDUCER),
    ...{ plans: [], caps: [], policies: [] },
    routing: { events: [{ event: EVENT, reducer: REDUCER, key_field: 'workspace' }] },
  },
];

const keys = new TestKeys();
const engine = sumEngine();
let host: ReturnType<typeof openWorldHost>;
let port: WorldPort | undefined;
const lent = () => {
  if (port === undefined) throw new Error('no adapter was bound');
  return port;
};

beforeAll(() => {
  const documents = [{ path: 'world.json', text: JSON.stringify(definition) }];
  const keyring = [keys.entry('host', 'host')];
  const ports = { engine, clock: new ManualClock(), fillEntropy: noEntropy };
  const found = foundWorld({ documents, modules: new Map(), keyring }, ports);
  if (!found.ok) throw new Error(JSON.stringify(found));
  const store = createMemoryStore(found.founded.genesis, found.founded.objects);
  const bound = [
    (world: WorldPort) => {
      port = world;
      return { id: 'own', kinds: [], start: () => Promise.reject(), close: async () => undefined };
    },
  ];
  const effects = { adapters: [], bound, signer: keys.signer('host') };
  host = openWorldHost({ store, engine, effects });
});
afterAll(() => host.close());

const tree = (text: string): Hash => sha256(utf8(text));

function commit(workspace: string, expected_head: number | null, dedup: string) {
  const value = { workspace, expected_head, tree: toHashText(tree(dedup)) };
  const said = { author: 'a', message: '', at: 1 };
  return lent().submit({ schema: EVENT, value: encode({ ...value, ...said }), dedup });
}

const look = (path: string, page: object = {}) =>
  lent().look(path.split('/'), { limit: 10, ...page });
const names = (view: LentView | undefined) =>
  view?.kind === 'directory' ? view.entries.map(({ name }) => name) : view;

describe('a world that is lent', () => {
  it('takes an event once, and says which calls were discarded', async () => {
    expect(await lent().hasTaken('one')).toBe(false);
    const first = must(await commit('notes', null, 'one'));
    expect(first.faults).toEqual([]);
    expect(must(await commit('notes', null, 'one')).seq).toBe(first.seq);
    expect(must(await commit('notes', null, 'two')).faults).toMatchObject([
      { reducer: REDUCER, code: 'workspace-head-stale' },
    ]);
    expect(await lent().hasTaken('one')).toBe(true);
    const bad = await lent().submit({ schema: 'no/Event@1', value: encode(1), dedup: 'x' });
    expect(bad.ok).toBe(false);
  });

  it('shows states by their keys', async () => {
    expect(await lent().state(REDUCER, encode('notes'))).toBeDefined();
    expect(await lent().state(REDUCER, encode('none'))).toBeUndefined();
    await expect(lent().state('t/None@1')).rejects.toMatchObject({ code: 'reducer-unknown' });
    await expect(lent().state(REDUCER, encode(7))).rejects.toMatchObject({ code: 'value-type' });
    expect(await lent().askedBy(tree('none'))).toBe('world:');
  });

  it('is looked at like folders: what is known now, then, and what is in force', async () => {
    must(await commit('b.c', null, 'three'));
    expect(names(await look('mem'))).toEqual(['sys']);
    expect(names(await look(`mem/${REDUCER}`))).toEqual(['b.c', 'notes']);
    expect(await look(`mem/${REDUCER}`, { limit: 1 })).toMatchObject({ hasMore: true });
    expect(names(await look(`mem/${REDUCER}`, { after: 'b.c' }))).toEqual(['notes']);
    const { seq } = await host.snapshot();
    must(await commit('notes', 1, 'four'));
    const text = (view: LentView | undefined) =>
      view?.kind === 'file' ? JSON.parse(Buffer.from(view.bytes).toString()) : view;
    expect(text(await look(`mem/${REDUCER}/notes`)).head).toBe(2);
    expect(names(await look('state'))).toEqual([String(seq)]);
    expect(text(await look(`state/${seq}/${REDUCER}/notes`)).head).toBe(1);
    expect(await look(`state/${seq + 1}/${REDUCER}/notes`)).toBeUndefined();
    expect(names(await look('policy/schemas', { limit: 1 }))).toEqual(['sys']);
    expect(text(await look('policy/manifest')).$kind).toBe('manifest');
    expect(text(await look('policy/schemas/t/Key@1')).name).toBe('t/Key@1');
    expect(text(await look('policy/modules/sys/Workspace@1')).module_kind).toBe('reducer');
  });

  it.each([
    ['nothing'],
    ['mem/none'],
    [`mem/${REDUCER}/none`],
    [`mem/${REDUCER}/notes/more`],
    [`mem/${REDUCER}/%6eotes`],
    ['state/latest'],
    ['policy/none'],
    ['policy/plans'],
    ['policy/manifest/x'],
    ['policy/schemas/t/Key@1/x'],
  ])('shows nothing at %s', async (path) => {
    expect(await look(path)).toBeUndefined();
  });
});
