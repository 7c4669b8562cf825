/** The world that is measured: the counter example, its reducer compiled from AssemblyScript. */
import { fileURLToPath } from 'node:url';
import type { WorldDefinition } from '@aos/air';
import { encode, sha256, utf8 } from '@aos/canon';
import {
  foundWorld,
  type HostEngine,
  readAuthoringFolder,
  systemClock,
  systemEntropy,
} from '@aos/host';
import { admit, createWorld, type StepDone, step, type World } from '@aos/kernel';
import type { Stamp, StoredObject } from '@aos/protocol';
import { WasmEngine } from '@aos/wasm';

export const exampleDir = fileURLToPath(new URL('../../../examples/00-counter', import.meta.url));

const SCHEMA = 'demo/CounterEvent@1';
/** More ticks than any run makes, so that each one changes the state. */
const TARGET = 1_000_000_000;

export const start = {
  schema: SCHEMA,
  cbor: encode({ $tag: 'Start', $value: { target: TARGET } }),
};
export const tick = { schema: SCHEMA, cbor: encode({ $tag: 'Tick', $value: null }) };

export interface Founded {
  readonly definition: WorldDefinition;
  readonly genesis: Uint8Array;
  readonly objects: readonly StoredObject[];
  readonly engine: HostEngine;
}

export function foundCounter(): Founded {
  const engine = new WasmEngine();
  const folder = readAuthoringFolder(exampleDir);
  const ports = { engine, clock: systemClock, fillEntropy: systemEntropy };
  const result = foundWorld({ ...folder, keyring: [] }, ports);
  if (!result.ok) throw new Error(`the counter is no world: ${JSON.stringify(result)}`);
  return { ...result.founded, engine };
}

/** A counter in memory that has been started. */
export class CounterInMemory {
  readonly #engine: HostEngine;
  readonly genesisWorld: World;
  world: World;

  constructor({ genesis, definition, engine }: Founded) {
    const created = createWorld(genesis, definition, { engine });
    if (!created.ok) throw new Error(created.refusal.detail);
    this.#engine = engine;
    this.genesisWorld = created.value;
    this.world = created.value;
  }

  /** Admit, step, record and chain of one event. */
  take(raw: typeof tick): StepDone {
    const admitted = admit(this.world, raw);
    if (admitted.kind !== 'admitted') throw new Error(`the event is ${admitted.kind}`);
    const ports = { engine: this.#engine };
    const done = step(this.world, admitted.input, stampOf(this.world.seq), ports);
    if (done.kind !== 'done') throw new Error('a module is missing');
    this.world = done.world;
    return done;
  }
}

const entropy = sha256(utf8('bench'));
const stampOf = (seq: number): Stamp => ({
  nowNs: 1_700_000_000_000_000_000n + BigInt(seq),
  logicalNowNs: BigInt(seq),
  entropy,
});
