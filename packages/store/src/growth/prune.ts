/**
 * Pruning: a journal that begins later.
 *
 * P1 What the kept records and the world need of the dropped segments is written again at the end
 *    of the log, the genesis too, as an object. Then comes the mark that says where the journal
 *    begins; only behind it files go. A crash before the mark leaves a log that is longer than it
 *    need be, one behind it leaves files that the next writer removes.
 *    What was stored of late and is named by nothing is written again, too.
 * P2 Whole segments go, so some records before the snapshot are kept; at least one record goes.
 * P3 Where segments are archived, they are durable in the archive before the mark is written.
 */
import { join } from 'node:path';
import { setImmediate as yieldToLoop } from 'node:timers/promises';
import { type Hash, sha256 } from '@aos/canon';
import {
  chainOf,
  type PrunedMark,
  type PruneOutcome,
  type PruneSetting,
  referencesIn,
  type SnapshotMark,
  type StoredObject,
} from '@aos/protocol';
import { isErrorWith, pruneRefused } from '../faults.js';
import { genesesFrom } from '../fork/lineage.js';
import { type Place, segmentOf } from '../places/log-index.js';
import { ObjectFilter } from '../places/object-filter.js';
import type { StoreFs } from '../port.js';
import { archiveSegment } from './archive.js';
import type { GrowingLog } from './growing-log.js';
import { LiveObjects } from './live-objects.js';

const BATCH_BYTES = 2 ** 18;

/** What a prune needs beside what it is told. */
export interface PruneSubject extends PruneSetting {
  readonly directory: string;
  readonly genesis: Uint8Array;
  readonly lineage: readonly Uint8Array[];
}

/** What pruning to a snapshot would drop: the segments before, and their bytes. */
export function planPrune(log: GrowingLog, snapshot: SnapshotMark) {
  const { index, segments } = log;
  // the last record stays: what comes next is linked to it
  const kept = Math.min(snapshot.seq + 1, index.records - 1);
  const segment = index.segmentWith(Math.max(index.first, kept));
  const { first } = index.of(segment);
  // without a record before it nothing says what the journal goes on from
  if (first === index.first) return { segment: segments.first, first, segments: 0, bytes: 0 };
  let bytes = 0;
  for (let n = segments.first; n < segment; n++) bytes += segments.get(n).end;
  return { segment, first, segments: segment - segments.first, bytes };
}

/** Fault: `prune-refused` when there is nothing before the snapshot that could go. */
export async function prune(log: GrowingLog, setting: PruneSubject): Promise<PruneOutcome> {
  const { snapshot } = setting;
  const plan = planPrune(log, snapshot);
  if (plan.segments === 0) throw pruneRefused('no whole segment is before the snapshot');
  if (!log.index.hasObject(snapshot.hash)) throw pruneRefused('the snapshot is not stored');
  const filter = await ObjectFilter.of(log);
  const live = new LiveObjects(log, filter);
  log.lookedTo = log.index.records;
  const geneses = genesesFrom(setting, snapshot.seq);
  await live.add(geneses.flatMap(({ bytes }) => referencesIn(bytes)));
  await live.add(rootsOf(log, snapshot));
  await live.addRecords(plan.first);
  const unnamed = await unnamedOnes(log, plan.segment, setting, { live, filter });
  const isNeeded = (segment: number, offset: number) => {
    return live.has(segment, offset) || unnamed(segment, offset);
  };
  const forwardedObjects = await forward(log, plan.segment, isNeeded);
  if (setting.isArchived) await archive(log, plan.segment, setting.directory);
  const beginning = await beginningOf(log, plan, setting);
  // no pause from here to the append: what came meanwhile may name what nothing needed before, and
  // no record may come between the last one and the mark
  const late = lateObjects(log, plan.segment, live.addRecordsNow(log.lookedTo));
  const mark = markOf(log, beginning, setting);
  const { halt } = log.marks;
  const marks = halt === undefined ? [mark] : [mark, halt];
  await log.append({ records: [], objects: [...late, ...geneses], marks });
  log.segments.dropBelow(plan.segment);
  log.index.dropBelow(plan.segment);
  await removeDropped(log.fs, log.journalPath, plan.segment);
  const { first, segments, bytes } = plan;
  const moved = forwardedObjects + late.length;
  return { first, segments, freedBytes: bytes, forwardedObjects: moved };
}

/** Removes what a durable mark says is no part of the journal. */
export async function removeDropped(
  fs: StoreFs,
  journalPath: string,
  below: number,
): Promise<void> {
  const names = new Set(fs.list(journalPath) ?? []);
  let isChanged = false;
  for (const name of names) {
    if (!/^\d{10}\.(log|index)$/.test(name) || Number.parseInt(name, 10) >= below) continue;
    isChanged = true;
    try {
      fs.remove(join(journalPath, name));
    } catch (error) {
      if (!isErrorWith(error, 'ENOENT')) throw error;
    }
  }
  if (isChanged) await fs.syncDirectory(journalPath);
}

/** Snapshots from there on: they name whatever the world is at their place. */
function rootsOf({ marks }: GrowingLog, snapshot: SnapshotMark): readonly Hash[] {
  const kept = marks.snapshots.filter(({ seq }) => seq >= snapshot.seq);
  const named = [snapshot, ...kept].flatMap(({ hash, head }) => (head ? [hash, head] : [hash]));
  return named;
}

type ObjectTest = (segment: number, offset: number) => boolean;

/**
 * Objects of young segments that go which no record and no snapshot has named: somebody has stored
 * them, and may be about to name them.
 */
async function unnamedOnes(
  log: GrowingLog,
  below: number,
  { beforeSeq = Number.POSITIVE_INFINITY }: PruneSetting,
  { live, filter }: { readonly live: LiveObjects; readonly filter: ObjectFilter },
): Promise<ObjectTest> {
  const { index, marks, segments } = log;
  const isYoung = (segment: number) => index.of(segment + 1).first >= beforeSeq;
  let young = segments.first;
  while (young < below && !isYoung(young)) young++;
  if (young === below) return () => false;
  const named = new LiveObjects(log, filter);
  await named.add(marks.snapshots.flatMap(({ hash, head }) => (head ? [hash, head] : [hash])));
  // of most worlds snapshots alone name what goes: then no record needs to be looked at
  if (!(await hasOther(log, { from: young, below }, [live, named]))) return () => false;
  // what a record names is before it
  await named.addRecords(index.of(young).first);
  return (segment, offset) => segment >= young && !named.has(segment, offset);
}

/** Whether segments have objects that are in none of these sets. */
async function hasOther(
  { index }: GrowingLog,
  { from, below }: { readonly from: number; readonly below: number },
  sets: readonly LiveObjects[],
): Promise<boolean> {
  for (let segment = from; segment < below; segment++) {
    await yieldToLoop();
    for (const [, offset] of index.of(segment).objects()) {
      if (!sets.some((each) => each.has(segment, offset))) return true;
    }
  }
  return false;
}

/** Writes needed objects of the segments that go again; those that are there already stay once. */
async function forward(log: GrowingLog, below: number, isNeeded: ObjectTest): Promise<number> {
  let batch: StoredObject[] = [];
  let [sizeBytes, count] = [0, 0];
  const flush = async () => {
    await log.append({ records: [], objects: batch });
    count += batch.length;
    [batch, sizeBytes] = [[], 0];
  };
  for (let segment = log.segments.first; segment < below; segment++) {
    for (const [hash, offset] of log.index.of(segment).objects()) {
      if (!isNeeded(segment, offset) || isLater(log, hash as Hash, below)) continue;
      const bytes = log.reader.object(hash as Hash) as Uint8Array;
      batch.push({ hash: hash as Hash, bytes });
      sizeBytes += bytes.length;
      if (sizeBytes >= BATCH_BYTES) await flush();
    }
  }
  await flush();
  return count;
}

/** Those of some places that go and are nowhere else. */
function lateObjects(
  log: GrowingLog,
  below: number,
  places: readonly Place[],
): readonly StoredObject[] {
  return places
    .filter((place) => segmentOf(place) < below)
    .map((place) => log.reader.objectAt(place))
    .map((bytes) => ({ hash: sha256(bytes), bytes }))
    .filter(({ hash }) => !isLater(log, hash, below));
}

function isLater({ index }: GrowingLog, hash: Hash, below: number): boolean {
  const place = index.findObject(hash);
  return place !== undefined && segmentOf(place) >= below;
}

async function archive(log: GrowingLog, below: number, directory: string): Promise<void> {
  for (let segment = log.segments.first; segment < below; segment++) {
    const bytes = new Uint8Array(log.segments.get(segment).end);
    log.segments.file(segment).readSync(bytes, 0);
    await archiveSegment(log.fs, directory, { segment, bytes });
  }
}

/** What stood before the first record that is kept. */
async function beginningOf(
  log: GrowingLog,
  { first, segment }: { readonly first: number; readonly segment: number },
  { frontierOf }: PruneSetting,
): Promise<Pick<PrunedMark, 'seq' | 'segment' | 'chain' | 'frontier'>> {
  const frontier = await frontierOf(first);
  const [bytes] = log.reader.records(first - 1);
  if (bytes === undefined) throw pruneRefused('there is no record before the snapshot');
  return { seq: first - 1, segment, chain: chainOf(bytes), frontier };
}

function markOf(
  { index, marks }: GrowingLog,
  beginning: Pick<PrunedMark, 'seq' | 'segment' | 'chain' | 'frontier'>,
  { snapshot }: PruneSetting,
): PrunedMark {
  const others = marks.snapshots.filter(({ seq }) => seq > snapshot.seq);
  return { kind: 'pruned', ...beginning, at: index.records - 1, snapshot, others };
}
