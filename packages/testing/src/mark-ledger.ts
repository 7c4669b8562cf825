/** What a workload knows of the marks it gave to a store: a crash leaves a prefix of them. */
import { bytesEqual } from '@aos/canon';
import type { HaltMark, SnapshotMark, StoreMark, WorldStore } from '@aos/protocol';

interface GivenMark {
  readonly mark: StoreMark;
  /** Records that were given with it or before. */
  readonly records: number;
}

interface MarkState {
  readonly snapshot: SnapshotMark | undefined;
  readonly halt: HaltMark | undefined;
}

export class MarkLedger {
  private given: GivenMark[] = [];
  /** So many of the given marks are acknowledged. */
  private acknowledged = 0;

  /** Notes the marks of a batch; `records` counts the records up to its end. Returns their end. */
  give(marks: readonly StoreMark[], records: number): number {
    for (const mark of marks) this.given.push({ mark, records });
    return this.given.length;
  }

  acknowledge(count: number): void {
    this.acknowledged = Math.max(this.acknowledged, count);
  }

  /** What is wrong with the marks of a reopened store; nothing, if the list is empty. */
  check(store: WorldStore): string[] {
    const count = this.countIn(store);
    if (count === undefined) return ['the marks are those of no moment after the last known one'];
    const records = this.given[count - 1]?.records ?? 0;
    if (store.head + 1 < records) return ['a mark outlived the records before it'];
    return [];
  }

  /** A writer has opened the world: the marks it found are durable, the rest never happened. */
  adopt(store: WorldStore): void {
    const count = this.countIn(store);
    if (count === undefined) return;
    this.given = this.given.slice(0, count);
    this.acknowledged = count;
  }

  /** How many marks a store holds, as far as that shows: the fewest that explain what it says. */
  private countIn(store: WorldStore): number | undefined {
    for (let count = this.acknowledged; count <= this.given.length; count++) {
      if (isSame(this.stateAfter(count), store)) return count;
    }
    return undefined;
  }

  private stateAfter(count: number): MarkState {
    const state: { snapshot: SnapshotMark | undefined; halt: HaltMark | undefined } = {
      snapshot: undefined,
      halt: undefined,
    };
    for (const { mark } of this.given.slice(0, count)) {
      if (mark.kind === 'snapshot') state.snapshot = mark;
      else state.halt = mark.kind === 'halt' ? mark : undefined;
    }
    return state;
  }
}

function isSame(expected: MarkState, found: MarkState): boolean {
  const { snapshot, halt } = expected;
  if (halt?.detail !== found.halt?.detail || halt?.seq !== found.halt?.seq) return false;
  if (snapshot === undefined || found.snapshot === undefined) return snapshot === found.snapshot;
  return snapshot.seq === found.snapshot.seq && bytesEqual(snapshot.hash, found.snapshot.hash);
}
