/**
 * The comparison: systems take turns, round after round, each time on fresh data, so that whatever
 * slows the machine slows all of them alike. A system that fails is told with its reason, and the
 * others go on.
 */
import { withScratchDir } from '../measures/scratch.js';
import type { Founded, Running, System } from '../systems/system.js';
import type { Effort } from './effort.js';
import { measureGrowth } from './growth.js';
import { Figures } from './rows.js';
import { coldStart, LOADS, Loader, type LoadWork, manyKeys, resumeAfterKill } from './works.js';

/** Events of a small history that a cold start finds. */
const HISTORY: Pick<Effort, 'grownEvents' | 'grownMs'> = { grownEvents: 1000, grownMs: 5000 };

/** One system on its way through the rounds. */
class Contender {
  readonly figures: Figures;
  /** The best of those that were tried, by work. */
  readonly #concurrency = new Map<string, number>();

  constructor(
    readonly system: System,
    private readonly effort: Effort,
  ) {
    this.figures = new Figures(system.name);
    const { figures } = this;
    if (system.isInProcess === true) {
      for (const figure of ['cold-start', 'resume-after-kill', 'memory', 'memory-growth', 'disk'])
        figures.without(figure, 'it lives in the process that asks');
    } else if (!system.keeps) {
      for (const figure of ['resume-after-kill', 'disk'])
        figures.without(figure, 'it keeps nothing');
    }
  }

  /** Finds the best concurrency for each work. */
  tryOut(): Promise<void> {
    return this.#guarded(async (founded) => {
      const running = await founded.start();
      const loader = new Loader(running);
      for (const work of LOADS) await this.#tryWork(loader, work);
      await loader.check();
      await running.stop();
    });
  }

  async #tryWork(loader: Loader, work: LoadWork): Promise<void> {
    const { concurrency, tryMs } = this.effort;
    let best = 0;
    for (const each of concurrency) {
      const perSecond = await loader.run(work, each, tryMs);
      if (perSecond > best) this.#concurrency.set(work.name, each);
      best = Math.max(best, perSecond);
    }
  }

  round(): Promise<void> {
    return this.#guarded(async (founded) => {
      const loader = new Loader(await founded.start());
      if (this.system.isInProcess !== true) {
        await this.#startAgain(founded, loader);
        if (this.system.keeps) await this.#resume(founded, loader);
      }
      await this.#loads(loader);
      await loader.running.stop();
    });
  }

  /** Cold start, on data that have a small history where they are kept. */
  async #startAgain(founded: Founded, loader: Loader): Promise<void> {
    const count = await loader.fill(manyKeys, this.#best(manyKeys), HISTORY);
    await loader.check();
    await loader.running.stop();
    const { ms, running } = await coldStart(founded);
    this.figures.add('cold-start', ms, { count });
    if (this.system.keeps) loader.running = running;
    else loader.startAnew(running);
  }

  async #resume(founded: Founded, loader: Loader): Promise<void> {
    const { ms, open, running } = await resumeAfterKill(
      { founded, running: loader.running },
      this.effort,
    );
    this.figures.add('resume-after-kill', ms, { count: open });
    loader.running = running;
  }

  async #loads(loader: Loader): Promise<void> {
    const { warmUpMs, runMs } = this.effort;
    for (const work of LOADS) {
      const concurrency = this.#best(work);
      await loader.run(work, concurrency, warmUpMs);
      this.figures.add(work.name, await loader.run(work, concurrency, runMs), { concurrency });
    }
    await loader.check();
  }

  /** Memory and disk, over many events. */
  grow(): Promise<void> {
    if (this.system.isInProcess === true) return Promise.resolve();
    return this.#guarded(async (founded) => {
      const load = { work: manyKeys, concurrency: this.#best(manyKeys) };
      const grown = await measureGrowth(founded, load, this.effort);
      const { figures } = this;
      const { events: count } = grown;
      figures.add('memory', grown.memoryMib, { count });
      figures.add('memory-growth', grown.memoryMibByMillion, { count });
      if (this.system.keeps) figures.add('disk', grown.diskMibByMillion, { count });
    });
  }

  #best({ name }: LoadWork): number {
    return this.#concurrency.get(name) ?? this.effort.concurrency[0] ?? 1;
  }

  async #guarded(run: (founded: Founded) => Promise<void>): Promise<void> {
    if (this.figures.failure !== undefined) return;
    try {
      await withScratchDir(async (directory) => {
        const founded = new Watched(await this.system.found(directory));
        try {
          await run(founded);
        } finally {
          await founded.end();
        }
      });
    } catch (error) {
      this.figures.fail(error);
    }
  }
}

/** Ends what is left running of a system that failed. */
class Watched implements Founded {
  #last: Running | undefined;

  constructor(private readonly founded: Founded) {}

  get data(): string {
    return this.founded.data;
  }

  async start(): Promise<Running> {
    const running = await this.founded.start();
    const over = () => {
      this.#last = undefined;
    };
    this.#last = running;
    return {
      ...running,
      stop: () => running.stop().then(over),
      kill: () => running.kill().then(over),
    };
  }

  async end(): Promise<void> {
    await this.#last?.kill().catch(() => undefined);
  }
}

/** Compares systems; those in `absent` cannot be, for the reason given. */
export async function compare(
  systems: readonly System[],
  effort: Effort,
  ports: { readonly absent: ReadonlyMap<string, string>; tell(what: string): void },
): Promise<readonly Figures[]> {
  const contenders = systems.map((system) => new Contender(system, effort));
  for (const { figures } of contenders) {
    const reason = ports.absent.get(figures.system);
    if (reason !== undefined) figures.fail(reason);
  }
  const each = async (what: string, run: (contender: Contender) => Promise<void>) => {
    for (const contender of contenders) {
      if (contender.figures.failure !== undefined) continue;
      ports.tell(`${what}: ${contender.system.name}`);
      await run(contender);
      const { failure } = contender.figures;
      if (failure !== undefined) ports.tell(`${contender.system.name} failed: ${failure}`);
    }
  };
  await each('trying concurrencies', (contender) => contender.tryOut());
  for (let round = 1; round <= effort.rounds; round++)
    await each(`round ${round}`, (contender) => contender.round());
  await each('memory and disk', (contender) => contender.grow());
  return contenders.map(({ figures }) => figures);
}
