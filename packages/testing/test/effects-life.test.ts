/** Real adapters under a real host: a timer that outlives it, and blobs of what came of that. */
import { BlobAdapter } from '@aos/adapters-blob';
import { TimerAdapter } from '@aos/adapters-timer';
import { decode, encode, utf8 } from '@aos/canon';
import { foundWorld, openWorldHost, systemEntropy } from '@aos/host';
import { decodeRecord, type WorldStore } from '@aos/protocol';
import { createMemoryStore, openMemoryStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { describe, expect, it } from 'vitest';
import { makeSigner, operator } from './counter-world.js';

const refs = (...names: string[]) => names.map((name) => ({ name }));
const input = (name: string) => ({ ref: `@plan.input.${name}` });
const field = (bound: string, name: string) => ({
  op: 'get',
  args: [{ ref: `@var:${bound}` }, { text: name }],
});

/** An effect, and the wait for its receipt, bound to the name. */
const ask = (name: string, kind: string, cap: string, params: object) => [
  {
    id: name,
    op: 'emit_effect',
    kind,
    params: { record: params },
    cap,
    bind: { effect_id_as: `${name}_id` },
  },
  { id: `${name}_end`, op: 'await_receipt', for: { ref: `@var:${name}_id` }, bind: { as: name } },
];

const steps = [
  ...ask('timer', 'timer.set', 'timer', { deliver_at_ns: input('at'), key: { text: 'tea' } }),
  ...ask('written', 'blob.write', 'blob', { namespace: { text: 'n' }, bytes: input('bytes') }),
  ...ask('seen', 'blob.exists', 'blob', {
    namespace: { text: 'n' },
    blob_ref: field('written', 'blob_ref'),
  }),
  ...ask('read', 'blob.read', 'blob', {
    namespace: { text: 'n' },
    blob_ref: field('written', 'blob_ref'),
    from: { nat: 2 },
    size: { nat: 4 },
  }),
  {
    id: 'done',
    op: 'end',
    result: {
      record: {
        at: field('timer', 'delivered_at_ns'),
        bytes: field('read', 'bytes'),
        size: field('read', 'size'),
      },
    },
  },
];

const definitions = [
  {
    $kind: 'defschema',
    name: 'd/Remind@1',
    type: { record: { at: { nat: {} }, bytes: { bytes: {} } } },
  },
  {
    $kind: 'defschema',
    name: 'd/Done@1',
    type: { record: { at: { nat: {} }, bytes: { bytes: {} }, size: { nat: {} } } },
  },
  { $kind: 'defpolicy', name: 'd/policy@1', rules: [{ when: {}, decision: 'allow' }] },
  {
    $kind: 'defplan',
    name: 'd/remind@1',
    input: 'd/Remind@1',
    output: 'd/Done@1',
    steps,
    edges: steps.slice(1).map(({ id }, i) => ({ from: steps[i]?.id, to: id })),
  },
  {
    $kind: 'manifest',
    air_version: '1',
    features: ['expressions-1.1'],
    schemas: refs('d/Remind@1', 'd/Done@1'),
    modules: [],
    plans: refs('d/remind@1'),
    effects: refs('sys/timer.set@2', 'sys/blob.write@1', 'sys/blob.exists@1', 'sys/blob.read@1'),
    caps: refs('sys/timer@1', 'sys/blob@2'),
    policies: refs('d/policy@1'),
    defaults: {
      policy: 'd/policy@1',
      cap_grants: [
        { name: 'timer', cap: 'sys/timer@1', params: {} },
        { name: 'blob', cap: 'sys/blob@2', params: { namespaces: ['n'] } },
      ],
    },
    triggers: [{ event: 'd/Remind@1', plan: 'd/remind@1' }],
  },
];

/** Time that stands still until it is moved; a timer fires when it is past. */
class HandTime {
  ns = 0n;
  readonly #timers = new Set<() => void>();
  wallNs = () => 10n ** 18n + this.ns;
  monotonicNs = () => this.ns;
  startTimer = (delayMs: number, fire: () => void) => {
    const atNs = this.ns + BigInt(delayMs) * 1_000_000n;
    const check = () => {
      if (this.ns >= atNs && this.#timers.delete(check)) fire();
    };
    this.#timers.add(check);
    return () => this.#timers.delete(check);
  };
  pass(ns: bigint) {
    this.ns += ns;
    for (const check of [...this.#timers]) check();
  }
}

const signer = makeSigner();

function open(store: WorldStore, time: HandTime) {
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

function newStore(time: HandTime): WorldStore {
  const documents = [{ path: 'air/world.air.json', text: JSON.stringify(definitions) }];
  const { keyId, publicKey } = operator;
  const keyring = [{ keyId, publicKey, name: 'operator', roles: ['operator'] }] as const;
  const ports = { engine: new WasmEngine(), clock: time, fillEntropy: systemEntropy };
  const result = foundWorld({ documents, modules: new Map(), keyring }, ports);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return createMemoryStore(result.founded.genesis, result.founded.objects);
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
    const time = new HandTime();
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
