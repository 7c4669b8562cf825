/**
 * The cells of one reducer.
 *
 * 1. A table is never changed in place.
 * 2. Root and count say everything that a table holds; equal contents have equal roots.
 */
import type { ValueType } from '@aos/air';
import { assert, concatBytes, type Hash, RefusalError } from '@aos/canon';
import type { KeyBounds, TrieSource } from '../trie/leaf-codec.js';
import { laterOf } from '../trie/nibbles.js';
import { Trie } from '../trie/trie.js';
import type { Unstored, UnstoredSlices } from '../trie/unstored.js';
import { type Cell, cellCodec } from './cell.js';
import { orderedKey } from './ordered-key.js';

/** The one cell of a reducer without keys, held directly; `null` where there is no state. */
class SingleCell {
  readonly kind = 'single';
  readonly cell: Cell | null;
  readonly source: TrieSource;
  #index: Trie<Cell> | undefined;

  constructor(cell: Cell | null, source: TrieSource, index?: Trie<Cell>) {
    this.cell = cell;
    this.source = source;
    this.#index = index;
  }

  /** The same as a trie of at most one leaf, made when first asked for: most are never stored. */
  index(): Trie<Cell> {
    const { cell, source } = this;
    const empty = Trie.empty(cellCodec(null, source), source);
    this.#index ??= cell === null ? empty : empty.set(cell);
    return this.#index;
  }
}

interface KeyedCells {
  readonly kind: 'keyed';
  readonly keyType: ValueType;
  readonly cells: Trie<Cell>;
}

export type CellTable = SingleCell | KeyedCells;

/** What a snapshot says of a table. */
export interface CellsRoot {
  readonly root: Hash;
  readonly count: number;
}

/** A table without cells; `keyType` is `null` for a reducer without keys. */
export function emptyCells(keyType: ValueType | null, source: TrieSource): CellTable {
  if (keyType === null) return new SingleCell(null, source);
  return { kind: 'keyed', keyType, cells: Trie.empty(cellCodec(keyType, source), source) };
}

/**
 * The table that `rootOfCells` described. The one cell without key is read at once. Code:
 * `trie-count` for more than one.
 */
export function openCells(
  keyType: ValueType | null,
  { root, count }: CellsRoot,
  source: TrieSource,
): CellTable {
  const cells = Trie.open(root, count, cellCodec(keyType, source), source);
  if (keyType !== null) return { kind: 'keyed', keyType, cells };
  if (count <= 1) return new SingleCell(cells.first() ?? null, source, cells);
  const detail = `expected at most one cell without key, found ${count}`;
  throw new RefusalError({ code: 'trie-count', at: '', detail });
}

/** The cell under a canonical key, `null` where there is none. */
export function readCell(table: CellTable, key: Uint8Array | null): Cell | null {
  if (table.kind === 'single') return table.cell;
  return table.cells.get(placeOf(table, key)) ?? null;
}

/** The table with this cell under its key. */
export function writeCell(table: CellTable, cell: Cell): CellTable {
  if (table.kind === 'single') return new SingleCell(cell, table.source);
  return { ...table, cells: table.cells.set(cell) };
}

/** The table without the cell under this key. */
export function deleteCell(table: CellTable, key: Uint8Array | null): CellTable {
  if (table.kind === 'single') return new SingleCell(null, table.source);
  return { ...table, cells: table.cells.delete(placeOf(table, key)) };
}

export function countCells(table: CellTable): number {
  return table.kind === 'keyed' ? table.cells.size : table.cell === null ? 0 : 1;
}

export function rootOfCells(table: CellTable): CellsRoot {
  return { root: indexOf(table).root(), count: countCells(table) };
}

/** Nodes and large states that are not stored yet. */
export function unstoredCells(table: CellTable): Unstored {
  return indexOf(table).unstored();
}

/** The same in slices. */
export function unstoredCellSlices(table: CellTable): UnstoredSlices {
  return indexOf(table).unstoredSlices();
}

/** Which cells to list. Keys are canonical, `prefix` is one of ordered keys: see `keyPrefix`. */
export interface CellQuery {
  readonly prefix?: Uint8Array;
  /** First key, inclusive. */
  readonly from?: Uint8Array;
  /** Where to end, exclusive. */
  readonly before?: Uint8Array;
  /** Lists what comes after this key: the last one of the page before. */
  readonly after?: Uint8Array;
  readonly limit: number;
}

/** At most `limit` cells in the order of their keys. */
export function listCells(table: CellTable, query: CellQuery): readonly Cell[] {
  const found: Cell[] = [];
  if (query.limit <= 0) return found;
  if (table.kind === 'single') return table.cell === null ? found : [table.cell];
  for (const cell of table.cells.range(boundsOf(table, query))) {
    found.push(cell);
    if (found.length >= query.limit) break;
  }
  return found;
}

function boundsOf(table: KeyedCells, { prefix, from, before, after }: CellQuery): KeyBounds {
  const place = (key: Uint8Array) => placeOf(table, key);
  const start = laterOf(from && place(from), after && concatBytes(place(after), NEXT));
  return {
    ...(start === undefined ? {} : { from: start }),
    ...(before === undefined ? {} : { before: place(before) }),
    ...(prefix === undefined ? {} : { prefix }),
  };
}

/** No ordered key is a prefix of another, so the least bytes behind a key are it and a zero. */
const NEXT = Uint8Array.of(0);

function indexOf(table: CellTable): Trie<Cell> {
  return table.kind === 'keyed' ? table.cells : table.index();
}

function placeOf(table: KeyedCells, key: Uint8Array | null): Uint8Array {
  assert(key !== null, 'a keyed cell is read by its key');
  return orderedKey(table.keyType, key);
}
