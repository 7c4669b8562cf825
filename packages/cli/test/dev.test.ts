import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Going, json, start } from './cli-run.js';
import { writeFetchFolder } from './fetch-folder.js';

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

it('a scratch world begins anew with every change that can be built', async () => {
  const folder = join(root, 'folder');
  writeFetchFolder(folder);
  const events = join(root, 'events');
  writeFileSync(events, '{"schema":"demo/Unheard@1","value":{"n":1}}\n');
  const dev = start('dev', folder, '--events', events, '--json');
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
