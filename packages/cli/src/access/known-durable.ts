/** How far a world is durable for certain, also while a daemon writes it. */
import { type DiskStore, openWorldStore } from '@aos/store';
import { storePath } from '../world/world-path.js';
import { connectDaemon } from './daemon-access.js';

/** A world's files, open for reading, and the last record that nothing can take away. */
export interface DurableFiles {
  readonly store: DiskStore;
  readonly durable: number;
}

/** What files say of themselves may be a flush behind; the daemon that writes them knows. */
export async function withDurableFiles<T>(
  world: string,
  use: (files: DurableFiles) => Promise<T> | T,
): Promise<T> {
  const told = await durableAtDaemon(world);
  const store = await openWorldStore(storePath(world), { mode: 'read' });
  try {
    return await use({ store, durable: Math.min(store.head, Math.max(told, store.durable)) });
  } finally {
    await store.close();
  }
}

async function durableAtDaemon(world: string): Promise<number> {
  const daemon = await connectDaemon(world);
  if (daemon === undefined) return -1;
  try {
    const head = await daemon.call('journal.head', {});
    return head.ok ? head.value.seq : -1;
  } finally {
    await daemon.close();
  }
}
