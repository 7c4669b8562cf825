/** Our own system as a library: the host in the client's process, on a disk all the same. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { decode, type Encodable, encode } from '@aos/canon';
import { openControl, openWorldHost, type WorldHost } from '@aos/host';
import type { JournalRecord } from '@aos/protocol';
import { createWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { countOf } from './aos.js';
import { ADD, actEffects, foundSide, workSchema } from './aos-world.js';
import { PlanResults } from './plan-results.js';
import type { Founded, Running, System } from './system.js';

export const aosInProcess: System = {
  name: 'aos-in-process',
  keeps: true,
  isInProcess: true,
  facts: {
    packages: [],
    durability: 'journal flushed (fdatasync) before an answer; receipts signed and verified',
    client: 'none: the host runs in the process that asks',
  },
  found,
};

async function found(directory: string): Promise<Founded> {
  const data = join(directory, 'world');
  mkdirSync(data);
  const { genesis, objects } = await foundSide(data);
  const path = join(data, '.aos');
  const created = await createWorldStore(path, genesis, objects);
  await created.close();
  return { data, start: () => start(path, data) };
}

async function start(path: string, keys: string): Promise<Running> {
  const store = await openWorldStore(path);
  const engine = new WasmEngine();
  const host = openWorldHost({ store, engine, effects: actEffects(keys) });
  const control = openControl({ store, engine, host });
  const results = new PlanResults();
  host.watch({
    durable: (told) => {
      for (const { record } of told) takeEnds(record, results);
    },
  });
  const stop = async () => {
    await control.close();
    await host.close();
  };
  const elsewhere = () => Promise.reject(new Error('it lives in the process that asks'));
  return {
    pids: [],
    add: async (id) => {
      await submit(host, ADD, { id });
    },
    count: (key) => countOf(control, key),
    run: async (_id, steps) => results.of(await submit(host, workSchema(steps), { ms: 0 })),
    begin: elsewhere,
    finished: elsewhere,
    untilFinished: elsewhere,
    stop,
    kill: elsewhere,
  };
}

async function submit(host: WorldHost, schema: string, value: Encodable): Promise<number> {
  const answer = await host.submit({ schema, cbor: encode(value) });
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal));
  if (answer.value.faults.length > 0) throw new Error('an event was not taken');
  return answer.value.seq;
}

function takeEnds({ entries }: JournalRecord, results: PlanResults): void {
  for (const entry of entries) {
    if (entry.kind === 'plan-ended')
      results.take({ seq: entry.instance.seq, status: entry.status });
    if (entry.kind !== 'plan-result' || entry.value.inline === undefined) continue;
    const sum = decode(entry.value.inline);
    if (sum.ok) results.take({ seq: entry.instance.seq, sum: Number(sum.value) });
  }
}
