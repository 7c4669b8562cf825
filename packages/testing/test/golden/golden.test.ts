/**
 * Golden journals: what was lived once comes out again, byte for byte, from genesis and from the
 * snapshot at every sequence. `AOS_WRITE_VECTORS=1` writes the files that
 * are not there yet; those that are there are frozen (spec/frozen.txt).
 */
import { readdirSync } from 'node:fs';
import { fromBase64, sha256 } from '@aos/canon';
import { decodeRecord, type Engine, encodeGenesis, GENESIS_FORMAT, VERBS } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import {
  builtCounter,
  COUNTER_ABOUT,
  counterRecording,
  runCounter,
  wasmEngine,
} from './counter-case.js';
import { evolvingRecording } from './evolving-case.js';
import { evolvingDefinition, evolvingEngine } from './evolving-definition.js';
import { EVOLVING } from './evolving-scenarios.js';
import { goldenDefinition } from './golden-definition.js';
import { KEYS } from './golden-keys.js';
import {
  continueFrom,
  type GoldenJournal,
  journalNames,
  journalOf,
  openJournal,
  readJournal,
  verifyJournal,
  writeJournal,
} from './journal-file.js';
import { must } from './must.js';
import { emptyEngine, NATIVES_ABOUT, nativesRecording, runNatives } from './natives-case.js';
import { puppetEngine } from './puppet.js';
import { Recorder, type Recording } from './recorder.js';
import { RUNTIME, SCENARIOS, type Scenario } from './scenarios.js';

const isWriting = process.env.AOS_WRITE_VECTORS === '1';

/** What modules begin with, in base64. */
const MODULE_MAGIC = 'AGFzbQ';

function recordingOf(name: string, { limits, kernel = RUNTIME.kernel }: Scenario): Recording {
  const definition = goldenDefinition();
  const { guest: _guest, ...known } = KEYS;
  const genesis = encodeGenesis({
    format: GENESIS_FORMAT,
    manifest: definition.manifestHash,
    runtime: { ...RUNTIME, kernel, limits: { ...RUNTIME.limits, ...limits } },
    keyring: Object.values(known).map(({ secret: _secret, ...entry }) => entry),
    createdNs: 1_600_000_000_000_000_000n,
    nonce: sha256(new TextEncoder().encode(name)).slice(0, 16),
  });
  return { name, genesis, definition, engine: puppetEngine };
}

/** The module that the file keeps; the built one where there is none. */
function counterModule(): Uint8Array {
  const journal = readJournal('counter');
  if (journal === undefined) return builtCounter();
  const bytes = journal.objects.find((each) => each.startsWith(MODULE_MAGIC));
  if (bytes === undefined) throw new Error('the counter journal has no module');
  return must(fromBase64(bytes));
}

interface Case {
  readonly name: string;
  readonly about: string;
  readonly engine: Engine;
  readonly modules?: readonly Uint8Array[];
  readonly run: (recorder: Recorder) => void;
  /** What it is recorded with, where there is no file yet. */
  readonly recording: () => Recording;
}

function cases(): readonly Case[] {
  const wasm = counterModule();
  const counter = { about: COUNTER_ABOUT, engine: wasmEngine([wasm]), run: runCounter };
  const natives = { about: NATIVES_ABOUT, engine: emptyEngine, run: runNatives };
  const scripted = Object.entries(SCENARIOS).map(([name, scenario]) => {
    const recording = () => recordingOf(name, scenario);
    return { name, ...scenario, engine: puppetEngine, recording };
  });
  const evolving = Object.entries(EVOLVING).map(([name, scenario]) => {
    const recording = () => evolvingRecording(name, evolvingDefinition(1));
    return { name, ...scenario, engine: evolvingEngine, recording };
  });
  return [
    { name: 'counter', ...counter, modules: [wasm], recording: () => counterRecording(wasm) },
    { name: 'natives', ...natives, recording: nativesRecording },
    ...scripted,
    ...evolving,
  ];
}

/** With the genesis and the definition of the file: those are what it was born with. */
function live({ name, about, engine, modules, run, recording }: Case): GoldenJournal {
  const journal = readJournal(name);
  const { genesis, definition } = journal === undefined ? recording() : openJournal(journal);
  const recorder = new Recorder({ name, genesis, definition, engine });
  run(recorder);
  return journalOf(about, recorder, modules);
}

/** Each kind has a vector of its name. */
const vectorsOf = (folder: string) =>
  readdirSync(new URL(`../../../../spec/vectors/${folder}`, import.meta.url))
    .map((file) => file.replace('.json', ''))
    .sort();

const sorted = (journal: GoldenJournal) => ({ ...journal, objects: journal.objects.toSorted() });

describe.each(cases())('the golden journal $name', (each) => {
  const { name, engine } = each;
  if (isWriting && readJournal(name) === undefined) writeJournal(name, live(each));
  const journal = readJournal(name);
  if (journal === undefined) throw new Error('there is no such file');

  it('is what is lived now', () => {
    expect(sorted(live(each))).toEqual(sorted(journal));
  });

  it('replays, with the world of every sequence, and goes on from each snapshot', () => {
    const opened = openJournal(journal);
    for (const kept of verifyJournal(opened, engine)) {
      expect(continueFrom(opened, kept, engine)).toBe(journal.world);
    }
  });
});

describe('golden journals', () => {
  it('are all replayed', () => {
    const names = cases().map(({ name }) => name);
    expect(journalNames()).toEqual(names.sort());
  });

  it('have every kind of input and entry in them, and every verb', () => {
    const records = journalNames().flatMap((name) => readJournal(name)?.records ?? []);
    const read = records.map((bytes) => must(decodeRecord(must(fromBase64(bytes)))));
    const kinds = new Set(read.flatMap(({ entries }) => entries.map(({ kind }) => kind)));
    expect([...kinds].sort()).toEqual(vectorsOf('entries'));
    const inputs = new Set(read.map(({ input }) => input.kind));
    expect([...inputs].sort()).toEqual(vectorsOf('inputs'));
    const verbs = new Set(read.flatMap(({ input }) => ('verb' in input ? [input.verb] : [])));
    expect([...verbs].sort()).toEqual(Object.values(VERBS).flat().sort());
  });

  it('are lost to a forger of one byte', () => {
    const journal = readJournal('saga');
    if (journal === undefined) throw new Error('there is no such file');
    const opened = openJournal(journal);
    const last = opened.records.at(-1)?.slice() ?? new Uint8Array(0);
    last[last.length - 1] = (last.at(-1) ?? 0) ^ 1;
    const forged = { ...opened, records: opened.records.with(-1, last) };
    expect(() => verifyJournal(forged, puppetEngine)).toThrow(/record/);
  });
});
