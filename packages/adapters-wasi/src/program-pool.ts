/**
 * Threads for programs.
 *
 * 1. A run begins with nothing of another: threads are used again, instances, memories and trees
 *    are not.
 * 2. A run ends, whatever the program does: one that is not done in time, or not wanted any more,
 *    is answered at once. Its thread is ended, and the next run gets another one.
 * 3. At most so many run at once; others wait in their order, and their time has not begun.
 * 4. An idle thread keeps no process alive.
 * 5. The platform ends a thread where its code comes to a call or goes around a loop, which may
 *    take long. Nobody waits for that beyond a bound: a run takes the place of a thread that
 *    lingers, as long as there are not as many of those as there are places.
 */
import { Worker } from 'node:worker_threads';
import type { ProgramJob, ProgramResult } from './run-program.js';

export type PoolResult =
  | ProgramResult
  /** Its time was over. */
  | { readonly kind: 'late' }
  /** Nobody waits for it any more. */
  | { readonly kind: 'called-off' }
  /** The heap of its thread was full. */
  | { readonly kind: 'full' }
  /** The thread ended by itself, or there was none. */
  | { readonly kind: 'lost'; readonly cause: unknown };

export interface PoolSettings {
  readonly threads: number;
  /** Longest time of one run. */
  readonly timeMs: number;
  /** Built code of the threads. */
  readonly workerUrl: URL;
  /** How long it is waited for a thread to end. Default 2,000. */
  readonly endMs?: number;
}

const END_MS = 2000;

/** Of the thread's own heap; memory of programs is bounded elsewhere. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 };
const HEAP_IS_FULL = 'ERR_WORKER_OUT_OF_MEMORY';

/** Told once when a run is not wanted any more. */
export interface RunSignal {
  readonly isCalledOff: boolean;
  onCallOff(run: () => void): () => void;
}

export class ProgramPool {
  readonly #idle: Worker[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #ending = new Set<Promise<void>>();
  #running = 0;
  /** Threads that did not end in time, and have not since. */
  #lingering = 0;
  #isClosed = false;

  constructor(private readonly settings: PoolSettings) {}

  /** Runs that have begun, and whose threads are neither free again nor gone. */
  get running(): number {
    return this.#running;
  }

  async run(job: ProgramJob, signal: RunSignal): Promise<PoolResult> {
    if (this.#running === this.settings.threads) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running += 1;
    if (signal.isCalledOff || this.#lingering >= this.settings.threads) {
      this.#leave();
      return signal.isCalledOff ? { kind: 'called-off' } : { kind: 'lost', cause: LINGERING };
    }
    return this.#runOn(job, signal);
  }

  /** Who runs has to be called off before. Threads that linger then are let be. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const worker of this.#idle.splice(0)) void this.#end(worker);
    await Promise.all(this.#ending);
  }

  async #runOn(job: ProgramJob, signal: RunSignal): Promise<PoolResult> {
    const worker = this.#idle.pop() ?? this.#makeWorker();
    worker.ref();
    const { timeMs } = this.settings;
    const asLost = (cause: unknown): PoolResult => ({ kind: 'lost', cause });
    const result = await exchange(worker, job, signal, timeMs).catch(asLost);
    const isSound = result.kind === 'exited' || result.kind === 'stopped';
    if (isSound && !this.#isClosed) {
      worker.unref();
      this.#idle.push(worker);
      this.#leave();
    } else void this.#end(worker, () => this.#leave());
    return result;
  }

  /** The place of a run goes to the next that waits. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
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

  /** Resolves when a thread has ended, or lingers. */
  async #end(worker: Worker, then = () => {}): Promise<void> {
    const ended = this.#endOrLinger(worker).then(then);
    this.#ending.add(ended);
    await ended;
    this.#ending.delete(ended);
  }

  async #endOrLinger(worker: Worker): Promise<void> {
    const gone = worker.terminate().then(() => true);
    const { promise: late, cancel } = after(this.settings.endMs ?? END_MS);
    const isGone = await Promise.race([gone, late]);
    cancel();
    if (isGone) return;
    worker.unref();
    this.#lingering += 1;
    void gone.then(() => {
      this.#lingering -= 1;
    });
  }
}

const LINGERING = 'threads that were ended have not gone yet';

function after(timeMs: number): { readonly promise: Promise<false>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeMs);
  });
  return { promise, cancel: () => clearTimeout(timer) };
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
    const onError = (cause: unknown) => {
      const { code } = Object(cause) as { readonly code?: unknown };
      settle(code === HEAP_IS_FULL ? { kind: 'full' } : { kind: 'lost', cause });
    };
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
