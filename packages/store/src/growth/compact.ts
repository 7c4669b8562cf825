/**
 * Writing a sealed segment anew without the objects that nothing needs.
 *
 * K1 All other frames stay as they were, in their order, with their epochs. The header says how
 *    long the file is now, and how long it was: its successor speaks of that.
 * K2 The new file is durable before it takes the place of the old one, by one rename.
 * K3 A record that came meanwhile may name what nothing needed before: then the segment is left as
 *    it is.
 */
import { frameSpan } from '../log/frame.js';
import { decodeMarker, isStoreMark } from '../log/marker.js';
import { encodeSegmentHeader, type SegmentHeader, segmentSeed } from '../log/segment.js';
import { SegmentFile } from '../log/segment-file.js';
import { indexPath, makeIndex, openMade, writeIndex } from '../places/segment-index.js';
import { SegmentTable } from '../places/segment-table.js';
import { type CopiedFrame, copyFrames, damagedAt } from './copy-frames.js';
import type { GrowingLog } from './growing-log.js';
import type { LiveObjects } from './live-objects.js';

const CHUNK_BYTES = 2 ** 18;
const HASH_BYTES = 32;

export interface CompactPlan {
  readonly segment: number;
  readonly keptBytes: number;
  readonly droppedObjects: number;
  readonly droppedBytes: number;
}

/** What of a segment would go. */
export function planCompaction(log: GrowingLog, segment: number, live: LiveObjects): CompactPlan {
  const { start, end } = log.segments.get(segment);
  let droppedObjects = 0;
  let droppedBytes = 0;
  const frames = log.frames(segment, 2 ** 12);
  for (const [, offset] of log.index.of(segment).objects()) {
    if (live.has(segment, offset)) continue;
    const header = frames.headerAt(offset);
    if (header === undefined) throw damagedAt(segment, offset);
    droppedObjects += 1;
    droppedBytes += frameSpan(header.sizeBytes);
  }
  return { segment, keptBytes: end - start - droppedBytes, droppedObjects, droppedBytes };
}

/** Carries a plan out; `false` when a new record has made something live again. */
export async function compactSegment(
  log: GrowingLog,
  plan: CompactPlan,
  live: LiveObjects,
): Promise<boolean> {
  const { segment } = plan;
  const { header: old } = log.segments.get(segment);
  const header = compactedHeader(old, plan, log.segments.get(segment).end);
  const file = new SegmentFile(
    { fs: log.fs, path: log.claim.compactPath, preallocateBytes: 0 },
    'create',
  );
  try {
    const table = await copyLive(log, { plan, header, file, live });
    await file.seal((header.compacted as { bytes: number }).bytes);
    const before = plan.droppedObjects;
    live.addRecordsNow(log.lookedTo);
    log.lookedTo = log.index.records;
    if (planCompaction(log, segment, live).droppedObjects !== before) return false;
    await publish(log, header, table);
    return true;
  } finally {
    file.close();
  }
}

async function publish(log: GrowingLog, header: SegmentHeader, table: SegmentTable) {
  const { segments, index, fs, journalPath } = log;
  const { segment, compacted } = header;
  const end = (compacted as { bytes: number }).bytes;
  log.claim.assertHeld();
  fs.rename(log.claim.compactPath, segments.path(segment));
  segments.replace(header, end);
  const seed = segmentSeed(header);
  const made = makeIndex(table, { seed, source: segments.file(segment), bytes: end });
  index.replace(segment, made === undefined ? table : openMade(made));
  await fs.syncDirectory(journalPath);
  if (made !== undefined) await writeIndex(fs, indexPath(journalPath, segment), made);
}

interface Copying {
  readonly plan: CompactPlan;
  readonly header: SegmentHeader;
  readonly file: SegmentFile;
  readonly live: LiveObjects;
}

async function copyLive(log: GrowingLog, { plan, header, file, live }: Copying) {
  const { segment } = plan;
  const table = new SegmentTable(header.first);
  await copyFrames(file, {
    frames: log.frames(segment, CHUNK_BYTES),
    range: log.segments.get(segment),
    header,
    flushed: (header.compacted as { bytes: number }).bytes,
    keeps: (offset) => live.has(segment, offset),
    entered: (frame) => enterTable(table, frame),
  });
  return table;
}

function enterTable(table: SegmentTable, { kind, payload, at }: CopiedFrame): void {
  table.last = at;
  if (kind === 'record') table.addRecord(at);
  if (kind === 'object') table.addObject(payload.subarray(0, HASH_BYTES), at);
  if (kind === 'genesis') table.genesis = at;
  if (kind === 'marker' && isStoreMark(decodeMarker(payload))) table.marks.push(at);
}

/** The size stands in the header, whose own size may depend on it. */
function compactedHeader(old: SegmentHeader, plan: CompactPlan, end: number): SegmentHeader {
  const original = old.compacted?.original ?? end;
  for (let bytes = plan.keptBytes; ; ) {
    const header = { ...old, compacted: { bytes, original } };
    const found = frameSpan(encodeSegmentHeader(header).length) + plan.keptBytes;
    if (found === bytes) return header;
    bytes = found;
  }
}
