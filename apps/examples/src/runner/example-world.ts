/** The world of a rung on disk, with keys of its own beside it, as a host opens and closes it. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobAdapter } from '@aos/adapters-blob';
import { createHttpAdapter } from '@aos/adapters-http';
import { createLlmAdapter } from '@aos/adapters-llm';
import { TimerAdapter } from '@aos/adapters-timer';
import { createSecretSource, Vault } from '@aos/adapters-vault';
import { type Hash, sha256, utf8 } from '@aos/canon';
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
import { providersOf } from './settings.js';

/** A world that is open for writing, and what can be asked of it. */
export interface LiveWorld {
  readonly access: WorldAccess;
  close(): Promise<void>;
}

export class ExampleWorld {
  /** As the command `aos` lays it out: the files of the world are in `.aos` below. */
  readonly #dir: string;
  /** Private keys and the vault; never inside the world's folder. */
  readonly #keys: string;
  readonly #vault: Vault;

  private constructor(
    private readonly folder: string,
    private readonly home: string,
    private readonly worldId: Hash,
  ) {
    this.#dir = join(home, 'world', '.aos');
    this.#keys = join(home, 'aos-home');
    const keyFile = join(this.#keys, 'keys', 'vault.key');
    this.#vault = new Vault({ file: join(this.#keys, 'vault', 'secrets'), keyFile });
  }

  /** Founds the world of an authoring folder, with an operator whose key is made for it. */
  static async found(folder: string): Promise<ExampleWorld> {
    const home = await mkdtemp(join(tmpdir(), 'aos-example-'));
    const keyring = [ensureOperatorKey(join(home, 'aos-home'))];
    const ports = { engine: new WasmEngine(), clock: systemClock, fillEntropy: systemEntropy };
    const result = foundWorld({ ...readAuthoringFolder(folder), keyring }, ports);
    if (!result.ok) {
      const { refusal, findings } = result;
      const why = refusal?.detail ?? findings.map(({ message }) => message).join('\n');
      throw new Error(`${folder} is not a world: ${why}`);
    }
    const { genesis, objects } = result.founded;
    const world = new ExampleWorld(folder, home, sha256(genesis));
    const store = await createWorldStore(world.#dir, genesis, objects);
    await store.close();
    return world;
  }

  /** Opens it for writing. Effects run; the operator introduces the key that signs receipts. */
  async open(): Promise<LiveWorld> {
    const engine = new WasmEngine();
    const store = await openWorldStore(this.#dir, { mode: 'write' });
    const adapters: Adapter[] = [
      createHttpAdapter(),
      new TimerAdapter(),
      new BlobAdapter(),
      createLlmAdapter({ providers: providersOf(this.folder) }),
    ];
    const effects = {
      adapters,
      operator: ensureKey(this.#keys, 'operator'),
      signer: ensureKey(this.#keys, 'host'),
      secrets: createSecretSource({ vault: this.#vault }),
    };
    const host = openWorldHost({ store, engine, effects });
    const access = openControl({ store, engine, host, directory: this.#dir });
    const close = async () => {
      await access.close();
      await host.close();
      for (const adapter of adapters) await adapter.close();
    };
    return { access, close };
  }

  /** Puts a secret of this world into its vault. */
  async keepSecret(name: string, value: string): Promise<void> {
    const { worldId } = this;
    const kept = await this.#vault.put({ worldId, name, value: utf8(value) });
    if (!kept.ok) throw new Error(kept.refusal.detail);
  }

  /** From here on there are only the files of the world: no key, no vault. */
  forgetKeys(): Promise<void> {
    return rm(this.#keys, { recursive: true });
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

  /** Whether any file of the world holds this text. */
  async holds(text: string): Promise<boolean> {
    const files = await readdir(this.#dir, { recursive: true, withFileTypes: true });
    for (const file of files.filter((each) => each.isFile())) {
      if ((await readFile(join(file.parentPath, file.name))).includes(text)) return true;
    }
    return false;
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}
