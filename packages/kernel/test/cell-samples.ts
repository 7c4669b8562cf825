/** Cells to put into tables. */
import type { ValueType } from '@aos/air';
import { encode, type Hash, sha256, utf8 } from '@aos/canon';
import type { Cell } from '../src/cells/cell.js';
import { type CellTable, emptyCells, unstoredCells, writeCell } from '../src/cells/cell-table.js';
import type { Objects } from './trie-objects.js';

export const TEXT: ValueType = { kind: 'text', depth: 1 };
export const NAT: ValueType = { kind: 'nat', depth: 1 };
export const SCHEMA = sha256(utf8('a state schema')) as Hash;

/** A cell under a key that is given as a value; `null` for the one cell without key. */
export function cellOf(key: string | number | null, state: Uint8Array, activeNs = 7n): Cell {
  const content = { state, hash: sha256(state), schema: SCHEMA, size: state.length, activeNs };
  return { key: key === null ? null : encode(key), ...content };
}

export function tableOf(
  keyType: ValueType | null,
  cells: readonly Cell[],
  source: Objects,
): CellTable {
  return cells.reduce(writeCell, emptyCells(keyType, source));
}

/** Stores what is new of a table; answers with how many objects that was. */
export function storeCells(table: CellTable, source: Objects): number {
  const { objects, markStored } = unstoredCells(table);
  source.put(objects);
  markStored();
  return objects.length;
}
