/**
 * Hosts that run effects over HTTP are killed with SIGKILL, over and over on one world: by
 * themselves at every seam of an effect's life, by the server between request and answer, and at
 * random moments. What was not flushed goes with them. After each kill, and when a last host has
 * come to rest, against a server that counts:
 *
 * O1 Nothing was asked of the server whose intent is not in the journal.
 * O2 Nothing is lost: all orders that were acknowledged are carried out to their end.
 * O3 Every request of one intent had the same idempotency key, and no two intents had one.
 * O4 Every intent is settled once.
 * O5 The journal is true, signatures included.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodePlain, encode, toHex, type Value } from '@aos/canon';
import { verifyWorld } from '@aos/host';
import { decodeRecord, type Entry, type IntentEntry } from '@aos/protocol';
import { createWorldStore, openWorldStore } from '@aos/store';
import { Random } from '@aos/testing';
import { WasmEngine } from '@aos/wasm';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { Child } from '../real/child.js';
import { BUNDLING_MS, bundlePrograms } from '../real/drill-programs.js';
import { canary, drill, LARGE } from '../real/drill-report.js';
import { CountingServer } from './counting-server.js';
import { foundRequests } from './request-world.js';

/** Where a host kills itself, or the server has it killed. */
const SEAMS = [
  ...['intent-append', 'intent-write', 'intent-flush', 'intent-flushed', 'intent-durable'],
  ...['start', 'started', 'requested', 'responded', 'answered', 'sign', 'signed'],
  ...['receipt-append', 'receipt-write', 'receipt-flush', 'receipt-flushed', 'receipt-durable'],
];
/** Kills at each seam, and at random moments; 227 and 20 altogether. */
const KILLS_PER_SEAM = LARGE ? 11 : 1;
const RANDOM_KILLS = LARGE ? 40 : 3;
const KILLS_PER_WORLD = 10;
const LONGEST_LIFE_MS = 400;
const PASSES = 6;

const source = new URL('./killed-host.mjs', import.meta.url);
let program = '';

const root = mkdtempSync(join(tmpdir(), 'aos-effect-kills-'));
const server = new CountingServer();
let url = '';
beforeAll(async () => {
  program = (await bundlePrograms(root, [source])).get(source) as string;
  url = await server.open();
}, BUNDLING_MS);
afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

interface Life {
  readonly seam: string;
  /** How often the seam is passed; for `random`, how many milliseconds are lived. */
  readonly count: number;
}

/** What canaries break. */
interface Broken {
  readonly lieAboutFlush?: boolean;
  readonly changeKeys?: boolean;
}

/** One world and what is known of it outside. */
class Ordeal {
  readonly problems: string[] = [];
  readonly #home: string;
  readonly #dir: string;
  readonly #prefix: string;
  readonly #acknowledged: number[] = [];
  #orders = 0;

  constructor(
    readonly name: string,
    private readonly broken: Broken = {},
  ) {
    this.#home = join(root, name, 'home');
    this.#dir = join(root, name, 'world');
    this.#prefix = `${url}/${name}`;
  }

  async found(): Promise<void> {
    const { genesis, objects } = foundRequests(this.#home);
    await (await createWorldStore(this.#dir, genesis, objects)).close();
  }

  /** Lives until it is killed. */
  async live({ seam, count }: Life): Promise<void> {
    let left = count;
    const child = this.#start({ seam, count }, (word, rest) => {
      if (word === 'send') this.#orders = Math.max(this.#orders, Number(rest) + 1);
      if (word === 'ack') this.#acknowledged.push(Number(rest));
      if (seam !== 'random' || word !== 'send' || left < 0) return;
      left = -1;
      setTimeout(() => child.kill(), count);
    });
    const kill = () => {
      left -= 1;
      if (left === 0) child.kill();
    };
    const nothing = () => undefined;
    server.moments = {
      requested: seam === 'requested' ? kill : nothing,
      responded: seam === 'responded' ? kill : nothing,
    };
    const end = await child.lived();
    server.moments = undefined;
    if (end !== 'SIGKILL') this.problems.push(`a host at ${seam} ended by itself: ${end}`);
    const isOwn = !['requested', 'responded', 'random'].includes(seam);
    if (isOwn && !child.lines.includes(`seam ${seam}`))
      this.problems.push(`${seam} was not reached`);
  }

  /** O1. */
  async inspect(): Promise<Entry[]> {
    const store = await openWorldStore(this.#dir, { mode: 'read' });
    try {
      const entries = [...store.records(0)].flatMap((bytes) => {
        const record = decodeRecord(bytes);
        return record.ok ? record.value.entries : [];
      });
      const keys = new Set(intentsOf(entries).map(({ idempotencyKey }) => toHex(idempotencyKey)));
      for (const { path, key } of this.#requests()) {
        if (!keys.has(key)) this.problems.push(`${path} was asked and its intent is not there`);
      }
      return entries;
    } finally {
      await store.close();
    }
  }

  /** O2 to O5, in a life that ends by itself. */
  async finish(): Promise<{ requests: number; repeated: number; orders: number }> {
    const child = this.#start({ seam: 'none', count: 0 });
    const end = await child.lived();
    const said = child.lines.at(-1);
    if (end !== 0 || said !== 'rest 0') this.problems.push(`${end}: ${said}`);
    const entries = await this.inspect();
    this.#checkOrders(entries);
    this.#checkKeys(entries);
    await this.#verify();
    const requests = this.#requests();
    const repeated = requests.length - new Set(requests.map(({ key }) => key)).size;
    return { requests: requests.length, repeated, orders: this.#acknowledged.length };
  }

  /** O2 and O4. */
  #checkOrders(entries: readonly Entry[]): void {
    const intents = intentsOf(entries).map(({ intent }) => toHex(intent));
    const settled = entries.flatMap((each) => (each.kind === 'settled' ? [each] : []));
    const names = settled.map(({ intent }) => toHex(intent));
    if (new Set(names).size !== names.length) this.problems.push('an intent is settled twice');
    if (names.length !== intents.length) {
      this.problems.push(`${intents.length} intents, and ${names.length} settled`);
    }
    const asked = new Set(this.#requests().map(({ path }) => path));
    for (const order of this.#acknowledged) {
      for (const leg of ['one', 'two']) {
        if (asked.has(`/${this.name}/${order}/${leg}`)) continue;
        this.problems.push(`order ${order} was acknowledged and ${leg} never asked`);
      }
    }
    const started = entries.filter(({ kind }) => kind === 'plan-started').length;
    const ok = entries.filter((each) => each.kind === 'plan-ended' && each.status === 'ok').length;
    if (started !== ok) this.problems.push(`${ok} of ${started} orders came to their end`);
  }

  /** O3: what the server was asked under a key is what the journal says of it. */
  #checkKeys(entries: readonly Entry[]): void {
    const paths = new Map<string, string>();
    for (const { idempotencyKey, params } of intentsOf(entries)) {
      const key = toHex(idempotencyKey);
      if (paths.has(key)) this.problems.push(`two intents have the key ${key}`);
      paths.set(key, pathOf(params.inline ?? encode(null)));
    }
    const keys = new Map<string, string>();
    for (const { path, key } of this.#requests()) {
      if (paths.get(key) !== path) this.problems.push(`${path} was asked under another's key`);
      if ((keys.get(path) ?? key) !== key) this.problems.push(`${path} was asked under two keys`);
      keys.set(path, key);
    }
  }

  async #verify(): Promise<void> {
    const store = await openWorldStore(this.#dir, { mode: 'read' });
    const report = verifyWorld(store, new WasmEngine());
    if (!report.ok) this.problems.push(`record ${report.records} does not verify`);
    await store.close();
  }

  #requests() {
    return server.requests.filter(({ path }) => path.startsWith(`/${this.name}/`));
  }

  #start({ seam, count }: Life, heard?: (word: string, rest: string) => void): Child {
    const [dir, home, order] = [this.#dir, this.#home, this.#orders];
    const life = { dir, home, seam, count, order, url: this.#prefix, ...this.broken };
    return new Child(program, [JSON.stringify(life)], {
      onLine: (line) => {
        const [word = '', rest = ''] = line.split(' ');
        heard?.(word, rest);
      },
    });
  }
}

function intentsOf(entries: readonly Entry[]): IntentEntry[] {
  return entries.flatMap((each) => (each.kind === 'intent' ? [each] : []));
}

function pathOf(params: Uint8Array): string {
  const value = decodePlain(params);
  const fields = value.ok ? (value.value as ReadonlyMap<string, Value>) : new Map();
  return new URL(String(fields.get('url'))).pathname;
}

/** Every seam, and random moments, in an order that a seed decides. */
function makeLives(random: Random): Life[] {
  const lives = SEAMS.flatMap((seam) =>
    Array.from({ length: KILLS_PER_SEAM }, () => ({ seam, count: 1 + random.below(PASSES) })),
  );
  for (let i = 0; i < RANDOM_KILLS; i++) {
    lives.push({ seam: 'random', count: 1 + random.below(LONGEST_LIFE_MS) });
  }
  for (let i = lives.length - 1; i > 0; i--) {
    const other = random.below(i + 1);
    const [a, b] = [lives[i] as Life, lives[other] as Life];
    [lives[i], lives[other]] = [b, a];
  }
  return lives;
}

async function storm(lives: readonly Life[]) {
  const total = { requests: 0, repeated: 0, orders: 0 };
  for (let world = 0; world * KILLS_PER_WORLD < lives.length; world++) {
    const ordeal = new Ordeal(`w${world}`);
    await ordeal.found();
    const from = world * KILLS_PER_WORLD;
    for (const life of lives.slice(from, from + KILLS_PER_WORLD)) {
      await ordeal.live(life);
      await ordeal.inspect();
    }
    const { requests, repeated, orders } = await ordeal.finish();
    expect(ordeal.problems).toEqual([]);
    total.requests += requests;
    total.repeated += repeated;
    total.orders += orders;
  }
  return total;
}

describe('hosts that are killed anywhere in the life of an effect', () => {
  const lives = makeLives(new Random(7));
  const law = `lose none, start none too early, repeat none as another, ${lives.length} times`;
  const done = 'SIGKILL at each seam of an effect, against a server that counts';
  drill('kills: effects', law, done, async () => {
    const { requests, repeated, orders } = await storm(lives);
    expect(repeated).toBeGreaterThan(lives.length / 10);
    expect(orders).toBeGreaterThan(lives.length / 2);
    const found = `${orders} orders, ${requests} requests, ${repeated} repeated with their key`;
    return { count: lives.length, unit: 'kills', found };
  });

  const early = /was asked and its intent is not there/;
  canary({ of: 'kills: effects', broken: 'flushes do nothing', says: early }, async () => {
    const ordeal = new Ordeal('flushes', { lieAboutFlush: true });
    await ordeal.found();
    await ordeal.live({ seam: 'answered', count: 2 });
    await ordeal.inspect();
    return ordeal;
  });

  const other = /was asked under two keys/;
  canary({ of: 'kills: effects', broken: 'another key each time', says: other }, async () => {
    const ordeal = new Ordeal('keys', { changeKeys: true });
    await ordeal.found();
    await ordeal.live({ seam: 'answered', count: 2 });
    await ordeal.finish();
    return ordeal;
  });
});
