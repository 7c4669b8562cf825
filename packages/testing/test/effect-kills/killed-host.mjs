// A host that runs effects until it is killed: by itself at a seam, or from outside. It says on
// standard output `send <order>` before and `ack <order>` after each order. With the seam `none` it
// sends nothing, comes to rest, says `rest <blockers>`, and ends.
// Argument: JSON {dir, home, seam, count, order, url, lieAboutFlush, changeKeys}; the last two are
// for canaries: flushes that do nothing, and another idempotency key for each start.
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { createHttpAdapter } from '@aos/adapters-http';
import { openKey, openWorldHost } from '@aos/host';
import { openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { heldFs } from './held-fs.mjs';
import { Seams } from './seams.mjs';

const CLIENTS = 3;

const life = JSON.parse(process.argv[2]);
const { dir, home, seam, count, url, lieAboutFlush, changeKeys } = life;
let next = life.order;
const seams = new Seams(seam, count);
const fs = heldFs(seams, { lieAboutFlush });
// small segments, so that kills meet the change from one to the next, too
const store = await openWorldStore(dir, { mode: 'write', fs, segmentBytes: 1 << 16 });
const http = createHttpAdapter();
/** @type {typeof http.start} */
const start = (call, context) =>
  http.start(changeKeys ? { ...call, idempotencyKey: randomBytes(32) } : call, context);
const { id, kinds } = http;
const adapter = { id, kinds, start, close: () => http.close() };
const host = openWorldHost({
  store: seams.around(store),
  engine: new WasmEngine(),
  snapshotRecords: 100,
  effects: {
    adapters: [seams.aroundAdapter(adapter)],
    signer: seams.aroundSigner(openKey(home, 'host')),
    retry: { starts: 50, firstMs: 1, mostMs: 20 },
  },
});

async function feed() {
  for (;;) {
    const order = next++;
    writeSync(1, `send ${order}\n`);
    const json = { one: `${url}/${order}/one`, two: `${url}/${order}/two` };
    const answer = await host.submit({ schema: 'd/Order@1', json });
    if (!answer.ok) throw new Error(answer.refusal.detail);
    writeSync(1, `ack ${order}\n`);
    await host.untilQuiescent();
  }
}

if (seam !== 'none') await Promise.all(Array.from({ length: CLIENTS }, feed));
const { blockers } = await host.untilQuiescent({ timers: 'wait' });
writeSync(1, `rest ${blockers.length}\n`);
await host.close();
await http.close();
