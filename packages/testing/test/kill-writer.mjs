// Feeds a world as fast as it can and says each acknowledgement on standard output, one line
// `<seq> <chain hex>`, until it is killed. Now and then it writes a snapshot, `snapshot <seq>`, or
// pauses the world and lets it run again. Argument: JSON {dir, home, inFlight, broken}: store
// directory, AOS_HOME, events in flight, and for canaries the way in which the disk is broken.
import { writeSync } from 'node:fs';
import { toHex } from '@aos/canon';
import { openKey, openWorldHost, signVerb } from '@aos/host';
import { openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { brokenFs } from './real/broken-fs.js';

const SNAPSHOT_CHANCE = 0.02;
const PAUSE_CHANCE = 0.01;

const { dir, home, inFlight, broken } = JSON.parse(process.argv[2]);
const operator = openKey(home, 'operator');
const store = await openWorldStore(dir, { mode: 'write', fs: brokenFs(broken) });
const host = openWorldHost({ store, engine: new WasmEngine() });
const start = { schema: 'demo/CounterEvent@1', json: { Start: { target: 1_000_000_000 } } };
const tick = { schema: 'demo/CounterEvent@1', json: { Tick: null } };

/** @param {Awaited<ReturnType<typeof host.submit>>} answer */
function tell(answer) {
  if (answer.ok) writeSync(1, `${answer.value.seq} ${toHex(answer.value.chain)}\n`);
  else if (!['mode-unchanged', 'world-paused'].includes(answer.refusal.code)) {
    throw new Error(answer.refusal.detail);
  }
}

/** @param {'pause' | 'resume'} verb */
async function steer(verb) {
  tell(await host.submit(await host.read((world) => signVerb(operator, world, { verb }))));
}

async function feed() {
  for (;;) {
    if (Math.random() < SNAPSHOT_CHANCE) {
      const { seq } = await host.snapshot();
      writeSync(1, `snapshot ${seq}\n`);
    }
    if (Math.random() < PAUSE_CHANCE) {
      await steer('pause');
      await steer('resume');
    }
    tell(await host.submit(store.head < 0 ? start : tick));
  }
}

// whoever was killed may have left it paused
await steer('resume');
await Promise.all(Array.from({ length: inFlight }, feed));
