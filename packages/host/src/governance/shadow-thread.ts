/** The thread of a shadow: opens the world for itself, answers once, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { AosFault, type WorldStore } from '@aos/protocol';
import type { HostEngine } from '../world/host-engine.js';
import type { ShadowRequest } from './shadow-run.js';
import { shadowOf } from './shadow-run.js';
import type { ThreadAnswer } from './shadow-runner.js';

/** A world that is open for reading. */
export interface OpenedForShadow {
  readonly store: WorldStore;
  readonly engine: HostEngine;
}

/** To be called by the code of the thread; `open` is given what the runner says of the world. */
export async function serveShadow(open: (world: unknown) => Promise<OpenedForShadow>) {
  const { world, request } = workerData as { world: unknown; request: ShadowRequest };
  parentPort?.postMessage(await answer(() => open(world), request));
}

async function answer(
  open: () => Promise<OpenedForShadow>,
  request: ShadowRequest,
): Promise<ThreadAnswer> {
  try {
    const { store, engine } = await open();
    try {
      return { kind: 'result', result: shadowOf(store, engine, request) };
    } finally {
      await store.close();
    }
  } catch (error) {
    const code = error instanceof AosFault ? error.code : 'shadow-failed';
    return { kind: 'fault', code, message: error instanceof Error ? error.message : String(error) };
  }
}
