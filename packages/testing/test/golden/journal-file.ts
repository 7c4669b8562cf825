/** The file of a golden journal, and the replay of one. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openDefinition, type WorldDefinition } from '@aos/air';
import { fromBase64, sha256, toBase64, toHashText, toHex } from '@aos/canon';
import {
  createWorld,
  crossBorder,
  openSnapshot,
  readSnapshotHead,
  replayRecord,
  takeSnapshot,
  type World,
} from '@aos/kernel';
import { decodeGenesis, type Engine } from '@aos/protocol';
import { checkSignature } from './golden-keys.js';
import { must } from './must.js';
import { ObjectMemory, type Recorder } from './recorder.js';

/** Bytes in base64. */
export interface GoldenJournal {
  readonly about: string;
  readonly genesis: string;
  /** The definition, modules, and large values; each is found under its SHA-256. */
  readonly objects: readonly string[];
  readonly records: readonly string[];
  /** Geneses of forks, by the first record that is the fork's. */
  readonly forks?: { readonly [seq: string]: string };
  /** Hash of the world before record n, under n. */
  readonly snapshots: { readonly [seq: string]: string };
  /** Hash of the world after all records. */
  readonly world: string;
}

/** Those of format 1. */
const FOLDER = new URL('../../../../spec/journals/1/', import.meta.url);
const pathOf = (name: string) => fileURLToPath(new URL(`${name}.json`, FOLDER));

export function readJournal(name: string): GoldenJournal | undefined {
  const path = pathOf(name);
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, 'utf8')) as GoldenJournal;
}

/** Names of the files that are there, sorted. */
export function journalNames(): readonly string[] {
  return readdirSync(FOLDER)
    .map((file) => file.replace(/\.json$/, ''))
    .sort();
}

export function writeJournal(name: string, journal: GoldenJournal): void {
  const path = pathOf(name);
  mkdirSync(new URL('.', `file://${path}`), { recursive: true });
  writeFileSync(path, `${JSON.stringify(journal, null, 1)}\n`);
}

/** The file of what was lived. */
export function journalOf(
  about: string,
  recorder: Recorder,
  modules: readonly Uint8Array[] = [],
): GoldenJournal {
  const { genesis, definition } = recorder.recording;
  const values = recorder.objects.map(({ bytes }) => bytes);
  const objects = new Set([...definition.nodes.values(), ...modules, ...values].map(toBase64));
  const hashes = recorder.snapshots.map((hash) => toHashText(hash));
  const forks = recorder.forks.map((fork) => [String(fork.seq), toBase64(fork.genesis)] as const);
  return {
    about,
    genesis: toBase64(genesis),
    objects: [...objects],
    records: recorder.records.map(toBase64),
    ...(forks.length > 0 ? { forks: Object.fromEntries(forks) } : {}),
    snapshots: Object.fromEntries(hashes.slice(0, -1).map((hash, seq) => [String(seq), hash])),
    world: hashes.at(-1) ?? '',
  };
}

/** A golden journal with its bytes. */
export interface OpenedJournal {
  readonly journal: GoldenJournal;
  readonly genesis: Uint8Array;
  readonly definition: WorldDefinition;
  readonly memory: ObjectMemory;
  readonly records: readonly Uint8Array[];
}

export function openJournal(journal: GoldenJournal): OpenedJournal {
  const memory = new ObjectMemory();
  memory.put(journal.objects.map(bytesOf).map((bytes) => ({ hash: sha256(bytes), bytes })));
  const genesis = bytesOf(journal.genesis);
  const { manifest } = must(decodeGenesis(genesis));
  const definition = must(openDefinition(manifest, memory.read));
  return { journal, genesis, definition, memory, records: journal.records.map(bytesOf) };
}

/** A snapshot that was taken while replaying, with everything that opening it needs. */
export interface KeptSnapshot {
  readonly seq: number;
  readonly bytes: Uint8Array;
}

/** Replays from genesis, and compares the hash of the world at every sequence. */
export function verifyJournal(opened: OpenedJournal, engine: Engine): readonly KeptSnapshot[] {
  const { genesis, definition, memory, records, journal } = opened;
  let world = must(createWorld(genesis, definition, { engine, source: memory }));
  const kept: KeptSnapshot[] = [];
  for (const bytes of records) {
    kept.push(keepSnapshot(world, opened));
    const ports = { engine, object: memory.read, checkSignature };
    const verdict = replayRecord(behindBorder(world, journal), bytes, ports, 'verify');
    if (verdict.kind !== 'same') throw new Error(`record ${world.seq}: ${print(verdict)}`);
    world = verdict.world;
  }
  kept.push(keepSnapshot(world, opened, journal.world));
  return kept;
}

/** The world as the next record finds it: that of a fork where one begins. */
export function behindBorder(world: World, { forks }: GoldenJournal): World {
  const genesis = forks?.[String(world.seq)];
  return genesis === undefined ? world : must(crossBorder(world, bytesOf(genesis)));
}

/** The genesis of the world that wrote the record before this one. */
function genesisBefore(seq: number, { journal, genesis }: OpenedJournal): Uint8Array {
  const before = Object.entries(journal.forks ?? {}).filter(([first]) => Number(first) < seq);
  const last = before.at(-1);
  return last === undefined ? genesis : bytesOf(last[1]);
}

function keepSnapshot(world: World, opened: OpenedJournal, hash?: string): KeptSnapshot {
  const { seq } = world;
  const taken = takeSnapshot(world);
  if (taken.kind === 'need') throw new Error('a snapshot needs nothing that is not in memory');
  const expected = hash ?? opened.journal.snapshots[String(seq)];
  if (toHashText(taken.hash) !== expected) {
    throw new Error(
      `the world at ${seq} is ${toHashText(taken.hash)}, the journal has ${expected}`,
    );
  }
  opened.memory.put(taken.objects);
  taken.markStored();
  return { seq, bytes: taken.bytes };
}

/** Opens a snapshot, feeds what comes after it, and answers with the hash of the last world. */
export function continueFrom(opened: OpenedJournal, kept: KeptSnapshot, engine: Engine): string {
  const { memory, records, journal } = opened;
  const { manifest } = must(readSnapshotHead(kept.bytes));
  const of = {
    genesis: genesisBefore(kept.seq, opened),
    definition: must(openDefinition(manifest, memory.read)),
  };
  // Only what is stored: another cache, and nothing of the world that was lived.
  const source = new ObjectMemory();
  source.read = memory.read;
  const opening = openSnapshot(kept.bytes, of, { engine, source });
  if (opening.kind !== 'opened') throw new Error(`the snapshot at ${kept.seq}: ${print(opening)}`);
  let { world } = opening;
  for (const bytes of records.slice(kept.seq)) {
    const ports = { engine, object: memory.read };
    const verdict = replayRecord(behindBorder(world, journal), bytes, ports, 'trust');
    if (verdict.kind !== 'same') {
      throw new Error(`record ${world.seq} after the snapshot at ${kept.seq}: ${print(verdict)}`);
    }
    world = verdict.world;
  }
  const taken = takeSnapshot(world);
  return taken.kind === 'taken' ? toHashText(taken.hash) : 'need';
}

function bytesOf(base64: string): Uint8Array {
  return must(fromBase64(base64));
}

function print(value: unknown): string {
  const plain = (_: string, item: unknown) =>
    typeof item === 'bigint' ? String(item) : item instanceof Uint8Array ? toHex(item) : item;
  const { kind, difference, refusal } = value as Record<string, unknown>;
  return JSON.stringify({ kind, difference, refusal }, plain);
}
