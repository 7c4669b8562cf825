/**
 * Writers that change the definition of their world, killed with SIGKILL between proposal and the
 * first event after it, most of them while a definition comes into force. After each kill:
 *
 * C1 The world is wholly under one of the definitions that were asked for: the last one that was
 *    acknowledged, or the one that was being applied.
 * C2 Every acknowledged record is there, and the journal replays to the world that opens.
 * C3 The next writer takes the way up where it was left: no life ends by itself.
 */
import { fileURLToPath } from 'node:url';
import { toHex } from '@aos/canon';
import { ensureKey, openWorld, verifyWorld } from '@aos/host';
import { hashWorld } from '@aos/kernel';
import { chainOf } from '@aos/protocol';
import { createWorldStore, openWorldStore } from '@aos/store';
import { Random } from '@aos/testing';
import { WasmEngine } from '@aos/wasm';
import { foundCounter } from '../../counter-world.js';
import { Child } from '../child.js';
import type { KillSetting } from './growth-kills.js';

export const changeWriter = new URL('./change-writer.mjs', import.meta.url);
const folder = fileURLToPath(new URL('../../../../../examples/00-counter', import.meta.url));
const KILLS_PER_WORLD = 12;
const MAX_CHANGES = 4;
/** A definition comes into force in less; at random, some are killed before and some behind. */
const MAX_DELAY_MS = 6;

export interface ChangeKills {
  readonly kills: number;
  readonly problems: readonly string[];
  /** Kills after which the definition was in force that was being applied. */
  readonly changed: number;
}

export async function runChangeKills({ kills, ...setting }: KillSetting): Promise<ChangeKills> {
  const problems: string[] = [];
  const random = new Random(12);
  let changed = 0;
  for (let done = 0, world = 0; done < kills; world++) {
    const ordeal = new ChangeOrdeal(setting, world, random);
    await ordeal.found();
    for (let i = 0; i < KILLS_PER_WORLD && done < kills; i++, done++) await ordeal.live();
    problems.push(...ordeal.problems.map((text) => `world ${world}: ${text}`));
    changed += ordeal.changed;
  }
  return { kills, problems, changed };
}

class ChangeOrdeal {
  readonly problems: string[] = [];
  changed = 0;
  readonly #records = new Map<number, string>();
  readonly #life: { readonly dir: string; readonly home: string };
  readonly #program: string;
  #applying = 0;
  #applied = 0;

  constructor(
    { root, program, broken }: Omit<KillSetting, 'kills'>,
    world: number,
    private readonly random: Random,
  ) {
    this.#program = program;
    const segmentBytes = random.pick([8000, 2 ** 20]);
    const [dir, home] = [`${root}/change-${world}/world`, `${root}/change-${world}/home`];
    this.#life = Object.assign({ folder, segmentBytes, broken }, { dir, home });
  }

  async found(): Promise<void> {
    const { dir, home } = this.#life;
    const { genesis, objects } = foundCounter(ensureKey(home, 'operator'));
    await (await createWorldStore(dir, genesis, objects)).close();
  }

  async live(): Promise<void> {
    let left = 1 + this.random.below(MAX_CHANGES);
    const delayMs = this.random.below(MAX_DELAY_MS);
    const child = new Child(this.#program, [JSON.stringify(this.#life)], {
      onLine: (line) => {
        this.#hear(line);
        if (line.startsWith('applying')) left -= 1;
        if (left !== 0) return;
        left = -1;
        if (delayMs === 0) child.kill();
        else setTimeout(() => child.kill(), delayMs);
      },
    });
    const end = await child.lived();
    if (end !== 'SIGKILL') this.problems.push(`the writer ended by itself: ${end}`);
    await this.#inspect();
  }

  #hear(line: string): void {
    const [word = '', rest = ''] = line.split(' ');
    if (word === 'applying') this.#applying = Number(rest);
    else if (word === 'applied') this.#applied = Number(rest);
    else if (rest.length === 64) this.#records.set(Number(word), rest);
  }

  async #inspect(): Promise<void> {
    const store = await openWorldStore(this.#life.dir, { mode: 'read' });
    try {
      const chains = [...store.records(0)].map((bytes) => toHex(chainOf(bytes)));
      for (const [seq, chain] of this.#records) {
        if (chains[seq] !== chain) this.problems.push(`record ${seq} is not the acknowledged one`);
      }
      const report = verifyWorld(store, new WasmEngine());
      if (!report.ok) this.problems.push(`record ${report.records} does not verify`);
      const { world, passedOver } = openWorld(store, new WasmEngine());
      if (passedOver !== undefined) this.problems.push(`its snapshot: ${passedOver.code}`);
      if (toHex(hashWorld(world)) !== toHex(report.worldHash)) {
        this.problems.push('the world that opens is not the one of the records');
      }
      const names = [...world.program.definition.schemas.keys()];
      const count = names.filter((name) => name.startsWith('demo/Note')).length;
      if (count !== this.#applied && count !== this.#applying) {
        this.problems.push(`${this.#applied} to ${this.#applying} were applied, found ${count}`);
      }
      if (count === this.#applying) this.changed += 1;
      // it may be in force though nobody was told
      this.#applied = count;
    } finally {
      await store.close();
    }
  }
}
