import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aos, json, refused } from './cli-run.js';
import { writeFetchFolder } from './fetch-folder.js';
import { writeOrderFolder } from './order-folder.js';

let root = '';
let world = '';
let worlds = 0;
let server: Server;
let asked = 0;
let url = '';
const savedHome = process.env.AOS_HOME;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'aos-effects-'));
  process.env.AOS_HOME = join(root, 'home');
  writeFetchFolder(join(root, 'fetch'));
  writeOrderFolder(join(root, 'orders'));
  server = createServer((_, response) => {
    asked += 1;
    response.writeHead(201).end('made');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/page`;
});
afterAll(async () => {
  if (savedHome === undefined) delete process.env.AOS_HOME;
  else process.env.AOS_HOME = savedHome;
  rmSync(root, { recursive: true, force: true });
  await new Promise((resolve) => server.close(resolve));
});

const inWorld = (...args: string[]) => json('--world', world, ...args);
const told = async (...args: string[]) => (await aos('--world', world, ...args)).out;

async function must(...args: string[]) {
  const answer = await inWorld(...args);
  if (answer.ok !== true) throw new Error(`${args.join(' ')}: ${JSON.stringify(answer.error)}`);
  return answer.data;
}

async function makeWorld(folder: string): Promise<void> {
  world = join(root, `world-${worlds++}`);
  expect(await json('init', world, '--from', join(root, folder))).toMatchObject({ ok: true });
}

const send = (schema: string, value: unknown) =>
  must('event', 'send', schema, JSON.stringify(value));

describe('a world that asks the outside', () => {
  beforeEach(() => makeWorld('fetch'));

  it('leaves its effects open until it is run, and then comes to rest with receipts', async () => {
    asked = 0;
    await send('demo/Fetch@1', { url });
    expect(await must('trace')).toMatchObject({ standing: 'waiting-receipt' });
    expect(await must('receipts')).toEqual({ receipts: [], is_cut: false });
    const rest = await must('run', '--until', 'quiescent');
    expect(rest).toMatchObject({ timed_out: false, blockers: [], unlisted: 0 });
    expect(asked).toBe(1);
    const { receipts } = await must('receipts');
    const payload = { status: 201 };
    expect(receipts).toMatchObject([
      {
        effect: 'http.request',
        status: 'ok',
        outcome: 'settled',
        adapter_id: 'host.http',
        payload,
      },
    ]);
    expect(await must('effects')).toMatchObject({
      effects: [{ standing: 'completed', receipt: { key_id: receipts[0].key_id } }],
    });
    expect(await inWorld('verify')).toMatchObject({ ok: true });
    expect(await must('run', '--until', 'quiescent')).toMatchObject({ blockers: [] });
    expect(asked).toBe(1);
  });

  it('traces a root event to its result, from whatever came of it', async () => {
    await send('demo/Fetch@1', { url });
    await must('run', '--until', 'quiescent');
    const trace = await must('trace');
    expect(trace).toMatchObject({
      root: 0,
      kind: 'event',
      standing: 'completed',
      code: null,
      plans: [{ plan: 'demo/fetch@1', standing: 'completed', result: { status: 201 } }],
      effects: [
        {
          effect: 'http.request',
          standing: 'completed',
          decisions: [{ outcome: 'allow', policy: 'demo/policy@1' }],
          receipt: { status: 'ok' },
        },
      ],
      is_cut: false,
    });
    const [{ intent, settled_at }] = trace.effects;
    for (const what of ['0', intent, intent.slice(7, 20), settled_at, settled_at.split('/')[0]]) {
      expect(await must('trace', what)).toEqual(trace);
    }
    const lines = await told('trace');
    expect(lines).toMatch(/^0 {2}event .*demo\/Fetch@1/);
    expect(lines).toContain('decision 0/2  allow');
    expect(lines).toMatch(/receipt 2 .* ok {2}host\.http {2}key [0-9a-f]{12}/);
    expect(lines.trimEnd().split('\n').at(-1)).toBe('completed');
  });

  it('waits for a timer where that is asked for, and lists it where it is not', async () => {
    const { live } = await must('status');
    await send('demo/Nap@1', { until: Number(live.logical_now_ns) + 3_000_000_000 });
    expect(await must('run', '--until', 'quiescent')).toMatchObject({
      blockers: [{ kind: 'timer', effect: 'timer.set' }],
    });
    expect(await must('trace')).toMatchObject({ standing: 'waiting-time' });
    const hasty = ['run', '--until', 'quiescent', '--timers', 'wait', '--timeout', '10ms'];
    expect(await inWorld(...hasty)).toMatchObject(refused('run-timeout'));
  });

  it('says when nothing listens, and when there is nothing to trace', async () => {
    expect(await inWorld('trace')).toMatchObject(refused('trace-unknown'));
    await send('demo/Unheard@1', { n: 1 });
    expect(await must('trace')).toMatchObject({ standing: 'ignored', effects: [] });
    expect(await inWorld('trace', '7')).toMatchObject(refused('trace-unknown'));
    expect(await inWorld('trace', 'abcdef12')).toMatchObject(refused('trace-unknown'));
  });

  it('tells of an effect that the gate denies', async () => {
    await send('demo/Fetch@1', { url: 'http://example.com/' });
    expect(await must('trace')).toMatchObject({
      standing: 'denied',
      code: 'host-not-allowed',
      plans: [{ standing: 'denied' }],
      effects: [{ standing: 'denied', opened_at: null, receipt: null }],
    });
    expect(await must('effects', '--standing', 'completed')).toMatchObject({ effects: [] });
    expect(await told('effects', '--standing', 'denied')).toContain('denied (host-not-allowed)');
  });
});

describe('a world whose effects nobody serves', () => {
  beforeEach(() => makeWorld('orders'));

  it('is not run, unless that is allowed; then it says what waits', async () => {
    await send('demo/Order@1', { n: 2 });
    expect(await inWorld('run', '--until', 'quiescent')).toMatchObject(refused('adapter-missing'));
    const rest = await must('run', '--until', 'quiescent', '--allow-missing');
    expect(rest).toMatchObject({ blockers: [{ kind: 'receipt', reason: 'adapter-missing' }] });
    expect(await told('run', '--until', 'quiescent', '--allow-missing')).toContain(
      'waits for its receipt: adapter-missing',
    );
  });

  it('stands where its people or its answers are waited for, through a whole saga', async () => {
    await send('demo/Dear@1', { n: 1 });
    expect(await must('trace')).toMatchObject({ standing: 'waiting-approval' });
    await send('demo/Order@1', { n: 2 });
    await must('keyring', 'add', 'host', '--role', 'host');
    const answer = (intent: string) =>
      must('receipt', 'send', intent, '--status', 'ok', '--payload', '{"n":2}');
    const open = async () => (await must('trace', '1')).effects.at(-1);
    expect(await open()).toMatchObject({ standing: 'waiting-receipt' });
    await answer((await open()).intent);
    expect(await must('trace', '1')).toMatchObject({ standing: 'waiting-receipt', events: 1 });
    await answer((await open()).intent);
    const trace = await must('trace', '1');
    expect(trace).toMatchObject({ standing: 'completed', changes: 1 });
    expect(trace.plans.map(({ plan }: { plan: string }) => plan)).toEqual([
      'demo/pay@1',
      'demo/count@1',
    ]);
  });

  it('tells a failed effect by its code', async () => {
    await must('keyring', 'add', 'host', '--role', 'host');
    await send('demo/Order@1', { n: 2 });
    const { intents } = await must('intents');
    const error = JSON.stringify({ code: 'shop-closed', message: 'come back tomorrow' });
    const { intent } = intents[0];
    await must('receipt', 'send', intent, '--status', 'error', '--payload', error);
    expect(await must('trace')).toMatchObject({
      standing: 'failed',
      code: 'effect-failed',
      effects: [{ standing: 'failed', code: 'shop-closed', receipt: { code: 'shop-closed' } }],
    });
    expect(await must('receipts', '--status', 'error')).toMatchObject({ receipts: [{ intent }] });
    expect(await must('receipts', '--intent', intent, '--status', 'ok')).toMatchObject({
      receipts: [],
    });
  });
});
