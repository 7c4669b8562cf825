/** Cells that no definition in force reaches. */
import type { Hash } from '@aos/canon';
import type { CellTable } from '../cells/cell-table.js';

/** Most types that the states of one reducer may be of. */
export const MAX_STATE_TYPES = 1024;

/** The cells of a reducer that the definition does not have any more. */
export interface RetiredCells {
  /** Name of the reducer. */
  readonly reducer: string;
  /** The last definition that had it: it says what keys and states are. */
  readonly manifest: Hash;
  readonly cells: CellTable;
  /** Types that states among them may be of. */
  readonly types: readonly Hash[];
}
