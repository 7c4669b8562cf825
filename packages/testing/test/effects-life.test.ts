/** Real adapters under a real host: a timer that outlives it, and blobs of what came of that. */
import { BlobAdapter } from '@aos/adapters-blob';
import { TimerAdapter } from '@aos/adapters-timer';
import { decode, encode, utf8 } from '@aos/canon';
import { openWorldHost } from '@aos/host';
import { decodeRecord, type WorldStore } from '@aos/protocol';
import { createMemoryStore, openMemoryStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { describe, expect, it } from 'vitest';
import { VirtualTime } from '../src/test-world/virtual-time.js';
import { makeSigner, operator } from './counter-world.js';
import { ask, field, foundPlans, input, onePlan } from './plan-world.js';

const blob = (kind: string, params: object) => {
  return { kind, cap: 'blob', params: { namespace: { text: 'n' }, ...params } };
};
const wish = { deliver_at_ns: input('at'), key: { text: 'tea' } };
const blob_ref = field('written', 'blob_ref');
const part = { from: { nat: 2 }, size: { nat: 4 } };
const record = {
  at: field('timer', 'delivered_at_ns'),
  bytes: field('read', 'bytes'),
  size: field('read', 'size'),
};
const fields = { at: { nat: {} }, bytes: { bytes: {} } };

const definitions = onePlan({
  ...{ event: 'd/Remind@1', fields, plan: 'd/remind@1', output: 'd/Done@1' },
  schemas: ['d/Done@1'],
  beside: [
    { $kind: 'defschema', name: 'd/Done@1', type: { record: { ...fields, size: { nat: {} } } } },
  ],
  steps: [
    ...ask('timer', { kind: 'timer.set', cap: 'timer', params: wish }),
    ...ask('written', blob('blob.write', { bytes: input('bytes') })),
    ...ask('seen', blob('blob.exists', { blob_ref })),
    ...ask('read', blob('blob.read', { blob_ref, ...part })),
    { id: 'done', op: 'end', result: { record } },
  ],
  effects: ['sys/timer.set@2', 'sys/blob.write@1', 'sys/blob.exists@1', 'sys/blob.read@1'],
  grants: [
    { name: 'timer', cap: 'sys/timer@1', params: {} },
    { name: 'blob', cap: 'sys/blob@2', params: { namespaces: ['n'] } },
  ],
});

const signer = makeSigner();

function open(store: WorldStore, time: VirtualTime) {
  const timers = new TimerAdapter();
  const host = openWorldHost({
    store,
    engine: new WasmEngine(),
    clock: time,
    startTimer: time.startTimer,
    effects: { adapters: [timers, new BlobAdapter()], signer, operator, drainMs: 0 },
  });
  return { host, timers };
}

function newStore(time: VirtualTime): WorldStore {
  const { genesis, objects } = foundPlans(definitions, undefined, time);
  return createMemoryStore(genesis, objects);
}

function resultOf(store: WorldStore) {
  for (const bytes of store.records(0)) {
    const record = decodeRecord(bytes);
    const entries = record.ok ? record.value.entries : [];
    for (const entry of entries) {
      if (entry.kind === 'plan-result') return decode(entry.value.inline ?? encode(null));
    }
  }
  return undefined;
}

describe('effects with real adapters', () => {
  it('survive their host: a timer fires on time, or at once when it is past', async () => {
    const time = new VirtualTime(10n ** 18n);
    const store = newStore(time);
    const at = 60_000_000_000n;
    const first = open(store, time);
    await first.host.submit({
      schema: 'd/Remind@1',
      cbor: encode({ at, bytes: utf8('a cup of tea') }),
    });
    const { blockers } = await first.host.untilQuiescent();
    expect(blockers).toMatchObject([{ kind: 'timer', effect: 'timer.set' }]);
    expect(first.timers.size).toBe(1);
    const closed = first.host.close();
    time.pass(1n);
    await closed;
    await first.timers.close();
    const second = open(openMemoryStore(store as never), time);
    await second.host.untilQuiescent();
    time.pass(at);
    expect(await second.host.untilQuiescent({ timers: 'wait' })).toEqual({
      blockers: [],
      unlisted: 0,
    });
    await second.host.close();
    const done = resultOf(openMemoryStore(store as never));
    const fields = done?.ok && done.value instanceof Map ? Object.fromEntries(done.value) : {};
    expect(fields).toEqual({ at: Number(at) + 1, bytes: utf8('cup '), size: 12 });
    await second.timers.close();
  });
});
