/**
 * Index files: where the records, objects and marks of a segment are, so that opening need not read
 * the segment again.
 *
 * I1 An index is derived. It is made of a prefix of a segment that was durable, is never flushed,
 *    and whatever does not fit the segment, or itself, is as if it were not there.
 * I2 It begins with `AOSINDEX`, size and check of its head, and the canonical head; then come its
 *    parts, each with a check: places of records, filter, directory and buckets of objects.
 * I3 Objects stand in buckets by the first bits of their hash: 32 bytes and the place in eighths,
 *    little-endian. Every bucket ends with a check of its own, so one is read without the others.
 * I4 The filter says of most hashes that are not there that they are not: four bits each.
 */

import { crc32 } from 'node:zlib';
import { decode, encode, type Value } from '@aos/canon';
import { FRAME_ALIGNMENT } from '../log/frame.js';
import type { SegmentTable } from './segment-table.js';

const MAGIC = Buffer.from('AOSINDEX', 'latin1');
const PREFIX_BYTES = 16;
/** What is read of an index at open; a longer head takes a second read. */
export const FIRST_READ_BYTES = 1024;
const INDEX_FORMAT = 1;
const HASH_BYTES = 32;
export const ENTRY_BYTES = 36;
export const CHECK_BYTES = 4;
const OBJECTS_PER_BUCKET = 16;
const FILTER_BITS_PER_OBJECT = 16;
const FILTER_PROBES = 4;
/** Where in a hash the words of the filter begin; those before choose the bucket. */
const FILTER_WORDS_AT = 8;

/** What of a segment an index speaks of. */
export interface IndexHead {
  /** Start value of the checks of the segment. */
  readonly seed: number;
  /** The prefix of the segment that it covers. */
  readonly bytes: number;
  readonly first: number;
  readonly records: number;
  readonly objects: number;
  /** Offset of the last frame, and the check of its header. */
  readonly last: number;
  readonly lastCheck: number;
  /** Offset of the genesis in this segment, -1 for none. */
  readonly genesis: number;
  /** Offsets of the marks. */
  readonly marks: readonly number[];
  /** So many bits of a hash choose its bucket. */
  readonly bucketBits: number;
  /** Checks of the places of records, of the filter and of the directory. */
  readonly checks: readonly number[];
}

/** What an index is made for. */
export type IndexSubject = Pick<IndexHead, 'seed' | 'bytes' | 'lastCheck'>;

/** Where the parts of an index are in its file. */
export interface IndexParts {
  readonly recordsAt: number;
  readonly filterAt: number;
  readonly directoryAt: number;
  readonly bucketsAt: number;
  readonly end: number;
}

export function encodeIndex(table: SegmentTable, subject: IndexSubject): Buffer {
  const objects = table.objectCount;
  const bucketBits = bucketBitsFor(objects);
  const hashes = Buffer.allocUnsafe(objects * ENTRY_BYTES);
  let at = 0;
  for (const [hash, offset] of table.objects()) {
    hashes.set(hash, at);
    hashes.writeUInt32LE(offset / FRAME_ALIGNMENT, at + HASH_BYTES);
    at += ENTRY_BYTES;
  }
  const records = Buffer.from(Uint32Array.from(table.recordOffsets, eighths).buffer);
  const filter = filterOf(hashes, objects);
  const { directory, buckets } = bucketsOf(hashes, objects, { bucketBits, seed: subject.seed });
  const checks = [crc32(records), crc32(filter), crc32(directory)];
  const { first, last, marks, genesis = -1 } = table;
  const head = encode({
    ...{ format: INDEX_FORMAT, ...subject, first, records: table.records, objects },
    ...{ last, genesis, marks, bucketBits, checks },
  });
  const prefix = Buffer.alloc(PREFIX_BYTES);
  MAGIC.copy(prefix);
  prefix.writeUInt32LE(head.length, 8);
  prefix.writeUInt32LE(crc32(head), 12);
  return Buffer.concat([prefix, head, records, filter, directory, buckets]);
}

/** The size of the head that the first bytes of an index name; `undefined` when they are none. */
export function headBytesOf(start: Buffer): number | undefined {
  if (start.length < PREFIX_BYTES || start.compare(MAGIC, 0, 8, 0, 8) !== 0) return undefined;
  return PREFIX_BYTES + start.readUInt32LE(8);
}

/** The head of an index; `undefined` when these are not the bytes of one of this format. */
export function decodeIndexHead(start: Buffer): IndexHead | undefined {
  const end = headBytesOf(start);
  if (end === undefined || start.length < end) return undefined;
  const bytes = start.subarray(PREFIX_BYTES, end);
  if (crc32(bytes) !== start.readUInt32LE(12)) return undefined;
  const decoded = decode(new Uint8Array(bytes));
  const fields = decoded.ok && decoded.value instanceof Map ? decoded.value : new Map();
  if (fields.get('format') !== INDEX_FORMAT) return undefined;
  return Object.fromEntries(fields as ReadonlyMap<string, Value>) as unknown as IndexHead;
}

export function partsOf(head: IndexHead, headBytes: number): IndexParts {
  const recordsAt = headBytes;
  const filterAt = recordsAt + 4 * recordPlaces(head.records);
  const directoryAt = filterAt + filterBytes(head.objects);
  const bucketsAt = directoryAt + 4 * (2 ** head.bucketBits + 1);
  const end = bucketsAt + head.objects * ENTRY_BYTES + 2 ** head.bucketBits * CHECK_BYTES;
  return { recordsAt, filterAt, directoryAt, bucketsAt, end };
}

/** The bucket of a hash. */
export function bucketOf(hash: Uint8Array, bucketBits: number): number {
  if (bucketBits === 0) return 0;
  const word = ((hash[0] as number) << 24) | ((hash[1] as number) << 16);
  const low = ((hash[2] as number) << 8) | (hash[3] as number);
  return ((word | low) >>> 0) >>> (32 - bucketBits);
}

/** Whether a filter leaves open that the hash is there. */
export function passesFilter(filter: Uint8Array, hash: Uint8Array): boolean {
  const bits = filter.length * 8;
  for (let probe = 0; probe < FILTER_PROBES; probe++) {
    const bit = wordAt(hash, FILTER_WORDS_AT + 4 * probe) % bits;
    if (((filter[bit >>> 3] as number) & (1 << (bit & 7))) === 0) return false;
  }
  return bits > 0;
}

/** The check that a bucket ends with. */
export function bucketCheck(entries: Uint8Array, seed: number, bucket: number): number {
  return crc32(entries, (seed ^ bucket) >>> 0);
}

function filterOf(entries: Buffer, objects: number): Buffer {
  const filter = Buffer.alloc(filterBytes(objects));
  const bits = filter.length * 8;
  for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
    for (let probe = 0; probe < FILTER_PROBES; probe++) {
      const bit = wordAt(entries, at + FILTER_WORDS_AT + 4 * probe) % bits;
      filter[bit >>> 3] = (filter[bit >>> 3] as number) | (1 << (bit & 7));
    }
  }
  return filter;
}

function bucketsOf(
  entries: Buffer,
  objects: number,
  { bucketBits, seed }: { readonly bucketBits: number; readonly seed: number },
) {
  const count = 2 ** bucketBits;
  const starts = new Uint32Array(count + 1);
  for (let i = 0; i < objects; i++) {
    const bucket = bucketOf(entries.subarray(i * ENTRY_BYTES), bucketBits);
    starts[bucket + 1] = (starts[bucket + 1] as number) + 1;
  }
  for (let b = 0; b < count; b++) {
    starts[b + 1] = (starts[b + 1] as number) + (starts[b] as number);
  }
  const next = starts.slice();
  const buckets = Buffer.allocUnsafe(entries.length + count * CHECK_BYTES);
  for (let i = 0; i < objects; i++) {
    const entry = entries.subarray(i * ENTRY_BYTES, (i + 1) * ENTRY_BYTES);
    const bucket = bucketOf(entry, bucketBits);
    const place = next[bucket] as number;
    next[bucket] = place + 1;
    entry.copy(buckets, place * ENTRY_BYTES + bucket * CHECK_BYTES);
  }
  for (let b = 0; b < count; b++) {
    const from = (starts[b] as number) * ENTRY_BYTES + b * CHECK_BYTES;
    const to = (starts[b + 1] as number) * ENTRY_BYTES + b * CHECK_BYTES;
    buckets.writeUInt32LE(bucketCheck(buckets.subarray(from, to), seed, b), to);
  }
  return { directory: Buffer.from(starts.buffer), buckets };
}

function wordAt(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at + 3] as number) << 24) | ((bytes[at + 2] as number) << 16);
  return (high | ((bytes[at + 1] as number) << 8) | (bytes[at] as number)) >>> 0;
}

function bucketBitsFor(objects: number): number {
  return Math.max(0, Math.ceil(Math.log2(Math.max(1, objects / OBJECTS_PER_BUCKET))));
}

function filterBytes(objects: number): number {
  return Math.ceil((objects * FILTER_BITS_PER_OBJECT) / 8);
}

function recordPlaces(records: number): number {
  return Math.ceil(records / 64);
}

function eighths(offset: number): number {
  return offset / FRAME_ALIGNMENT;
}
