/**
 * The composition root: worlds put together from the concrete store, engine, adapters, secrets and
 * keys.
 */
import {
  aosHome,
  type ControlOptions,
  type EffectOptions,
  type HostEngine,
  type OpenFrom,
  openWorldHost,
  type ShadowRunner,
  SharedDefinitions,
  shadowInThread,
  type WorldHost,
  WorldMetrics,
  type WorldObserver,
  writePrometheus,
} from '@aos/host';
import { type DiskStore, openWorldStore } from '@aos/store';
import { storePath } from '../world/world-path.js';
import { boundAdapters, newAdapters } from './adapters.js';
import { newEngine } from './engine.js';
import { findSigner, hostSigner } from './keys.js';
import { builtFile } from './program-path.js';
import { secretsOf } from './secrets.js';
import { readSettings, snapshotPolicy } from './settings.js';

export interface OpenHostOptions {
  readonly from?: OpenFrom;
  /** `run` starts effects here. `leave`: they stay open, and receipts are handed in. */
  readonly effects: 'leave' | 'run';
  /** Opens the world though it may ask for effects that nobody serves here. */
  readonly allowMissing?: boolean;
  readonly observers?: readonly WorldObserver[];
  /** What worlds of one process have in common. */
  readonly shared?: SharedParts;
}

export interface SharedParts {
  readonly engine: HostEngine;
  readonly definitions: SharedDefinitions;
}

export const newSharedParts = (): SharedParts => {
  return { engine: newEngine(), definitions: new SharedDefinitions() };
};

/** A world that is open for writing in this process. */
export interface HostedWorld {
  readonly host: WorldHost;
  /** What a control service of it is made of, beside the host. */
  readonly control: Omit<ControlOptions, 'host' | 'shutdown'>;
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
  const { from = 'snapshot', observers = [], shared = newSharedParts() } = options;
  const metrics = new WorldMetrics();
  try {
    const host = openWorldHost({
      ...{ store, ...shared, from, observers: [metrics, ...observers] },
      shadow: shadowOf(world),
      ...(effects ? { effects } : signerFor(world)),
      snapshots: snapshotPolicy(readSettings(aosHome()), store),
    });
    return {
      host,
      control: {
        ...controlOf(world, store, shared.engine),
        metrics: () => writePrometheus([metrics.read()]),
      },
      close: () => closeAll(host, store, effects),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What a control service is made of, whether the world is open for writing or only read. */
export function controlOf(directory: string, store: DiskStore, engine: HostEngine) {
  return { store, engine, directory, tail: store.tail, shadow: shadowOf(directory) };
}

/** Shadows read the files of the world on a thread of their own. */
function shadowOf(directory: string): ShadowRunner {
  const workerUrl = builtFile('compose/shadow-thread.js');
  return shadowInThread({ workerUrl, world: storePath(directory) });
}

async function closeAll(host: WorldHost, store: DiskStore, effects: EffectOptions | undefined) {
  try {
    await host.close();
  } finally {
    await Promise.all((effects?.adapters ?? []).map((adapter) => adapter.close()));
    await store.close();
  }
}

/** The key of this host signs heads, where there is one. */
function signerFor(world: string) {
  const signer = findSigner(world, 'host');
  return signer === undefined ? {} : { signer };
}

/** The operator's key, where it is at hand, lets the key of a new host into the keyring. */
function effectsOf(world: string, { allowMissing = false }: OpenHostOptions): EffectOptions {
  const settings = readSettings(aosHome());
  const secrets = secretsOf(settings);
  const adapters = newAdapters(settings, secrets);
  const signer = hostSigner(world);
  const operator = findSigner(world, 'operator');
  const { source } = secrets;
  const bound = boundAdapters;
  return { adapters, bound, secrets: source, signer, allowMissing, ...(operator && { operator }) };
}
