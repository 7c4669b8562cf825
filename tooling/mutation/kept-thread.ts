// A pool of vitest that keeps its thread from one run to the next. Stryker starts a run for every
// mutant; a thread of its own, which loads all modules again, would take far longer than the tests.
// Kernel code has no state between calls; what has, and what tests stand on, is loaded anew.
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { type PoolWorker, ThreadsPoolWorker, type WorkerRequest } from 'vitest/node';
import { TARGET_VARIABLE, targets } from './targets.mjs';

type Listener = (value: unknown) => void;
type PoolOptions = ConstructorParameters<typeof ThreadsPoolWorker>[0];

/** Each run leaves a few listeners behind in the thread. */
const MOST_RUNS = 50;

interface Kept {
  readonly worker: ThreadsPoolWorker;
  runs: number;
}

/** What tests stand on, and what keeps state between calls: loaded anew for every run. */
const supports = readdirSync('packages').map((name) => `packages/${name}/test`);
const keepsState = targets[process.env[TARGET_VARIABLE] ?? '']?.keepsState;
const loadedAnew = [...supports, ...(keepsState === undefined ? [] : [keepsState])]
  .filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((file) => resolve(folder, String(file))),
  );

let kept: Kept | undefined;

class KeptThread implements PoolWorker {
  readonly name = 'kept-thread';
  readonly #current: Kept;
  readonly #listeners: [string, Listener][] = [];

  constructor(options: PoolOptions) {
    this.#current = kept ?? { worker: new ThreadsPoolWorker(options), runs: 0 };
    kept = undefined;
  }

  async start(): Promise<void> {
    if (this.#current.runs === 0) await this.#current.worker.start();
    this.#current.runs += 1;
  }

  /** The thread is not told of the end: it would stop listening. */
  send(message: WorkerRequest): void {
    if (message.type === 'run') message.context.invalidates = [...loadedAnew];
    if (message.type === 'stop') this.#sayStopped();
    else this.#current.worker.send(message);
  }

  #sayStopped(): void {
    const stopped = { __vitest_worker_response__: true, type: 'stopped' };
    for (const [event, listener] of [...this.#listeners]) {
      if (event === 'message') listener(stopped);
    }
  }

  on(event: string, listener: Listener): void {
    this.#listeners.push([event, listener]);
    this.#current.worker.on(event, listener);
  }

  off(event: string, listener: Listener): void {
    this.#current.worker.off(event, listener);
    const at = this.#listeners.findIndex(([e, l]) => e === event && l === listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }

  async stop(): Promise<void> {
    for (const [event, listener] of [...this.#listeners]) this.off(event, listener);
    if (this.#current.runs < MOST_RUNS && kept === undefined) kept = this.#current;
    else await this.#current.worker.stop();
  }

  deserialize(data: unknown): unknown {
    return data;
  }
}

export const keptThread = {
  name: 'kept-thread',
  createPoolWorker: (options: PoolOptions): PoolWorker => new KeptThread(options),
};
