/**
 * Threads for programs.
 *
 * 1. A run begins with nothing of another: threads are used again, instances, memories and trees
 *    are not.
 * 2. A run ends, whatever the program does: a thread that is not done in time, or is not wanted any
 *    more, is ended, and the next run gets another one.
 * 3. At most so many run at once; others wait in their order, and their time has not begun.
 * 4. An idle thread keeps no process alive.
 */
import { Worker } from 'node:worker_threads';
import type { ProgramJob, ProgramResult } from './run-program.js';

export type PoolResult =
  | ProgramResult
  /** Its time was over. */
  | { readonly kind: 'late' }
  /** Nobody waits for it any more. */
  | { readonly kind: 'called-off' }
  /** The thread ended by itself. */
  | { readonly kind: 'lost'; readonly cause: unknown };

export interface PoolSettings {
  readonly threads: number;
  /** Longest time of one run. */
  readonly timeMs: number;
  /** Built code of the threads. */
  readonly workerUrl: URL;
}

/** Of the thread's own heap; memory of programs is bounded elsewhere. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 };

/** Told once when a run is not wanted any more. */
export interface RunSignal {
  readonly isCalledOff: boolean;
  onCallOff(run: () => void): () => void;
}

export class ProgramPool {
  readonly #idle: Worker[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #ending = new Set<Promise<unknown>>();
  #running = 0;
  #isClosed = false;

  constructor(private readonly settings: PoolSettings) {}

  /** Runs that have begun and not ended. */
  get running(): number {
    return this.#running;
  }

  async run(job: ProgramJob, signal: RunSignal): Promise<PoolResult> {
    if (this.#running === this.settings.threads) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running += 1;
    try {
      return signal.isCalledOff ? { kind: 'called-off' } : await this.#runOn(job, signal);
    } finally {
      // the place of this run goes to the next that waits
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  /** Who runs has to be called off before. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const worker of this.#idle.splice(0)) this.#end(worker);
    await Promise.all(this.#ending);
  }

  async #runOn(job: ProgramJob, signal: RunSignal): Promise<PoolResult> {
    const worker = this.#idle.pop() ?? this.#makeWorker();
    worker.ref();
    const result = await exchange(worker, job, signal, this.settings.timeMs);
    const isSound = result.kind === 'exited' || result.kind === 'stopped';
    if (isSound && !this.#isClosed) {
      worker.unref();
      this.#idle.push(worker);
    } else await this.#end(worker);
    return result;
  }

  #makeWorker(): Worker {
    const { workerUrl } = this.settings;
    const worker = new Worker(workerUrl, {
      ...{ env: {}, execArgv: [], stdin: false },
      resourceLimits: RESOURCE_LIMITS,
      name: 'aos-wasi',
    });
    // one that ends while nothing runs on it is replaced when it is missed
    worker.on('error', () => undefined);
    worker.once('exit', () => {
      const at = this.#idle.indexOf(worker);
      if (at >= 0) this.#idle.splice(at, 1);
    });
    return worker;
  }

  async #end(worker: Worker): Promise<void> {
    const ended = worker.terminate();
    this.#ending.add(ended);
    await ended;
    this.#ending.delete(ended);
  }
}

/** Has a job done on a thread. */
function exchange(
  worker: Worker,
  job: ProgramJob,
  signal: RunSignal,
  timeMs: number,
): Promise<PoolResult> {
  return new Promise((resolve) => {
    const undo: (() => void)[] = [];
    const settle = (result: PoolResult) => {
      for (const run of undo) run();
      resolve(result);
    };
    const timer = setTimeout(() => settle({ kind: 'late' }), timeMs);
    const onMessage = (result: ProgramResult) => settle(result);
    const onError = (cause: unknown) => settle({ kind: 'lost', cause });
    const onExit = (code: number) => onError(`it exited with ${code}`);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    undo.push(
      () => clearTimeout(timer),
      () => worker.off('message', onMessage).off('error', onError).off('exit', onExit),
      signal.onCallOff(() => settle({ kind: 'called-off' })),
    );
    worker.postMessage(job);
  });
}
