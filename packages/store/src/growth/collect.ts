/**
 * Garbage collection: objects that nothing needs leave the segments they are in.
 *
 * G1 Roots are the genesis, every kept record, every kept snapshot with its head, and the mark of
 *    a pruning. What the world of this moment has beyond its last snapshot follows from records.
 * G2 A segment is looked at only when it is sealed and its last record is old enough: who has just
 *    stored an object has time to name it. Who gives an object again stores it again.
 * G3 What makes an object live is durable, or comes behind it in the log.
 * G4 A snapshot that is not kept goes as a whole, its root before any part of it; one whose root is
 *    too young to go stays as a whole. So whichever is still there opens, wherever this is cut.
 */
import {
  type CollectOutcome,
  type CollectSetting,
  referencesIn,
  type SnapshotMark,
} from '@aos/protocol';
import { ObjectFilter } from '../places/object-filter.js';
import { compactSegment, planCompaction } from './compact.js';
import type { GrowingLog } from './growing-log.js';
import { LiveObjects } from './live-objects.js';

/** A segment is written anew when that frees at least this part of it. */
const LEAST_FREED = 0.1;

export async function collect(
  log: GrowingLog,
  geneses: readonly Uint8Array[],
  { snapshots, beforeSeq, isDryRun }: CollectSetting,
): Promise<CollectOutcome> {
  const eligible = eligibleSegments(log, beforeSeq);
  const live = new LiveObjects(log, await ObjectFilter.of(log));
  log.lookedTo = log.index.records;
  const { pruned } = log.marks;
  const kept = pruned === undefined ? snapshots : [pruned.snapshot, ...snapshots];
  await live.add([log.worldId, ...geneses.flatMap(referencesIn)]);
  await live.add([...kept, ...youngOnes(log, eligible)].flatMap(namedBy));
  await live.addRecords(log.index.first);
  // what names an object may be newer than the last flush
  await log.append({ records: [], objects: [] });
  // a root stands behind its parts
  const rooted = eligible.filter((segment) => hasDeadRoot(log, segment, live)).reverse();
  let [objects, bytes, segments] = [0, 0, 0];
  for (const segment of [...rooted, ...eligible.filter((each) => !rooted.includes(each))]) {
    const isRooted = rooted.includes(segment);
    const plan = planCompaction(log, segment, live);
    const least = isRooted ? 0 : log.segments.get(segment).end * LEAST_FREED;
    if (plan.droppedObjects === 0 || plan.droppedBytes < least) continue;
    if (!isDryRun && !(await compactSegment(log, plan, live))) {
      if (isRooted) break;
      continue;
    }
    objects += plan.droppedObjects;
    bytes += plan.droppedBytes;
    segments += 1;
  }
  return { objects, bytes, segments };
}

/** Snapshots of which a copy of the root stays whatever happens. */
function youngOnes({ index, marks, segments }: GrowingLog, eligible: readonly number[]) {
  const staying: number[] = [];
  for (let n = segments.first; n <= segments.last; n++) if (!eligible.includes(n)) staying.push(n);
  return marks.snapshots.filter(({ hash }) => {
    return staying.some((segment) => index.of(segment).findObject(hash) !== undefined);
  });
}

/** Whether the root of a snapshot goes from here. */
function hasDeadRoot({ index, marks }: GrowingLog, segment: number, live: LiveObjects): boolean {
  return marks.snapshots.some(({ hash }) => {
    const offset = index.of(segment).findObject(hash);
    return offset !== undefined && !live.has(segment, offset);
  });
}

function namedBy({ hash, head }: SnapshotMark) {
  return head === undefined ? [hash] : [hash, head];
}

/** Sealed segments whose records are all older than the given one. */
function eligibleSegments({ index, segments }: GrowingLog, beforeSeq: number): readonly number[] {
  const found: number[] = [];
  for (let n = segments.first; n < segments.last; n++) {
    if (!segments.isBorder(n) && index.of(n + 1).first < beforeSeq) found.push(n);
  }
  return found;
}
