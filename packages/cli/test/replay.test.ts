/** A recorded world replayed as it was, under another manifest, and by another build. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aos, json } from './cli-run.js';
import { writeOrderFolder } from './order-folder.js';
import { writeBuild } from './other-builds.js';

const saved = process.env.AOS_HOME;
/** Long, for a machine that has other things to do. */
const SLOW_MS = 120_000;
vi.setConfig({ testTimeout: SLOW_MS, hookTimeout: SLOW_MS });
let root = '';
let world = '';
let bundle = '';

const w = (...args: string[]) => json('-w', world, ...args);
const replay = (...args: string[]) => json('replay', bundle, ...args);
const refusal = (code: string) => ({ ok: false, exitCode: 2, error: { code } });

/** The folder of the world, with the first step of a plan another one. */
function folderAsking(name: string, plan: string, ask: Readonly<Record<string, unknown>>): string {
  const folder = folderWith(name, []);
  const path = join(folder, 'air/orders.air.json');
  const orders = JSON.parse(readFileSync(path, 'utf8'));
  const { steps } = orders.find((each: { readonly name: string }) => each.name === plan);
  Object.assign(steps[0], ask);
  writeFileSync(path, JSON.stringify(orders));
  return folder;
}

/** The folder of the world, with some text of its documents another one. */
function folderWith(name: string, changes: readonly (readonly [string, string])[]): string {
  const folder = join(root, name);
  cpSync(join(root, 'folder'), folder, { recursive: true });
  for (const file of ['air/orders.air.json', 'air/manifest.air.json']) {
    const path = join(folder, file);
    let text = readFileSync(path, 'utf8');
    for (const [from, to] of changes) text = text.replaceAll(from, to);
    writeFileSync(path, text);
  }
  return folder;
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'aos-replay-'));
  process.env.AOS_HOME = join(root, 'home');
  world = join(root, 'world');
  bundle = join(root, 'world.bundle');
  writeOrderFolder(join(root, 'folder'));
  await json('init', world, '--from', join(root, 'folder'));
  await w('keyring', 'add', 'host', '--role', 'host');
  await w('keyring', 'add', 'chief', '--role', 'approver');
  await w('event', 'send', 'demo/CounterEvent@1', '{"Start":{"target":3}}');
  await w('event', 'send', 'demo/Order@1', '{"n":2}');
  for (const n of [2, 5]) {
    const { data } = await w('intents');
    const [{ intent }] = data.intents;
    await w('receipt', 'send', intent, '--status', 'ok', '--payload', `{"n":${n}}`);
  }
  await w('event', 'send', 'demo/Dear@1', '{"n":1}');
  const waiting = (await w('intents', '--state', 'waiting')).data.intents[0].intent;
  await w('approve', waiting, '--as', 'chief');
  await w('event', 'send', 'demo/CounterEvent@1', '{"Tick":null}');
  await w('export', bundle);
});
afterAll(() => {
  if (saved === undefined) delete process.env.AOS_HOME;
  else process.env.AOS_HOME = saved;
  rmSync(root, { recursive: true, force: true });
});

describe('aos replay', () => {
  it('tells what a world comes to on the way', async () => {
    const { data, exitCode } = await replay('--every', '4');
    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ same: true, difference: null });
    const seqs = data.checkpoints.map(({ seq }: { seq: number }) => seq);
    expect(seqs).toEqual([3, 7, data.records - 1]);
    expect((await w('replay', '--every', '4')).data).toEqual(data);
  });

  it('under its own manifest is the same journal, byte for byte', async () => {
    const same = await replay('--with', join(root, 'folder'));
    expect(same).toMatchObject({ exitCode: 0, ok: true, data: { equal: true, identical: true } });
    const again = await w('replay', '--with', join(root, 'folder', 'air'));
    expect(again.data).toEqual(same.data);
    const late = await replay('--with', join(root, 'folder'), '--from', '4', '--to', '6');
    expect(late).toMatchObject({ exitCode: 0, data: { report: { from_seq: 4, to_seq: 6 } } });
  });

  it('says what a candidate asks for, and no more, and what that leads to', async () => {
    // the plan that hears of payments asks under another grant, which people must agree to
    const folder = folderAsking('other', 'demo/count@1', { cap: 'dear' });
    const { data, ok, exitCode, error } = await replay('--with', folder);
    expect({ ok, exitCode, code: error.code }).toEqual({
      ok: false,
      exitCode: 1,
      code: 'replay-different',
    });
    const { run, definitions } = data.report;
    expect(definitions.rows).toContainEqual({
      kind: 'defplan',
      name: 'demo/count@1',
      change: 'changed',
    });
    expect(run.effects_added).toMatchObject({
      count: 1,
      rows: [{ cap: 'dear', params: '{"n":2}' }],
    });
    expect(run.effects_removed).toMatchObject({ count: 1, rows: [{ cap: 'free' }] });
    expect(run.decisions.count).toBe(2);
    const { out } = await aos('replay', bundle, '--with', folder);
    expect(out).toMatch(/effects newly asked for: 1/);
    expect((await replay('--with', folder)).data.report_hash).toBe(data.report_hash);
  });

  it('executes nothing that the record does not answer', async () => {
    const params = { record: { n: { nat: 9 } } };
    const folder = folderAsking('more', 'demo/pay@1', { params });
    const { data, exitCode } = await replay('--with', folder);
    expect(exitCode).toBe(1);
    expect(data.report.unanswered).toMatchObject({ count: 1, rows: [{ params: '{"n":9}' }] });
    expect(data.report.unused_receipts).toBe(2);
    expect(data.report.run.receipts_from.candidate).toMatchObject({ synthetic: 0, scripted: 0 });
  });

  it('shows reducers that trap, and events that nobody takes', async () => {
    const folder = folderWith('trapping', []);
    const trap = Buffer.from(
      // (module (memory (export "memory") 1)
      //  (func (export "alloc") (param i32) (result i32) i32.const 8)
      //  (func (export "step") (param i32 i32) (result i32 i32) unreachable))
      '0061736d01000000010d0260017f017f60027f7f027f7f03030200010503010001071903066d656d6f72790200' +
        '05616c6c6f630000047374657000010a0a02040041080b0300000b',
      'hex',
    );
    writeFileSync(join(folder, 'modules/demo/CounterSM@1.wasm'), trap);
    const { data, exitCode } = await replay('--with', folder);
    expect(exitCode).toBe(1);
    expect(data.report.run.counts.rows).toContainEqual(
      expect.objectContaining({ kind: 'fault', base: 0 }),
    );
    expect(data.report.run.first_divergence).toMatchObject({ input: 'event' });
    const foreign = await replay(
      '--with',
      new URL('../../../examples/01-hello-timer', import.meta.url).pathname,
    );
    expect(foreign.exitCode).toBe(1);
    expect(foreign.data.report.run.refused.count).toBeGreaterThan(0);
  });

  it('refuses what it cannot find out', async () => {
    const bytes = readFileSync(bundle);
    const damaged = join(root, 'damaged.bundle');
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(damaged, bytes);
    const invalid = folderWith('invalid', [['"plan":"demo/pay@1"', '"plan":"demo/nothing@1"']]);
    const unbound = folderWith('unbound', [['demo/Counters@1', 'demo/Tellers@1']]);
    const empty = join(root, 'empty');
    mkdirSync(empty);
    const folder = join(root, 'folder');
    const folderOf = (name: string, file: string) => {
      const path = folderWith(name, []);
      rmSync(join(path, file), { force: true });
      symlinkSync(join(root, 'nowhere'), join(path, file));
      return path;
    };
    const binary = folderWith('binary', []);
    writeFileSync(join(binary, 'air/orders.air.json'), Buffer.of(0xff, 0xfe, 0));
    for (const [code, ...args] of [
      ['bundle-damaged', damaged],
      ['world-not-found', join(root, 'nothing')],
      ['world-not-found', empty],
      ['air-invalid', bundle, '--with', invalid],
      ['module-unbound', bundle, '--with', unbound],
      ['folder-not-found', bundle, '--with', empty],
      ['record-unknown', bundle, '--with', folder, '--to', '99'],
      ['record-unknown', bundle, '--with', folder, '--from', '99'],
      ['record-unknown', bundle, '--to', '99'],
      ['record-unknown', bundle, '--from', '99'],
      ['record-unknown', bundle, '--from', '4', '--to', '3'],
      ['folder-unreadable', bundle, '--with', folderOf('link', 'air/more.json')],
      ['folder-unreadable', bundle, '--with', folderOf('code', 'modules/demo/CounterSM@1.wasm')],
      ['text-not-utf8', bundle, '--with', binary],
      ['build-not-found', bundle, '--with-build', empty],
    ] as const) {
      expect(await json('replay', ...args), args.join(' ')).toMatchObject(refusal(code));
    }
    expect((await aos('replay', bundle, '--with', folder, '--with-build', folder)).exitCode).toBe(
      2,
    );
  });
});

describe('aos replay --with-build', () => {
  it('holds a real build against another that was made to differ', async () => {
    const build = join(root, 'counts-fuel-twice');
    await writeBuild(build, {
      file: 'kernel/src/step/step.ts',
      from: 'const base = { seq, fuel,',
      to: 'const base = { seq, fuel: seq < 3 ? fuel : 2 * fuel,',
    });
    const { data, exitCode } = await replay('--with-build', build, '--every', '2');
    expect(exitCode).toBe(1);
    expect(data).toMatchObject({
      equal: false,
      compared: 'checkpoints',
      this: { same: true },
      other: { same: false },
      first: { by: 'other', at: 'fuel', kind: 'different', rows: [{ field: 'fuel' }] },
    });
    const [{ expected, found }] = data.first.rows;
    expect(expected).toBe(2 * found);
  });

  /** A program that answers as another build would, as `answer` makes of what this one says. */
  async function buildThat(name: string, answer: string): Promise<string> {
    const folder = join(root, name);
    mkdirSync(folder, { recursive: true });
    const points = (await replay('--every', '1')).data;
    const program = `
      const said = ${JSON.stringify(points)};
      const words = process.argv.slice(2);
      const option = (name, usual) =>
        words.includes(name) ? Number(words[words.indexOf(name) + 1]) : usual;
      const [every, from, to] = [option('--every', 1), option('--from', 0), option('--to', 1e9)];
      const isPoint = ({ seq }) =>
        seq >= from && seq <= to && ((seq + 1) % every === 0 || seq === to);
      const tell = (data, ok = true, error) => console.log(JSON.stringify({ ok, error, data }));
      const replayed = () => {
        const records = Math.min(said.records, to + 1);
        return { ...said, checkpoints: said.checkpoints.filter(isPoint), records };
      };
      ${answer}`;
    writeFileSync(join(folder, 'main.js'), program);
    return folder;
  }

  it('finds nothing between builds that agree', async () => {
    const build = await buildThat('equal', 'tell(replayed());');
    const { data, exitCode } = await replay('--with-build', build, '--every', '3');
    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ equal: true, compared: 'checkpoints', first: null });
    const ofWorld = await w('replay', '--with-build', join(build, 'main.js'), '--every', '3');
    expect(ofWorld.data.report_hash).toBe(data.report_hash);
  });

  it('finds the first record after which states differ, also between checkpoints', async () => {
    const build = await buildThat(
      'different',
      `for (const point of said.checkpoints) {
        if (point.seq >= 6) point.world_hash = 'sha256:' + 'a'.repeat(64);
      }
      tell(replayed());`,
    );
    const { data, exitCode, error } = await replay('--with-build', build, '--every', '5');
    expect({ exitCode, code: error.code }).toEqual({ exitCode: 1, code: 'replay-different' });
    const row = { field: 'world_hash', found: `sha256:${'a'.repeat(64)}` };
    expect(data.first).toMatchObject({ seq: 6, at: 'world_hash', by: 'each', rows: [row] });
    const { out } = await aos('replay', bundle, '--with-build', build);
    expect(out).toMatch(/record 6, world_hash: different; both do what was recorded/);
  });

  it('shows the entry that a build makes otherwise, even of one without checkpoints', async () => {
    const build = await buildThat(
      'older',
      `if (words.includes('replay')) { tell(undefined, false, { code: 'usage' }); process.exit(2); }
      const rows = [{ field: 'fuel', expected: 7, found: 9 }, { field: 'kind', same: true }];
      const place = { kind: 'different', seq: 4, at: 'entries/1' };
      const difference = { ...place, code: 'replay-difference', rows };
      const end = { world_id: said.world_id, records: 4, chain: '', world_hash: '' };
      tell({ same: false, ...end, difference }, false, { code: 'world-diverged' });`,
    );
    const { data, exitCode } = await replay('--with-build', build);
    expect(exitCode).toBe(1);
    const rows = [{ field: 'fuel', expected: 7, found: 9 }];
    expect(data).toMatchObject({
      compared: 'end',
      first: { seq: 4, at: 'entries/1', by: 'other', rows },
    });
  });

  it.each([
    ['tells no states', 'tell({ ...replayed(), checkpoints: [] });', 'world_hash'],
    ['does not say what it found', 'tell({ ...replayed(), same: false });', 'same'],
    ['is about another world', "tell({ ...replayed(), world_id: 'x' });", 'world_id'],
  ])('finds nothing the same with a build that %s', async (what, answer, field) => {
    const { data, exitCode } = await replay('--with-build', await buildThat(what, answer));
    expect(exitCode).toBe(1);
    expect(data.first.rows).toMatchObject([{ field }]);
  });

  it('refuses builds that give no answer', async () => {
    const mute = await buildThat('mute', "console.error('no'); process.exit(3);");
    expect(await replay('--with-build', mute)).toMatchObject(refusal('build-failed'));
    const code = "{ code: 'bundle-format', at: '', message: '' }";
    const old = await buildThat('old', `tell(undefined, false, ${code});`);
    expect(await replay('--with-build', old)).toMatchObject(refusal('build-refused'));
  });
});
