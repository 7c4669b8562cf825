import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Going, json, start } from './cli-run.js';
import { writeFetchFolder } from './fetch-folder.js';
import { writeOrderFolder } from './order-folder.js';

const EXAMPLE = fileURLToPath(new URL('../../../examples/01-hello-timer', import.meta.url));

let root = '';
const saved = { home: process.env.AOS_HOME, runtime: process.env.XDG_RUNTIME_DIR };

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'aos-dev-test-'));
  process.env.AOS_HOME = join(root, 'home');
  process.env.XDG_RUNTIME_DIR = root;
});
afterAll(() => {
  for (const [name, value] of [
    ['AOS_HOME', saved.home],
    ['XDG_RUNTIME_DIR', saved.runtime],
  ] as const) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(root, { recursive: true, force: true });
});

/** What it told of this event so often; waits until it has. */
async function told(dev: Going, event: string, times = 1) {
  for (let count = 1; ; count += 1) {
    const lines = (await dev.lines(count)).map((line) => JSON.parse(line).data);
    const found = lines.filter((line) => line.event === event);
    if (found.length >= times) return found;
    count = lines.length;
  }
}

/** Changes the definitions of one file of a folder. */
function edit(file: string, change: (node: Record<string, unknown>) => object): void {
  const nodes = [JSON.parse(readFileSync(file, 'utf8'))].flat();
  const changed = nodes.map(change);
  writeFileSync(file, JSON.stringify(changed.length === 1 ? changed[0] : changed));
}

it('a scratch world changes with its folder, and begins anew where its state cannot', async () => {
  const folder = join(root, 'orders');
  writeOrderFolder(folder);
  const dev = start('dev', folder, '--json');
  const [{ world }] = await told(dev, 'restarted');
  const start3 = '{"Start":{"target":3}}';
  await json('-w', world, 'event', 'send', 'demo/CounterEvent@1', start3);
  writeFileSync(join(folder, 'dev.out'), 'what a program says is no source');

  const governance = [{ verb: 'approve', role: 'approver', count: 2, not_own: true }];
  edit(join(folder, 'air/manifest.air.json'), (node) => ({
    ...node,
    features: ['expressions-1.1', 'policy-approval', 'policy-governance'],
  }));
  edit(join(folder, 'air/orders.air.json'), (node) =>
    node.$kind === 'defpolicy' ? { ...node, governance } : node,
  );
  await told(dev, 'changed');
  writeOrderFolder(folder, 'demo/More@1');
  await told(dev, 'changed', 2);
  const { data } = await json('-w', world, 'keyring', 'list');
  const names = data.keys.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(['dev-approver-1', 'dev-approver-2']));
  const state = await json('-w', world, 'state', 'get', 'demo/CounterSM@1');
  expect(state.data.state).toMatchObject({ remaining: 3 });

  for (const file of readdirSync(join(folder, 'air'))) {
    edit(join(folder, 'air', file), (node) => {
      if (node.name !== 'demo/CounterState@1') return node;
      const { record } = node.type as { record: object };
      return { ...node, type: { record: { ...record, more: { option: { nat: {} } } } } };
    });
  }
  expect(await told(dev, 'begins-anew')).toMatchObject([{ code: 'migration-missing' }]);
  expect(await told(dev, 'restarted', 2)).toHaveLength(2);
  expect(await told(dev, 'changed', 2)).toHaveLength(2);
  const anew = await json('-w', world, 'state', 'get', 'demo/CounterSM@1');
  expect(anew.data.state).toBeNull();
  expect(await dev.stop()).toMatchObject({ exitCode: 0 });
});

it('what cannot be built leaves the world as it is, and --fresh makes one each time', async () => {
  const folder = join(root, 'folder');
  writeFetchFolder(folder);
  const events = join(root, 'events');
  writeFileSync(events, '{"schema":"demo/Unheard@1","value":{"n":1}}\n');
  const dev = start('dev', folder, '--fresh', '--events', events, '--json');
  const [{ world }] = await told(dev, 'restarted');
  expect(await json('-w', world, 'status')).toMatchObject({ ok: true });
  const before = (await json('-w', world, 'status')).data.manifest;
  const file = join(folder, 'air', 'schemas.air.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.slice(1));
  expect(await told(dev, 'failed')).toMatchObject([{ code: 'air-invalid' }]);
  expect((await json('-w', world, 'status')).data.manifest).toBe(before);
  writeFileSync(file, text);
  expect(await told(dev, 'restarted', 2)).toHaveLength(2);
  const records = await told(dev, 'record', 2);
  expect(JSON.stringify(records)).toContain('demo/Unheard@1');
  expect(await dev.stop()).toMatchObject({ exitCode: 0 });
  expect(existsSync(world)).toBe(false);
});

it('reducers become modules', async () => {
  const folder = join(root, 'counter');
  for (const part of ['air', 'reducer-ts']) {
    cpSync(join(EXAMPLE, part), join(folder, part), { recursive: true });
  }
  const dev = start('dev', folder, '--json');
  expect(await told(dev, 'restarted')).toMatchObject([
    { built: [expect.stringMatching(/^demo\//)] },
  ]);
  expect(await dev.stop()).toMatchObject({ exitCode: 0 });
});
