/** The composition root: the only place of the CLI that names the concrete store and engine. */
import { type HostEngine, openWorldHost, type WorldHost } from '@aos/host';
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

/** Runs `use` on a world opened for writing; fault `world-locked` when another process has it. */
export async function withHost<T>(world: string, use: (host: WorldHost) => Promise<T>): Promise<T> {
  const store = await openWorldStore(storePath(world), { mode: 'write' });
  try {
    return await use(openWorldHost({ store, engine: newEngine() }));
  } finally {
    await store.close();
  }
}
