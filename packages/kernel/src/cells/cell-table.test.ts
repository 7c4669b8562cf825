import { encode, type Hash, toHex } from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { cellOf, NAT, storeCells, TEXT, tableOf } from '../../test/cell-samples.js';
import { Objects } from '../../test/trie-objects.js';
import { ObjectsNeeded } from '../trie/objects-needed.js';
import type { Cell } from './cell.js';
import {
  countCells,
  deleteCell,
  listCells,
  openCells,
  readCell,
  rootOfCells,
  unstoredCells,
  writeCell,
} from './cell-table.js';
import { keyPrefix } from './key-prefix.js';

const keys = (page: readonly Cell[]) => page.map(({ key }) => key);
const named = (names: readonly string[]) => names.map((name) => cellOf(name, encode(name)));

describe('a table of cells', () => {
  it('holds one cell for a reducer without keys', () => {
    const cell = cellOf(null, encode(1));
    const table = tableOf(null, [cell], new Objects());
    expect(readCell(table, null)).toBe(cell);
    expect(listCells(table, { limit: 1 })).toEqual([cell]);
    expect(listCells(table, { limit: 0 })).toEqual([]);
    expect(readCell(deleteCell(table, null), null)).toBeNull();
  });

  it('lists page after page in the order of keys', () => {
    const table = tableOf(TEXT, named(['b', 'aa', 'c', 'a', '']), new Objects());
    const first = listCells(table, { limit: 3 });
    expect(keys(first)).toEqual([encode(''), encode('a'), encode('aa')]);
    const rest = listCells(table, { limit: 3, after: encode('aa') });
    expect(keys(rest)).toEqual([encode('b'), encode('c')]);
  });

  it('lists between two keys, the first inclusive and the last not', () => {
    const cells = [3, 1, 4, 15, 9, 2, 6].map((n) => cellOf(n, encode(n)));
    const table = tableOf(NAT, cells, new Objects());
    const page = listCells(table, { from: encode(2), before: encode(9), limit: 10 });
    expect(keys(page)).toEqual([2, 3, 4, 6].map((n) => encode(n)));
    const next = listCells(table, {
      from: encode(2),
      before: encode(9),
      after: encode(3),
      limit: 1,
    });
    expect(keys(next)).toEqual([encode(4)]);
  });

  it('lists what begins alike', () => {
    const table = tableOf(TEXT, named(['user-1', 'user-22', 'userx', 'us', 'v']), new Objects());
    const prefix = keyPrefix(TEXT, { text: 'user-' });
    const page = prefix.ok ? listCells(table, { prefix: prefix.value, limit: 10 }) : [];
    expect(keys(page)).toEqual([encode('user-1'), encode('user-22')]);
  });

  it('is left as it was by deleting what is not there', () => {
    const table = tableOf(TEXT, named(['a']), new Objects());
    expect(countCells(deleteCell(table, encode('b')))).toBe(1);
  });

  it('asks for a large state that is not in memory, and reads it when it is', () => {
    const source = new Objects();
    const cell = cellOf('a', encode(new Uint8Array(1000)));
    const table = tableOf(TEXT, [cell], source);
    const [large, ...nodes] = unstoredCells(table).objects as [StoredObject, ...StoredObject[]];
    expect(large.bytes).toBe(cell.state);
    source.put(nodes);
    const opened = openCells(TEXT, rootOfCells(table), source);
    let needed: readonly Hash[] = [];
    try {
      readCell(opened, cell.key);
    } catch (error) {
      needed = error instanceof ObjectsNeeded ? error.hashes : [];
    }
    expect(needed.map(toHex)).toEqual([toHex(cell.hash)]);
    source.put([large]);
    expect(readCell(opened, cell.key)).toEqual(cell);
  });

  it('writes a large state once', () => {
    const source = new Objects();
    const table = tableOf(TEXT, [cellOf('a', encode(new Uint8Array(1000)))], source);
    expect(storeCells(table, source)).toBe(2);
    expect(storeCells(writeCell(table, cellOf('b', encode(1))), source)).toBe(1);
  });
});
