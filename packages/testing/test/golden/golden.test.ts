/**
 * Golden journals: what was lived once comes out again, byte for byte, from genesis and from the
 * snapshot at every sequence. `AOS_WRITE_VECTORS=1` writes the files anew.
 */
import { fromBase64, sha256 } from '@aos/canon';
import { CURRENT_RUNTIME, type Engine, encodeGenesis, GENESIS_FORMAT } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import {
  builtCounter,
  COUNTER_ABOUT,
  counterRecording,
  runCounter,
  wasmEngine,
} from './counter-case.js';
import { goldenDefinition } from './golden-definition.js';
import { KEYS } from './golden-keys.js';
import {
  continueFrom,
  type GoldenJournal,
  journalNames,
  journalOf,
  must,
  openJournal,
  readJournal,
  verifyJournal,
  writeJournal,
} from './journal-file.js';
import { emptyEngine, NATIVES_ABOUT, nativesRecording, runNatives } from './natives-case.js';
import { puppetEngine } from './puppet.js';
import { Recorder, type Recording } from './recorder.js';
import { SCENARIOS, type Scenario } from './scenarios.js';

const isWriting = process.env.AOS_WRITE_VECTORS === '1';
const definition = goldenDefinition();

function recordingOf(name: string, { limits }: Scenario): Recording {
  const runtime = { ...CURRENT_RUNTIME, limits: { ...CURRENT_RUNTIME.limits, ...limits } };
  const { guest: _guest, ...known } = KEYS;
  const genesis = encodeGenesis({
    format: GENESIS_FORMAT,
    manifest: definition.manifestHash,
    runtime,
    keyring: Object.values(known).map(({ secret: _secret, ...entry }) => entry),
    createdNs: 1_600_000_000_000_000_000n,
    nonce: sha256(new TextEncoder().encode(name)).slice(0, 16),
  });
  return { name, genesis, definition, engine: puppetEngine };
}

function live(name: string, scenario: Scenario): GoldenJournal {
  const recording = recordingOf(name, scenario);
  const recorder = new Recorder(recording);
  scenario.run(recorder);
  return journalOf(scenario.about, recording, recorder);
}

/** What modules begin with, in base64. */
const MODULE_MAGIC = 'AGFzbQ';

/** The module that the file keeps; the built one where there is none. */
function counterModule(): Uint8Array {
  const journal = readJournal('counter');
  if (journal === undefined) return builtCounter();
  const bytes = journal.objects.find((each) => each.startsWith(MODULE_MAGIC));
  if (bytes === undefined) throw new Error('the counter journal has no module');
  return must(fromBase64(bytes));
}

function liveCounter(wasm: Uint8Array): GoldenJournal {
  const recording = counterRecording(wasm);
  const recorder = new Recorder(recording);
  runCounter(recorder);
  return journalOf(COUNTER_ABOUT, recording, recorder, [wasm]);
}

function liveNatives(): GoldenJournal {
  const recording = nativesRecording();
  const recorder = new Recorder(recording);
  runNatives(recorder);
  return journalOf(NATIVES_ABOUT, recording, recorder);
}

interface Case {
  readonly name: string;
  readonly lived: GoldenJournal;
  readonly engine: Engine;
}

function cases(): readonly Case[] {
  const wasm = counterModule();
  const scripted = Object.entries(SCENARIOS).map(([name, scenario]) => {
    return { name, lived: live(name, scenario), engine: puppetEngine };
  });
  return [
    { name: 'counter', lived: liveCounter(wasm), engine: wasmEngine([wasm]) },
    { name: 'natives', lived: liveNatives(), engine: emptyEngine },
    ...scripted,
  ];
}

describe.each(cases())('the golden journal $name', ({ name, lived, engine }) => {
  if (isWriting) writeJournal(name, lived);
  const journal = readJournal(name);

  it('is what is lived now', () => {
    expect(lived).toEqual(journal);
  });

  it('replays, with the world of every sequence, and goes on from each snapshot', () => {
    if (journal === undefined) throw new Error('there is no such file');
    const opened = openJournal(journal);
    for (const kept of verifyJournal(opened, engine)) {
      expect(continueFrom(opened, kept, engine)).toBe(journal.world);
    }
  });
});

describe('golden journals', () => {
  it('are all replayed', () => {
    expect(journalNames()).toEqual(['counter', 'natives', ...Object.keys(SCENARIOS)].sort());
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
