/**
 * A world of one keyed reducer: a counter in AssemblyScript for every number, and its cells behind
 * an index of which a part is in memory.
 */
import { type AirDocument, loadAir } from '@aos/air';
import { encode, type Hash, sha256, toHex, utf8 } from '@aos/canon';
import {
  admit,
  createWorld,
  NodeCache,
  openSnapshot,
  step,
  type TrieSource,
  takeSnapshot,
  type World,
} from '@aos/kernel';
import {
  CURRENT_RUNTIME,
  encodeGenesis,
  GENESIS_FORMAT,
  type Stamp,
  type StoredObject,
} from '@aos/protocol';
import { buildReducer, moduleTypes } from '@aos/reducer-sdk';
import { WasmEngine } from '@aos/wasm';

export const REDUCER = 'bench/Keyed@1';
export const EVENT = 'bench/Bump@1';

/** Counts its cell up. */
const SOURCE = `
import { State, Step } from 'air';

export function reduce(step: Step): void {
  const state = step.state || new State();
  state.count += 1;
  step.setState(state);
}
`;

export const document: AirDocument = {
  path: 'air/keyed.air.json',
  text: JSON.stringify([
    { $kind: 'defschema', name: 'bench/Id@1', type: { nat: {} } },
    { $kind: 'defschema', name: 'bench/State@1', type: { record: { count: { nat: {} } } } },
    { $kind: 'defschema', name: EVENT, type: { record: { id: { ref: 'bench/Id@1' } } } },
    { $kind: 'defschema', name: 'bench/Family@1', type: { ref: EVENT } },
    {
      $kind: 'defmodule',
      name: REDUCER,
      module_kind: 'reducer',
      key_schema: 'bench/Id@1',
      abi: { reducer: { state: 'bench/State@1', event: 'bench/Family@1' } },
    },
    {
      $kind: 'manifest',
      air_version: '1',
      schemas: ['bench/Id@1', 'bench/State@1', EVENT, 'bench/Family@1'].map((name) => ({ name })),
      modules: [{ name: REDUCER }],
      plans: [],
      caps: [],
      policies: [],
      routing: { events: [{ event: EVENT, reducer: REDUCER, key_field: 'id' }] },
    },
  ]),
};

/** Leaves of cells that stay in memory. */
const CACHE_LEAVES = 100_000;
/** New cells between two snapshots while a world is filled. */
const FILL_STEP = 50_000;

const entropy = sha256(utf8('bench'));
const stampOf = (seq: number): Stamp => ({
  nowNs: 1_700_000_000_000_000_000n + BigInt(seq),
  logicalNowNs: BigInt(seq),
  entropy,
});

/** Stored objects: what a store would hold, so that a miss costs what the kernel does with it. */
class Objects {
  readonly #bytes = new Map<string, Uint8Array>();
  /** Objects read: nodes that were not in the cache. */
  misses = 0;

  store(objects: readonly StoredObject[]): void {
    for (const { hash, bytes } of objects) this.#bytes.set(toHex(hash), bytes);
  }

  /** The first of them. */
  sample(count: number): readonly StoredObject[] {
    const bytes = [...this.#bytes.values()].slice(0, count);
    return bytes.map((each) => ({ hash: sha256(each), bytes: each }));
  }

  /** A view with an empty cache. */
  source(): TrieSource {
    return { read: (hash: Hash) => this.#read(hash), cache: new NodeCache(CACHE_LEAVES) };
  }

  #read(hash: Hash): Uint8Array | undefined {
    this.misses++;
    return this.#bytes.get(toHex(hash));
  }
}

/** The module, compiled. */
export async function buildKeyed() {
  const unbound = loadAir([document]);
  const types = unbound.ok ? moduleTypes(unbound.world, REDUCER) : unbound;
  if (!('value' in types)) throw new Error(`no types: ${JSON.stringify(types)}`);
  const built = await buildReducer({ name: 'keyed', source: SOURCE, types: types.value });
  if (!built.ok) throw new Error(built.refusal.detail);
  return built.value;
}

/** The definition, with its module in the engine. */
async function makeDefinition(engine: WasmEngine) {
  const { wasm, hash } = await buildKeyed();
  const loaded = loadAir([document], new Map([[REDUCER, hash]]));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  const admitted = engine.load(wasm, 'step');
  if (!admitted.ok) throw new Error(admitted.refusal.detail);
  return loaded.world;
}

/** A keyed world in memory, at any height. */
export class KeyedWorld {
  private constructor(
    private readonly engine: WasmEngine,
    readonly objects: Objects,
    private readonly genesis: Uint8Array,
    public world: World,
  ) {}

  /** A world of `cells` cells, each touched once, and stored. */
  static async of(cells: number): Promise<KeyedWorld> {
    const engine = new WasmEngine();
    const definition = await makeDefinition(engine);
    const genesis = encodeGenesis({
      format: GENESIS_FORMAT,
      manifest: definition.manifestHash,
      runtime: CURRENT_RUNTIME,
      keyring: [],
      createdNs: 1n,
      nonce: new Uint8Array(16),
    });
    const objects = new Objects();
    const source = objects.source();
    const created = createWorld(genesis, definition, { engine, source });
    if (!created.ok) throw new Error(created.refusal.detail);
    const keyed = new KeyedWorld(engine, objects, genesis, created.value);
    for (let id = 0; id < cells; id++) {
      keyed.bump(id);
      if (id % FILL_STEP === FILL_STEP - 1) keyed.snapshot();
    }
    keyed.snapshot();
    return keyed;
  }

  /** Admit, step, record and chain of one event for the cell `id`. */
  bump(id: number): void {
    const { world, engine } = this;
    const admission = admit(world, { schema: EVENT, cbor: encode({ id }) });
    if (admission.kind !== 'admitted') throw new Error(`the event is ${admission.kind}`);
    const outcome = step(world, admission.input, stampOf(world.seq), { engine });
    if (outcome.kind !== 'done') throw new Error('an object is missing');
    this.world = outcome.world;
  }

  /** Takes and stores a snapshot; its bytes. */
  snapshot(): Uint8Array {
    const taken = takeSnapshot(this.world);
    if (taken.kind === 'need') throw new Error('an object is missing');
    this.objects.store(taken.objects);
    taken.markStored();
    return taken.bytes;
  }

  /** The world of a snapshot of this one, with nothing in memory yet. */
  reopen(snapshot: Uint8Array): KeyedWorld {
    const { engine, objects, genesis } = this;
    const { definition } = this.world.program;
    const ports = { engine, source: objects.source() };
    const opened = openSnapshot(snapshot, { genesis, definition }, ports);
    if (opened.kind !== 'opened') throw new Error(`the snapshot is ${opened.kind}`);
    return new KeyedWorld(engine, objects, genesis, opened.world);
  }
}
