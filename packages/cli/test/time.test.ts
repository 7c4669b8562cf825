/** Forks, rewinds, bundles and differences, as the command line has them. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json, refused, serve } from './cli-run.js';

const EXAMPLE = fileURLToPath(new URL('../../../examples/00-counter', import.meta.url));
const EVENT = 'demo/CounterEvent@1';
const REDUCER = 'demo/CounterSM@1';
const saved = { home: process.env.AOS_HOME, runtime: process.env.XDG_RUNTIME_DIR };

let root = '';
const at = (name: string) => join(root, name);
const on = (name: string, ...args: string[]) => json('--world', at(name), ...args);
const tick = (name: string) => on(name, 'event', 'send', EVENT, '{"Tick":null}');
const remaining = async (name: string) =>
  (await on(name, 'state', 'get', REDUCER)).data.state.remaining;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'aos-cli-time-'));
  process.env.AOS_HOME = at('home');
  process.env.XDG_RUNTIME_DIR = root;
  await json('init', at('world'), '--from', EXAMPLE);
  await on('world', 'event', 'send', EVENT, '{"Start":{"target":9}}');
  for (let i = 0; i < 3; i++) await tick('world');
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

describe('aos fork', () => {
  it('makes a world that goes on by itself from any durable record', async () => {
    const forked = await json('fork', at('world'), '--at', '1', '--to', at('fork'));
    expect(forked).toMatchObject({ ok: true, data: { epoch: 1, parent: { seq: 1 } } });
    expect(await remaining('fork')).toBe(8);
    await tick('fork');
    expect([await remaining('fork'), await remaining('world')]).toEqual([7, 6]);
    const verified = await on('fork', 'verify');
    expect(verified).toMatchObject({ ok: true, data: { world_id: forked.data.world_id } });
  });

  it('explains the past across its border', async () => {
    const why = await on('fork', 'why', 'state', REDUCER, '--history', '9');
    expect(why.ok).toBe(true);
    expect(JSON.stringify(why.data)).toContain('"0"');
  });

  it('is made of a world that a daemon has, up to what that has acknowledged', async () => {
    cpSync(at('world'), at('served'), { recursive: true });
    const going = await serve(at('served'));
    const sent = await tick('served');
    const forked = await json('fork', at('served'), '--to', at('of-served'));
    expect(forked).toMatchObject({ data: { parent: { seq: sent.data.seq } } });
    expect(await on('served', 'rewind', '--to', '1')).toMatchObject(refused('world-locked'));
    await going.stop();
    expect(await on('of-served', 'verify')).toMatchObject({ ok: true });
  });

  it('is refused where it cannot be, and leaves nothing', async () => {
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['record-unknown', ['--at', '99', '--to', at('none')]],
      ['world-exists', ['--to', at('fork')]],
      ['world-exists', ['--to', at('world')]],
      ['folder-not-empty', ['--to', root]],
      ['folder-overlap', ['--to', join(at('world'), '.aos', 'inside')]],
      ['snapshot-none', ['--at-snapshot', '--to', at('none')]],
      ['verb-key', ['--to', at('none'), '--as', 'stranger']],
    ];
    await on('world', 'keyring', 'add', 'stranger', '--role', 'approver');
    for (const [code, args] of cases) {
      expect(await json('fork', at('world'), ...args), code).toMatchObject(refused(code));
    }
    expect(existsSync(at('none'))).toBe(false);
  });
});

describe('aos rewind', () => {
  it('goes on behind an earlier record and keeps what it leaves', async () => {
    const rewound = await on('world', 'rewind', '--to', '2');
    expect(rewound).toMatchObject({ ok: true, data: { seq: 2, epoch: 1, abandoned: 2 } });
    expect(await remaining('world')).toBe(7);
    expect(await on('world', 'verify')).toMatchObject({ ok: true, data: { records: 4 } });
    // a place that a rewind has made that was broken off then
    mkdirSync(join(at('world'), '.aos/rewound/2/.aos'), { recursive: true });
    const kept = await on('world', 'rewind', '--list');
    expect(kept.data.rewound).toMatchObject([{ number: 1, records: 5, epoch: 0 }]);
    expect(await json('fork', rewound.data.archive, '--to', at('back'))).toMatchObject({
      ok: true,
    });
    expect(await remaining('back')).toBe(6);
  });
});

describe('aos export and aos import', () => {
  const fields = ['world_id', 'records', 'chain', 'world_hash', 'snapshot'];
  const judged = (data: Record<string, unknown>) => fields.map((name) => data[name]);

  it('carry a world elsewhere, whole', async () => {
    await on('fork', 'snapshot');
    await tick('fork');
    const exported = await on('fork', 'export', at('fork.bundle'));
    expect(exported).toMatchObject({ ok: true, data: { records: 5 } });
    const here = await on('fork', 'verify');
    const unpacked = await json('verify', at('fork.bundle'));
    expect(judged(unpacked.data)).toEqual(judged(here.data));
    expect(await json('import', at('fork.bundle'), at('elsewhere'))).toMatchObject({ ok: true });
    const there = await on('elsewhere', 'verify');
    expect(judged(there.data)).toEqual(judged(here.data));
    expect(there.data.snapshot).toBe('same');
    await tick('elsewhere');
    expect(await remaining('elsewhere')).toBe((await remaining('fork')) - 1);
  });

  it('give equal files for equal worlds', async () => {
    await json('import', at('fork.bundle'), at('third'));
    await on('third', 'export', at('third.bundle'));
    expect(readFileSync(at('third.bundle')).equals(readFileSync(at('fork.bundle')))).toBe(true);
  });

  it('are refused where something is already, and leave nothing of what is no bundle', async () => {
    symlinkSync(at('nowhere'), at('a-link'));
    for (const [code, file] of [
      ['file-exists', at('fork.bundle')],
      ['file-exists', at('a-link')],
      ['folder-overlap', join(at('fork'), '.aos/journal/0000000009.log')],
    ] as const) {
      expect(await on('fork', 'export', file), file).toMatchObject(refused(code));
    }
    expect(readdirSync(root).filter((name) => name.includes('.part'))).toEqual([]);
    expect(await json('import', at('fork.bundle'), at('fork'))).toMatchObject(
      refused('world-exists'),
    );
    writeFileSync(at('garbage'), 'a text, and no bundle at all');
    expect(await json('import', at('garbage'), at('none'))).toMatchObject(refused('bundle-format'));
    expect(existsSync(at('none'))).toBe(false);
    const cut = readFileSync(at('fork.bundle')).subarray(0, -1);
    writeFileSync(at('cut.bundle'), cut);
    for (const args of [
      ['import', at('cut.bundle'), at('none')],
      ['verify', at('cut.bundle')],
    ]) {
      expect(await json(...args)).toMatchObject(refused('bundle-damaged'));
    }
    expect(existsSync(at('none'))).toBe(false);
  });
});

describe('the past', () => {
  it('is read at any record', async () => {
    const state = (seq: string) => on('fork', 'state', 'get', REDUCER, '--at', seq);
    const left = [(await state('0')).data.state, (await state('1')).data.state];
    expect(left).toMatchObject([{ remaining: 9 }, { remaining: 8 }]);
    expect(await on('fork', 'plans', '--at', '0')).toMatchObject({ ok: true });
    expect(await state('99')).toMatchObject(refused('record-unknown'));
  });

  it('differs from the present by what has changed', async () => {
    const diff = await on('fork', 'diff', '@1', at('fork'));
    expect(diff.data).toMatchObject({
      same: false,
      a: { seq: 1, epoch: 0 },
      definitions: { changed: 0 },
      states: [{ reducer: REDUCER, changed: 1, rows: [{ change: 'changed', key: null }] }],
    });
    const [row] = diff.data.states[0].rows;
    expect([row.a.remaining, row.b.remaining]).toEqual([8, 6]);
    expect(await on('fork', 'diff', '@2', `${at('fork')}@2`)).toMatchObject({
      data: { same: true },
    });
    expect(await on('fork', 'diff', '@1', `${at('served')}@1`)).toMatchObject({
      data: { same: true },
    });
  });
});
