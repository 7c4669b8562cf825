/** Laws of tables of cells, each against what the index of the original could not promise. */
import { encode, toHex } from '@aos/canon';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cell, cellCodec, INLINE_STATE_BYTES } from '../src/cells/cell.js';
import {
  countCells,
  deleteCell,
  emptyCells,
  listCells,
  openCells,
  readCell,
  rootOfCells,
  writeCell,
} from '../src/cells/cell-table.js';
import { checkTrie } from '../src/trie/check-trie.js';
import { NodeCache } from '../src/trie/node-cache.js';
import { cellOf, storeCells, TEXT, tableOf } from './cell-samples.js';
import { Objects } from './trie-objects.js';
import { buildTrie } from './trie-oracle.js';

const key = fc.string({ unit: fc.constantFrom('a', 'b', '\0', 'é'), maxLength: 4 });
/** Some in the leaf, some beside it. */
const state = fc
  .oneof(fc.nat(20), fc.constantFrom(INLINE_STATE_BYTES - 8, INLINE_STATE_BYTES, 400))
  .map((size) => encode(new Uint8Array(size)));
const cell = fc
  .tuple(key, state, fc.bigInt(0n, 2n ** 64n - 1n))
  .map(([name, bytes, activeNs]) => cellOf(name, bytes, activeNs));
const cells = fc.uniqueArray(cell, {
  maxLength: 60,
  size: 'max',
  selector: (each) => toHex(each.key as Uint8Array),
});
const rootText = (table: Parameters<typeof rootOfCells>[0]) => toHex(rootOfCells(table).root);

describe('a table of cells', () => {
  it('has the root of its cells, in whatever order they came and went', () => {
    fc.assert(
      fc.property(cells, cells, (stay, go) => {
        const source = new Objects();
        const straight = tableOf(TEXT, stay, source);
        const detours = [...go, ...stay.toReversed()];
        let other = tableOf(TEXT, detours, source);
        const kept = new Set(stay.map((each) => toHex(each.key as Uint8Array)));
        for (const each of go) {
          if (!kept.has(toHex(each.key as Uint8Array))) other = deleteCell(other, each.key);
        }
        expect(rootText(other)).toBe(rootText(straight));
        const built = buildTrie(cellCodec(TEXT, source), stay);
        expect(rootText(straight)).toBe(toHex(built.root));
      }),
    );
  });

  it('is the same after any number of cells between: no count of events is in it', () => {
    const source = new Objects();
    const first = cellOf('a', encode(1), 5n);
    const live = tableOf(TEXT, [first], source);
    const later = Array.from({ length: 100 }, (_, i) => cellOf(`x${i}`, encode(i)));
    let replayed = tableOf(TEXT, later, source);
    for (const each of later) replayed = deleteCell(replayed, each.key);
    replayed = writeCell(replayed, first);
    expect(rootText(replayed)).toBe(rootText(live));
    expect(readCell(replayed, encode('a'))?.activeNs).toBe(5n);
  });

  it('differs in its root when a cell was last changed at another logical time', () => {
    const source = new Objects();
    const at = (activeNs: bigint) => tableOf(TEXT, [cellOf('a', encode(1), activeNs)], source);
    expect(rootText(at(1n))).not.toBe(rootText(at(2n)));
  });

  it('gives every cell back when it is opened and read through a cache of one leaf', () => {
    fc.assert(
      fc.property(cells, (list) => {
        const source = new Objects(new NodeCache(1));
        const table = tableOf(TEXT, list, source);
        storeCells(table, source);
        const opened = openCells(TEXT, rootOfCells(table), source);
        for (const each of list) expect(readCell(opened, each.key)).toEqual(each);
        expect(listCells(opened, { limit: 100 })).toEqual(listCells(table, { limit: 100 }));
        const { root, count } = rootOfCells(opened);
        const whole = checkTrie({ root, size: count }, cellCodec(TEXT, source), source);
        expect(whole.ok).toBe(true);
      }),
    );
  });

  it('lists all its cells once, in order, whatever the size of a page', () => {
    fc.assert(
      fc.property(cells, fc.integer({ min: 1, max: 9 }), (list, limit) => {
        const table = tableOf(TEXT, list, new Objects());
        const found: Cell[] = [];
        for (let page = listCells(table, { limit }); page.length > 0; ) {
          found.push(...page);
          page = listCells(table, { limit, after: page.at(-1)?.key as Uint8Array });
        }
        expect(found).toEqual(listCells(table, { limit: list.length + 1 }));
        expect(found).toHaveLength(list.length);
      }),
    );
  });

  it('of a reducer without keys survives in the same way', () => {
    fc.assert(
      fc.property(fc.option(state), (bytes) => {
        const source = new Objects();
        const written = bytes === null ? [] : [cellOf(null, bytes)];
        const table = tableOf(null, written, source);
        storeCells(table, source);
        expect(storeCells(table, source)).toBe(0);
        const opened = openCells(null, rootOfCells(table), source);
        expect(readCell(opened, null)).toEqual(written[0] ?? null);
        expect(countCells(opened)).toBe(written.length);
        expect(rootText(deleteCell(opened, null))).toBe(rootText(emptyCells(null, source)));
      }),
    );
  });
});
