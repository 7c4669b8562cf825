/**
 * What both platforms are put through: functions of plain JSON, so that one input serves Node and a
 * page. Their answers hold every hash of the way; equal answers mean equal bytes.
 */
import { loadAir, openDefinition, type WorldDefinition } from '@aos/air';
import {
  encode,
  fromBase64,
  type Hash,
  type Result,
  sha256,
  toHashText,
  toHex,
  utf8,
} from '@aos/canon';
import {
  admit,
  createWorld,
  crossBorder,
  hashWorld,
  NodeCache,
  replayRecord,
  step,
  type World,
} from '@aos/kernel';
import {
  CURRENT_RUNTIME,
  decodeGenesis,
  type Engine,
  encodeGenesis,
  GENESIS_FORMAT,
  type Stamp,
} from '@aos/protocol';
import { WasmEngine } from '@aos/wasm';
import { liveSeed } from '../../src/kernel/kernel-drill.js';
import { REAL_KERNEL } from '../../src/kernel/kernel-port.js';
import { Definitions } from '../../src/kernel/life.js';
import { evolvingEngine } from '../golden/evolving-definition.js';
import { puppetEngine } from '../golden/puppet.js';

/** An authoring folder as JSON carries it. */
export interface Folder {
  readonly documents: readonly { readonly path: string; readonly text: string }[];
  /** Module bytes in base64 by the name of their defmodule. */
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

/** A start, ticks to the end and beyond, an event that is none of the schema, another start. */
const EVENTS = [
  arm('Start', { target: 40 }),
  ...Array.from({ length: 45 }, () => arm('Tick', null)),
  arm('Stop', null),
  arm('Start', { target: 2 }),
];

/** Founds the counter's world, lives it and replays it. */
export function playCounter(folder: Folder): Run {
  const engine = new WasmEngine();
  const modules = Object.entries(folder.modules).map(([name, base64]) => {
    const bytes = must(fromBase64(base64));
    return [name, must(engine.load(bytes, 'step'))] as const;
  });
  const loaded = loadAir(folder.documents, new Map(modules));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  const first = must(createWorld(genesisOf(loaded.world), loaded.world, { engine }));
  const records: Uint8Array[] = [];
  const steps: string[] = [];
  let world: World = first;
  for (const cbor of EVENTS) {
    const admission = admit(world, { schema: COUNTER_EVENT, cbor });
    if (admission.kind === 'refused') steps.push(admission.refusal.code);
    if (admission.kind !== 'admitted') continue;
    const outcome = step(world, admission.input, stampAt(world.seq), { engine });
    if (outcome.kind !== 'done') throw new Error('a module is missing');
    world = outcome.world;
    records.push(outcome.bytes);
    steps.push(toHex(world.chain));
  }
  const replayed = replayAll(first, records, { engine, object: () => undefined });
  const hashes = { worldHash: toHashText(hashWorld(world)), replayed: replayed.at(-1) ?? '' };
  return { worldId: toHex(first.worldId), steps, ...hashes };
}

/** Bytes of a golden journal in base64. */
export interface Journal {
  readonly genesis: string;
  readonly objects: readonly string[];
  readonly records: readonly string[];
  /** Geneses of forks, by the first record that is the fork's. */
  readonly forks?: Readonly<Record<string, string>>;
}

/** The hash of the world before the first record of a golden journal, and after each. */
export function playJournal(journal: Journal): readonly string[] {
  const stored = new Map<string, Uint8Array>();
  const engine = new WasmEngine();
  for (const base64 of journal.objects) {
    const bytes = must(fromBase64(base64));
    stored.set(toHex(sha256(bytes)), bytes);
    if (bytes[0] === 0) must(engine.load(bytes, 'step'));
  }
  const read = (hash: Hash) => stored.get(toHex(hash));
  const genesis = must(fromBase64(journal.genesis));
  const definition = must(openDefinition(must(decodeGenesis(genesis)).manifest, read));
  const ports = { engine: withPuppets(engine), source: { read, cache: new NodeCache() } };
  const first = must(createWorld(genesis, definition, ports));
  const records = journal.records.map((base64) => must(fromBase64(base64)));
  const forks = Object.entries(journal.forks ?? {});
  const borders = forks.map(([seq, base64]) => [Number(seq), must(fromBase64(base64))] as const);
  return replayAll(first, records, { ...ports, object: read }, new Map(borders));
}

/** Seeds of the kernel's drill, lived and judged: what each of them came to. */
export function playSeeds({ first, count }: { first: number; count: number }): readonly string[] {
  const definitions = new Definitions();
  const options = { inputs: 26, effects: true, plans: true, crashes: true, definitions };
  return Array.from({ length: count }, (_, i) => {
    const { world, lived } = liveSeed(REAL_KERNEL, first + i, options);
    return `${first + i}: ${lived.length} records, world ${toHex(hashWorld(world))}`;
  });
}

/** Modules that are in an engine run there; all others are puppets. */
function withPuppets(wasm: WasmEngine): Engine {
  const engines: readonly Engine[] = [wasm, evolvingEngine];
  return {
    has: () => true,
    call: (module, entry, ...rest) => {
      const engine = engines.find((each) => each.has(module, entry)) ?? puppetEngine;
      return engine.call(module, entry, ...rest);
    },
  };
}

function replayAll(
  first: World,
  records: readonly Uint8Array[],
  ports: Parameters<typeof replayRecord>[2],
  borders: ReadonlyMap<number, Uint8Array> = new Map(),
): readonly string[] {
  const hashes = [toHashText(hashWorld(first))];
  let world = first;
  for (const bytes of records) {
    const border = borders.get(world.seq);
    if (border !== undefined) world = must(crossBorder(world, border));
    const verdict = replayRecord(world, bytes, ports);
    if (verdict.kind !== 'same') throw new Error(`record ${world.seq} is ${verdict.kind}`);
    world = verdict.world;
    hashes.push(toHashText(hashWorld(world)));
  }
  return hashes;
}

function genesisOf(definition: WorldDefinition): Uint8Array {
  return encodeGenesis({
    format: GENESIS_FORMAT,
    manifest: definition.manifestHash,
    runtime: CURRENT_RUNTIME,
    keyring: [],
    createdNs: 1_700_000_000_000_000_000n,
    nonce: new Uint8Array(16),
  });
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
