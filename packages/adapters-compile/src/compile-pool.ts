/**
 * Processes for compilations.
 *
 * 1. A compilation ends, whatever the compiler does: one that is not done in time, or not wanted
 *    any more, is answered at once, and its process is killed with all that it started. Nobody
 *    waits beyond a bound for a process to go.
 * 2. A process is used again only after it made a module: what a compiler that failed leaves behind
 *    must not decide anything.
 * 3. At most so many run at once; others wait in their order, and their time has not begun.
 * 4. An idle process keeps ours not alive, and is ended when nothing was asked for a while.
 *
 * Threads would not do: a heap that runs out in one may take the whole process with it, and what
 * compilers start beside themselves would have no bound.
 */
import {
  type CompilerProcess,
  type CompilerSettings,
  type RunResult,
  startCompiler,
} from './compiler-process.js';
import type { CompileJob } from './process/compilation.js';

export interface PoolSettings extends CompilerSettings {
  readonly processes: number;
}

/** Told once when a run is not wanted any more. */
export interface RunSignal {
  readonly isCalledOff: boolean;
  onCallOff(run: () => void): () => void;
}

/** A loaded compiler holds some hundred megabytes. */
const IDLE_MS = 30_000;
/** What was killed is gone in milliseconds, but for a system that is busy or a disk that hangs. */
const END_MS = 2000;
/** Far from the processor time that a process has. */
const MAX_USES = 20;

interface IdleProcess {
  readonly compiler: CompilerProcess;
  readonly timer: NodeJS.Timeout;
}

export class CompilePool {
  readonly #idle: IdleProcess[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #ending = new Set<Promise<void>>();
  #running = 0;
  #isClosed = false;

  constructor(private readonly settings: PoolSettings) {}

  /** Compilations that have begun, and whose processes are neither free again nor gone. */
  get running(): number {
    return this.#running;
  }

  async run(job: CompileJob, signal: RunSignal): Promise<RunResult> {
    if (this.#running === this.settings.processes) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running += 1;
    if (signal.isCalledOff) {
      this.#leave();
      return { kind: 'called-off' };
    }
    return this.#runOn(job, signal);
  }

  /** Who runs has to be called off before. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { compiler, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      void this.#end(compiler);
    }
    await Promise.all(this.#ending);
  }

  async #runOn(job: CompileJob, signal: RunSignal): Promise<RunResult> {
    const compiler = this.#takeIdle() ?? startCompiler(this.settings);
    const result = await exchange(compiler, job, signal, this.settings.bounds.timeMs);
    const isSound = result.kind === 'compiled' && result.module !== undefined;
    if (isSound && !this.#isClosed && compiler.uses < MAX_USES) {
      this.#keep(compiler);
      this.#leave();
    } else void this.#end(compiler, () => this.#leave());
    return result;
  }

  /** The place of a run goes to the next that waits. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }

  #takeIdle(): CompilerProcess | undefined {
    const found = this.#idle.pop();
    clearTimeout(found?.timer);
    return found?.compiler;
  }

  #keep(compiler: CompilerProcess): void {
    const end = () => {
      this.#idle.splice(
        this.#idle.findIndex((idle) => idle.compiler === compiler),
        1,
      );
      void this.#end(compiler);
    };
    compiler.rest();
    this.#idle.push({ compiler, timer: setTimeout(end, IDLE_MS).unref() });
  }

  /** Resolves when a process is gone, or after so long as is waited for one. */
  async #end(compiler: CompilerProcess, then = () => {}): Promise<void> {
    // one that may not be killed is let be: the bounds of its processor time end it
    const gone = (async () => compiler.end())().catch(() => undefined);
    const ended = orAfter(gone, END_MS).then(then);
    this.#ending.add(ended);
    await ended;
    this.#ending.delete(ended);
  }
}

function orAfter(done: Promise<void>, timeMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeMs);
    void done.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Has a job done by a process. */
function exchange(
  compiler: CompilerProcess,
  job: CompileJob,
  signal: RunSignal,
  timeMs: number,
): Promise<RunResult> {
  return new Promise((resolve) => {
    const undo: (() => void)[] = [];
    const settle = (result: RunResult) => {
      for (const run of undo) run();
      resolve(result);
    };
    const timer = setTimeout(() => settle({ kind: 'late' }), timeMs);
    undo.push(
      () => clearTimeout(timer),
      signal.onCallOff(() => settle({ kind: 'called-off' })),
    );
    void compiler.compile(job).then(settle);
  });
}
