/**
 * A recorded world under another definition: its inputs given again, its receipts taken from the
 * record. Nothing is written, and nothing goes outside.
 */
import type { WorldDefinition } from '@aos/air';
import { type Hash, type Refusal, type Result, toHashText } from '@aos/canon';
import {
  CandidateRun,
  type ForkRun,
  forkUnder,
  type Need,
  RecordedEffects,
  type RecordedMoment,
  recordedMoment,
  reportReplay,
  type World,
  wakeAtOf,
} from '@aos/kernel';
import {
  AosFault,
  callLimitsOf,
  decodeRecord,
  type StoredObject,
  type WorldStore,
} from '@aos/protocol';
import { replayTo, startBefore } from '../world/heights.js';
import type { HostEngine } from '../world/host-engine.js';
import { loadParts, type WorldParts, worldAtBeginning } from '../world/load-world.js';
import { serveNeed } from '../world/module-loader.js';
import { divergedFault, judgePorts, judgeRecord } from '../world/open-world.js';

/** What a world is to be replayed with. */
export interface ReplayCandidate {
  readonly definition: WorldDefinition;
  /** Its nodes and code. */
  readonly objects: readonly StoredObject[];
}

export interface CandidateReplayOptions {
  /** First record whose input is given again; the first one that can be when absent. */
  readonly from?: number;
  /** The last one. */
  readonly to?: number;
  /** Rows of each list of the report. */
  readonly rows: number;
  /** Told how many records were looked at, of how many. */
  readonly onRecord?: (records: number, of: number) => void;
}

/** Steps beside those of the record: for each record, and altogether. */
const EXTRA_STEPS = { each: 4, base: 10_000 };

/**
 * Replays with the candidate for a world. Throws AosFault: `record-pruned`, `record-unknown`,
 * `replay-border`, `world-diverged`, `object-missing`, and the codes of why the candidate cannot
 * take the place of the definition in force (`migration-missing`, `key-schema-changed`,
 * `state-types-limit`).
 */
export function replayCandidate(
  store: WorldStore,
  engine: HostEngine,
  candidateAt: (start: World) => ReplayCandidate,
  options: CandidateReplayOptions,
) {
  const parts = loadParts(store, engine);
  const past = readPast(parts, options);
  const candidate = candidateAt(past.start);
  const own = new Map(candidate.objects.map(({ hash, bytes }) => [toHashText(hash), bytes]));
  const object = (hash: Hash) => own.get(toHashText(hash)) ?? store.object(hash);
  const { start } = past;
  const source = { read: object, cache: start.source.cache };
  const fork = unwrap(forkUnder({ ...start, source }, candidate.definition, engine));
  const records = past.moments.map(({ record }) => record);
  const recorded = new RecordedEffects(start, records, object);
  const limits = callLimitsOf(start.runtime.limits);
  const run = new CandidateRun(fork.world, {
    engine,
    object,
    recorded,
    store: (hash, bytes) => own.set(toHashText(hash), bytes),
    serve: (need: Need) => {
      const refusal = serveNeed(need, { engine, limits, store: { object } });
      if (refusal !== undefined) throw faultOf(refusal);
    },
    extraSteps: EXTRA_STEPS.base + EXTRA_STEPS.each * records.length,
  });
  for (const moment of past.moments) run.add(moment);
  const { definition } = candidate;
  return reportReplay(
    {
      worldId: past.end.worldId,
      fromSeq: start.seq,
      base: start.program.definition,
      run: runOf(past, run.leftOut),
    },
    { definition, run, unusedReceipts: recorded.left },
    options.rows,
  );
}

/** What was recorded, judged on the way. */
interface Past {
  readonly start: World;
  readonly end: World;
  readonly moments: readonly RecordedMoment[];
}

function readPast(parts: WorldParts, { from, to, onRecord }: CandidateReplayOptions): Past {
  const { store, lineage } = parts;
  const ports = judgePorts(parts);
  const last = to ?? store.head;
  const first = from ?? firstOf(parts);
  if (last > store.head || first > last) throw unknownRecord(store, Math.max(first, last));
  checkBorders(lineage.borders, first, last);
  const before = replayTo(startBefore(parts, first - 1), first - 1, ports, store);
  const start = unwrap(lineage.cross(before));
  const moments: RecordedMoment[] = [];
  let world = start;
  for (const bytes of store.records(first)) {
    if (world.seq > last) break;
    const record = unwrap(decodeRecord(bytes));
    const { logicalNowNs } = record.stamp;
    const wasDue = (wakeAtOf(world) ?? logicalNowNs) < logicalNowNs;
    const manifest = world.program.definition.manifestHash;
    const verdict = judgeRecord(world, bytes, ports, 'trust');
    if (verdict.kind === 'different') throw divergedFault(verdict.difference);
    world = verdict.world;
    moments.push({ record, manifest, wasDue, leftWork: world.pending.length > 0 });
    onRecord?.(world.seq, last + 1);
  }
  return { start, end: world, moments };
}

/** Behind the last border, or at the beginning that is kept. */
function firstOf(parts: WorldParts): number {
  const border = parts.lineage.borders.at(-1);
  const { start } = worldAtBeginning(parts);
  return border === undefined ? start.seq : Math.max(border + 1, start.seq);
}

function checkBorders(borders: readonly number[], first: number, last: number): void {
  const inside = borders.findLast((border) => border >= first && border < last);
  if (inside === undefined) return;
  const message =
    `a fork begins behind record ${inside}, where the world becomes another one; ` +
    `replay from record ${inside + 1} on, or up to it`;
  throw new AosFault('replay-border', message, { retry: 'never' });
}

function unknownRecord({ head }: WorldStore, seq: number): AosFault {
  const message = `there is nothing to replay at record ${seq}; the last one is ${head}`;
  return new AosFault('record-unknown', message, { retry: 'never' });
}

function runOf({ moments, end }: Past, leftOut: ReadonlySet<number>): ForkRun {
  let fuel = 0;
  let costCents = 0n;
  let receipts = 0;
  for (const { record } of moments) {
    fuel += record.fuel;
    if (record.input.kind !== 'receipt') continue;
    receipts += 1;
    costCents += record.input.receipt.costCents ?? 0n;
  }
  const open = [...end.intents.range()].filter(({ state }) => state === 'released').length;
  return {
    world: end,
    moments: moments.map(({ record }) => recordedMoment(record, leftOut)),
    steps: moments.length,
    fuel,
    costCents,
    receiptsFrom: { recorded: receipts, scripted: 0, synthetic: 0, open },
    isCut: false,
  };
}

function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw faultOf(result.refusal);
}

function faultOf({ code, at, detail }: Refusal): AosFault {
  return new AosFault(code, at === '' ? detail : `${detail} (${at})`, { retry: 'never' });
}
