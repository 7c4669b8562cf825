/**
 * The marks of a world: what stands beside its journal and is no part of the chain.
 *
 * 1. A snapshot mark counts only where its object is stored; the last that counts is in force.
 * 2. What was pruned takes the snapshots before it along.
 * 3. A halt is in force until a later mark clears it.
 */
import { assert, type Hash } from '@aos/canon';
import type { Batch, HaltMark, PrunedMark, SnapshotMark, StoreMark } from '@aos/protocol';

/** The marks in force; entered in the order in which they were appended. */
export class StoreMarks {
  /** In the order in which they came; some may have lost their object. */
  private given: SnapshotMark[] = [];
  private halted: HaltMark | undefined;
  private cut: PrunedMark | undefined;

  /** `hasObject` tells whether the object of a snapshot is stored. */
  constructor(private readonly hasObject: (hash: Hash) => boolean) {}

  get snapshot(): SnapshotMark | undefined {
    const latest = this.given.findLast(({ hash }) => this.hasObject(hash));
    return latest && copyMark(latest);
  }

  get snapshots(): readonly SnapshotMark[] {
    const bySeq = new Map<number, SnapshotMark>();
    for (const mark of this.given) if (this.hasObject(mark.hash)) bySeq.set(mark.seq, mark);
    return [...bySeq.values()].sort((a, b) => a.seq - b.seq).map(copyMark);
  }

  get pruned(): PrunedMark | undefined {
    return this.cut && copyMark(this.cut);
  }

  get halt(): HaltMark | undefined {
    return this.halted;
  }

  /** What follows is a fork's: a halt is of the world that it happened in. */
  cross(): void {
    this.halted = undefined;
  }

  enter(mark: StoreMark): void {
    switch (mark.kind) {
      case 'snapshot':
        this.given.push(copyMark(mark));
        return;
      case 'pruned':
        this.cut = copyMark(mark);
        this.forgetBelow(mark);
        return;
      case 'halt':
        this.halted = { ...mark };
        return;
      case 'halt-cleared':
        this.halted = undefined;
    }
  }

  /** Snapshots from before what is kept are of no use; the one that replay begins at is known. */
  private forgetBelow({ seq, snapshot, others }: PrunedMark): void {
    const kept = this.given.filter((mark) => mark.seq >= seq);
    const missing = [snapshot, ...others].filter((named) => {
      return !kept.some((mark) => mark.seq === named.seq);
    });
    this.given = [...missing.map(copyMark), ...kept].sort((a, b) => a.seq - b.seq);
  }
}

/** The objects that a mark stands on. */
function objectsOf(mark: StoreMark): readonly Hash[] {
  if (mark.kind === 'pruned') return [mark.snapshot, ...mark.others].flatMap(objectsOf);
  return mark.kind === 'snapshot' ? [mark.hash, ...(mark.head ? [mark.head] : [])] : [];
}

/** Defect when a mark speaks of a record that is not there yet, or of an object that is not. */
export function assertMarks(
  { records, objects, marks = [] }: Batch,
  head: number,
  hasObject: (hash: Hash) => boolean,
): void {
  for (const mark of marks) {
    const isKnown = mark.seq >= -1 && mark.seq <= head + records.length;
    assert(isKnown, `a mark of record ${mark.seq}, the head is ${head + records.length}`);
    for (const named of objectsOf(mark)) {
      const isGiven = objects.some(({ hash }) => Buffer.compare(hash, named) === 0);
      assert(isGiven || hasObject(named), 'a snapshot mark without its object');
    }
  }
}

/** The marks of a batch as they are now, whatever becomes of what was given. */
export function copyMarks({ marks = [] }: Batch): readonly StoreMark[] {
  return marks.map(copyMark);
}

function copyMark<M extends StoreMark>(mark: M): M {
  return structuredClone(mark);
}
