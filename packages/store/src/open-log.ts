/** What opening a log gives, for the store that is made of it. */
import type { LogWriter } from './log/log-writer.js';
import type { Segments } from './log/segments.js';
import type { LogTail } from './log/tail.js';
import type { LogIndex } from './places/log-index.js';
import type { StoreFs, StoreLock } from './port.js';
import type { StoreMarks } from './store-marks.js';

/** An opened log; without a writer it is for reading. */
export interface OpenLog {
  readonly genesis: Uint8Array;
  readonly lineage: readonly Uint8Array[];
  readonly index: LogIndex;
  /** The marks that are durable, or that a reader found. */
  readonly marks: StoreMarks;
  readonly segments: Segments;
  readonly fs: StoreFs;
  /** The highest writer epoch of the log. */
  readonly epoch: number;
  /** Highest sequence that the log itself says was durable. */
  readonly durable: number;
  /** Position in the last segment below which it says that all is durable. */
  readonly flushed: number;
  readonly tail: LogTail;
  readonly writer?: LogWriter;
  readonly lock?: StoreLock;
}
