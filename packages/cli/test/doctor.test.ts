import { chmodSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorldStore } from '@aos/store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkNode } from '../src/doctor/machine.js';
import { aos, json, serve } from './cli-run.js';
import { writeFetchFolder } from './fetch-folder.js';
import { writeOrderFolder } from './order-folder.js';

let root = '';
let world = '';
let worlds = 0;
const saved = { home: process.env.AOS_HOME, runtime: process.env.XDG_RUNTIME_DIR };

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'aos-doctor-'));
  process.env.AOS_HOME = join(root, 'home');
  process.env.XDG_RUNTIME_DIR = root;
  writeFetchFolder(join(root, 'fetch'));
  writeOrderFolder(join(root, 'orders'));
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

const make = async (folder: string) => {
  world = join(root, `world-${worlds++}`);
  expect(await json('init', world, '--from', join(root, folder))).toMatchObject({ ok: true });
  expect(await json('-w', world, 'keyring', 'add', 'host', '--role', 'host')).toMatchObject({
    ok: true,
  });
};
beforeEach(() => make('fetch'));

async function stateOf(about: string): Promise<string> {
  const { data } = await json('-w', world, 'doctor');
  const check = data.checks.find((each: { about: string }) => each.about === about);
  return check?.state ?? 'absent';
}

describe('the doctor', () => {
  it('finds nothing wrong with a healthy world, served or not', async () => {
    expect(await json('-w', world, 'doctor')).toMatchObject({ ok: true, exitCode: 0 });
    expect((await aos('-w', world, 'doctor')).out).toContain('OK      mode: it is running');
    const daemon = await serve(world);
    expect(await json('-w', world, 'doctor')).toMatchObject({ ok: true });
    expect(await stateOf('writer')).toBe('fine');
    expect(await stateOf('journal')).toBe('fine');
    await daemon.stop();
  });

  it('names a writer that does not answer', async () => {
    const store = await openWorldStore(join(world, '.aos'));
    expect(await json('-w', world, 'doctor')).toMatchObject({ error: { code: 'doctor-found' } });
    expect(await stateOf('writer')).toBe('bad');
    await store.close();
  });

  it('names a halt, and how it ends', async () => {
    const store = await openWorldStore(join(world, '.aos'));
    const halt = { kind: 'halt', seq: 0, code: 'defect', detail: 'a bug' } as const;
    await store.append({ records: [], objects: [], marks: [halt] });
    await store.close();
    const { exitCode, out } = await aos('-w', world, 'doctor');
    expect(exitCode).toBe(1);
    expect(out).toMatch(/FAILED {2}mode: .*a bug\n.*clear-halt/);
  });

  it('names what stands still, what is wide open, and what nobody serves', async () => {
    await json('-w', world, 'control', 'pause');
    expect(await stateOf('mode')).toBe('look');
    chmodSync(join(world, '.aos'), 0o777);
    expect(await stateOf('permissions')).toBe('bad');
    expect(await stateOf('adapters')).toBe('fine');
    await make('orders');
    expect(await stateOf('adapters')).toBe('look');
    await json('-w', world, 'event', 'send', 'demo/Dear@1', '{"n":1}');
    expect(await stateOf('approvals')).toBe('look');
  });

  it('names a journal that is damaged', async () => {
    const journal = join(world, '.aos', 'journal');
    for (const file of readdirSync(journal)) truncateSync(join(journal, file), 10);
    expect(await json('-w', world, 'doctor')).toMatchObject({ ok: false });
  });

  it('looks at the machine where there is no world', async () => {
    world = root;
    expect(await json('-w', world, 'doctor')).toMatchObject({ ok: true });
    expect(await stateOf('world')).toBe('look');
    expect(await stateOf('node')).toBe('fine');
  });

  it.each([
    ['20.18.3', 'bad'],
    ['20.19.0', 'fine'],
    ['9.99.9', 'bad'],
    ['26.0.0', 'fine'],
  ])('knows whether Node %s is new enough', (version, state) => {
    expect(checkNode(version).state).toBe(state);
  });
});
