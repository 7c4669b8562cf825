// Feeds a world and clears it away, until it is killed. It says on standard output, one line each,
// once it was told so itself: `<seq> <chain hex>`, `snapshot <seq>`, `pruned <first>`,
// `collected <dropped>`, `stored <hash hex>`.
// Argument: JSON {dir, segmentBytes, copyBytes, collects, home, broken}; the last is for canaries.
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { sha256, toHex } from '@aos/canon';
import { openKey, openWorldHost } from '@aos/host';
import { AosFault } from '@aos/protocol';
import { openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { brokenFs } from '../broken-fs.js';

const CLIENTS = 6;
/** Steps of a client, by how often each of them is taken in a hundred. */
const CHANCES = { snapshot: 4, grow: 6, store: 10 };

const { dir, segmentBytes, copyBytes, collects, home, broken } = JSON.parse(process.argv[2]);
const fs = brokenFs(broken);
const store = await openWorldStore(dir, { mode: 'write', segmentBytes, copyBytes, fs });
const host = openWorldHost({ store, engine: new WasmEngine(), signer: openKey(home, 'operator') });
const start = { schema: 'demo/CounterEvent@1', json: { Start: { target: 1_000_000_000 } } };
const tick = { schema: 'demo/CounterEvent@1', json: { Tick: null } };

/** @param {string} line */
const say = (line) => writeSync(1, `${line}\n`);

async function grow() {
  try {
    if (collects && Math.random() < 0.5) {
      const wish = { graceS: 0, keepSnapshots: 1, isDryRun: false };
      say(`collected ${(await host.growth.collect(wish)).objects}`);
    } else {
      const isArchived = Math.random() < 0.3;
      const wish = { keepSnapshots: 1, isDryRun: false, isArchived };
      say(`pruned ${(await host.growth.prune(wish)).first}`);
    }
  } catch (error) {
    if (!(error instanceof AosFault) || error.code !== 'prune-refused') throw error;
  }
}

async function keep() {
  const bytes = randomBytes(50);
  const hash = sha256(bytes);
  await host.storeObject({ hash, bytes });
  say(`stored ${toHex(hash)}`);
}

async function feed() {
  for (;;) {
    const dice = Math.random() * 100;
    if (dice < CHANCES.snapshot) say(`snapshot ${(await host.snapshot()).seq}`);
    else if (dice < CHANCES.snapshot + CHANCES.grow) await grow();
    else if (dice < CHANCES.snapshot + CHANCES.grow + CHANCES.store) await keep();
    const answer = await host.submit(store.head < 0 ? start : tick);
    if (!answer.ok) throw new Error(answer.refusal.detail);
    say(`${answer.value.seq} ${toHex(answer.value.chain)}`);
  }
}

await Promise.all(Array.from({ length: CLIENTS }, feed));
