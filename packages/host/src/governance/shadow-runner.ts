/** Who runs shadows: this thread, or one of its own, which a time limit ends. */
import { Worker } from 'node:worker_threads';
import { AosFault, type WorldStore } from '@aos/protocol';
import type { HostEngine } from '../world/host-engine.js';
import { type ShadowRequest, type ShadowResult, shadowOf } from './shadow-run.js';

export interface ShadowRunner {
  /** Faults: `shadow-timeout`, `shadow-memory`, `shadow-failed`, and those of opening a world. */
  run(request: ShadowRequest, bounds?: ShadowBounds): Promise<ShadowResult>;
}

/** What one shadow may take of the machine; nothing of it is in the report. */
interface ShadowBounds {
  readonly timeMs?: number | undefined;
  readonly memoryMib?: number | undefined;
}

/** Runs them on this thread: for tests, and for worlds that nobody waits for. */
export function shadowHere(store: WorldStore, engine: HostEngine): ShadowRunner {
  return { run: async (request) => shadowOf(store, engine, request) };
}

export interface ShadowThreadOptions {
  /** Built code that calls `serveShadows`. */
  readonly workerUrl: URL;
  /** Says to the thread which world is meant. */
  readonly world: unknown;
  /** Longest time of one shadow. Default 60,000. */
  readonly timeMs?: number;
}

const DEFAULT_TIME_MS = 60_000;
const DEFAULT_MEMORY_MIB = 1024;

/** Runs each on a thread of its own, that reads the world by itself. */
export function shadowInThread(options: ShadowThreadOptions): ShadowRunner {
  return { run: (request, bounds) => runThread(options, request, bounds) };
}

/** What a thread answers with. */
export type ThreadAnswer =
  | { readonly kind: 'result'; readonly result: ShadowResult }
  | { readonly kind: 'fault'; readonly code: string; readonly message: string };

function runThread(
  { workerUrl, world, ...options }: ShadowThreadOptions,
  request: ShadowRequest,
  bounds: ShadowBounds = {},
): Promise<ShadowResult> {
  const timeMs = bounds.timeMs ?? options.timeMs ?? DEFAULT_TIME_MS;
  const memoryMib = bounds.memoryMib ?? DEFAULT_MEMORY_MIB;
  const worker = new Worker(workerUrl, {
    ...{ execArgv: [], stdin: false, name: 'aos-shadow' },
    workerData: { world, request },
    resourceLimits: { maxOldGenerationSizeMb: memoryMib },
  });
  let timer: NodeJS.Timeout | undefined;
  const answered = new Promise<ShadowResult>((resolve, reject) => {
    const late = `the shadow took more than ${timeMs} ms; ask for fewer records, or for more time`;
    timer = setTimeout(() => reject(fault('shadow-timeout', late)), timeMs);
    worker.once('message', (answer: ThreadAnswer) => {
      if (answer.kind === 'result') resolve(answer.result);
      else reject(fault(answer.code, answer.message));
    });
    worker.once('error', (cause) => reject(failed(cause, memoryMib)));
    worker.once('exit', (code) => reject(fault('shadow-failed', `its thread exited with ${code}`)));
  });
  return answered.finally(() => {
    clearTimeout(timer);
    return worker.terminate();
  });
}

function failed(cause: Error & { readonly code?: string }, memoryMib: number): AosFault {
  if (cause.code !== 'ERR_WORKER_OUT_OF_MEMORY') return fault('shadow-failed', cause.message);
  const much = `the shadow took more than ${memoryMib} MiB`;
  return fault('shadow-memory', `${much}; ask for fewer records, or for more memory`);
}

function fault(code: string, message: string): AosFault {
  return new AosFault(code, message, { retry: 'never' });
}
