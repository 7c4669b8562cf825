/**
 * Many cells through a small cache: a million under AOS_DRILL=large. Memory follows the cache, not
 * the cells, and neither the cache nor the snapshots between leave a trace in the root.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { encode, toHex } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../src/cells/cell.js';
import {
  type CellTable,
  deleteCell,
  emptyCells,
  listCells,
  openCells,
  readCell,
  rootOfCells,
  writeCell,
} from '../src/cells/cell-table.js';
import { NodeCache } from '../src/trie/node-cache.js';
import { cellOf, NAT, storeCells } from './cell-samples.js';
import { Objects } from './trie-objects.js';

const CELLS = process.env.AOS_DRILL === 'large' ? 1_000_000 : 30_000;
const CACHE_LEAVES = 2_000;
/** Most that a table with such a cache may hold: far below what all cells would take. */
const HELD_BYTES = 8_000_000;
/** Cells between two snapshots. */
const STRIDE = CELLS / 5;

/** A permutation of all indexes, spread over the range of 32 bits. */
const spread = (i: number): number => Math.imul(i, 2_654_435_761) >>> 0;
const cell = (i: number): Cell => cellOf(spread(i), encode({ count: i }), BigInt(i));

function fill(source: Objects, indexes: Iterable<number>, stride: number): CellTable {
  let table = emptyCells(NAT, source);
  let count = 0;
  for (const i of indexes) {
    table = writeCell(table, cell(i));
    count += 1;
    if (count % stride === 0) storeCells(table, source);
  }
  storeCells(table, source);
  return table;
}

function* upTo(end: number): Iterable<number> {
  for (let i = 0; i < end; i++) yield i;
}

function* downFrom(start: number): Iterable<number> {
  for (let i = start - 1; i >= 0; i--) yield i;
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe(`${CELLS} cells through a cache of ${CACHE_LEAVES}`, () => {
  it('take the memory of the cache, and survive', () => {
    const objects = new Objects(new NodeCache(CACHE_LEAVES));
    // Objects outlive the table, so that what remains between is what the table held.
    const held: { table?: CellTable } = { table: fill(objects, upTo(CELLS), STRIDE) };
    const root = rootOfCells(held.table as CellTable);
    expect(root.count).toBe(CELLS);
    expect(objects.cache.leaves).toBeLessThanOrEqual(CACHE_LEAVES);
    const whole = heapBytes();
    objects.cache = new NodeCache(CACHE_LEAVES);
    delete held.table;
    expect(whole - heapBytes()).toBeLessThan(HELD_BYTES);

    const table = openCells(NAT, root, objects);
    for (let i = 0; i < CELLS; i += 7) {
      expect(readCell(table, encode(spread(i)))?.activeNs).toBe(BigInt(i));
    }
    expect(objects.cache.leaves).toBeLessThanOrEqual(CACHE_LEAVES);
    const sorted = [...upTo(CELLS)].map(spread).sort((a, b) => a - b);
    const from = encode(sorted[CELLS >> 1] as number);
    const page = listCells(table, { from, limit: 50 });
    expect(page.map(({ key }) => key)).toEqual(
      sorted.slice(CELLS >> 1, (CELLS >> 1) + 50).map((key) => encode(key)),
    );
  });

  it('have the root of cells that were written in another order, with others that are gone', () => {
    const source = new Objects(new NodeCache(CACHE_LEAVES));
    const kept = Math.floor(CELLS / 2);
    let table = fill(source, downFrom(CELLS), STRIDE);
    for (let i = kept; i < CELLS; i++) {
      table = deleteCell(table, encode(spread(i)));
      if (i % STRIDE === 0) storeCells(table, source);
    }
    const straight = fill(new Objects(), upTo(kept), CELLS);
    expect(toHex(rootOfCells(table).root)).toBe(toHex(rootOfCells(straight).root));
  });
});
