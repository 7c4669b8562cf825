/**
 * The marks of a world: what stands beside its journal and is no part of the chain.
 *
 * 1. A snapshot mark counts only where its object is stored; the last that counts is in force.
 * 2. A halt is in force until a later mark clears it.
 */
import { assert, type Hash } from '@aos/canon';
import type { Batch, HaltMark, SnapshotMark, StoreMark } from '@aos/protocol';

/** The marks in force; entered in the order in which they were appended. */
export class StoreMarks {
  private latest: SnapshotMark | undefined;
  private halted: HaltMark | undefined;

  get snapshot(): SnapshotMark | undefined {
    return this.latest && copyMark(this.latest);
  }

  get halt(): HaltMark | undefined {
    return this.halted;
  }

  /** What follows is a fork's: a halt is of the world that it happened in. */
  cross(): void {
    this.halted = undefined;
  }

  /** `hasObject` tells whether the object of a snapshot is stored. */
  enter(mark: StoreMark, hasObject: (hash: Hash) => boolean): void {
    switch (mark.kind) {
      case 'snapshot':
        if (hasObject(mark.hash)) this.latest = copyMark(mark);
        return;
      case 'halt':
        this.halted = { ...mark };
        return;
      case 'halt-cleared':
        this.halted = undefined;
    }
  }
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
    if (mark.kind !== 'snapshot' || hasObject(mark.hash)) continue;
    const isGiven = objects.some(({ hash }) => Buffer.compare(hash, mark.hash) === 0);
    assert(isGiven, 'a snapshot mark without its object');
  }
}

/** The marks of a batch as they are now, whatever becomes of what was given. */
export function copyMarks({ marks = [] }: Batch): readonly StoreMark[] {
  return marks.map(copyMark);
}

function copyMark<M extends StoreMark>(mark: M): M {
  if (mark.kind !== 'snapshot') return { ...mark };
  return { ...mark, hash: new Uint8Array(mark.hash) };
}
