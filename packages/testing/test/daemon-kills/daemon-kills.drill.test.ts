/**
 * A daemon is killed with SIGKILL while clients send to it, over and over on one world. It leaves
 * its socket and its control file behind; the next one takes their place, everything that was
 * acknowledged is there, and what was not can be sent again without being there twice.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectWorld, readControlFile, type WorldClient } from '@aos/client';
import { verifyWorld } from '@aos/host';
import { AosFault } from '@aos/protocol';
import { createWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { foundCounter } from '../counter-world.js';
import { Child } from '../real/child.js';
import { BUNDLING_MS, bundlePrograms } from '../real/drill-programs.js';
import { canary, drill, LARGE } from '../real/drill-report.js';

const KILLS = LARGE ? 150 : 2;
/** Events that are sent at once before each kill. */
const EVENTS = 150;
const source = new URL('./daemon.mjs', import.meta.url);
const root = mkdtempSync(join(tmpdir(), 'aos-daemon-kills-'));
let program = '';

beforeAll(async () => {
  program = (await bundlePrograms(root, [source])).get(source) as string;
}, BUNDLING_MS);

afterAll(() => rmSync(root, { recursive: true, force: true }));

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

/** One world, and a daemon at a time. */
class Ordeal {
  readonly #acknowledged: Told = new Map();
  #daemon: Child | undefined;

  /** `broken` is for canaries: a way in which the daemon is broken. */
  constructor(
    private readonly directory: string,
    private readonly broken?: string,
  ) {}

  /** Answers with how many events were acknowledged. */
  async storm(kills: number): Promise<number> {
    const { genesis, objects } = foundCounter();
    mkdirSync(this.directory);
    await (await createWorldStore(join(this.directory, '.aos'), genesis, objects)).close();
    try {
      let client = await this.#start();
      for (let kill = 0; kill < kills; kill++) client = await this.#kill(client, kill);
      await this.#finish(client, kills * EVENTS);
      return this.#acknowledged.size;
    } finally {
      if (this.#daemon?.isOver === false) this.#daemon.kill();
      await this.#daemon?.ended;
    }
  }

  async #start(): Promise<WorldClient> {
    const args = this.broken === undefined ? [] : [this.broken];
    this.#daemon = new Child(program, [this.directory, ...args]);
    await this.#daemon.line('up');
    return connectWorld(this.directory);
  }

  /** Kills the daemon while it is sent to; answers with a client of the next one. */
  async #kill(client: WorldClient, kill: number): Promise<WorldClient> {
    const { directory } = this;
    const names = Array.from({ length: EVENTS }, (_, i) => `${kill}/${i}`);
    const { path, pid } = readControlFile(directory);
    const acksBefore = 1 + ((kill * 97) % EVENTS);
    const { told, codes } = await send(client, names, (count) => {
      if (count === acksBefore) this.#daemon?.kill();
    });
    expect(await this.#daemon?.ended).toBe('SIGKILL');
    expect(told.size).toBeGreaterThanOrEqual(acksBefore);
    expect([[], ['control-closed']]).toContainEqual([...codes]);
    expect([existsSync(path), readControlFile(directory).pid]).toEqual([true, pid]);
    expect(await codeOf(connectWorld(directory))).toBe('daemon-absent');

    const next = await this.#start();
    expect(readControlFile(directory).pid).not.toBe(pid);
    const journal = await chains(next, kill * EVENTS);
    for (const { seq, chain } of told.values()) expect(journal.get(seq)).toBe(chain);
    const again = await send(next, names, () => undefined);
    expect(again.codes.size).toBe(0);
    for (const [name, ack] of told) expect(again.told.get(name)).toEqual(ack);
    for (const [name, ack] of again.told) this.#acknowledged.set(name, ack);
    expect((await chains(next, kill * EVENTS)).size).toBe(EVENTS);
    return next;
  }

  async #finish(client: WorldClient, events: number): Promise<void> {
    const told = [...this.#acknowledged.values()];
    const journal = await chains(client, 0);
    for (const { seq, chain } of told) expect(journal.get(seq)).toBe(chain);
    expect(new Set(told.map(({ seq }) => seq)).size).toBe(events);
    await client.close();
    const { path } = readControlFile(this.directory);
    this.#daemon?.kill('SIGTERM');
    expect(await this.#daemon?.ended).toBe(0);
    expect(existsSync(path)).toBe(false);
    const store = await openWorldStore(join(this.directory, '.aos'), { mode: 'read' });
    expect(verifyWorld(store, new WasmEngine())).toMatchObject({ ok: true, records: events });
    await store.close();
  }
}

describe('a daemon that is killed', () => {
  const law = 'loses nothing that was acknowledged, and the next one takes its place';
  const done = 'SIGKILL of a daemon while clients send, and what they send again';
  drill('kills: daemon', law, done, async () => {
    const acknowledged = await new Ordeal(join(root, 'world')).storm(KILLS);
    return { count: KILLS, unit: 'kills', found: `${acknowledged} events, each there once` };
  });

  const of = 'kills: daemon';
  const gone = /expected undefined to be 'sha256:[0-9a-f]+/;
  canary({ of, broken: 'flushes do nothing', says: gone, isLarge: true }, async () => {
    await new Ordeal(join(root, 'flushes'), 'no-flush').storm(1);
    return { problems: [] };
  });
  const twice = /to deeply equal \{ seq: \+?\d+/;
  canary({ of, broken: 'what comes again is new', says: twice, isLarge: true }, async () => {
    await new Ordeal(join(root, 'dedup'), 'no-dedup').storm(1);
    return { problems: [] };
  });
});
