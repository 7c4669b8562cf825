/**
 * The composition root: worlds put together from the concrete store, engine, adapters and keys.
 */
import {
  type EffectOptions,
  type HostEngine,
  type OpenFrom,
  openWorldHost,
  type WorldHost,
} from '@aos/host';
import { type DiskStore, openWorldStore } from '@aos/store';
import { storePath } from '../world/world-path.js';
import { newAdapters } from './adapters.js';
import { newEngine } from './engine.js';
import { findSigner, hostSigner } from './keys.js';

export interface OpenHostOptions {
  readonly from?: OpenFrom;
  /** `run` starts effects here. `leave`: they stay open, and receipts are handed in. */
  readonly effects: 'leave' | 'run';
  /** Opens the world though it may ask for effects that nobody serves here. */
  readonly allowMissing?: boolean;
}

/** A world that is open for writing in this process. */
export interface HostedWorld {
  readonly host: WorldHost;
  readonly store: DiskStore;
  readonly engine: HostEngine;
  /** Ends what runs, closes the world, its adapters and its files. */
  close(): Promise<void>;
}

/**
 * Opens a world for writing. Faults: `world-locked` when another process has it, those of
 * `openWorldHost`.
 */
export async function openHost(world: string, options: OpenHostOptions): Promise<HostedWorld> {
  const effects = options.effects === 'run' ? effectsOf(world, options) : undefined;
  const store = await openWorldStore(storePath(world), { mode: 'write' });
  const { from = 'snapshot' } = options;
  try {
    const engine = newEngine();
    const host = openWorldHost({ store, engine, from, ...(effects && { effects }) });
    return { host, store, engine, close: () => closeAll(host, store, effects) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function closeAll(host: WorldHost, store: DiskStore, effects: EffectOptions | undefined) {
  try {
    await host.close();
  } finally {
    await Promise.all((effects?.adapters ?? []).map((adapter) => adapter.close()));
    await store.close();
  }
}

/** The operator's key, where it is at hand, lets the key of a new host into the keyring. */
function effectsOf(world: string, { allowMissing = false }: OpenHostOptions): EffectOptions {
  const signer = hostSigner(world);
  const operator = findSigner(world, 'operator');
  return { adapters: newAdapters(), signer, allowMissing, ...(operator && { operator }) };
}
