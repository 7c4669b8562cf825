/**
 * The index that questions about causes need: built from the journal when somebody asks, brought up
 * to date by the next question, and forgotten when nobody has asked for a while.
 *
 * X1 It grows with the journal, so it is there only while it is used.
 * X2 It is built in slices, so that the world goes on beside it.
 */
import { RefusalError } from '@aos/canon';
import { CauseIndex, type Journal, JournalView } from '@aos/kernel';
import type { TraceSource } from '../trace/trace-source.js';
import { RecordBlocks } from './record-blocks.js';
import type { ControlView } from './view.js';

/** What an index is built from. */
export type IndexedJournal = Pick<
  ControlView,
  'describing' | 'head' | 'isLiving' | 'read' | 'store'
>;

/** Records indexed before others get their turn: some milliseconds. */
const SLICE_RECORDS = 512;
/** How long an index outlives the last question. */
const KEPT_MS = 30_000;

export class JournalIndex {
  #index: CauseIndex | undefined;
  #building: Promise<unknown> = Promise.resolve();
  #forgetting: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(private readonly view: IndexedJournal) {}

  /** The journal up to what is durable now, and the world at that place or later. */
  async source(): Promise<TraceSource> {
    const world = await this.view.read((now) => now);
    return { journal: await this.journal(), world, ports: this.view.describing(world) };
  }

  async journal(): Promise<Journal> {
    const built = this.#building.then(() => this.#catchUp());
    this.#building = built.catch(() => undefined);
    const index = await built;
    this.#keep();
    const blocks = new RecordBlocks(this.view);
    return { index, view: new JournalView((seq) => blocks.read(seq)) };
  }

  close(): void {
    this.#isClosed = true;
    this.#forget();
  }

  async #catchUp(): Promise<CauseIndex> {
    this.#index ??= new CauseIndex();
    const index = this.#index;
    while ((index.nextSeq ?? this.view.store.first) <= this.view.head) {
      if (this.#isClosed) break;
      this.#addSlice(index);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return index;
  }

  #addSlice(index: CauseIndex): void {
    const from = index.nextSeq ?? this.view.store.first;
    const end = Math.min(this.view.head, from + SLICE_RECORDS - 1);
    for (const bytes of this.view.store.records(from)) {
      const added = index.add(bytes);
      if (!added.ok) throw new RefusalError(added.refusal);
      if ((index.nextSeq ?? 0) > end) return;
    }
  }

  #keep(): void {
    clearTimeout(this.#forgetting);
    if (this.#isClosed || !this.view.isLiving) return;
    this.#forgetting = setTimeout(() => this.#forget(), KEPT_MS).unref();
  }

  #forget(): void {
    clearTimeout(this.#forgetting);
    this.#index = undefined;
  }
}
