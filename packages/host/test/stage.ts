/** A world over ports that a test holds in its hands: store, engine, clock and entropy. */
import {
  decodePlain,
  encode,
  encodeUntagged,
  type Result,
  sha256,
  toHex,
  type Value,
} from '@aos/canon';
import { type Clock, type FoundedWorld, foundWorld, type HostEngine } from '@aos/host';
import type { Batch, CallOutcome, WorldStore } from '@aos/protocol';
import { createMemoryStore } from '@aos/store';

export const SCHEMA = 't/Add@1';
export const REDUCER = 't/Sum@1';
const MODULE = new Uint8Array([1, 2, 3]);

const documents = [
  {
    path: 'air/world.air.json',
    text: JSON.stringify([
      { $kind: 'defschema', name: 't/Sum@1', type: { record: { n: { nat: {} } } } },
      { $kind: 'defschema', name: SCHEMA, type: { record: { by: { nat: {} } } } },
      { $kind: 'defschema', name: 't/Event@1', type: { variant: { Add: { ref: SCHEMA } } } },
      {
        $kind: 'defmodule',
        name: REDUCER,
        module_kind: 'reducer',
        abi: { reducer: { state: 't/Sum@1', event: 't/Event@1' } },
      },
      {
        $kind: 'manifest',
        air_version: '1',
        schemas: [{ name: 't/Sum@1' }, { name: SCHEMA }, { name: 't/Event@1' }],
        modules: [{ name: REDUCER }],
        plans: [],
        effects: [],
        caps: [],
        policies: [],
        routing: { events: [{ event: 't/Event@1', reducer: REDUCER }] },
      },
    ]),
  },
];

export const modules = new Map([[REDUCER, MODULE]]);
export const plan = { documents, modules, keyring: [] };

export function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.refusal.code}: ${result.refusal.detail}`);
}

/** Adds `by` to the state; 13 traps, 99 throws as only a defect of the runtime could. */
export function sumEngine(): HostEngine {
  const loaded = new Set<string>();
  return {
    load: (bytes) => {
      const hash = sha256(bytes);
      loaded.add(toHex(hash));
      return { ok: true, value: hash };
    },
    has: (hash) => loaded.has(toHex(hash)),
    call: (_module, _entry, input): CallOutcome => {
      const envelope = asMap(decodePlain(input));
      const event = envelope.get('event') as ReadonlyMap<string, Value>;
      const value = asMap(decodePlain(event.get('value') as Uint8Array));
      const by = (value.get('$value') as ReadonlyMap<string, number>).get('by') ?? 0;
      if (by === 13) return { kind: 'fault', code: 'module-trap', fuel: 0 };
      if (by === 99) throw new Error('a defect');
      const state = envelope.get('state') as Uint8Array | null;
      const n = state === null ? 0 : (asMap(decodePlain(state)).get('n') as number);
      const output = { state: encode({ n: n + by }), domain_events: [], effects: [], ann: null };
      return { kind: 'output', output: encodeUntagged(output), fuel: 0 };
    },
  };
}

const asMap = (result: Result<Value>) => must(result) as ReadonlyMap<string, Value>;

export class ManualClock implements Clock {
  wall = 1_000_000n;
  monotonic = 0n;
  wallNs = () => this.wall;
  monotonicNs = () => this.monotonic;
}

export const noEntropy = (bytes: Uint8Array) => void bytes.fill(5);

export function found(clock: Clock = new ManualClock()): FoundedWorld {
  const result = foundWorld(plan, { engine: sumEngine(), clock, fillEntropy: noEntropy });
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.founded;
}

export function newStore(): WorldStore {
  const { genesis, objects } = found();
  return createMemoryStore(genesis, objects);
}

/** A store whose flushes end when the test says so. */
export class HeldStore implements WorldStore {
  readonly held: { readonly batch: Batch; end(fault?: Error): void }[] = [];
  closed = false;
  head = -1;
  durable = -1;
  readonly lineage = [];
  readonly first = 0;
  readonly pruned = undefined;
  readonly snapshot = undefined;
  readonly snapshots = [];
  readonly halt = undefined;
  #records: Uint8Array[] = [];
  readonly #inner = newStore();

  get genesis() {
    return this.#inner.genesis;
  }

  append(batch: Batch): Promise<void> {
    this.head += batch.records.length;
    this.#records.push(...batch.records);
    return new Promise((resolve, reject) => {
      const end = (fault?: Error) => (fault === undefined ? resolve() : reject(fault));
      this.held.push({ batch, end });
    });
  }

  records = (from: number) => this.#records.slice(from);
  object = (hash: Parameters<WorldStore['object']>[0]) => this.#inner.object(hash);
  objects = () => this.#inner.objects();

  async close() {
    this.closed = true;
  }
}

export const add = (by: number) => ({ schema: SCHEMA, cbor: encode({ by }) });

/** Lets everything that is due run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}
