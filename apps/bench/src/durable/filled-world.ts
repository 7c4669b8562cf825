/** Worlds that have a history, on disk and closed. */
import { join } from 'node:path';
import { openWorldHost } from '@aos/host';
import { createWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { foundSide } from '../systems/aos-world.js';
import { feed, times } from './feed.js';
import { keptDir } from './kept-dir.js';
import { addTo } from './many.js';

const IN_FLIGHT = 1000;
/** Events between two snapshots while a world is filled. */
const FILL_STEP = 100_000;

/** Where a world of so many events lies, spread over so many keys. */
export async function fillWorld({
  keys,
  events,
}: {
  readonly keys: number;
  readonly events: number;
}): Promise<string> {
  const dir = keptDir();
  const path = join(dir, 'world');
  const { genesis, objects } = await foundSide(dir);
  const store = await createWorldStore(path, genesis, objects);
  const host = openWorldHost({ store, engine: new WasmEngine() });
  for (let done = 0; done < events; done += FILL_STEP) {
    const next = (n: number) => ({ host, event: addTo(`key-${(done + n) % keys}`) });
    await feed(times(FILL_STEP, next), IN_FLIGHT);
    await host.snapshot();
  }
  await host.close();
  return path;
}
