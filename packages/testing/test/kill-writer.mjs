// Feeds a world as fast as it can and says each acknowledgement on standard output, one line
// `<seq> <chain hex>`, until it is killed. Arguments: store directory, events in flight.
import { writeSync } from 'node:fs';
import { toHex } from '@aos/canon';
import { openWorldHost } from '@aos/host';
import { openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';

const [dir, inFlight] = process.argv.slice(2);
const store = await openWorldStore(dir, { mode: 'write' });
const host = openWorldHost({ store, engine: new WasmEngine() });
const start = { schema: 'demo/CounterEvent@1', json: { Start: { target: 1_000_000_000 } } };
const tick = { schema: 'demo/CounterEvent@1', json: { Tick: null } };

async function feed() {
  for (;;) {
    const answer = await host.submit(store.head < 0 ? start : tick);
    if (!answer.ok) throw new Error(answer.refusal.detail);
    writeSync(1, `${answer.value.seq} ${toHex(answer.value.chain)}\n`);
  }
}

await Promise.all(Array.from({ length: Number(inFlight) }, feed));
