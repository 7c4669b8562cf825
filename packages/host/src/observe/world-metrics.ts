/**
 * The metrics of one world: counts of what its journal says since it was opened here, counts of
 * what its host did, and gauges of the world of the moment.
 */
import { type Refusal, toHex } from '@aos/canon';
import { countCells, isRunning, type World } from '@aos/kernel';
import type { AosFault, Entry, JournalRecord, SettledEntry } from '@aos/protocol';
import type { DurableRecord, EffectStart, Flush } from '../loop/host-watch.js';
import {
  Counter,
  gauge,
  Histogram,
  type InstrumentHead,
  type Labels,
  type MetricsReading,
  type Sample,
} from './instruments.js';
import type { ObservedWorld, WorldObserver } from './observer.js';
import { settledCode } from './settled-code.js';

const NS_PER_S = 1e9;
const FLUSH_BOUNDS_S = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1];
const EFFECT_BOUNDS_S = [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 30, 120, 600, 3600];

/** An effect that was asked for and has not settled. */
interface Asked {
  readonly effect: string;
  /** Logical time. */
  readonly atNs: bigint;
}

const counter = (name: string, help: string, ...labels: string[]) =>
  new Counter({ name: `aos_${name}_total`, help, ...(labels.length === 0 ? {} : { labels }) });

const head = (name: string, help: string, ...labels: string[]): InstrumentHead => ({
  name: `aos_${name}`,
  help,
  labels,
});

function newCounters() {
  return {
    records: counter('records', 'Durable records, by what they took in.', 'input'),
    entries: counter('entries', 'Entries of durable records.', 'kind'),
    bytes: counter('journal_bytes', 'Bytes of durable records.'),
    fuel: counter('fuel', 'Fuel that modules used.'),
    faults: counter('reducer_faults', 'Discarded calls of reducers.', 'reducer', 'code'),
    decisions: counter('decisions', 'What the gate said to effects.', 'effect', 'outcome', 'code'),
    settled: counter('effects_settled', 'Effects that ended.', 'effect', 'status', 'code'),
    plans: counter('plans_started', 'Instances of plans that were started.', 'plan'),
    ended: counter('plans_ended', 'Instances of plans that ended.', 'status', 'code'),
    dropped: counter('dropped', 'What came too late, or twice.', 'code'),
    refused: counter('inputs_refused', 'Inputs that left no trace.', 'code'),
    starts: counter('effect_starts', 'Starts of adapters.', 'effect', 'adapter'),
    repeats: counter('effect_repeats', 'Starts that were not the first.', 'effect', 'adapter'),
    stored: counter('stored_bytes', 'Bytes of records and objects that were flushed.'),
  };
}

export class WorldMetrics implements WorldObserver {
  readonly #counters = newCounters();
  readonly #flushes = new Histogram(
    head('flush_seconds', 'Time of one append with its flush.'),
    FLUSH_BOUNDS_S,
  );
  readonly #effects = new Histogram(
    head('effect_seconds', 'From asking to settling, on logical time.', 'effect', 'status'),
    EFFECT_BOUNDS_S,
  );
  readonly #asked = new Map<string, Asked>();
  #world: ObservedWorld | undefined;
  #stopped = '';

  /** `name` stands in the label `world` of every sample. Default: the id of the world. */
  constructor(private readonly name?: string) {}

  /** What is counted so far, and the world of this moment. */
  read(): MetricsReading {
    const world = this.name ?? this.#world?.worldId ?? '';
    const counters = Object.values(this.#counters).map((each) => each.read({ world }));
    const histograms = [this.#flushes.read({ world }), this.#effects.read({ world })];
    const now = this.#world?.now();
    return [...counters, ...histograms, ...(now === undefined ? [] : this.#gauges(now, { world }))];
  }

  opened(world: ObservedWorld): void {
    this.#world = world;
    this.#stopped = '';
    for (const { hash, effect, openedNs } of world.now().intents.range()) {
      this.#asked.set(toHex(hash), { effect, atNs: openedNs });
    }
  }

  record({ record, bytes }: DurableRecord): void {
    const { records, bytes: journal, fuel } = this.#counters;
    records.add([record.input.kind]);
    journal.add([], bytes.length);
    fuel.add([], record.fuel);
    for (const entry of record.entries) this.#count(entry, record);
  }

  refused({ code }: Refusal): void {
    this.#counters.refused.add([code]);
  }

  flushed({ sizeBytes, durationNs }: Flush): void {
    this.#counters.stored.add([], sizeBytes);
    this.#flushes.observe([], Number(durationNs) / NS_PER_S);
  }

  started({ effect, adapter, starts }: EffectStart): void {
    this.#counters.starts.add([effect, adapter]);
    if (starts > 1) this.#counters.repeats.add([effect, adapter]);
  }

  stopped({ code }: AosFault): void {
    this.#stopped = code;
  }

  #count(entry: Entry, { stamp, input }: JournalRecord): void {
    const { entries, faults, decisions, plans, ended, dropped } = this.#counters;
    entries.add([entry.kind]);
    switch (entry.kind) {
      case 'reducer-fault':
        faults.add([entry.reducer, entry.code]);
        break;
      case 'decision':
        decisions.add([entry.effect, entry.outcome, entry.code ?? '']);
        break;
      case 'plan-started':
        plans.add([entry.plan]);
        break;
      case 'plan-ended':
        ended.add([entry.status, entry.code ?? '']);
        break;
      case 'dropped':
        dropped.add([entry.code]);
        break;
      case 'intent':
        this.#asked.set(toHex(entry.intent), { effect: entry.effect, atNs: stamp.logicalNowNs });
        break;
      case 'settled':
        this.#settle(entry, settledCode(entry, input) ?? '', stamp.logicalNowNs);
        break;
      default:
        break;
    }
  }

  #settle({ intent, status }: SettledEntry, code: string, nowNs: bigint): void {
    const asked = this.#asked.get(toHex(intent));
    this.#asked.delete(toHex(intent));
    const effect = asked?.effect ?? '';
    this.#counters.settled.add([effect, status, code]);
    if (asked !== undefined) {
      this.#effects.observe([effect, status], Number(nowNs - asked.atNs) / NS_PER_S);
    }
  }

  #gauges(now: World, common: Labels): MetricsReading {
    const one = (value: number | bigint): Sample[] => [{ labels: common, value }];
    const { reducers } = now.program.definition;
    const cells = now.cells.map((table, i): Sample => {
      return { labels: { ...common, reducer: reducers[i]?.name ?? '' }, value: countCells(table) };
    });
    const code = this.#stopped || (isRunning(now) ? '' : `world-${now.mode}`);
    const isUp = code === '' ? 1 : 0;
    return [
      gauge(head('world_up', 'Whether the world runs; else the code says why not.'), [
        { labels: { ...common, code }, value: isUp },
      ]),
      gauge(head('world_records', 'Records of the world.'), one(now.seq)),
      gauge(head('world_logical_seconds', 'Its clock.'), one(Number(now.logicalNowNs) / NS_PER_S)),
      gauge(head('world_inputs_waiting', 'Inputs in the inbox.'), one(this.#world?.waiting() ?? 0)),
      gauge(head('world_work_left', 'Work left over by bounded steps.'), one(now.pending.length)),
      gauge(head('world_effects_open', 'Effects that have not settled.'), one(now.intents.size)),
      gauge(head('world_plans_open', 'Plans that run.'), one(now.planState.instances.size)),
      gauge(head('world_cells', 'Cells of reducers.', 'reducer'), cells),
    ];
  }
}
