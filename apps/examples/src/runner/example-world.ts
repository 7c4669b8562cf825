/** The world of a rung on disk, with keys of its own beside it, as a host opens and closes it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobAdapter } from '@aos/adapters-blob';
import { createHttpAdapter } from '@aos/adapters-http';
import { TimerAdapter } from '@aos/adapters-timer';
import {
  ensureKey,
  ensureOperatorKey,
  foundWorld,
  openControl,
  openWorldHost,
  readAuthoringFolder,
  systemClock,
  systemEntropy,
} from '@aos/host';
import type { Adapter, WorldAccess, WorldStore } from '@aos/protocol';
import { createWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';

/** A world that is open for writing, and what can be asked of it. */
export interface LiveWorld {
  readonly access: WorldAccess;
  close(): Promise<void>;
}

export class ExampleWorld {
  /** Private keys; never inside the world's folder. */
  readonly #keys: string;
  readonly #dir: string;

  private constructor(private readonly home: string) {
    this.#keys = join(home, 'aos-home');
    this.#dir = join(home, 'world');
  }

  /** Founds the world of an authoring folder, with an operator whose key is made for it. */
  static async found(folder: string): Promise<ExampleWorld> {
    const world = new ExampleWorld(await mkdtemp(join(tmpdir(), 'aos-example-')));
    const keyring = [ensureOperatorKey(world.#keys)];
    const ports = { engine: new WasmEngine(), clock: systemClock, fillEntropy: systemEntropy };
    const result = foundWorld({ ...readAuthoringFolder(folder), keyring }, ports);
    if (!result.ok) {
      const { refusal, findings } = result;
      const why = refusal?.detail ?? findings.map(({ message }) => message).join('\n');
      throw new Error(`${folder} is not a world: ${why}`);
    }
    const { genesis, objects } = result.founded;
    const store = await createWorldStore(world.#dir, genesis, objects);
    await store.close();
    return world;
  }

  /** Opens it for writing. Effects run; the operator introduces the key that signs receipts. */
  async open(): Promise<LiveWorld> {
    const engine = new WasmEngine();
    const store = await openWorldStore(this.#dir, { mode: 'write' });
    const adapters: Adapter[] = [createHttpAdapter(), new TimerAdapter(), new BlobAdapter()];
    const [operator, signer] = [ensureKey(this.#keys, 'operator'), ensureKey(this.#keys, 'host')];
    const host = openWorldHost({ store, engine, effects: { adapters, signer, operator } });
    const access = openControl({ store, engine, host, directory: this.#dir });
    const close = async () => {
      await access.close();
      await host.close();
      for (const adapter of adapters) await adapter.close();
    };
    return { access, close };
  }

  /** Runs `use` on its files, as anybody who holds them can. */
  async inspect<T>(use: (store: WorldStore) => T): Promise<T> {
    const store = await openWorldStore(this.#dir, { mode: 'read' });
    try {
      return use(store);
    } finally {
      await store.close();
    }
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}
