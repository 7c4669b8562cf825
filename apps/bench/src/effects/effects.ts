/**
 * Effects from event to settlement: an order is flushed, its effect carried out by a real adapter,
 * the receipt signed, verified and flushed, and the plan ends. One world on disk; the HTTP server
 * is a thread on the same machine.
 */
import { join } from 'node:path';
import { BlobAdapter } from '@aos/adapters-blob';
import { createHttpAdapter } from '@aos/adapters-http';
import { TimerAdapter } from '@aos/adapters-timer';
import { WasiAdapter } from '@aos/adapters-wasi';
import { encode } from '@aos/canon';
import { openWorldHost, type WorldHost } from '@aos/host';
import type { RawEvent } from '@aos/kernel';
import type { Adapter } from '@aos/protocol';
import { createWorldStore } from '@aos/store';
import type { Measure } from '../measure.js';
import { withScratchDir } from '../measures/scratch.js';
import { foundEffects } from './effect-world.js';
import { withServer } from './loopback-server.js';

const EFFECTS = 4000;
/** A program takes longer than a receipt. */
const PROGRAMS = 1000;
/** Orders that wait for their acknowledgement at once. */
const IN_FLIGHT = 256;
const BLOB_BYTES = 256;
const NS_PER_MS = 1_000_000n;
/** Timers are set so far ahead. */
const AHEAD_NS = 20n * NS_PER_MS;

/** The `n`-th order, at that logical time. */
type MakeOrder = (n: number, logicalNowNs: bigint) => RawEvent;

/** Effects that settled ok, by second. */
function runEffects(order: MakeOrder, effects = EFFECTS): Promise<number> {
  return withScratchDir(async (dir) => {
    const { genesis, objects, engine, signer } = foundEffects(dir);
    const store = await createWorldStore(join(dir, 'world'), genesis, objects);
    const adapters: Adapter[] = [
      ...[createHttpAdapter(), new TimerAdapter()],
      ...[new BlobAdapter(), new WasiAdapter()],
    ];
    const host = openWorldHost({ store, engine, effects: { adapters, signer } });
    try {
      const startedAt = performance.now();
      await feed(host, order, effects);
      const { blockers } = await host.untilQuiescent({ timers: 'wait' });
      const tookMs = performance.now() - startedAt;
      if (blockers.length > 0 || host.deadLetters.length > 0) throw new Error('an effect failed');
      return (effects * 1000) / tookMs;
    } finally {
      await host.close();
      await Promise.all(adapters.map((adapter) => adapter.close()));
    }
  });
}

async function feed(host: WorldHost, order: MakeOrder, effects: number): Promise<void> {
  let next = 0;
  const baseNs = await host.read((world) => world.logicalNowNs);
  const startedAt = performance.now();
  const client = async () => {
    while (next < effects) {
      const n = next++;
      const nowNs = baseNs + BigInt(Math.ceil(performance.now() - startedAt)) * NS_PER_MS;
      const answer = await host.submit(order(n, nowNs));
      if (!answer.ok || answer.value.faults.length > 0) throw new Error('an order was not taken');
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, client));
}

const event = (name: string, value: Parameters<typeof encode>[0]): RawEvent => ({
  schema: `b/${name}@1`,
  cbor: encode(value),
});

function keep(n: number): RawEvent {
  const bytes = new Uint8Array(BLOB_BYTES);
  new DataView(bytes.buffer).setUint32(0, n);
  return event('Keep', { bytes });
}

export const measures: readonly Measure[] = [
  {
    name: 'host.effects-http',
    unit: '1/s',
    run: () => withServer((url) => runEffects((n) => event('Fetch', { url: `${url}${n}` }))),
  },
  {
    name: 'host.effects-timer',
    unit: '1/s',
    run: () => runEffects((_n, nowNs) => event('Wait', { at: nowNs + AHEAD_NS })),
  },
  { name: 'host.effects-blob', unit: '1/s', run: () => runEffects(keep) },
  {
    name: 'host.effects-wasi',
    unit: '1/s',
    run: () => runEffects((n) => event('Run', { text: `${n}` }), PROGRAMS),
  },
];
