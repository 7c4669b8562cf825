/** A world in memory: the same contract without a disk. */
import { asHash, assert, type Hash, toHashText } from '@aos/canon';
import type { Batch, HaltMark, SnapshotMark, StoredObject, WorldStore } from '@aos/protocol';
import { assertBatch, assertObjects } from './batch.js';
import { storeClosed, worldLocked } from './faults.js';
import type { StoreFork } from './fork/fork-world.js';
import { assertMarks, copyMarks, StoreMarks } from './store-marks.js';

interface Ancestor {
  readonly genesis: Uint8Array;
  readonly seq: number;
}

/** What outlives a store that is closed. */
interface MemoryWorld {
  readonly genesis: Uint8Array;
  /** What it is a fork of: each with its last record. */
  readonly ancestors: readonly Ancestor[];
  readonly records: Uint8Array[];
  readonly objects: Map<string, StoredObject>;
  readonly marks: StoreMarks;
  isOpen: boolean;
}

/** Made by createMemoryStore and openMemoryStore. */
export class MemoryStore implements WorldStore {
  private isClosed = false;
  private durableSeq: number;
  private lastAppend: Promise<void> = Promise.resolve();

  /** @internal */
  constructor(readonly world: MemoryWorld) {
    world.isOpen = true;
    this.durableSeq = this.head;
  }

  get genesis(): Uint8Array {
    return this.world.genesis.slice();
  }

  get lineage(): readonly Uint8Array[] {
    return this.world.ancestors.map(({ genesis }) => genesis.slice());
  }

  get head(): number {
    return this.world.records.length - 1;
  }

  get durable(): number {
    return this.durableSeq;
  }

  get first(): number {
    return 0;
  }

  /** Nothing in memory is ever pruned. */
  get pruned(): undefined {
    return undefined;
  }

  get snapshots(): readonly SnapshotMark[] {
    return this.world.marks.snapshots;
  }

  get snapshot(): SnapshotMark | undefined {
    return this.world.marks.snapshot;
  }

  get halt(): HaltMark | undefined {
    return this.world.marks.halt;
  }

  async append(batch: Batch): Promise<void> {
    this.assertOpen();
    const hasObject = (hash: Hash) => this.world.objects.has(toHashText(hash));
    assertBatch(batch);
    assertMarks(batch, this.head, hasObject);
    const marks = copyMarks(batch);
    for (const object of batch.objects) putObject(this.world, object);
    for (const record of batch.records) this.world.records.push(new Uint8Array(record));
    const { head } = this;
    this.lastAppend = Promise.resolve().then(() => {
      this.durableSeq = head;
      for (const mark of marks) this.world.marks.enter(mark);
    });
    await this.lastAppend;
  }

  records(fromSeq: number): Iterable<Uint8Array> {
    this.assertOpen();
    const end = this.world.records.length;
    return { [Symbol.iterator]: () => this.walk(Math.max(0, fromSeq), end) };
  }

  object(hash: Hash): Uint8Array | undefined {
    this.assertOpen();
    return this.world.objects.get(toHashText(hash))?.bytes.slice();
  }

  objects(): Iterable<Hash> {
    this.assertOpen();
    return [...this.world.objects.values()].map(({ hash }) => hash);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.lastAppend;
    this.world.isOpen = false;
  }

  private *walk(fromSeq: number, end: number): Generator<Uint8Array> {
    for (let seq = fromSeq; seq < end; seq++) {
      this.assertOpen();
      // records are only ever added
      yield new Uint8Array(this.world.records[seq] as Uint8Array);
    }
  }

  private assertOpen(): void {
    if (this.isClosed) throw storeClosed();
  }
}

/** A new world that lives as long as somebody holds its store. */
export function createMemoryStore(
  genesis: Uint8Array,
  objects: readonly StoredObject[],
): MemoryStore {
  assertObjects(objects);
  const stored = new Map<string, StoredObject>();
  const world = {
    genesis: new Uint8Array(genesis),
    ancestors: [],
    records: [],
    objects: stored,
    marks: marksOf(stored),
    isOpen: false,
  };
  for (const object of objects) putObject(world, object);
  return new MemoryStore(world);
}

/** A fork of a memory world, closed; the store that it is made from may be open. */
export function forkMemoryStore({ world, durable }: MemoryStore, fork: StoreFork): MemoryStore {
  const { seq } = fork;
  assert(seq >= 0 && seq <= durable, `a record that is durable, not ${seq}`);
  assertObjects(fork.objects);
  const parents = world.ancestors.filter((ancestor) => ancestor.seq < seq);
  const parent = world.ancestors[parents.length] ?? world;
  const stored = new Map(world.objects);
  const forked = {
    genesis: new Uint8Array(fork.genesis),
    ancestors: [...parents, { genesis: parent.genesis, seq }],
    records: [...world.records.slice(0, seq + 1), ...fork.records.map((each) => each.slice())],
    objects: stored,
    marks: marksOf(stored),
    isOpen: false,
  };
  for (const mark of world.marks.snapshots) if (mark.seq <= seq) forked.marks.enter(mark);
  for (const object of fork.objects) putObject(forked, object);
  const store = new MemoryStore(forked);
  forked.isOpen = false;
  return store;
}

/** Opens the world of a closed memory store again. Code: `world-locked` while it is open. */
export function openMemoryStore(store: MemoryStore): MemoryStore {
  if (store.world.isOpen) throw worldLocked('(memory)');
  return new MemoryStore(store.world);
}

function marksOf(stored: ReadonlyMap<string, StoredObject>): StoreMarks {
  return new StoreMarks((hash) => stored.has(toHashText(hash)));
}

/* Copies are made by constructor: the slice of a Buffer shares its bytes. */

function putObject(world: MemoryWorld, { hash, bytes }: StoredObject): void {
  const key = toHashText(hash);
  if (world.objects.has(key)) return;
  world.objects.set(key, { hash: asHash(new Uint8Array(hash)), bytes: new Uint8Array(bytes) });
}
