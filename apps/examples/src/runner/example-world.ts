/** The world of a rung: founded in a folder of its own, opened, looked at, and removed. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Hash, sha256, utf8 } from '@aos/canon';
import {
  ensureOperatorKey,
  foundWorld,
  readAuthoringFolder,
  systemClock,
  systemEntropy,
} from '@aos/host';
import type { WorldStore } from '@aos/protocol';
import { createWorldStore, openWorldStore } from '@aos/store';
import { engine } from './engine.js';
import { storeOf, vaultOf, type WorldPlace } from './world-place.js';

export class ExampleWorld {
  private constructor(
    readonly place: WorldPlace,
    private readonly worldId: Hash,
  ) {}

  /** Founds the world of an authoring folder, with an operator whose key is made for it. */
  static async found(folder: string): Promise<ExampleWorld> {
    const home = await mkdtemp(join(tmpdir(), 'aos-example-'));
    const place = { folder, world: join(home, 'world'), aosHome: join(home, 'aos-home') };
    const keyring = [ensureOperatorKey(place.aosHome)];
    const ports = { engine, clock: systemClock, fillEntropy: systemEntropy };
    const result = foundWorld({ ...readAuthoringFolder(folder), keyring }, ports);
    if (!result.ok) {
      const { refusal, findings } = result;
      const why = refusal?.detail ?? findings.map(({ message }) => message).join('\n');
      throw new Error(`${folder} is not a world: ${why}`);
    }
    const { genesis, objects } = result.founded;
    const store = await createWorldStore(storeOf(place), genesis, objects);
    await store.close();
    return new ExampleWorld(place, sha256(genesis));
  }

  /** Puts a secret of this world into its vault. */
  async keepSecret(name: string, value: string): Promise<void> {
    const { worldId } = this;
    const kept = await vaultOf(this.place).put({ worldId, name, value: utf8(value) });
    if (!kept.ok) throw new Error(kept.refusal.detail);
  }

  /** Says what whoever runs worlds here has decided; read when a world is opened. */
  configure(settings: object): Promise<void> {
    return writeFile(join(this.place.aosHome, 'settings.json'), JSON.stringify(settings));
  }

  /** From here on there are only the files of the world: no key, no vault. */
  forgetKeys(): Promise<void> {
    return rm(this.place.aosHome, { recursive: true });
  }

  /** Runs `use` on its files, as anybody who holds them can. */
  async inspect<T>(use: (store: WorldStore) => T | Promise<T>): Promise<T> {
    const store = await openWorldStore(storeOf(this.place), { mode: 'read' });
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }

  /** Whether any file of the world holds this text. */
  async holds(text: string): Promise<boolean> {
    const options = { recursive: true, withFileTypes: true } as const;
    const files = await readdir(this.place.world, options);
    for (const file of files.filter((each) => each.isFile())) {
      if ((await readFile(join(file.parentPath, file.name))).includes(text)) return true;
    }
    return false;
  }

  async remove(): Promise<void> {
    await rm(dirname(this.place.world), { recursive: true, force: true });
  }
}
