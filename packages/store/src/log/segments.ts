/** The segment files of one open log: how their frames verify, where they start, and handles. */
import { join } from 'node:path';
import { bytesEqual } from '@aos/canon';
import { indexPath } from '../places/segment-index.js';
import type { StoreFile, StoreFs } from '../port.js';
import { frameSpan } from './frame.js';
import { encodeSegmentHeader, type SegmentHeader, segmentName, segmentSeed } from './segment.js';

/** Handles kept open by one log; all logs together have more. */
const MAX_OPEN_FILES = 64;

interface Segment {
  readonly header: SegmentHeader;
  readonly seed: number;
  readonly start: number;
  /** Where the frames end; unknown while the segment is the last one. */
  end: number;
}

export class Segments {
  private readonly list: Segment[] = [];
  private readonly handles = new Map<string, StoreFile>();
  /** By segment; they are asked for with each frame that is read. */
  private readonly paths = new Map<number, string>();
  private readonly indexPaths = new Map<number, string>();
  /** Number of the first segment in the list. */
  private base = 0;
  /** Changes when files that were known are others now, or gone. */
  version = 0;

  constructor(
    readonly fs: StoreFs,
    readonly journalPath: string,
  ) {}

  /** Number of the first segment. */
  get first(): number {
    return this.base;
  }

  /** Number of the last segment. */
  get last(): number {
    return this.base + this.list.length - 1;
  }

  /** The next segment begins; the one before it ends at what the header says. */
  add(header: SegmentHeader): void {
    if (this.list.length === 0) this.base = header.segment;
    const before = this.list.at(-1);
    if (before) before.end = endOf(before.header, header);
    this.list.push(segmentOf(header));
  }

  /** The file of a segment was replaced by another one, with the same records. */
  replace(header: SegmentHeader, end: number): void {
    this.version++;
    this.forget(header.segment);
    this.list[header.segment - this.base] = { ...segmentOf(header), end };
  }

  /** The segments before are no part of the log any more. */
  dropBelow(segment: number): void {
    this.version++;
    for (let dropped = this.base; dropped < segment; dropped++) this.forget(dropped);
    this.list.splice(0, segment - this.base);
    this.base = segment;
  }

  get(segment: number): Readonly<Segment> {
    return this.list[segment - this.base] as Segment;
  }

  /** Whether the log goes on behind a segment as that of a fork, whatever its file has there. */
  isBorder(segment: number): boolean {
    const next = this.list[segment + 1 - this.base];
    return next !== undefined && !bytesEqual(this.get(segment).header.genesis, next.header.genesis);
  }

  path(segment: number): string {
    return pathIn(this.paths, segment, () => join(this.journalPath, segmentName(segment)));
  }

  /** A handle for reading, kept for the next time. */
  file(segment: number): StoreFile {
    return this.handle(this.path(segment));
  }

  /** The same for its index; throws where there is none. */
  indexFile(segment: number): StoreFile {
    return this.handle(this.indexPath(segment));
  }

  /** The files of a segment are others now. */
  forget(segment: number): void {
    this.drop(this.path(segment));
    this.drop(this.indexPath(segment));
  }

  close(): void {
    for (const file of this.handles.values()) file.close();
    this.handles.clear();
  }

  private indexPath(segment: number): string {
    return pathIn(this.indexPaths, segment, () => indexPath(this.journalPath, segment));
  }

  private handle(path: string): StoreFile {
    const known = this.handles.get(path);
    if (known) return known;
    const file = this.fs.open(path, 'read');
    this.handles.set(path, file);
    for (const oldest of this.handles.keys()) {
      if (this.handles.size <= MAX_OPEN_FILES) break;
      this.drop(oldest);
    }
    return file;
  }

  private drop(path: string): void {
    this.handles.get(path)?.close();
    this.handles.delete(path);
  }
}

/** Where a segment ends for the one behind it: at a border that is somewhere in its file. */
function endOf({ genesis, compacted }: SegmentHeader, next: SegmentHeader): number {
  const isSealed = bytesEqual(genesis, next.genesis);
  return isSealed && compacted !== undefined ? compacted.bytes : next.previousBytes;
}

function segmentOf(header: SegmentHeader): Segment {
  const start = frameSpan(encodeSegmentHeader(header).length);
  const end = Number.POSITIVE_INFINITY;
  return { header, seed: segmentSeed(header), start, end };
}

function pathIn(known: Map<number, string>, segment: number, make: () => string): string {
  const path = known.get(segment) ?? make();
  known.set(segment, path);
  return path;
}
