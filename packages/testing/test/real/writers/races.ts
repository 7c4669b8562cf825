/**
 * Processes that race to open one world for writing, also when the one that had it was killed, and
 * copies of the folder while it is written.
 *
 * R1 Each time one of them has the world, and all others are refused with `world-locked` and told
 *    what to do.
 * R2 What the lock leaves behind keeps nobody away: the next race has a winner again.
 * R3 Nothing acknowledged by any of them is lost, no place is given twice, and the journal replays.
 * R4 A copy is a world of its own: it opens while the other is being written, and what is there is
 *    the beginning of the other.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '@aos/canon';
import { verifyWorld } from '@aos/host';
import { chainOf } from '@aos/protocol';
import { createWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { foundCounter } from '../../counter-world.js';
import type { BrokenWay } from '../broken-fs.js';
import { Child } from '../child.js';

export const racingWriter = new URL('./racing-writer.mjs', import.meta.url);
const RACERS = 3;
/** Acknowledgements after which a winner is killed or closes. */
const ACKS = 20;

export interface RaceReport {
  readonly races: number;
  readonly kills: number;
  readonly refused: number;
  readonly problems: readonly string[];
}

export interface RaceSetting {
  /** An empty folder. */
  readonly root: string;
  /** The writer, as it was bundled. */
  readonly program: string;
  readonly races: number;
  readonly broken?: BrokenWay;
}

/** Ends with the first race that has a problem. */
export async function runRaces({ races, ...setting }: RaceSetting): Promise<RaceReport> {
  const arena = new Arena(setting);
  const { problems } = arena;
  try {
    await arena.found();
    for (let race = 0; race < races && problems.length === 0; race++) {
      await arena.race(race % 3 !== 2);
    }
    if (problems.length === 0) await arena.copy();
  } finally {
    await arena.end();
  }
  return { races, kills: arena.kills, refused: arena.refused, problems };
}

class Arena {
  kills = 0;
  refused = 0;
  readonly problems: string[] = [];
  readonly #chains = new Map<number, string>();
  #racers: Child[] = [];

  readonly #dir: string;
  readonly #args: readonly string[];

  constructor(private readonly setting: Omit<RaceSetting, 'races'>) {
    const { root, broken } = setting;
    this.#dir = join(root, 'race');
    this.#args = broken === undefined ? [this.#dir] : [this.#dir, broken];
  }

  async found(): Promise<void> {
    const { genesis, objects } = foundCounter();
    await (await createWorldStore(this.#dir, genesis, objects)).close();
    this.#racers = Array.from({ length: RACERS }, () => this.#start());
    await Promise.all(this.#racers.map((racer) => racer.line('ready')));
  }

  #start(): Child {
    return new Child(this.setting.program, this.#args, {
      onLine: (line) => {
        const [seq = '', chain = ''] = line.split(' ');
        if (chain.length !== 64) return;
        if (this.#chains.has(Number(seq))) this.problems.push(`record ${seq} was given twice`);
        this.#chains.set(Number(seq), chain);
      },
    });
  }

  /** R1: who has it. */
  async #run(): Promise<Child | undefined> {
    const said = this.#racers.map(async (racer) => {
      const from = racer.lines.length;
      racer.tell('go');
      while (racer.lines.length === from && !racer.isOver) await racer.heard();
      return racer.lines[from] ?? `it ended with ${await racer.ended}`;
    });
    const ends = await Promise.all(said);
    for (const end of ends.filter((each) => each !== 'open')) {
      this.refused += 1;
      if (!/^refused world-locked .*stop it, or open for reading/.test(end))
        this.problems.push(end);
    }
    const winners = this.#racers.filter((_, i) => ends[i] === 'open');
    if (winners.length !== 1) this.problems.push(`${winners.length} have the world`);
    return winners[0];
  }

  async race(isKilled: boolean): Promise<void> {
    const winner = await this.#run();
    if (winner === undefined || this.problems.length > 0) return;
    const from = winner.lines.length;
    while (winner.lines.length < from + ACKS && !winner.isOver) await winner.heard();
    if (winner.isOver) this.problems.push(`the winner ended with ${await winner.ended}`);
    else if (isKilled) {
      winner.kill();
      this.kills += 1;
      await winner.ended;
      const next = this.#start();
      await next.line('ready');
      this.#racers = [...this.#racers.filter((racer) => racer !== winner), next];
    } else {
      winner.tell('close');
      await winner.line('closed', from);
    }
  }

  /** R3 and R4. */
  async copy(): Promise<void> {
    const winner = await this.#run();
    await winner?.heard();
    const copied = `${this.#dir}-copy`;
    cpSync(this.#dir, copied, { recursive: true });
    const copy = await openWorldStore(copied, { mode: 'write' });
    await this.#inspect(copy);
    await copy.close();
    await this.end();
    const last = Math.max(...this.#chains.keys());
    const store = await openWorldStore(this.#dir, { mode: 'write' });
    await this.#inspect(store);
    if (store.head < last) this.problems.push(`acknowledged record ${last} is gone`);
    await store.close();
    rmSync(copied, { recursive: true });
  }

  async end(): Promise<void> {
    for (const racer of this.#racers) racer.kill();
    await Promise.all(this.#racers.map((racer) => racer.ended));
  }

  async #inspect(store: Awaited<ReturnType<typeof openWorldStore>>): Promise<void> {
    let seq = 0;
    for (const bytes of store.records(0)) {
      const chain = toHex(chainOf(bytes));
      if ((this.#chains.get(seq) ?? chain) !== chain) this.problems.push(`record ${seq} differs`);
      seq += 1;
    }
    if (!verifyWorld(store, new WasmEngine()).ok) this.problems.push('it does not verify');
  }
}
