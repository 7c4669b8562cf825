/** Worlds as those commands open them that look at files alone. */
import type { Opening } from '@aos/host';
import { type DiskStore, openWorldStore } from '@aos/store';
import { storePath } from './world-path.js';

/** Runs `use` on the files of a world, opened for reading; `all` verifies every frame of them. */
export async function withStore<T>(
  world: string,
  use: (store: DiskStore) => T,
  check: 'all' | 'last' = 'last',
): Promise<T> {
  const store = await openWorldStore(storePath(world), { mode: 'read', check });
  try {
    return use(store);
  } finally {
    await store.close();
  }
}

/** What deserves a look about how a world was opened. */
export function openingWarnings({ passedOver }: Pick<Opening, 'passedOver'>): readonly string[] {
  if (passedOver === undefined) return [];
  const { code, detail } = passedOver;
  return [`the last snapshot was passed over [${code}]: ${detail}; the journal was replayed`];
}
