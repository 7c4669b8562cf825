/** What clearing away works on: a log that is open for writing. */
import type { Hash } from '@aos/canon';
import type { Batch } from '@aos/protocol';
import { FrameReader } from '../log/frame-reader.js';
import type { LogReader } from '../log/log-reader.js';
import type { Segments } from '../log/segments.js';
import { Window } from '../log/window.js';
import type { LogIndex } from '../places/log-index.js';
import type { StoreFs } from '../port.js';
import type { StoreMarks } from '../store-marks.js';
import type { WriterClaim } from '../writer-claim.js';

export interface GrowingLogPorts {
  readonly fs: StoreFs;
  readonly segments: Segments;
  readonly index: LogIndex;
  readonly marks: StoreMarks;
  readonly reader: LogReader;
  readonly claim: WriterClaim;
  readonly worldId: Hash;
  readonly append: (batch: Batch) => Promise<void>;
}

export class GrowingLog {
  readonly fs: StoreFs;
  readonly segments: Segments;
  readonly index: LogIndex;
  readonly marks: StoreMarks;
  readonly reader: LogReader;
  readonly claim: WriterClaim;
  readonly worldId: Hash;
  readonly append: (batch: Batch) => Promise<void>;
  /** Sequence up to which records have been looked at for what they name. */
  lookedTo = 0;

  constructor(ports: GrowingLogPorts) {
    this.fs = ports.fs;
    this.segments = ports.segments;
    this.index = ports.index;
    this.marks = ports.marks;
    this.reader = ports.reader;
    this.claim = ports.claim;
    this.worldId = ports.worldId;
    this.append = ports.append;
  }

  get journalPath(): string {
    return this.segments.journalPath;
  }

  frames(segment: number, chunkBytes: number): FrameReader {
    const { seed } = this.segments.get(segment);
    return new FrameReader(new Window(this.segments.file(segment), chunkBytes), seed);
  }
}
