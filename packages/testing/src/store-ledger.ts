/** What a workload gave to a store and what the store acknowledged: the yardstick after a crash. */
import { bytesEqual, type Hash, sha256, toHex } from '@aos/canon';
import type { Batch, StoredObject, StoreMark, WorldStore } from '@aos/protocol';
import { MarkLedger } from './mark-ledger.js';
import type { Random } from './random.js';

const MAX_RECORDS = 3;
const MAX_OBJECTS = 2;
const MARK_CHANCE = 0.3;
const SMALL_BYTES = 60;
const LARGE_BYTES = 1500;

interface GivenRecord {
  readonly bytes: Uint8Array;
  /** What must be there when the record is. */
  readonly objects: readonly StoredObject[];
}

export class StoreLedger {
  readonly genesis: Uint8Array;
  readonly firstObjects: readonly StoredObject[];
  /** Whether the creation of the world was acknowledged. */
  isCreated = false;
  private given: GivenRecord[] = [];
  /** So many of the given records are acknowledged. */
  private acknowledgedCount = 0;
  private readonly acknowledgedObjects = new Map<string, StoredObject>();
  private readonly marks = new MarkLedger();

  constructor(private readonly random: Random) {
    this.genesis = random.bytes(30);
    this.firstObjects = [this.makeObject(), this.makeObject()];
  }

  get acknowledged(): number {
    return this.acknowledgedCount;
  }

  /** Creation was acknowledged, so its objects are. */
  created(): void {
    this.isCreated = true;
    this.noteObjects(this.firstObjects);
  }

  /** Gives the store a batch; its acknowledgement is noted when it comes. */
  async give(store: WorldStore): Promise<void> {
    const batch = this.makeBatch();
    for (const bytes of batch.records) this.given.push({ bytes, objects: batch.objects });
    const count = this.given.length;
    const marks = this.marks.give(batch.marks ?? [], count);
    await store.append(batch);
    this.acknowledgedCount = Math.max(this.acknowledgedCount, count);
    this.marks.acknowledge(marks);
    this.noteObjects(batch.objects);
  }

  /** What is wrong with a reopened store; nothing, if the list is empty. */
  check(store: WorldStore): string[] {
    const found = [...store.records(0)];
    const problems = this.checkObjects(store, found.length);
    if (found.length < this.acknowledgedCount) {
      problems.push(`${this.acknowledgedCount} records acknowledged, ${found.length} there`);
    }
    if (found.length > this.given.length) problems.push('more records than were given');
    if (store.head !== found.length - 1) problems.push(`head ${store.head} of ${found.length}`);
    found.forEach((bytes, seq) => {
      if (!bytesEqual(bytes, this.given[seq]?.bytes ?? this.genesis)) {
        problems.push(`record ${seq} differs`);
      }
    });
    if (!bytesEqual(store.genesis, this.genesis)) problems.push('genesis differs');
    return [...problems, ...this.marks.check(store)];
  }

  /** A writer has opened the world: what it found is durable, the rest never happened. */
  adopt(store: WorldStore): void {
    this.given = this.given.slice(0, store.head + 1);
    this.acknowledgedCount = this.given.length;
    this.marks.adopt(store);
  }

  private checkObjects(store: WorldStore, records: number): string[] {
    const expected = [...this.acknowledgedObjects.values()];
    for (const { objects } of this.given.slice(0, records)) expected.push(...objects);
    return expected
      .filter(({ hash, bytes }) => !bytesEqual(store.object(hash) ?? this.genesis, bytes))
      .map(({ hash }) => `object ${toHex(hash).slice(0, 8)} is gone`);
  }

  private makeBatch(): Batch {
    const records = this.list(MAX_RECORDS, () => this.random.bytes(this.sizeBytes()));
    const objects = this.list(MAX_OBJECTS, () => this.makeObject());
    const again = this.random.chance(0.2) ? [this.random.pick(this.firstObjects)] : [];
    const batch = { records, objects: [...objects, ...again] };
    return this.random.chance(MARK_CHANCE) ? { ...batch, marks: this.makeMarks(batch) } : batch;
  }

  private makeMarks({ records, objects }: Batch): StoreMark[] {
    const seq = this.given.length + records.length - 1;
    const [object = this.random.pick(this.firstObjects)] = objects;
    return this.list(2, () =>
      this.random.pick<StoreMark>([
        { kind: 'snapshot', seq, hash: object.hash },
        { kind: 'halt', seq, code: 'defect', detail: `${this.random.next()}` },
        { kind: 'halt-cleared', seq },
      ]),
    );
  }

  private makeObject(): StoredObject {
    const bytes = this.random.bytes(this.sizeBytes());
    return { hash: sha256(bytes) as Hash, bytes };
  }

  private sizeBytes(): number {
    return this.random.below(this.random.chance(0.1) ? LARGE_BYTES : SMALL_BYTES);
  }

  private list<T>(limit: number, make: () => T): T[] {
    return Array.from({ length: this.random.below(limit + 1) }, make);
  }

  private noteObjects(objects: readonly StoredObject[]): void {
    for (const object of objects) this.acknowledgedObjects.set(toHex(object.hash), object);
  }
}
