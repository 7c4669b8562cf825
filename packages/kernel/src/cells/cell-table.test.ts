import type { ValueType } from '@aos/air';
import { encode, type Hash, sha256, utf8 } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { NodeCache } from '../trie/node-cache.js';
import type { Cell } from './cell.js';
import { deleteCell, emptyCells, listCells, readCell, writeCell } from './cell-table.js';

const TEXT: ValueType = { kind: 'text', depth: 1 };
const source = { read: () => undefined, cache: new NodeCache() };
const schema = sha256(utf8('schema')) as Hash;

function cell(key: string | null, content: number): Cell {
  const state = encode(content);
  const identity = { state, hash: sha256(state), schema, size: state.length, activeNs: 7n };
  return { key: key === null ? null : encode(key), ...identity };
}

describe('a table of cells', () => {
  it('holds one cell for a reducer without keys', () => {
    const table = writeCell(emptyCells(null, source), cell(null, 1));
    expect(readCell(table, null)).toEqual(cell(null, 1));
    expect(readCell(deleteCell(table, null), null)).toBeNull();
  });

  it('lists page after page in the order of keys', () => {
    let table = emptyCells(TEXT, source);
    for (const key of ['b', 'aa', 'c', 'a', '']) table = writeCell(table, cell(key, 1));
    const keys = (page: readonly Cell[]) => page.map(({ key }) => key);
    const first = listCells(table, { limit: 3 });
    expect(keys(first)).toEqual([encode(''), encode('a'), encode('aa')]);
    const rest = listCells(table, { limit: 3, after: encode('aa') });
    expect(keys(rest)).toEqual([encode('b'), encode('c')]);
  });
});
