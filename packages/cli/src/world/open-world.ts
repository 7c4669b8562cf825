/** The composition root: the only place of the CLI that names the concrete store and engine. */
import {
  aosHome,
  type HostEngine,
  type OpenFrom,
  type Opening,
  objectsMissing,
  openKey,
  openWorld,
  openWorldHost,
  type Signer,
  type WorldHost,
} from '@aos/host';
import { ObjectsNeeded, type World } from '@aos/kernel';
import { type DiskStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { storePath } from './world-path.js';

export const newEngine = (): HostEngine => new WasmEngine();

/** Runs `use` on the files of a world, opened for reading. */
export async function withStore<T>(world: string, use: (store: DiskStore) => T): Promise<T> {
  const store = await openWorldStore(storePath(world), { mode: 'read' });
  try {
    return use(store);
  } finally {
    await store.close();
  }
}

/** A world as it is after its last record, and its files. */
export interface ReadWorld extends Opening {
  readonly world: World;
  readonly store: DiskStore;
}

/**
 * Runs `use` on the world after its last record, opened for reading from its last snapshot. Fault
 * `object-missing` where it reads what is not stored.
 */
export function withWorld<T>(world: string, use: (opened: ReadWorld) => T): Promise<T> {
  return withStore(world, (store) => {
    try {
      return use({ ...openWorld(store, newEngine()), store });
    } catch (error) {
      throw error instanceof ObjectsNeeded ? objectsMissing(error.hashes) : error;
    }
  });
}

/**
 * Runs `use` on a world opened for writing, and closes it. Fault `world-locked` when another
 * process has it.
 */
export async function withHost<T>(
  world: string,
  use: (host: WorldHost) => Promise<T>,
  from: OpenFrom = 'snapshot',
): Promise<T> {
  const store = await openWorldStore(storePath(world), { mode: 'write' });
  try {
    const host = openWorldHost({ store, engine: newEngine(), from });
    const result = await use(host);
    await host.close();
    return result;
  } finally {
    await store.close();
  }
}

/** A key of `$AOS_HOME/keys`, which may not be in the world. */
export const signerOf = (world: string, name: string): Signer =>
  openKey(aosHome(), name, { outside: world });

/** What deserves a look about how a world was opened. */
export function openingWarnings({ passedOver }: Pick<Opening, 'passedOver'>): readonly string[] {
  if (passedOver === undefined) return [];
  const { code, detail } = passedOver;
  return [`the last snapshot was passed over [${code}]: ${detail}; the journal was replayed`];
}
