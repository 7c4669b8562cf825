/** Shapes of what a snapshot names by its root: tries, windows, tables of cells. */
import { type Encodable, type Hash, RefusalError, type Result, type Value } from '@aos/canon';
import {
  type CellTable,
  countCells,
  emptyCells,
  openCells,
  rootOfCells,
  unstoredCellSlices,
} from '../cells/cell-table.js';
import { checkCells } from '../cells/check-cells.js';
import type { ReducerProgram } from '../program/reducer-program.js';
import { checkTrie } from '../trie/check-trie.js';
import type { LeafCodec, TrieSource } from '../trie/leaf-codec.js';
import { Trie } from '../trie/trie.js';
import type { Aged, Window } from '../world/window.js';
import { ageCodec } from '../world/window.js';
import { hash, nat, type Shape, shapeError, struct } from './shape.js';

/** Where a trie is, and how much is in it; a trie without leaves is `null`. */
interface Root {
  readonly root: Hash;
  readonly count: number;
}

const rootShape = struct<Root>({ root: hash, count: nat });

/** A trie: `{root, count}`, or `null` when it is empty. */
export function trie<T>(codec: LeafCodec<T>, source: TrieSource): Shape<Trie<T>> {
  return {
    encode: (value) =>
      value.size === 0 ? null : rootShape.encode({ root: value.root(), count: value.size }),
    decode: (value, at) => {
      if (value === null) return Trie.empty(codec, source);
      const { root, count } = readRoot(value, at);
      return opened(Trie.open(root, count, codec, source));
    },
    collect: (value, into) => {
      into.tries.push(() => value.unstoredSlices());
    },
    check: (value, at) => {
      if (value.size === 0) return;
      mustPass(checkTrie({ root: value.root(), size: value.size }, codec, source), at);
    },
  };
}

/** A window: its two tries. */
export function windowOf<T extends Aged>(
  codec: LeafCodec<T>,
  source: TrieSource,
): Shape<Window<T>> {
  const shape = struct<Window<T>>({ items: trie(codec, source), ages: trie(ageCodec, source) });
  return {
    ...shape,
    decode: (value, at) => {
      const window = shape.decode(value, at);
      if (window.items.size === window.ages.size) return window;
      throw shapeError(at, 'as many ages as items');
    },
    check: (window, at) => {
      shape.check?.(window, at);
      for (const { key } of window.ages.range()) {
        if (window.items.get(key) === undefined) throw shapeError(at, 'an item for each age');
      }
    },
  };
}

/** The cells of every reducer in manifest order: `{reducer, cells}`, `null` for no cells. */
export function cellTables(
  reducers: readonly ReducerProgram[],
  source: TrieSource,
): Shape<readonly CellTable[]> {
  return {
    encode: (tables) => tables.map((table, n) => encodeTable(nameOf(reducers, n), table)),
    decode: (value, at) => {
      if (!Array.isArray(value) || value.length !== reducers.length) {
        throw shapeError(at, `the cells of ${reducers.length} reducers`);
      }
      return reducers.map((reducer, n) =>
        decodeTable(reducer, value[n] as Value, `${at}/${n}`, source),
      );
    },
    collect: (tables, into) => {
      for (const table of tables) {
        if (countCells(table) > 0) into.tries.push(() => unstoredCellSlices(table));
      }
    },
    check: (tables, at) => {
      for (const [n, table] of tables.entries()) {
        if (countCells(table) === 0) continue;
        const keySchema = reducers[n]?.definition.keySchema ?? null;
        mustPass(checkCells(rootOfCells(table), keySchema, source), `${at}/${n}/cells`);
      }
    },
  };
}

function nameOf(reducers: readonly ReducerProgram[], n: number): string {
  return (reducers[n] as ReducerProgram).definition.name;
}

export function encodeTable(reducer: string, table: CellTable): Encodable {
  const cells = countCells(table) === 0 ? null : rootShape.encode(rootOfCells(table));
  return { reducer, cells };
}

export function decodeTable(
  { definition: { name, keySchema } }: ReducerProgram,
  value: Value,
  at: string,
  source: TrieSource,
): CellTable {
  if (!(value instanceof Map) || value.size !== 2 || value.get('reducer') !== name) {
    throw shapeError(at, `the cells of ${name}`);
  }
  const keyType = keySchema?.type ?? null;
  const cells = value.get('cells');
  if (cells === null) return emptyCells(keyType, source);
  const found = readRoot(cells ?? false, `${at}/cells`);
  if (keyType === null && found.count !== 1) throw shapeError(`${at}/cells/count`, 'one cell');
  const table = openCells(keyType, found, source);
  if (table.kind === 'keyed') opened(table.cells);
  return table;
}

function readRoot(value: Value, at: string): Root {
  const found = rootShape.decode(value, at);
  if (found.count > 0) return found;
  throw shapeError(`${at}/count`, 'at least one leaf');
}

const NO_KEY = new Uint8Array(0);

/**
 * The root must be there and hold as many leaves as the snapshot says: looking for the least of all
 * keys reads it, and nothing below it.
 */
function opened<T>(found: Trie<T>): Trie<T> {
  found.get(NO_KEY);
  return found;
}

export function mustPass(checked: Result<undefined>, at: string): void {
  if (checked.ok) return;
  const { code, at: within, detail } = checked.refusal;
  throw new RefusalError({ code, at: `${at}${within}`, detail });
}
