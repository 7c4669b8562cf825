/**
 * A daemon is killed with SIGKILL while clients send to it, over and over on one world. It leaves
 * its socket and its control file behind; the next one takes their place, everything that was
 * acknowledged is there, and what was not can be sent again without being there twice.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectWorld, readControlFile, type WorldClient } from '@aos/client';
import { verifyWorld } from '@aos/host';
import { AosFault } from '@aos/protocol';
import { createWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foundCounter } from '../counter-world.js';
import { BUNDLING_MS, bundlePrograms } from '../real/drill-programs.js';
import { reported } from '../real/drill-report.js';

const KILLS = process.env.AOS_DRILL === 'large' ? 150 : 2;
/** Events that are sent at once before each kill. */
const EVENTS = 150;
const source = new URL('./daemon.mjs', import.meta.url);
const directory = mkdtempSync(join(tmpdir(), 'aos-daemon-kills-'));
let program = '';
let daemon: ChildProcess | undefined;

beforeAll(async () => {
  program = (await bundlePrograms(directory, [source])).get(source) as string;
  const { genesis, objects } = foundCounter();
  await (await createWorldStore(join(directory, '.aos'), genesis, objects)).close();
}, BUNDLING_MS);

afterAll(() => {
  daemon?.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

async function startDaemon(): Promise<WorldClient> {
  daemon = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(daemon, 'exit').then(() => Promise.reject(new Error('no daemon came up')));
  ended.catch(() => undefined);
  await Promise.race([once(daemon.stdout as NodeJS.EventEmitter, 'data'), ended]);
  return connectWorld(directory);
}

/** What clients were told: the chain of each record, by the dedup id of its event. */
type Told = Map<string, { readonly seq: number; readonly chain: string }>;

/** Sends, and resolves when all is answered or the connection has ended. */
async function send(client: WorldClient, names: readonly string[], onAck: (told: number) => void) {
  const told: Told = new Map();
  const sent = names.map(async (dedup, i) => {
    const value = i === 0 && dedup === '0/0' ? { Start: { target: 1_000_000 } } : { Tick: null };
    const event = { schema: 'demo/CounterEvent@1', value, dedup };
    const answer = await client.call('event.send', event);
    if (!answer.ok) throw new Error(answer.refusal.code);
    const { seq, chain } = answer.value.ack as { readonly seq: number; readonly chain: string };
    told.set(dedup, { seq, chain });
    onAck(told.size);
  });
  const ends = await Promise.allSettled(sent);
  const failed = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as Error] : []));
  return { told, codes: new Set(failed.map((each) => (each as AosFault).code ?? each.message)) };
}

/** The chain of each record from `from` on. */
async function chains(client: WorldClient, from: number): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for await (const { seq, chain } of client.stream('journal.tail', { from })) found.set(seq, chain);
  return found;
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: unknown) => (error instanceof AosFault ? error.code : String(error)),
  );

/** Answers with how many events were acknowledged. */
async function storm(kills: number): Promise<number> {
  let client = await startDaemon();
  const acknowledged: Told = new Map();
  const all: string[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const names = Array.from({ length: EVENTS }, (_, i) => `${kill}/${i}`);
    all.push(...names);
    const { path, pid } = readControlFile(directory);
    const killed = once(daemon as ChildProcess, 'exit');
    const acksBefore = 1 + ((kill * 97) % EVENTS);
    const { told, codes } = await send(client, names, (count) => {
      if (count === acksBefore) daemon?.kill('SIGKILL');
    });
    expect(await killed).toEqual([null, 'SIGKILL']);
    expect(told.size).toBeGreaterThanOrEqual(acksBefore);
    expect([[], ['control-closed']]).toContainEqual([...codes]);
    expect([existsSync(path), readControlFile(directory).pid]).toEqual([true, pid]);
    expect(await codeOf(connectWorld(directory))).toBe('daemon-absent');
    for (const [name, ack] of told) acknowledged.set(name, ack);

    client = await startDaemon();
    expect(readControlFile(directory).pid).not.toBe(pid);
    const journal = await chains(client, kill * EVENTS);
    for (const { seq, chain } of told.values()) expect(journal.get(seq)).toBe(chain);
    const again = await send(client, names, () => undefined);
    expect(again.codes.size).toBe(0);
    for (const [name, ack] of told) expect(again.told.get(name)).toEqual(ack);
    for (const [name, ack] of again.told) acknowledged.set(name, ack);
    expect((await chains(client, kill * EVENTS)).size).toBe(EVENTS);
  }
  const journal = await chains(client, 0);
  for (const { seq, chain } of acknowledged.values()) expect(journal.get(seq)).toBe(chain);
  expect(new Set([...acknowledged.values()].map(({ seq }) => seq)).size).toBe(all.length);
  await client.close();
  const ended = once(daemon as ChildProcess, 'exit');
  const { path } = readControlFile(directory);
  daemon?.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(existsSync(path)).toBe(false);
  const store = await openWorldStore(join(directory, '.aos'), { mode: 'read' });
  expect(verifyWorld(store, new WasmEngine())).toMatchObject({ ok: true, records: all.length });
  await store.close();
  return acknowledged.size;
}

describe('a daemon that is killed', () => {
  it('loses nothing that was acknowledged, and the next one takes its place', async () => {
    const done = 'SIGKILL of a daemon while clients send, and what they send again';
    await reported('kills: daemon', done, async () => {
      const acknowledged = await storm(KILLS);
      return { count: KILLS, unit: 'kills', found: `${acknowledged} events, each there once` };
    });
  });
});
