import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode, type Hash, parseHashText, sha256, type Value } from '@aos/canon';
import { runCli } from '@aos/cli';
import type { StoredObject } from '@aos/protocol';
import { type DiskStore, openWorldStore } from '@aos/store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeOrderFolder } from './order-folder.js';

const COUNTER = 'demo/CounterSM@1';
const COUNTERS = 'demo/Counters@1';
const EVENT = 'demo/CounterEvent@1';

let root = '';
let world = '';
let worlds = 0;
const savedHome = process.env.AOS_HOME;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'aos-authority-'));
  process.env.AOS_HOME = join(root, 'home');
  writeOrderFolder(join(root, 'folder'));
});
afterAll(() => {
  if (savedHome === undefined) delete process.env.AOS_HOME;
  else process.env.AOS_HOME = savedHome;
  rmSync(root, { recursive: true, force: true });
});
beforeEach(async () => {
  world = join(root, `world-${worlds++}`);
  expect(await json('init', world, '--from', join(root, 'folder'))).toMatchObject({ ok: true });
});

async function aos(...args: string[]) {
  const said = { out: '', err: '' };
  const exitCode = await runCli(args, {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { exitCode, ...said };
}

async function json(...args: string[]) {
  const { exitCode, out } = await aos('--json', ...args);
  return { exitCode, ...JSON.parse(out) };
}

const inWorld = (...args: string[]) => json('--world', world, ...args);
const told = async (...args: string[]) => (await aos('--world', world, ...args)).out;
const refused = (code: string) => ({ ok: false, exitCode: 1, error: { code } });

async function must(...args: string[]) {
  const answer = await inWorld(...args);
  if (answer.ok !== true) throw new Error(`${args.join(' ')}: ${answer.error.message}`);
  return answer.data;
}

const send = (schema: string, value: unknown, ...more: string[]) =>
  must('event', 'send', schema, JSON.stringify(value), ...more);

/** The one intent that is open. */
async function openIntent() {
  const { intents } = await must('intents');
  expect(intents).toHaveLength(1);
  return intents[0];
}

type Fields = ReadonlyMap<string, Value>;
type Forge = (fields: Fields, store: DiskStore) => { fields: Fields; objects: StoredObject[] };

/** Marks as the last snapshot what `forge` makes of one that was taken. */
async function forgeSnapshot(taken: string, forge: Forge): Promise<void> {
  const store = await openWorldStore(join(world, '.aos'));
  const hash = parseHashText(taken);
  const decoded = hash.ok ? decode(store.object(hash.value) as Uint8Array) : hash;
  if (!decoded.ok) throw new Error(`no snapshot ${taken}`);
  const { fields, objects } = forge(decoded.value as Fields, store);
  const bytes = encode(fields);
  const head = { hash: sha256(bytes), bytes };
  const seq = store.snapshot?.seq ?? -1;
  const marks = [{ kind: 'snapshot', seq, hash: head.hash }] as const;
  await store.append({ records: [], objects: [...objects, head], marks });
  await store.close();
}

const addHost = () => must('keyring', 'add', 'host', '--role', 'host');
const answer = (intent: string, n: number) =>
  must('receipt', 'send', intent, '--status', 'ok', '--payload', JSON.stringify({ n }));

describe('cells', () => {
  const count = (name: string, n: number) =>
    send(EVENT, { Start: { target: n } }, '--source', 'desk', '--key', JSON.stringify(name));

  it('are fed through an inbox, read by key and listed in their order', async () => {
    for (const [i, name] of ['b', 'a', 'c'].entries()) await count(name, i + 1);
    expect(await must('state', 'get', COUNTERS, '--key', '"a"')).toMatchObject({
      key: 'a',
      state: { pc: { Counting: null }, remaining: 2 },
    });
    expect(await must('state', 'get', COUNTERS, '--key', '"z"')).toMatchObject({ state: null });
    const keysOf = async (...more: string[]) => {
      const { cells } = await must('cells', COUNTERS, ...more);
      return cells.map(({ key }: { key: string }) => key).join('');
    };
    expect(await keysOf()).toBe('abc');
    expect(await keysOf('--from', '"b"')).toBe('bc');
    expect(await keysOf('--before', '"b"')).toBe('a');
    expect(await keysOf('--after', '"a"', '--limit', '1')).toBe('b');
    expect(await must('cells', COUNTERS, '--limit', '2')).toMatchObject({ count: 3, after: 'b' });
    await count('bb', 9);
    expect(await keysOf('--prefix', 'b')).toBe('bbb');
    expect(await told('cells', COUNTERS)).toContain('4 of 4 cells');
    expect(await told('journal', 'tail')).toContain('key "a"  source "desk"');
  });

  it('are asked for in the right way, or that is told', async () => {
    expect(await inWorld('state', 'get', COUNTERS)).toMatchObject(refused('key-missing'));
    const unexpected = await inWorld('state', 'get', COUNTER, '--key', '"a"');
    expect(unexpected).toMatchObject(refused('key-unexpected'));
    expect(await inWorld('cells', COUNTER, '--from', '"a"')).toMatchObject(
      refused('key-unexpected'),
    );
    expect(await inWorld('state', 'get', COUNTERS, '--key', '7')).toMatchObject(
      refused('value-type'),
    );
    const keyless = await inWorld('event', 'send', EVENT, '{"Tick":null}', '--source', 'desk');
    expect(keyless).toMatchObject(refused('event-key-missing'));
    const nowhere = await inWorld('event', 'send', EVENT, '{"Tick":null}', '--source', 'door');
    expect(nowhere).toMatchObject(refused('inbox-unknown'));
  });
});

describe('an event with a dedup id', () => {
  it('is taken in once, whatever is sent under its id, and acknowledged alike', async () => {
    const first = await send(EVENT, { Start: { target: 3 } }, '--dedup', 'once');
    expect(await send(EVENT, { Start: { target: 9 } }, '--dedup', 'once')).toEqual(first);
    expect(await must('journal', 'head')).toMatchObject({ seq: 0 });
  });
});

describe('the keyring', () => {
  it('is shown with what added and revoked each key', async () => {
    const added = await addHost();
    expect(added).toMatchObject({ seq: 0, key: { name: 'host', roles: ['host'], added_at: 0 } });
    await must('keyring', 'revoke', 'host');
    const { keys } = await must('keyring', 'list');
    expect(keys).toMatchObject([
      { name: 'operator', added_at: -1, revoked_at: null },
      { name: 'host', added_at: 0, revoked_at: 1 },
    ]);
    expect(await told('keyring', 'list')).toMatch(/host {2}since record 0, revoked by record 1/);
    expect(readdirSync(join(root, 'home/keys')).sort()).toEqual(['host.pem', 'operator.pem']);
  });

  it('takes a public key of somebody else, if it is one', async () => {
    const { keys } = await must('keyring', 'list');
    const own = await inWorld(
      'keyring',
      'add',
      'again',
      '--role',
      'host',
      '--public',
      keys[0].public,
    );
    expect(own).toMatchObject(refused('key-known'));
    for (const text of ['00'.repeat(32), 'ab', 'zz', `01${'00'.repeat(31)}`]) {
      const bad = await inWorld('keyring', 'add', 'x', '--role', 'host', '--public', text);
      expect(bad.ok).toBe(false);
    }
    expect(await inWorld('keyring', 'add', 'x', '--role', 'king')).toMatchObject(
      refused('key-role'),
    );
    expect((await must('journal', 'head')).seq).toBe(-1);
  });

  it('is changed only with a key that is there and has the role', async () => {
    expect(await inWorld('keyring', 'add', 'x', '--role', 'host', '--as', 'nobody')).toMatchObject(
      refused('key-not-found'),
    );
    await addHost();
    expect(await inWorld('keyring', 'add', 'x', '--role', 'host', '--as', 'host')).toMatchObject(
      refused('verb-key'),
    );
    expect(await inWorld('control', 'pause', '--as', '../operator')).toMatchObject(
      refused('key-name'),
    );
    expect(await inWorld('keyring', 'revoke', 'stranger')).toMatchObject(refused('key-not-found'));
  });
});

describe('control', () => {
  it('pauses, drains, halts and resumes a world, and its status says so', async () => {
    expect(await must('control', 'pause')).toMatchObject({ mode: 'paused' });
    expect(await inWorld('event', 'send', EVENT, '{"Tick":null}')).toMatchObject(
      refused('world-paused'),
    );
    expect(await must('status')).toMatchObject({
      live: { mode: 'paused', epoch: 0 },
      halt: null,
    });
    await must('control', 'resume');
    expect(await must('control', 'drain')).toMatchObject({ mode: 'draining' });
    expect(await inWorld('event', 'send', EVENT, '{"Tick":null}')).toMatchObject(
      refused('world-draining'),
    );
    const halted = await must('control', 'halt', '--reason', 'bad-numbers');
    expect(halted).toMatchObject({ mode: 'halted', halt_code: 'bad-numbers' });
    expect(await inWorld('control', 'pause')).toMatchObject(refused('world-halted'));
    expect(await told('status')).toContain('halted (bad-numbers)');
    expect(await told('control', 'resume')).toContain('the world is running');
    await send(EVENT, { Start: { target: 1 } });
    expect(await must('verify')).toMatchObject({ same: true, records: 6 });
  });

  it('refuses a reason that is no code', async () => {
    const answer = await inWorld('control', 'halt', '--reason', 'Because I say so');
    expect(answer).toMatchObject(refused('verb-args'));
  });

  it('clears the halt of a defect, with the report shown once more', async () => {
    expect(await inWorld('control', 'clear-halt')).toMatchObject(refused('halt-none'));
    const store = await openWorldStore(join(world, '.aos'));
    const halt = { kind: 'halt', seq: -1, code: 'defect', detail: 'record 0: one\ntwo' } as const;
    await store.append({ records: [], objects: [], marks: [halt] });
    await store.close();
    const live = { mode: 'halted', halt_code: 'defect' };
    expect(await must('status')).toMatchObject({ live, halt: { seq: -1, code: 'defect' } });
    expect((await aos('--world', world, 'status')).err).toContain('record 0: one');
    const sent = await inWorld('event', 'send', EVENT, '{"Tick":null}');
    expect(sent).toMatchObject(refused('world-halted'));
    expect(sent.error.message).toContain('clear-halt');
    expect(await must('state', 'get', COUNTER)).toMatchObject({ records: 0 });
    await addedNowhere();
    expect(await told('control', 'clear-halt')).toContain('two');
    await send(EVENT, { Tick: null });
  });

  /** Nothing signed goes in while a defect has the world halted. */
  async function addedNowhere(): Promise<void> {
    const answer = await inWorld('keyring', 'add', 'host', '--role', 'host');
    expect(answer).toMatchObject(refused('world-halted'));
  }
});

describe('a saga of two plans', () => {
  it('goes from intent to receipt, and its end is explained back to its first event', async () => {
    await addHost();
    await send('demo/Order@1', { n: 5 });
    const first = await openIntent();
    expect(first).toMatchObject({ effect: 'ask', state: 'released', params: { n: 5 } });
    expect(first.waiters).toMatchObject([{ plan: 'demo/pay@1', step: 'ask' }]);
    expect(await must('plans')).toMatchObject({ instances: [{ plan: 'demo/pay@1' }] });
    expect(await told('plans')).toMatch(/demo\/pay@1 {2}.*hear waiting/);
    expect(await told('plans')).toMatch(/hear waits for intent [0-9a-f]{12} of ask, attempt 1/);
    await answer(first.intent, 6);
    const second = await openIntent();
    expect(second.params).toEqual({ n: 6 });
    await answer(second.intent.slice('sha256:'.length, 20), 7);
    expect(await must('state', 'get', COUNTER)).toMatchObject({ state: { remaining: 7 } });
    expect(await must('plans')).toEqual({ instances: [], count: 0 });
    expect(await told('intents')).toContain('no open intents');
    expect(await told('journal', 'tail')).toMatch(/decision .* outcome "allow"/);
    const { nodes, starts } = await must('why', 'state', COUNTER);
    const kinds = nodes.map(({ kind, is }: { kind: string; is: string }) => `${is} ${kind}`);
    for (const kind of [
      'entry state-changed',
      'entry settled',
      'entry intent',
      'entry decision',
      'entry plan-started',
      'input receipt',
      'input event',
    ]) {
      expect(kinds).toContain(kind);
    }
    const last = nodes.at(-1);
    expect(last).toMatchObject({ is: 'input', kind: 'event', fields: { schema: 'demo/Order@1' } });
    expect(starts).toHaveLength(1);
    expect(await told('why', 'state', COUNTER)).toContain('demo/Order@1');
    const forward = await must('why', 'event', last.place, '--forward');
    expect(forward.nodes.at(-1).place).toBe(starts[0]);
    expect((await must('why', 'intent', first.intent)).nodes.length).toBeGreaterThan(2);
    expect(await must('verify')).toMatchObject({ same: true });
  });

  it('can be begun by hand, at any of its plans', async () => {
    const started = await must('plan', 'start', 'demo/count@1', '{"n":4}', '--dedup', 'one');
    expect(await must('plan', 'start', 'demo/count@1', '{"n":4}', '--dedup', 'one')).toEqual(
      started,
    );
    expect(await openIntent()).toMatchObject({ params: { n: 4 } });
    expect(await must('plans')).toMatchObject({
      instances: [{ plan: 'demo/count@1', waits: [{ kind: 'effect', step: 'hear' }] }],
    });
    expect(await inWorld('plan', 'start', 'demo/none@1', '{}')).toMatchObject(
      refused('plan-not-found'),
    );
    const unfit = await inWorld('plan', 'start', 'demo/count@1', '{"m":4}');
    expect(unfit).toMatchObject({ error: { at: '/input/m' } });
  });

  it('tells a plan that its effect failed', async () => {
    await addHost();
    await send('demo/Order@1', { n: 5 });
    const { intent } = await openIntent();
    const failure = JSON.stringify({ code: 'no-money', message: 'none left' });
    await must('receipt', 'send', intent, '--status', 'error', '--payload', failure);
    expect(await must('plans')).toEqual({ instances: [], count: 0 });
    expect(await told('journal', 'tail', '-n', '1')).toContain('plan-ended');
  });

  it('takes receipts only that fit', async () => {
    await send('demo/Order@1', { n: 5 });
    const { intent } = await openIntent();
    const receipt = (...more: string[]) => inWorld('receipt', 'send', ...more);
    const ok = ['--status', 'ok', '--payload', '{"n":1}'];
    expect(await receipt(intent, ...ok)).toMatchObject(refused('receipt-key'));
    await addHost();
    expect(await receipt('sha256:00', ...ok)).toMatchObject(refused('intent-unknown'));
    const bad = ['--status', 'ok', '--payload', '{"m":1}'];
    expect((await receipt(intent, ...bad)).error.code).toMatch(/^value-/);
    expect((await receipt(intent, '--status', 'fine', '--payload', '1')).exitCode).toBe(2);
    expect((await receipt(intent, '--status', 'ok')).exitCode).toBe(2);
    expect(await receipt(intent, ...ok, '--cost', '12')).toMatchObject({ ok: true });
    expect(await receipt(intent, ...ok)).toMatchObject(refused('intent-settled'));
  });
});

describe('an intent that waits for people', () => {
  it('goes out when one with the role approves, and ends when one rejects', async () => {
    await addHost();
    await must('keyring', 'add', 'boss', '--role', 'approver', 'adapter');
    await send('demo/Dear@1', { n: 5 });
    const { intent, approval } = await openIntent();
    expect(approval).toMatchObject({ role: 'approver', count: 1, given: [] });
    expect(await inWorld('approve', intent)).toMatchObject(refused('approval-role'));
    expect(await must('approve', intent, '--as', 'boss')).toMatchObject({ state: 'released' });
    await answer(intent, 9);
    expect(await must('state', 'get', COUNTER)).toMatchObject({ state: { remaining: 9 } });
    await send('demo/Dear@1', { n: 6 });
    const again = await openIntent();
    expect(await must('reject', again.intent, '--as', 'boss')).toMatchObject({ state: null });
    expect(await must('plans')).toEqual({ instances: [], count: 0 });
    expect(await must('verify')).toMatchObject({ same: true });
  });
});

describe('a snapshot', () => {
  it('is where a world opens and where a verification may begin', async () => {
    await send(EVENT, { Start: { target: 4 } });
    expect(await must('snapshot')).toMatchObject({ seq: 0 });
    await send(EVENT, { Tick: null });
    expect(await must('status')).toMatchObject({ snapshot: { seq: 0 }, head: 1 });
    expect(await must('state', 'get', COUNTER)).toMatchObject({ state: { remaining: 3 } });
    const all = await must('verify');
    expect(all).toMatchObject({ from: 'genesis', snapshot: 'same', records: 2 });
    const rest = await must('verify', '--from-snapshot');
    expect(rest).toMatchObject({ from: { seq: 0 }, snapshot: 'trusted', records: 2 });
    expect(rest.world_hash).toBe(all.world_hash);
    await send(EVENT, { Tick: null });
    expect(await must('snapshot', '--from-genesis')).toMatchObject({ seq: 2 });
    expect(await must('verify')).toMatchObject({ snapshot: 'same', records: 3 });
  });

  it('that is of another world is told of, and made anew from genesis alone', async () => {
    await send(EVENT, { Start: { target: 4 } });
    const { hash } = await must('snapshot');
    await forgeSnapshot(hash, (fields) => {
      return { fields: new Map([...fields, ['epoch', 7]]), objects: [] };
    });
    const found = await inWorld('verify');
    expect(found).toMatchObject(refused('snapshot-diverged'));
    expect(found.error.message).toContain('aos snapshot --from-genesis');
    expect(await must('snapshot', '--from-genesis')).toEqual({ hash, seq: 0 });
    expect(await must('verify')).toMatchObject({ snapshot: 'same' });
  });

  it('that lacks a part is told of by whoever comes upon it', async () => {
    for (let i = 0; i < 20; i++) {
      await send(EVENT, { Tick: null }, '--source', 'desk', '--key', `"${i}"`);
    }
    const { hash } = await must('snapshot');
    await forgeSnapshot(hash, (fields, store) => {
      const tables = fields.get('cells') as Fields[];
      const cells = tables[1]?.get('cells') as Fields;
      const root = store.object(cells.get('root') as Hash)?.slice() as Uint8Array;
      const known = [...store.objects()].map((each) => Buffer.from(root).indexOf(each));
      const at = Math.max(...known);
      root[at] = (root[at] as number) ^ 1;
      const forged = { hash: sha256(root), bytes: root };
      const rerooted = new Map([...cells, ['root', forged.hash]]);
      const table = new Map<string, Value>([...(tables[1] ?? []), ['cells', rerooted]]);
      return {
        fields: new Map([...fields, ['cells', [tables[0] ?? null, table, ...tables.slice(2)]]]),
        objects: [forged],
      };
    });
    expect(await inWorld('cells', COUNTERS)).toMatchObject(refused('object-missing'));
    expect(await must('snapshot', '--from-genesis')).toMatchObject({ hash });
    expect(await must('cells', COUNTERS)).toMatchObject({ count: 20 });
  });
});

describe('a question about what is not there', () => {
  it('is refused with what was expected', async () => {
    expect(await inWorld('why', 'state', COUNTER)).toMatchObject(refused('why-unknown'));
    expect(await inWorld('why', 'event', 'seven')).toMatchObject(refused('place-syntax'));
    expect(await inWorld('why', 'instance', '7')).toMatchObject(refused('place-syntax'));
    expect(await inWorld('why', 'event', '7')).toMatchObject(refused('why-unknown'));
    expect(await inWorld('why', 'intent', 'sha256:ab')).toMatchObject(refused('intent-unknown'));
    expect((await aos('why', 'nothing')).exitCode).toBe(2);
  });
});
