/** Worlds as the commands open them: for reading, or for one thing to be done. */
import { type OpenFrom, type Opening, objectsMissing, openWorld, type WorldHost } from '@aos/host';
import { ObjectsNeeded, type World } from '@aos/kernel';
import { type DiskStore, openWorldStore } from '@aos/store';
import { newEngine } from '../compose/engine.js';
import { openHost } from '../compose/open-host.js';
import { storePath } from './world-path.js';

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
 * Runs `use` on a world opened for writing, and closes it. Its effects stay open. Fault
 * `world-locked` when another process has it.
 */
export async function withHost<T>(
  world: string,
  use: (host: WorldHost) => Promise<T>,
  from: OpenFrom = 'snapshot',
): Promise<T> {
  const hosted = await openHost(world, { effects: 'leave', from });
  try {
    return await use(hosted.host);
  } finally {
    await hosted.close();
  }
}

/** What deserves a look about how a world was opened. */
export function openingWarnings({ passedOver }: Pick<Opening, 'passedOver'>): readonly string[] {
  if (passedOver === undefined) return [];
  const { code, detail } = passedOver;
  return [`the last snapshot was passed over [${code}]: ${detail}; the journal was replayed`];
}
