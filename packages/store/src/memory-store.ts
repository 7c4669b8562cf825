/** A world in memory: the same contract without a disk. */
import { bytesEqual, type Hash, toHashText } from '@aos/canon';
import type { Batch, StoredObject, WorldStore } from '@aos/protocol';
import { assertBatch, assertObjects } from './batch.js';
import { storeClosed, worldLocked } from './faults.js';

/** What outlives a store: a disk made of nothing. */
interface MemoryWorld {
  readonly genesis: Uint8Array;
  readonly records: Uint8Array[];
  readonly objects: Map<string, StoredObject>;
  isOpen: boolean;
}

export class MemoryStore implements WorldStore {
  private isClosed = false;
  private durableSeq: number;

  /** @internal */
  constructor(readonly world: MemoryWorld) {
    world.isOpen = true;
    this.durableSeq = world.records.length - 1;
  }

  get genesis(): Uint8Array {
    return this.world.genesis.slice();
  }

  get head(): number {
    return this.world.records.length - 1;
  }

  get durable(): number {
    return this.durableSeq;
  }

  async append(batch: Batch): Promise<void> {
    this.assertOpen();
    assertBatch(batch);
    for (const object of batch.objects) putObject(this.world, object);
    for (const record of batch.records) this.world.records.push(record.slice());
    const { head } = this;
    await Promise.resolve();
    this.durableSeq = Math.max(this.durableSeq, head);
  }

  records(fromSeq: number): Iterable<Uint8Array> {
    this.assertOpen();
    const { records } = this.world;
    const end = records.length;
    return { [Symbol.iterator]: () => copies(records, Math.max(0, fromSeq), end) };
  }

  object(hash: Hash): Uint8Array | undefined {
    this.assertOpen();
    return this.world.objects.get(toHashText(hash))?.bytes.slice();
  }

  *objects(): Generator<Hash> { ... }

  async close(): Promise<void> {
    this.isClosed = true;
    this.world.isOpen = false;
  }
}
