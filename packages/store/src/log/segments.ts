/** The segment files of one open log: how their frames verify, where they start, and handles. */
import { join } from 'node:path';
import type { StoreFile, StoreFs } from '../port.js';
import { frameSpan } from './frame.js';
import { encodeSegmentHeader, type SegmentHeader, segmentName, segmentSeed } from './segment.js';

/** Handles kept open; a world may have more segments than a process may have files. */
const MAX_OPEN_FILES = 16;

interface Segment {
  readonly seed: number;
  readonly start: number;
  /** Where the frames end; unknown while the segment is the last one. */
  end: number;
}

export class Segments {
  private readonly list: Segment[] = [];
  private readonly handles = new Map<number, StoreFile>();

  constructor(
    private readonly fs: StoreFs,
    private readonly journalPath: string,
  ) {}

  get count(): number {
    return this.list.length;
  }

  /** The next segment begins; the one before it ends at what the header says. */
  add(header: SegmentHeader): void {
    const before = this.list.at(-1);
    if (before) before.end = header.previousBytes;
    const start = frameSpan(encodeSegmentHeader(header).length);
    this.list.push({ seed: segmentSeed(header), start, end: Number.POSITIVE_INFINITY });
  }

  get(segment: number): Readonly<Segment> {
    return this.list[segment] as Segment;
  }

  path(segment: number): string {
    return join(this.journalPath, segmentName(segment));
  }

  /** A handle for reading, kept for the next time. */
  file(segment: number): StoreFile {
    const known = this.handles.get(segment);
    if (known) return known;
    const file = this.fs.open(this.path(segment), 'read');
    this.handles.set(segment, file);
    for (const [oldest, handle] of this.handles) {
      if (this.handles.size <= MAX_OPEN_FILES) break;
      this.handles.delete(oldest);
      handle.close();
    }
    return file;
  }

  /** The file of a segment is another one now. */
  forget(segment: number): void {
    this.handles.get(segment)?.close();
    this.handles.delete(segment);
  }

  close(): void {
    for (const file of this.handles.values()) file.close();
    this.handles.clear();
  }
}
