/** A world that lives in this process: how a program embeds one. */
import { BlobAdapter } from '@aos/adapters-blob';
import { createHttpAdapter } from '@aos/adapters-http';
import { createLlmAdapter } from '@aos/adapters-llm';
import { TimerAdapter } from '@aos/adapters-timer';
import { createSecretSource } from '@aos/adapters-vault';
import { ensureKey, Log, logObserver, openControl, openWorldHost, writeLines } from '@aos/host';
import type { Adapter } from '@aos/protocol';
import { openWorldStore } from '@aos/store';
import { engine } from './engine.js';
import { providersOf } from './settings.js';
import {
  type LiveWorld,
  type OpenOptions,
  storeOf,
  vaultOf,
  type WorldPlace,
} from './world-place.js';

/** Effects run; the operator introduces the key that signs receipts. */
export async function openHere(place: WorldPlace, { log }: OpenOptions): Promise<LiveWorld> {
  const store = await openWorldStore(storeOf(place), { mode: 'write' });
  const adapters: Adapter[] = [
    createHttpAdapter(),
    new TimerAdapter(),
    new BlobAdapter(),
    createLlmAdapter({ providers: providersOf(place.folder) }),
  ];
  const effects = {
    adapters,
    operator: ensureKey(place.aosHome, 'operator'),
    signer: ensureKey(place.aosHome, 'host'),
    secrets: createSecretSource({ vault: vaultOf(place) }),
  };
  const write = writeLines(process.stderr);
  const observers = log === undefined ? [] : [logObserver(new Log({ level: log, write }))];
  const host = openWorldHost({ store, engine, effects, observers });
  const access = openControl({ store, engine, host, directory: place.world });
  const close = async () => {
    await access.close();
    await host.close();
    for (const adapter of adapters) await adapter.close();
  };
  return { access, close };
}
