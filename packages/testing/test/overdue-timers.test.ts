/** Timers that are overdue when a world is opened, more of them than are started in one turn. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TimerAdapter } from '@aos/adapters-timer';
import { encode } from '@aos/canon';
import { openKey, openWorldHost } from '@aos/host';
import { createMemoryStore, type MemoryStore, openMemoryStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { expect, it } from 'vitest';
import { VirtualTime } from '../src/test-world/virtual-time.js';
import { foundAlarms, readAlarms } from './real/times/alarm-world.js';

const NS_PER_S = 1_000_000_000n;
const TIMERS = process.env.AOS_DRILL === 'large' ? 86_400 : 1500;
/** Coprime to both: they are set in no order. */
const STRIDE = 7919;

it('fire in the order of their times, however many there are', async () => {
  const home = mkdtempSync(join(tmpdir(), 'aos-overdue-'));
  const { genesis, objects } = foundAlarms(home);
  const store = createMemoryStore(genesis, objects);
  const open = (store: MemoryStore, time: VirtualTime) =>
    openWorldHost({
      ...{ store, engine: new WasmEngine(), clock: time, startTimer: time.startTimer },
      effects: { adapters: [new TimerAdapter()], signer: openKey(home, 'host') },
    });
  const before = open(store, new VirtualTime(10n ** 18n));
  const set = async (n: number) => {
    const second = (n * STRIDE) % TIMERS;
    const cbor = encode({ at: BigInt(second + 1) * NS_PER_S, key: `${second}` });
    expect((await before.submit({ schema: 'd/Alarm@1', cbor })).ok).toBe(true);
  };
  for (let n = 0; n < TIMERS; n += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, i) => set(n + i)));
  }
  await before.close();
  const opened = openMemoryStore(store);
  const after = open(opened, new VirtualTime(2n * 10n ** 18n));
  await after.untilQuiescent({ timers: 'wait' });
  const { fired, problems } = readAlarms(opened.records(0));
  await after.close();
  expect([fired.length, problems]).toEqual([TIMERS, []]);
  const times = fired.map(({ atNs }) => atNs);
  expect(times).toEqual(times.toSorted((a, b) => (a < b ? -1 : 1)));
});
