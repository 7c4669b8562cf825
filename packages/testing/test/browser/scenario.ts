/**
 * What both platforms are put through: a function of text, so that one input serves Node and a
 * page. Its answer holds every hash of the way; equal answers mean equal bytes.
 */
import { loadAir } from '@aos/air';
import { encode, fromHex, type Result, sha256, toHex, utf8 } from '@aos/canon';
import { admit, createWorld, hashWorld, replayRecord, step, type World } from '@aos/kernel';
import { CURRENT_RUNTIME, encodeGenesis, GENESIS_FORMAT, type Stamp } from '@aos/protocol';
import { WasmEngine } from '@aos/wasm';

/** An authoring folder as JSON carries it. */
export interface Folder {
  readonly documents: readonly { readonly path: string; readonly text: string }[];
  /** Hexadecimal module bytes by the name of their defmodule. */
  readonly modules: Readonly<Record<string, string>>;
}

export interface Run {
  readonly worldId: string;
  /** A chain value per admitted input, a code per refused one. */
  readonly steps: readonly string[];
  readonly worldHash: string;
  readonly replayed: string;
}

const COUNTER_EVENT = 'demo/CounterEvent@1';
const arm = ($tag: string, $value: null | { target: number }) => encode({ $tag, $value });

/** A start, ticks to the end and beyond, and an event that is none of the schema. */
const EVENTS = [
  arm('Start', { target: 40 }),
  ...Array.from({ length: 45 }, () => arm('Tick', null)),
  arm('Stop', null),
  arm('Start', { target: 2 }),
];

/** Founds the counter's world, lives it and replays it. */
export function playCounter(folder: Folder): Run {
  const engine = new WasmEngine();
  const modules = Object.entries(folder.modules).map(([name, hex]) => {
    const bytes = must(fromHex(hex));
    return [name, must(engine.load(bytes, 'step'))] as const;
  });
  const loaded = loadAir(folder.documents, new Map(modules));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  const genesis = encodeGenesis({
    format: GENESIS_FORMAT,
    manifest: loaded.world.manifestHash,
    runtime: CURRENT_RUNTIME,
    keyring: [],
    createdNs: 1_700_000_000_000_000_000n,
    nonce: new Uint8Array(16),
  });
  const first = must(createWorld(genesis, loaded.world, engine));
  const records: Uint8Array[] = [];
  const steps: string[] = [];
  let world: World = first;
  for (const cbor of EVENTS) {
    const admitted = admit(world, { schema: COUNTER_EVENT, cbor });
    if (!admitted.ok) {
      steps.push(admitted.refusal.code);
      continue;
    }
    const outcome = step(world, admitted.value, stampAt(world.seq), engine);
    if (outcome.kind !== 'done') throw new Error('a module is missing');
    world = outcome.world;
    records.push(outcome.bytes);
    steps.push(toHex(world.chain));
  }
  const replayed = replayAll(first, records, engine);
  const worldHash = toHex(hashWorld(world));
  return { worldId: toHex(first.worldId), steps, worldHash, replayed };
}

function replayAll(first: World, records: readonly Uint8Array[], engine: WasmEngine): string {
  let world = first;
  for (const bytes of records) {
    const verdict = replayRecord(world, bytes, { engine, object: () => undefined });
    if (verdict.kind !== 'same') return `${verdict.kind} at ${world.seq}`;
    world = verdict.world;
  }
  return toHex(hashWorld(world));
}

const stampAt = (seq: number): Stamp => ({
  nowNs: 1_700_000_000_000_000_000n + BigInt(seq) * 1_000_003n,
  logicalNowNs: BigInt(seq) * 1_000_003n,
  entropy: sha256(utf8(`entropy ${seq}`)),
});

function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.refusal.code} at ${result.refusal.at}: ${result.refusal.detail}`);
}
