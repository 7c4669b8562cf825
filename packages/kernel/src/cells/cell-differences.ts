/** What the cells of one reducer differ in between two worlds. */
import { bytesEqual } from '@aos/canon';
import type { Cell } from './cell.js';
import type { CellTable } from './cell-table.js';

/** A cell that only one has, or that is another one in each. */
export interface CellDifference {
  readonly here: Cell | null;
  readonly there: Cell | null;
}

/**
 * Cells whose states are not the same in both tables, in the order of their keys; a table that is
 * not there has none. When a state last changed is no difference. A cell without key and cells with
 * keys are not compared with each other: all differ.
 */
export function* cellDifferences(
  here: CellTable | undefined,
  there: CellTable | undefined,
): Generator<CellDifference> {
  for (const { here: ours, there: theirs } of pairs(here, there)) {
    if (!isSame(ours ?? null, theirs ?? null)) yield { here: ours ?? null, there: theirs ?? null };
  }
}

interface Pair {
  readonly here: Cell | null | undefined;
  readonly there: Cell | null | undefined;
}

function* pairs(here: CellTable | undefined, there: CellTable | undefined): Iterable<Pair> {
  if (here?.kind === 'keyed' && there?.kind === 'keyed') {
    yield* here.cells.differences(there.cells);
    return;
  }
  yield { here: single(here), there: single(there) };
  for (const cell of keyed(here)) yield { here: cell, there: null };
  for (const cell of keyed(there)) yield { here: null, there: cell };
}

function isSame(a: Cell | null, b: Cell | null): boolean {
  if (a === null || b === null) return a === b;
  return bytesEqual(a.hash, b.hash) && bytesEqual(a.schema, b.schema);
}

const single = (table: CellTable | undefined): Cell | null =>
  table?.kind === 'single' ? table.cell : null;

const keyed = (table: CellTable | undefined): Iterable<Cell> =>
  table?.kind === 'keyed' ? table.cells.range() : [];
