import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorldStore } from '@aos/store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aos, json, refused, serve, start } from './cli-run.js';
import { writeFetchFolder } from './fetch-folder.js';

let root = '';
let world = '';
let worlds = 0;
const saved = { home: process.env.AOS_HOME, runtime: process.env.XDG_RUNTIME_DIR };

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'aos-cli-daemon-'));
  process.env.AOS_HOME = join(root, 'home');
  process.env.XDG_RUNTIME_DIR = root;
  writeFetchFolder(join(root, 'folder'));
});
afterAll(() => {
  restore('AOS_HOME', saved.home);
  restore('XDG_RUNTIME_DIR', saved.runtime);
  rmSync(root, { recursive: true, force: true });
});
beforeEach(async () => {
  world = join(root, `world-${worlds++}`);
  expect(await json('init', world, '--from', join(root, 'folder'))).toMatchObject({ ok: true });
  // else the daemon adds its key by and by
  expect(await inWorld('keyring', 'add', 'host', '--role', 'host')).toMatchObject({ ok: true });
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

const inWorld = (...args: string[]) => json('--world', world, ...args);
const send = (value: object, ...more: string[]) =>
  inWorld('event', 'send', 'demo/Unheard@1', JSON.stringify(value), ...more);

describe('a world that a daemon has', () => {
  it('is talked to by every command, seen in ps, and let go by down', async () => {
    const daemon = await serve(world);
    const base = (await inWorld('journal', 'head')).data.seq;
    expect(await send({ n: 1 })).toMatchObject({ ok: true, data: { seq: base + 1 } });
    expect(await inWorld('status')).toMatchObject({ data: { head: base + 1 } });
    const { data } = await json('ps');
    expect(data.daemons).toMatchObject([
      { pid: process.pid, world, mode: 'running', head: base + 1 },
    ]);
    expect((await aos('ps')).out).toContain(`${world}  running`);
    expect(await inWorld('up')).toMatchObject({ data: { started: false } });
    expect(await inWorld('down')).toMatchObject({ data: { stopped: true } });
    expect(await daemon.ended).toMatchObject({ exitCode: 0 });
    expect(await inWorld('down')).toMatchObject({ ok: true, data: { stopped: false } });
    expect((await json('ps')).data).toEqual({ daemons: [] });
    expect(await inWorld('verify')).toMatchObject({ ok: true });
  });

  it('ends in order at an interrupt', async () => {
    const daemon = await serve(world);
    expect(await daemon.stop()).toMatchObject({ exitCode: 0, err: '' });
    expect(existsSync(join(world, '.aos', 'control.json'))).toBe(false);
    expect(await send({ n: 1 })).toMatchObject({ ok: true });
  });

  it('is had by one daemon only', async () => {
    const daemon = await serve(world);
    expect(await start('run', world, '--json').ended).toMatchObject({ exitCode: 1 });
    expect(await inWorld('status')).toMatchObject({ ok: true });
    await daemon.stop();
  });

  it('says which files cannot be worked on meanwhile', async () => {
    const daemon = await serve(world);
    expect(await inWorld('snapshot', '--from-genesis')).toMatchObject(refused('world-locked'));
    expect(await inWorld('verify')).toMatchObject({ ok: true });
    await daemon.stop();
  });

  it('is followed as its records become durable, until an interrupt', async () => {
    const daemon = await serve(world);
    const head = (await inWorld('journal', 'head')).data.seq;
    const tail = start('-w', world, '--json', 'journal', 'tail', '-f', '--from', String(head + 1));
    for (const n of [1, 2]) await send({ n });
    const lines = (await tail.lines(2)).map((line) => JSON.parse(line));
    expect(lines.map(({ data }) => data.seq)).toEqual([head + 1, head + 2]);
    expect(await tail.stop()).toMatchObject({ exitCode: 0 });
    expect(await daemon.stop()).toMatchObject({ exitCode: 0 });
  });

  it('answers as soon as is asked for: accepted, durable, ended, quiescent', async () => {
    const daemon = await serve(world);
    expect(await send({ n: 1 }, '--wait', 'accepted')).toMatchObject({
      data: { wait: 'accepted' },
    });
    const ends = { timed_out: false, plans: [] };
    expect(await send({ n: 1 }, '--wait', 'ended')).toMatchObject({ data: { ends } });
    const rest = { timed_out: false, blockers: [] };
    expect(await send({ n: 2 }, '--wait', 'quiescent')).toMatchObject({ data: { rest } });
    expect(await inWorld('run', '--until', 'quiescent')).toMatchObject({ data: rest });
    await daemon.stop();
  });

  it('tells its metrics and its audit', async () => {
    const daemon = await serve(world);
    await send({ n: 1 });
    expect((await aos('-w', world, 'metrics')).out).toMatch(/^# HELP/m);
    const { out } = await aos('-w', world, 'audit');
    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual(lines.map((_, i) => i));
    await daemon.stop();
  });
});

it('several worlds live in one process', async () => {
  const other = join(root, `world-${worlds++}`);
  await json('init', other, '--from', join(root, 'folder'));
  const going = start('run', world, other, '--json', '--log', 'error');
  await going.lines(2);
  expect((await json('ps')).data.daemons).toHaveLength(2);
  const nowhere = await json('run', join(root, 'nowhere'));
  expect(nowhere).toMatchObject(refused('world-not-found'));
  const both = await json('run', world, other, '--until', 'quiescent');
  expect(both).toMatchObject({ ...refused('usage'), exitCode: 2 });
  expect(await json('-w', other, 'down')).toMatchObject({ data: { stopped: true } });
  expect(await send({ n: 1 })).toMatchObject({ ok: true });
  expect(await going.stop()).toMatchObject({ exitCode: 0 });
});

it('a control file that a killed daemon left behind stands in nobody’s way', async () => {
  const { dev, ino } = statSync(join(world, '.aos'), { bigint: true });
  const place = { path: join(root, 'gone.sock'), device: `${dev}`, inode: `${ino}` };
  const file = { v: 1, pid: 1, token: 'x', world: 'sha256:00', ...place };
  writeFileSync(join(world, '.aos', 'control.json'), JSON.stringify(file), { mode: 0o600 });
  expect(await send({ n: 1 })).toMatchObject({ ok: true });
  writeFileSync(join(world, '.aos', 'control.json'), '{', { mode: 0o600 });
  expect(await send({ n: 1 })).toMatchObject({ ok: true });
});

it('a copy of a world that has a daemon is a world of its own', async () => {
  const daemon = await serve(world);
  const { seq } = (await inWorld('journal', 'head')).data;
  const copy = join(root, `world-${worlds++}`);
  cpSync(world, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  const sent = await json('-w', copy, 'event', 'send', 'demo/Unheard@1', '{"n":1}');
  expect(sent).toMatchObject({ ok: true, data: { seq: seq + 1 } });
  expect(await json('-w', copy, 'down')).toMatchObject({ data: { stopped: false } });
  expect(await inWorld('journal', 'head')).toMatchObject({ data: { seq } });
  expect((await json('ps')).data.daemons).toMatchObject([{ world, head: seq }]);
  await daemon.stop();
});

it('of several that start a daemon at once one does, and all find it', async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => inWorld('up')));
  await inWorld('down');
  expect(answers.map(({ ok }) => ok)).toEqual([true, true, true, true]);
  expect(answers.filter(({ data }) => data.started)).toHaveLength(1);
  expect(new Set(answers.map(({ data }) => data.pid)).size).toBe(1);
});

it('a daemon that does not come up says why, and leaves nobody behind', async () => {
  const store = await openWorldStore(join(world, '.aos'));
  appendFileSync(join(world, '.aos', 'daemon.log'), 'what another one has said\n');
  const answer = await inWorld('up');
  await store.close();
  expect(answer.error.message).not.toContain('another one');
  expect(answer).toMatchObject(refused('daemon-not-up'));
  expect(answer.error.message).toContain('world-locked');
  expect((await json('ps')).data).toEqual({ daemons: [] });
  expect(await send({ n: 1 })).toMatchObject({ ok: true });
});
