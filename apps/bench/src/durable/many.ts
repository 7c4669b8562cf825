/** Many keys of one world, and many worlds of one process, all of them on disk. */
import { join } from 'node:path';
import { encode } from '@aos/canon';
import { openWorldHost, SharedDefinitions, type WorldHost } from '@aos/host';
import { createWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import type { Measure } from '../measure.js';
import { withScratchDir } from '../measures/scratch.js';
import { ADD, foundSide } from '../systems/aos-world.js';
import { feed, forMs } from './feed.js';
import { keptDir } from './kept-dir.js';

const KEYS = 1000;
const WORLDS = 1000;
const IN_FLIGHT = 256;
const MIN_MS = 1500;

export const addTo = (id: string) => ({ schema: ADD, cbor: encode({ id }) });

function keysPerSecond(): Promise<number> {
  return withScratchDir(async (dir) => {
    const { genesis, objects } = await foundSide(dir);
    const store = await createWorldStore(join(dir, 'world'), genesis, objects);
    const host = openWorldHost({ store, engine: new WasmEngine() });
    try {
      return await addsPerSecond((n) => ({ host, event: addTo(`key-${n % KEYS}`) }));
    } finally {
      await host.close();
    }
  });
}

async function addsPerSecond(next: Parameters<typeof forMs<NextEvent>>[1]): Promise<number> {
  const startedAt = performance.now();
  const count = await feed(forMs(MIN_MS, next), IN_FLIGHT);
  return (count * 1000) / (performance.now() - startedAt);
}

interface NextEvent {
  readonly host: WorldHost;
  readonly event: ReturnType<typeof addTo>;
}

let worlds: Promise<readonly WorldHost[]> | undefined;

/** Opened once a process: with one engine and one definition, as a process of many would. */
async function openWorlds(): Promise<readonly WorldHost[]> {
  const dir = keptDir();
  const engine = new WasmEngine();
  const definitions = new SharedDefinitions();
  const hosts: WorldHost[] = [];
  for (let i = 0; i < WORLDS; i++) {
    const { genesis, objects } = await foundSide(dir);
    const store = await createWorldStore(join(dir, `world-${i}`), genesis, objects);
    hosts.push(openWorldHost({ store, engine, definitions }));
  }
  return hosts;
}

async function worldsPerSecond(): Promise<number> {
  worlds ??= openWorlds();
  const hosts = await worlds;
  return addsPerSecond((n) => ({ host: hosts[n % WORLDS] as WorldHost, event: addTo('key') }));
}

export const measures: readonly Measure[] = [
  { name: 'durable.events-1000-keys', unit: '1/s', run: keysPerSecond },
  { name: 'durable.events-1000-worlds', unit: '1/s', run: worldsPerSecond },
];
