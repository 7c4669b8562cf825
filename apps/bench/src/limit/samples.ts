/** Records that our own world makes of each work: what the bare pipeline encodes and hashes. */
import { encode } from '@aos/canon';
import { openWorldHost } from '@aos/host';
import { createMemoryStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { ADD, actEffects, foundSide, workSchema } from '../systems/aos-world.js';

/** By the number of steps; no step is an event of a counter. */
export type Samples = Readonly<Record<0 | 1 | 3, readonly Uint8Array[]>>;

const RECORDS = { 0: 1, 1: 2, 3: 4 } as const;

/** Runs each work once, in memory; the keys of its world stand in that folder. */
export async function sampleRecords(keys: string): Promise<Samples> {
  const { genesis, objects } = await foundSide(keys);
  const store = createMemoryStore(genesis, objects);
  const host = openWorldHost({ store, engine: new WasmEngine(), effects: actEffects(keys) });
  const run = async (schema: string, value: object, count: number) => {
    const found: Uint8Array[] = [];
    const unwatch = host.watch({
      durable: (told) => {
        for (const { bytes } of told) found.push(bytes);
      },
    });
    await host.submit({ schema, cbor: encode(new Map(Object.entries(value))) });
    await host.untilQuiescent();
    unwatch();
    if (found.length !== count) throw new Error(`${schema}: ${found.length} records`);
    return found;
  };
  const samples = {
    0: await run(ADD, { id: 'sample' }, RECORDS[0]),
    1: await run(workSchema(1), { ms: 0 }, RECORDS[1]),
    3: await run(workSchema(3), { ms: 0 }, RECORDS[3]),
  };
  await host.close();
  return samples;
}
