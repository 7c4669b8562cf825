/** Replaying with the definition that was in force makes the same journal, byte for byte. */
import { toHashText, toHex } from '@aos/canon';
import {
  CandidateRun,
  createWorld,
  forkUnder,
  isSameChain,
  isSameReplay,
  RecordedEffects,
  type RecordedMoment,
  type ReplayPorts,
  recordedMoment,
  replayRecord,
  reportReplay,
  type TrieSource,
  type World,
  wakeAtOf,
} from '@aos/kernel';
import { decodeRecord, type Engine } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { builtCounter, wasmEngine } from './counter-case.js';
import { evolvingEngine } from './evolving-definition.js';
import { EVOLVING } from './evolving-scenarios.js';
import {
  behindBorder,
  type GoldenJournal,
  journalNames,
  type OpenedJournal,
  openJournal,
  readJournal,
} from './journal-file.js';
import { must } from './must.js';
import { emptyEngine } from './natives-case.js';
import { puppetEngine } from './puppet.js';
import { SCENARIOS } from './scenarios.js';

/** What the reducers of a journal are. */
function engineOf(name: string): Engine {
  if (name in SCENARIOS) return puppetEngine;
  if (name in EVOLVING) return evolvingEngine;
  return name === 'natives' ? emptyEngine : wasmEngine([builtCounter()]);
}

interface Opened extends OpenedJournal {
  readonly ports: ReplayPorts & { readonly source: TrieSource };
}

function open(name: string): Opened {
  const opened = openJournal(readJournal(name) as GoldenJournal);
  const { memory } = opened;
  const ports = { engine: engineOf(name), object: memory.read.bind(memory), source: memory };
  return { ...opened, ports };
}

interface Stretch {
  readonly start: World;
  readonly end: World;
  readonly moments: readonly RecordedMoment[];
}

/** The parts of a journal that are of one world. */
function* stretchesOf(journal: Opened): Generator<Stretch> {
  const { genesis, definition, ports } = journal;
  let world = must(createWorld(genesis, definition, ports));
  let start = world;
  let moments: RecordedMoment[] = [];
  for (const bytes of journal.records) {
    const here = behindBorder(world, journal.journal);
    if (here !== world) {
      if (moments.length > 0) yield { start, end: world, moments };
      start = here;
      moments = [];
    }
    const record = must(decodeRecord(bytes));
    const { logicalNowNs } = record.stamp;
    const wasDue = (wakeAtOf(here) ?? logicalNowNs) < logicalNowNs;
    const verdict = replayRecord(here, bytes, ports, 'trust');
    if (verdict.kind !== 'same') throw new Error('a golden journal replays');
    world = verdict.world;
    const manifest = here.program.definition.manifestHash;
    moments.push({ record, manifest, wasDue, leftWork: world.pending.length > 0 });
  }
  yield { start, end: world, moments };
}

/** Replays a stretch with the definition that it began with. */
function replayStretch({ ports }: Opened, { start, end, moments }: Stretch) {
  const { engine, object } = ports;
  const { definition } = start.program;
  const fork = must(forkUnder(start, definition, engine));
  const own = new Map<string, Uint8Array>();
  const recorded = new RecordedEffects(
    start,
    moments.map(({ record }) => record),
    object,
  );
  const run = new CandidateRun(fork.world, {
    engine,
    object: (hash) => own.get(toHashText(hash)) ?? object(hash),
    recorded,
    store: (hash, bytes) => own.set(toHashText(hash), bytes),
    serve: () => {
      throw new Error('nothing is needed that is not in memory');
    },
    extraSteps: 0,
  });
  for (const moment of moments) run.add(moment);
  const past = moments.map(({ record }) => recordedMoment(record, run.leftOut));
  const fuel = moments.reduce((sum, { record }) => sum + record.fuel, 0);
  const ofRecord = { ...run.end(), world: end, moments: past, fuel };
  const side = { worldId: start.worldId, fromSeq: start.seq, base: definition, run: ofRecord };
  return reportReplay(side, { definition, run, unusedReceipts: recorded.left }, 10);
}

describe.each(journalNames())('the golden journal %s', (name) => {
  it('comes out of its own definition as it is', () => {
    const journal = open(name);
    for (const stretch of stretchesOf(journal)) {
      const { report } = replayStretch(journal, stretch);
      expect(isSameReplay(report), JSON.stringify(report, shown, 1)).toBe(true);
      expect(isSameChain(report)).toBe(true);
      expect(report.left_out).toBe(0);
    }
  });
});

const shown = (_: string, value: unknown) =>
  typeof value === 'bigint' ? `${value}` : value instanceof Uint8Array ? toHex(value) : value;
