/** A world on disk: the WorldStore port over a segment log. */
import type { Hash } from '@aos/canon';
import type {
  Batch,
  HaltMark,
  PrunedMark,
  SnapshotMark,
  StoreGrowth,
  WorldStore,
} from '@aos/protocol';
import { assertBatch } from './batch.js';
import { storeClosed, storeReadOnly } from './faults.js';
import { growthOf } from './growth/store-growth.js';
import { LogReader } from './log/log-reader.js';
import type { LogTail } from './log/tail.js';
import type { OpenLog } from './open-log.js';
import { assertMarks, copyMarks } from './store-marks.js';

/** Made by createWorldStore and openWorldStore. */
export class DiskStore implements WorldStore {
  private readonly reader: LogReader;
  readonly #growth: StoreGrowth;
  private closing: Promise<void> | undefined;

  /** @internal */
  constructor(readonly log: OpenLog) {
    const assertUsable = () => this.assertUsable();
    this.reader = new LogReader(log.segments, log.index, log.writer?.pending, assertUsable);
    this.#growth = growthOf(log, this.reader, (batch) => this.append(batch));
  }

  get genesis(): Uint8Array {
    return this.log.genesis.slice();
  }

  get lineage(): readonly Uint8Array[] {
    return this.log.lineage.map((genesis) => genesis.slice());
  }

  get head(): number {
    return this.log.writer?.head ?? this.log.index.records - 1;
  }

  get durable(): number {
    return this.log.writer?.durable ?? this.log.durable;
  }

  get first(): number {
    return this.log.index.first;
  }

  get pruned(): PrunedMark | undefined {
    return this.log.marks.pruned;
  }

  get snapshots(): readonly SnapshotMark[] {
    return this.log.marks.snapshots;
  }

  get snapshot(): SnapshotMark | undefined {
    return this.log.marks.snapshot;
  }

  get halt(): HaltMark | undefined {
    return this.log.marks.halt;
  }

  /** How the log ended when it was opened, before a writer cut it. */
  get tail(): LogTail {
    return this.log.tail;
  }

  /** Clearing away; a reader can only look. */
  get growth(): StoreGrowth {
    return this.#growth;
  }

  async append(batch: Batch): Promise<void> {
    this.assertUsable();
    const { writer, index, marks } = this.log;
    if (!writer) throw storeReadOnly();
    const hasObject = (hash: Hash) => index.hasObject(hash);
    assertBatch(batch);
    assertMarks(batch, index.records - 1, hasObject);
    const given = copyMarks(batch);
    await writer.append({ ...batch, objects: index.missing(batch.objects) });
    for (const mark of given) marks.enter(mark);
  }

  records(fromSeq: number): Iterable<Uint8Array> {
    this.assertUsable();
    return this.reader.records(fromSeq);
  }

  object(hash: Hash): Uint8Array | undefined {
    this.assertUsable();
    return this.reader.object(hash);
  }

  objects(): Iterable<Hash> {
    this.assertUsable();
    return this.log.index.objects();
  }

  close(): Promise<void> {
    return this.closeThen(async () => undefined);
  }

  /** Closes the log, and does something more before the lock is let go. */
  closeThen(last: () => Promise<void>): Promise<void> {
    this.closing ??= this.release(last);
    return this.closing;
  }

  private assertUsable(): void {
    const fault = this.closing ? storeClosed() : this.log.writer?.fault;
    if (fault) throw fault;
  }

  private async release(last: () => Promise<void>): Promise<void> {
    const { writer, segments, lock } = this.log;
    try {
      await writer?.close();
      await last();
    } finally {
      segments.close();
      await lock?.release();
    }
  }
}
