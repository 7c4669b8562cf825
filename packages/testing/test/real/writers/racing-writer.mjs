// Wants to write to a world whenever it is told to `go`. It says `ready`; then `open` or
// `refused <code> <message>`, and while it has the world `<seq> <chain hex>` for each
// acknowledgement, until it is told to `close`: `closed`.
// Arguments: the directory of the store; for canaries, the way in which its disk is broken.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { toHex } from '@aos/canon';
import { openWorldHost } from '@aos/host';
import { openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { brokenFs } from '../broken-fs.js';

const [, , dir = '', broken] = process.argv;
const fs = brokenFs(/** @type {import('../broken-fs.js').BrokenWay | undefined} */ (broken));
const start = { schema: 'demo/CounterEvent@1', json: { Start: { target: 1_000_000_000 } } };
const tick = { schema: 'demo/CounterEvent@1', json: { Tick: null } };
let isClosing = false;

/** @param {string} line */
const say = (line) => writeSync(1, `${line}\n`);

async function go() {
  /** @type {Awaited<ReturnType<typeof openWorldStore>>} */
  let store;
  try {
    store = await openWorldStore(dir, { mode: 'write', fs });
  } catch (error) {
    const { code, message } = /** @type {import('@aos/protocol').AosFault} */ (error);
    say(`refused ${code} ${message}`);
    return;
  }
  say('open');
  const host = openWorldHost({ store, engine: new WasmEngine() });
  isClosing = false;
  while (!isClosing) {
    const answer = await host.submit(store.head < 0 ? start : tick);
    if (!answer.ok) throw new Error(answer.refusal.detail);
    say(`${answer.value.seq} ${toHex(answer.value.chain)}`);
  }
  await host.close();
  say('closed');
}

createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'go') void go();
  if (line === 'close') isClosing = true;
});
say('ready');
