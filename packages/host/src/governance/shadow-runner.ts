/** Who runs shadows: this thread, or one of its own, which a time limit ends. */
import { Worker } from 'node:worker_threads';
import { AosFault, type WorldStore } from '@aos/protocol';
import type { HostEngine } from '../world/host-engine.js';
import { type ShadowRequest, type ShadowResult, shadowOf } from './shadow-run.js';

export interface ShadowRunner {
  /** Faults: `shadow-timeout`, `shadow-failed`, and those of opening a world. */
  run(request: ShadowRequest): Promise<ShadowResult>;
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
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 1024 };

/** Runs each on a thread of its own, that reads the world by itself. */
export function shadowInThread(options: ShadowThreadOptions): ShadowRunner {
  return { run: (request) => runThread(options, request) };
}

/** What a thread answers with. */
export type ThreadAnswer =
  | { readonly kind: 'result'; readonly result: ShadowResult }
  | { readonly kind: 'fault'; readonly code: string; readonly message: string };

function runThread(
  { workerUrl, world, timeMs = DEFAULT_TIME_MS }: ShadowThreadOptions,
  request: ShadowRequest,
): Promise<ShadowResult> {
  const worker = new Worker(workerUrl, {
    ...{ execArgv: [], stdin: false, name: 'aos-shadow' },
    workerData: { world, request },
    resourceLimits: RESOURCE_LIMITS,
  });
  let timer: NodeJS.Timeout | undefined;
  const answered = new Promise<ShadowResult>((resolve, reject) => {
    const late = `the shadow took more than ${timeMs} ms; ask for fewer records`;
    timer = setTimeout(() => reject(fault('shadow-timeout', late)), timeMs);
    worker.once('message', (answer: ThreadAnswer) => {
      if (answer.kind === 'result') resolve(answer.result);
      else reject(fault(answer.code, answer.message));
    });
    worker.once('error', (cause) => reject(fault('shadow-failed', cause.message)));
    worker.once('exit', (code) => reject(fault('shadow-failed', `its thread exited with ${code}`)));
  });
  return answered.finally(() => {
    clearTimeout(timer);
    return worker.terminate();
  });
}

function fault(code: string, message: string): AosFault {
  return new AosFault(code, message, { retry: 'never' });
}
