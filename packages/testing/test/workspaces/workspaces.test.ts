import { sys } from '@aos/air/author';
import { openTestWorld, type TestWorld } from '@aos/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import notesWorld, { NarrowCommit, NarrowRead, Raise, RaiseMember } from './notes-world.js';

const s = sys.schemas;

let world: TestWorld;
beforeEach(async () => {
  world = await openTestWorld({ documents: notesWorld.toAir() });
});
afterEach(() => world.close());

/** What came of the plan that an event started: its result, or the code of its effect. */
// biome-ignore lint/suspicious/noExplicitAny: results of all plans
async function ask(schema: { readonly name: string }, value: object): Promise<any> {
  await world.send(schema as never, value as never);
  await world.settle();
  const plan = world.plans().at(-1);
  if (plan?.status === 'ok') return plan.result;
  const refused = world.receipts().at(-1);
  const code = plan?.code === 'effect-failed' ? refused?.error?.code : plan?.code;
  return code ?? plan?.status;
}

const write = async (root: string | null, path: string, text: string, workspace = 'notes') =>
  (await ask(s.WorkspaceWriteParams, { workspace, root, path, content: { text } })).root;
const commit = (root: string, expected_head: number | null, workspace = 'notes') =>
  ask(s.WorkspaceCommitParams, { workspace, root, expected_head, message: 'more' });
const resolve = (workspace = 'notes', version: number | null = null) =>
  ask(s.WorkspaceResolveParams, { workspace, version });
const read = (root: string | null, path: string, workspace = 'notes') =>
  ask(s.WorkspaceReadParams, { workspace, root, path });

describe('a workspace', () => {
  it('is written, committed, read, listed and compared', async () => {
    const start = await resolve();
    expect(start).toMatchObject({ head: null, version: null, author: null });
    const one = await write(start.root, 'skills/greet.md', 'hello');
    const two = await write(one, 'pages/index.html', '<p>');
    expect(await commit(two, null)).toMatchObject({ version: 1, root: two });
    expect(await resolve()).toMatchObject({ head: 1, root: two, author: 'world:d/commit@1' });
    expect(await read(null, 'skills/greet.md')).toMatchObject({
      ...{ text: 'hello', bytes: null, size: 5, executable: false },
    });
    const listed = await ask(s.WorkspaceListParams, {
      workspace: 'notes',
      path: '',
      recursive: true,
    });
    const paths = listed.entries.map(({ path }: { readonly path: string }) => path);
    expect(paths).toEqual(['pages/index.html', 'skills/greet.md']);
    const three = (await ask(s.WorkspaceRemoveParams, { workspace: 'notes', path: 'pages' })).root;
    expect(three).toBe(one);
    const four = await write(three, 'skills/greet.md', 'hi');
    const pair = { workspace: 'notes', from: null, to: four, path: '' };
    expect((await ask(s.WorkspaceDiffParams, pair)).changes).toMatchObject([
      { path: 'pages/index.html', after: null },
      { path: 'skills/greet.md' },
    ]);
    expect(await commit(four, 1)).toMatchObject({ version: 2 });
    expect((await resolve('notes', 1)).root).toBe(two);
    expect(await resolve('notes', 3)).toBe('workspace-version-unknown');
  });

  it('refuses a commit from a head that is no more, and nothing changes', async () => {
    const one = await write(null, 'a', '1');
    await commit(one, null);
    const two = await write(null, 'a', '2');
    const records = world.records().length;
    expect(await commit(two, null)).toBe('workspace-head-stale');
    expect(await commit(two, 7)).toBe('workspace-head-stale');
    expect(world.receipts(sys.effects.workspaceCommit).at(-1)?.error?.message).toMatch(/found 1/);
    expect(world.entries('reducer-fault')).toEqual([]);
    expect(world.records().length).toBeGreaterThan(records);
    expect((await resolve()).root).toBe(one);
  });

  it('gives what the reducer says where two commits meet', async () => {
    const one = await write(null, 'a', '1');
    const two = await write(null, 'a', '2');
    const value = { workspace: 'notes', expected_head: null, message: '' };
    await Promise.all(
      [one, two].map((root) => world.send(s.WorkspaceCommitParams, { ...value, root })),
    );
    await world.settle();
    const answers = world.receipts(sys.effects.workspaceCommit);
    expect(answers.map(({ status }) => status).sort()).toEqual(['error', 'ok']);
    expect(answers.find(({ status }) => status === 'error')?.error?.code).toBe(
      'workspace-head-stale',
    );
    expect((await resolve()).head).toBe(1);
  });

  it('reads only its own versions, and what was derived for it', async () => {
    const secret = await write(null, 'a', 'of the pages', 'pages');
    await commit(secret, null, 'pages');
    expect(await read(secret, 'a')).toBe('workspace-root-unknown');
    const made = await ask(s.WorkspaceWriteParams, {
      ...{ workspace: 'notes', root: secret, path: 'b', content: { text: '' } },
    });
    expect(made).toBe('workspace-root-unknown');
    expect(await commit(secret, null)).toBe('workspace-root-unknown');
    const stolen = { workspace: 'notes', path: 'b', content: { blob: secret } };
    expect(await ask(s.WorkspaceWriteParams, stolen)).toBe('workspace-content-is-tree');
    const draft = await write(null, 'c', 'draft');
    await world.reopen();
    expect(await read(draft, 'c')).toMatchObject({ text: 'draft' });
  });
});

describe('a grant for a prefix', () => {
  const narrowCommit = (root: string, expected_head: number | null) =>
    ask(NarrowCommit, { root, expected_head });

  it('holds over reads, whatever tree they name', async () => {
    const root = await write(await write(null, 'skills/a', 'yes'), 'keys/b', 'no');
    expect(await ask(NarrowRead, { root, path: 'skills/a' })).toMatchObject({ text: 'yes' });
    for (const path of ['keys/b', 'skills/../keys/b', 'skillsa', '', '/skills/a']) {
      expect([path, await ask(NarrowRead, { root, path })]).toEqual([path, 'path-not-allowed']);
    }
  });

  it('holds over commits, however their tree came about', async () => {
    const one = await write(await write(null, 'skills/a', '1'), 'keys/b', '1');
    expect(await narrowCommit(one, null)).toBe('path-not-allowed');
    await commit(one, null);
    const within = await write(one, 'skills/c', '2');
    expect(await narrowCommit(within, 1)).toMatchObject({ version: 2 });
    const beyond = await write(within, 'keys/b', '2');
    expect(await narrowCommit(beyond, 2)).toBe('path-not-allowed');
    expect(await narrowCommit(await write(null, 'keys/new', ''), 2)).toBe('path-not-allowed');
    const removed = await ask(s.WorkspaceRemoveParams, { workspace: 'notes', path: 'keys' });
    expect(await narrowCommit(removed.root, 2)).toBe('operation-not-allowed');
    const less = await ask(s.WorkspaceRemoveParams, { workspace: 'notes', path: 'skills/a' });
    expect(await narrowCommit(less.root, 2)).toBe('operation-not-allowed');
    expect((await resolve()).root).toBe(within);
  });

  it('is not passed by: no plan raises a commit', async () => {
    const tree = await write(null, 'keys/b', '1');
    expect(await ask(Raise, { tree })).toBe('event-reserved');
    expect(await ask(RaiseMember, { tree })).toBe('event-reserved');
    expect((await resolve()).head).toBe(null);
  });
});

describe('mounts', () => {
  const list = (workspace: string, path: string, more: object = {}) =>
    ask(s.WorkspaceListParams, { workspace, path, ...more });
  const paths = (found: { readonly entries?: readonly { readonly path: string }[] }) =>
    found.entries?.map(({ path }) => path) ?? found;

  it('show what reducers know, and what is in force', async () => {
    const root = await write(null, 'a', '1');
    await commit(root, null);
    expect(paths(await list('/mem', ''))).toEqual(['sys']);
    expect(paths(await list('/mem', 'sys'))).toEqual(['sys/Workspace@1']);
    expect(paths(await list('/mem', 'sys/Workspace@1'))).toEqual(['sys/Workspace@1/notes']);
    const state = await read(null, 'sys/Workspace@1/notes', '/mem');
    expect(JSON.parse(state.text)).toMatchObject({ head: 1 });
    expect(paths(await list('/policy', 'plans/d', { limit: 2 }))).toHaveLength(2);
    const plan = await read(null, 'plans/d/read@1', '/policy');
    expect(JSON.parse(plan.text)).toMatchObject({ $kind: 'defplan', name: 'd/read@1' });
    expect(await read(null, 'plans/d/none@1', '/policy')).toBe('workspace-path-unknown');
    expect(await list('/state', '')).toBe('workspace-path-unknown');
  });

  it('are not written to', async () => {
    const refused = 'workspace-read-only';
    for (const workspace of ['/mem', '/policy', '/state']) {
      const content = { text: '' };
      const place = { workspace, path: 'sys/Workspace@1/notes' };
      expect(await ask(s.WorkspaceWriteParams, { ...place, content })).toBe(refused);
      expect(await ask(s.WorkspaceRemoveParams, place)).toBe(refused);
      expect(await commit(`sha256:${'0'.repeat(64)}`, null, workspace)).toBe(refused);
    }
    expect(await read(null, '../mem', '/policy')).toBe('workspace-path-invalid');
  });
});
