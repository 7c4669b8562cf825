/**
 * The works that are compared, each over one interface, and each with its result checked: counters
 * have what was acknowledged, workflows the sum of their steps, and nothing is lost by a kill.
 */
import type { Founded, Running, Steps } from '../systems/system.js';
import type { Effort } from './effort.js';

export interface LoadWork {
  readonly name: string;
  /** Does it once; `n` counts from zero over the life of a running system. */
  once(running: Running, n: number): Promise<void>;
  /** Throws unless `done` of them have left exactly what they should have. */
  check(running: Running, done: number): Promise<void>;
}

const MANY_KEYS = 1000;
/** So many counts are asked for at once. */
const CHECKS_AT_ONCE = 64;

function counters(name: string, keys: number): LoadWork {
  const key = (n: number) => `${name}-${n % keys}`;
  return {
    name,
    once: (running, n) => running.add(key(n)),
    check: async (running, done) => {
      let total = 0;
      let next = 0;
      const asker = async () => {
        while (next < Math.min(keys, done)) {
          const found = await running.count(key(next++));
          total += found;
        }
      };
      await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, asker));
      if (total !== done) throw new Error(`${name}: ${done} were acknowledged, ${total} counted`);
    },
  };
}

const SUMS: Readonly<Record<Steps, number>> = { 1: 1, 3: 6 };

function workflows(name: string, steps: Steps): LoadWork {
  return {
    name,
    once: async (running, n) => {
      const sum = await running.run(`${name}-${n}`, steps);
      if (sum !== SUMS[steps]) throw new Error(`${name}: expected ${SUMS[steps]}, found ${sum}`);
    },
    check: async () => undefined,
  };
}

export const manyKeys = counters('counter-1000-keys', MANY_KEYS);

export const LOADS: readonly LoadWork[] = [
  counters('counter-1-key', 1),
  manyKeys,
  workflows('workflow-1-step', 1),
  workflows('workflow-3-steps', 3),
];

/** Works of a system, numbered over all that it does, also when it was started again. */
export class Loader {
  readonly #next = new Map<string, number>();

  constructor(public running: Running) {}

  /** By second, with so many under way. */
  async run(work: LoadWork, concurrency: number, ms: number): Promise<number> {
    const startedAt = performance.now();
    const before = this.#done(work);
    await this.#drive(work, concurrency, () => performance.now() - startedAt < ms);
    return ((this.#done(work) - before) * 1000) / (performance.now() - startedAt);
  }

  /** So many, or as many as there is time for. */
  async fill(work: LoadWork, concurrency: number, most: Pick<Effort, 'grownEvents' | 'grownMs'>) {
    const startedAt = performance.now();
    const end = this.#done(work) + most.grownEvents;
    const before = this.#done(work);
    const goesOn = () => this.#done(work) < end && performance.now() - startedAt < most.grownMs;
    await this.#drive(work, concurrency, goesOn);
    return this.#done(work) - before;
  }

  /** Nothing is left of what was done before. */
  startAnew(running: Running): void {
    this.running = running;
    this.#next.clear();
  }

  /** Throws unless everything that was acknowledged is there. */
  async check(): Promise<void> {
    for (const work of LOADS) await work.check(this.running, this.#done(work));
  }

  #done(work: LoadWork): number {
    return this.#next.get(work.name) ?? 0;
  }

  async #drive(work: LoadWork, concurrency: number, goesOn: () => boolean): Promise<void> {
    const driver = async () => {
      while (goesOn()) {
        const n = this.#done(work);
        this.#next.set(work.name, n + 1);
        await work.once(this.running, n);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, driver));
  }
}

/** From the first process to the first event acknowledged, on data that are there. */
export async function coldStart(founded: Founded): Promise<{ ms: number; running: Running }> {
  const startedAt = performance.now();
  const running = await founded.start();
  return { ms: performance.now() - startedAt, running };
}

const PREFIX = 'killed-';

export interface Resumption {
  /** From the first process of the new start until the last workflow has ended. */
  readonly ms: number;
  /** Workflows that had not ended when everything was killed. */
  readonly open: number;
  readonly running: Running;
}

/** Starts workflows, kills everything, starts it again and waits until all have ended well. */
export async function resumeAfterKill(
  { founded, running }: { readonly founded: Founded; readonly running: Running },
  { killed, killedStepMs }: Effort,
): Promise<Resumption> {
  const ids = Array.from({ length: killed }, (_, i) => `${PREFIX}${i}`);
  await Promise.all(ids.map((id) => running.begin(id, killedStepMs)));
  await new Promise((resolve) => setTimeout(resolve, killedStepMs));
  const open = killed - (await running.finished(PREFIX, killed));
  if (open === 0) throw new Error('resume: all had ended before the kill');
  await running.kill();
  const { ms: startedMs, running: again } = await coldStart(founded);
  const startedAt = performance.now();
  await again.untilFinished(PREFIX, killed);
  const ms = startedMs + (performance.now() - startedAt);
  const ended = await again.finished(PREFIX, killed);
  if (ended !== killed) throw new Error(`resume: ${killed} were begun, ${ended} have ended`);
  return { ms, open, running: again };
}
