/**
 * Writers that take snapshots, prune and collect while they are fed, killed with SIGKILL over and
 * over on one world. After each kill:
 *
 * G1 The journal begins no later than what a prune that was acknowledged, or one in flight, made it
 *    begin, no earlier than an acknowledged one, and has every acknowledged record behind it.
 * G2 The last acknowledged snapshot is there or a later one, and the world opens from it.
 * G3 Every frame reads, and the journal replays to the world that opens.
 * G4 What was stored and nobody has named yet is there, where only pruning went on.
 */
import { asHash, toHex } from '@aos/canon';
import { ensureKey, openWorld, type VerifyReport, verifyWorld } from '@aos/host';
import { hashWorld } from '@aos/kernel';
import { chainOf } from '@aos/protocol';
import { createWorldStore, openWorldStore, type StoreOptions } from '@aos/store';
import { Random } from '@aos/testing';
import { WasmEngine } from '@aos/wasm';
import { foundCounter } from '../../counter-world.js';
import type { BrokenWay } from '../broken-fs.js';
import { Child } from '../child.js';

export const growthWriter = new URL('./growth-writer.mjs', import.meta.url);
const KILLS_PER_WORLD = 15;
/** Lines after which a writer is killed. */
const MAX_LINES = 400;

export interface GrowthKills {
  readonly kills: number;
  readonly problems: readonly string[];
  readonly pruned: number;
  readonly collected: number;
}

export interface KillSetting {
  /** An empty folder. */
  readonly root: string;
  /** The writer, as it was bundled. */
  readonly program: string;
  readonly kills: number;
  readonly broken?: BrokenWay;
}

export async function runGrowthKills({ kills, ...setting }: KillSetting): Promise<GrowthKills> {
  const problems: string[] = [];
  let [pruned, collected] = [0, 0];
  const random = new Random(11);
  for (let done = 0, world = 0; done < kills; world++) {
    const ordeal = new GrowthOrdeal(setting, world, random);
    await ordeal.found();
    for (let i = 0; i < KILLS_PER_WORLD && done < kills; i++, done++) await ordeal.live();
    problems.push(...ordeal.problems.map((text) => `world ${world}: ${text}`));
    pruned += ordeal.pruned;
    collected += ordeal.collected;
  }
  return { kills, problems, pruned, collected };
}

class GrowthOrdeal {
  readonly problems: string[] = [];
  pruned = 0;
  collected = 0;
  readonly #options: StoreOptions;
  readonly #collects: boolean;
  readonly #life: { readonly dir: string; readonly home: string };
  readonly #program: string;
  readonly #random: Random;
  readonly #records = new Map<number, string>();
  readonly #stored: string[] = [];
  #first = 0;
  #snapshot = -2;

  constructor(
    { root, program, broken }: Omit<KillSetting, 'kills'>,
    world: number,
    random: Random,
  ) {
    this.#program = program;
    this.#random = random;
    this.#collects = world % 2 === 1;
    const [segmentBytes, copyBytes] = [random.pick([8000, 20_000]), random.pick([0, 2000])];
    this.#options = { segmentBytes, copyBytes };
    const [dir, home] = [`${root}/growth-${world}/world`, `${root}/growth-${world}/home`];
    const collects = this.#collects;
    this.#life = Object.assign({ collects, broken }, this.#options, { dir, home });
  }

  async found(): Promise<void> {
    const { dir, home } = this.#life;
    const { genesis, objects } = foundCounter(ensureKey(home, 'operator'));
    await (await createWorldStore(dir, genesis, objects, this.#options)).close();
  }

  /** One writer's life, and what it leaves. */
  async live(): Promise<void> {
    let left = 1 + this.#random.below(MAX_LINES);
    const child = new Child(this.#program, [JSON.stringify(this.#life)], {
      onLine: (line) => {
        this.#hear(line);
        left -= 1;
        if (left === 0) child.kill();
      },
    });
    const end = await child.lived();
    if (end !== 'SIGKILL') this.problems.push(`the writer ended by itself: ${end}`);
    await this.#inspect();
  }

  #hear(line: string): void {
    const [word = '', rest = ''] = line.split(' ');
    if (word === 'snapshot') this.#snapshot = Math.max(this.#snapshot, Number(rest));
    else if (word === 'pruned') {
      this.#first = Math.max(this.#first, Number(rest));
      this.pruned += 1;
    } else if (word === 'collected') this.collected += Number(rest);
    else if (word === 'stored') this.#stored.push(rest);
    else if (rest.length === 64) this.#records.set(Number(word), rest);
  }

  async #inspect(): Promise<void> {
    const store = await openWorldStore(this.#life.dir, { mode: 'read', check: 'all' });
    try {
      if (store.first < this.#first) this.problems.push(`it begins before ${this.#first} again`);
      let seq = store.first;
      for (const bytes of store.records(store.first)) {
        const told = this.#records.get(seq) ?? toHex(chainOf(bytes));
        if (told !== toHex(chainOf(bytes))) this.problems.push(`record ${seq} is another one`);
        seq += 1;
      }
      const last = Math.max(-1, ...this.#records.keys());
      if (seq <= last) this.problems.push(`acknowledged record ${last} is gone`);
      if ((store.snapshot?.seq ?? -2) < this.#snapshot) this.problems.push('a snapshot is gone');
      const report = verifyWorld(store, new WasmEngine());
      if (!report.ok) this.problems.push(`it does not verify: ${described(report)}`);
      const { world, passedOver } = openWorld(store, new WasmEngine());
      if (passedOver !== undefined) this.problems.push(`its snapshot: ${passedOver.code}`);
      if (report.ok && toHex(hashWorld(world)) !== toHex(report.worldHash)) {
        this.problems.push('the world that opens is not the one of the records');
      }
      const isLost = (hex: string) => store.object(asHash(Buffer.from(hex, 'hex'))) === undefined;
      const lost = this.#stored.filter(isLost);
      if (!this.#collects && lost.length > 0) this.problems.push(`${lost.length} objects are gone`);
    } finally {
      await store.close();
    }
  }
}

function described(report: VerifyReport): string {
  const { first, records, isLinked, from, snapshot, heads, passedOver, difference } = report;
  const begun = from === 'genesis' ? from : from.seq;
  const said = { first, records, isLinked, from: begun, snapshot, heads, passedOver, difference };
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);
  return JSON.stringify(said, plain);
}
