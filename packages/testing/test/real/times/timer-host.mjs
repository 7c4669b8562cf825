// Lives through a day of alarms, one a second, in virtual time, over the timer adapter and a disk,
// until all have fired or it is killed. It says `set <count>` and `fired <count>` as far as that is
// durable, and `over` at the end.
// Argument: JSON {dir, home, timers, broken}; the last is for canaries.
import { writeSync } from 'node:fs';
import { encode } from '@aos/canon';
import { openKey, openWorldHost } from '@aos/host';
import { decodeRecord } from '@aos/protocol';
import { openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { VirtualTime } from '../../../src/test-world/virtual-time.js';
import { brokenTimers } from './broken-timers.js';

const IN_FLIGHT = 256;
const NS_PER_S = 1_000_000_000n;
/** The first alarm goes off after an hour, so that all are set before. */
const BEGIN_S = 3600;
const STEP_NS = 64n * NS_PER_S;
/** Coprime to every count that is used: alarms are set in no order. */
const STRIDE = 7919;
const WAIT_MS = 5;

const { dir, home, timers, broken } = JSON.parse(process.argv[2] ?? '');
const store = await openWorldStore(dir, { mode: 'write' });
const time = new VirtualTime(10n ** 18n);
const seen = { set: 0, fired: 0 };
/** @type {(() => void) | undefined} */
let look;

/** @param {string} line */
const say = (line) => writeSync(1, `${line}\n`);

/** @param {{ readonly entries: readonly { readonly kind: string }[] }} record */
function count({ entries }) {
  for (const { kind } of entries) {
    if (kind === 'intent') seen.set += 1;
    if (kind === 'settled') seen.fired += 1;
  }
}

for (const bytes of store.records(0)) {
  const record = decodeRecord(bytes);
  if (record.ok) count(record.value);
}
const host = openWorldHost({
  store,
  engine: new WasmEngine(),
  clock: time,
  startTimer: time.startTimer,
  snapshots: { records: 20_000 },
  effects: { adapters: [brokenTimers(broken)], signer: openKey(home, 'host') },
});
host.watch({
  durable: (told) => {
    for (const { record } of told) count(record);
    say(seen.set < timers ? `set ${seen.set}` : `fired ${seen.fired}`);
    look?.();
  },
});

/** @param {number} n */
async function set(n) {
  const second = (n * STRIDE) % timers;
  const at = BigInt(BEGIN_S + second) * NS_PER_S;
  const cbor = encode({ at, key: `${second}` });
  const answer = await host.submit({ schema: 'd/Alarm@1', cbor });
  if (!answer.ok) throw new Error(answer.refusal.detail);
}

let next = seen.set;
async function setAll() {
  while (next < timers) await set(next++);
}
await Promise.all(Array.from({ length: IN_FLIGHT }, setAll));

while (seen.fired < timers) {
  const due = Number(host.logicalNowNs / NS_PER_S) - BEGIN_S + 1;
  while (seen.fired < Math.min(timers, due)) {
    time.fireDue();
    await new Promise((resolve) => {
      look = () => resolve(undefined);
      setTimeout(look, WAIT_MS);
    });
  }
  time.moveTo(time.monotonicNs() + STEP_NS);
}
await host.untilQuiescent();
await host.close();
say('over');
