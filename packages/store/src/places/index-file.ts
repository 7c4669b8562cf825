/**
 * Reads the index of a segment: its head at once, its parts when they are asked for.
 *
 * A part that is not what its check says is of a broken index: then the segment is read again and
 * the index made anew, in memory.
 */
import { crc32 } from 'node:zlib';
import { assert, Defect } from '@aos/canon';
import { FRAME_ALIGNMENT } from '../log/frame.js';
import type { ByteSource } from '../log/window.js';
import {
  bucketCheck,
  bucketOf,
  CHECK_BYTES,
  decodeIndexHead,
  ENTRY_BYTES,
  FIRST_READ_BYTES,
  headBytesOf,
  type IndexHead,
  type IndexParts,
  partsOf,
  passesFilter,
} from './index-format.js';
import type { SegmentPlaces } from './segment-places.js';

const HASH_BYTES = 32;

export class IndexFile implements SegmentPlaces {
  private parts: IndexParts;
  private recordsPart: Buffer | undefined;
  private filterPart: Buffer | undefined;
  private directoryPart: Buffer | undefined;

  private constructor(
    private source: ByteSource,
    public head: IndexHead,
    headBytes: number,
    /** Makes the index again from so much of the segment. */
    private readonly rebuild: (bytes: number) => ByteSource,
  ) {
    this.parts = partsOf(head, headBytes);
  }

  /** Reads the head; `undefined` when there is none that verifies. */
  static open(source: ByteSource, rebuild: (bytes: number) => ByteSource): IndexFile | undefined {
    let start = readUpTo(source, 0, FIRST_READ_BYTES);
    const headBytes = headBytesOf(start);
    if (headBytes === undefined) return undefined;
    if (headBytes > start.length) start = readUpTo(source, 0, headBytes);
    const head = decodeIndexHead(start);
    return head && new IndexFile(source, head, headBytes, rebuild);
  }

  get first(): number {
    return this.head.first;
  }

  get records(): number {
    return this.head.records;
  }

  get objectCount(): number {
    return this.head.objects;
  }

  /** Reads all of it: whether nothing needs to be made again. */
  isWhole(): boolean {
    const { recordsAt, filterAt, directoryAt, bucketsAt } = this.parts;
    const directory = this.tried(() => this.readPart(directoryAt, bucketsAt, 2));
    if (directory === undefined) return false;
    const isWhole = [
      this.tried(() => this.readPart(recordsAt, filterAt, 0)),
      this.tried(() => this.readPart(filterAt, directoryAt, 1)),
    ].every((part) => part !== undefined);
    if (!isWhole) return false;
    for (let bucket = 0; bucket < 2 ** this.head.bucketBits; bucket++) {
      if (this.tried(() => this.readBucket(bucket, directory)) === undefined) return false;
    }
    return true;
  }

  recordOffset(n: number): number {
    const { recordsAt, filterAt } = this.parts;
    this.recordsPart ??= this.part(recordsAt, filterAt, 0);
    return this.recordsPart.readUInt32LE(4 * n) * FRAME_ALIGNMENT;
  }

  findObject(hash: Uint8Array): number | undefined {
    if (this.head.objects === 0 || !passesFilter(this.filter(), hash)) return undefined;
    const entries = this.bucket(bucketOf(hash, this.head.bucketBits));
    for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
      if (entries.compare(hash, 0, HASH_BYTES, at, at + HASH_BYTES) === 0) {
        return entries.readUInt32LE(at + HASH_BYTES) * FRAME_ALIGNMENT;
      }
    }
    return undefined;
  }

  *objects(): Generator<readonly [Uint8Array, number]> {
    for (let bucket = 0; bucket < 2 ** this.head.bucketBits; bucket++) {
      const entries = this.bucket(bucket);
      for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
        const offset = entries.readUInt32LE(at + HASH_BYTES) * FRAME_ALIGNMENT;
        yield [new Uint8Array(entries.subarray(at, at + HASH_BYTES)), offset];
      }
    }
  }

  private filter(): Buffer {
    const { filterAt, directoryAt } = this.parts;
    this.filterPart ??= this.part(filterAt, directoryAt, 1);
    return this.filterPart;
  }

  private bucket(bucket: number): Buffer {
    const { directoryAt, bucketsAt } = this.parts;
    this.directoryPart ??= this.part(directoryAt, bucketsAt, 2);
    const directory = this.directoryPart;
    return this.tried(() => this.readBucket(bucket, directory)) ?? this.again().bucket(bucket);
  }

  private readBucket(bucket: number, directory: Buffer): Buffer | undefined {
    const from = directory.readUInt32LE(4 * bucket) * ENTRY_BYTES;
    const sizeBytes = directory.readUInt32LE(4 * bucket + 4) * ENTRY_BYTES - from;
    const at = this.parts.bucketsAt + from + bucket * CHECK_BYTES;
    const bytes = readUpTo(this.source, at, sizeBytes + CHECK_BYTES);
    if (bytes.length < sizeBytes + CHECK_BYTES) return undefined;
    const entries = bytes.subarray(0, sizeBytes);
    const check = bucketCheck(entries, this.head.seed, bucket);
    return check === bytes.readUInt32LE(sizeBytes) ? entries : undefined;
  }

  private part(from: number, to: number, check: number): Buffer {
    return this.tried(() => this.readPart(from, to, check)) ?? this.again().parted(check);
  }

  private parted(check: number): Buffer {
    const { recordsAt, filterAt, directoryAt, bucketsAt } = this.parts;
    const places = [recordsAt, filterAt, directoryAt, bucketsAt] as const;
    return this.part(places[check] as number, places[check + 1] as number, check);
  }

  private readPart(from: number, to: number, check: number): Buffer | undefined {
    const bytes = readUpTo(this.source, from, to - from);
    const isWhole = bytes.length === to - from && crc32(bytes) === this.head.checks[check];
    return isWhole ? bytes : undefined;
  }

  /** Goes on as an index that is made from the segment, in memory. */
  private again(): this {
    const source = this.rebuild(this.head.bytes);
    const other = IndexFile.open(source, () => {
      throw new Defect('an index that was just made is whole');
    });
    assert(other !== undefined, 'an index that was just made has a head');
    this.source = source;
    this.head = other.head;
    this.parts = other.parts;
    this.recordsPart = undefined;
    this.filterPart = undefined;
    this.directoryPart = undefined;
    return this;
  }

  private tried(read: () => Buffer | undefined): Buffer | undefined {
    try {
      return read();
    } catch {
      // a file that cannot be read is as one that is not there
      return undefined;
    }
  }
}

/** A source that is all in memory. */
export function memorySource(bytes: Buffer): ByteSource {
  return {
    readSync: (target, position) => bytes.copy(target, 0, position, position + target.length),
  };
}

function readUpTo(source: ByteSource, position: number, sizeBytes: number): Buffer {
  const target = Buffer.allocUnsafe(sizeBytes);
  let filled = 0;
  while (filled < sizeBytes) {
    const count = source.readSync(target.subarray(filled), position + filled);
    if (count === 0) break;
    filled += count;
  }
  return target.subarray(0, filled);
}
