/**
 * Golden vectors of cells and tries. AOS_WRITE_VECTORS=1 writes them anew after a decided change.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ValueType } from '@aos/air';
import { type Encodable, encode, sha256, toHashText, toHex, Writer } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { type Cell, cellCodec, INLINE_STATE_BYTES } from '../src/cells/cell.js';
import { rootOfCells, unstoredCells } from '../src/cells/cell-table.js';
import { orderedKey } from '../src/cells/ordered-key.js';
import { Trie } from '../src/trie/trie.js';
import { cellOf, NAT, TEXT, tableOf } from './cell-samples.js';
import { Objects, pair, pairCodec } from './trie-objects.js';

function checkVectors(name: string, vectors: readonly object[]): void {
  const path = fileURLToPath(new URL(`../../../spec/vectors/cells/${name}.json`, import.meta.url));
  if (process.env.AOS_WRITE_VECTORS === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify({ vectors }, null, 2)}\n`);
  }
  expect({ vectors }).toEqual(JSON.parse(readFileSync(path, 'utf8')));
}

const source = new Objects();
const leafOf = (cell: Cell): Uint8Array => {
  const w = new Writer();
  cellCodec(cell.key === null ? null : TEXT, source).write(w, cell);
  return w.finish();
};

const small = cellOf('a', encode({ count: 1 }), 1_000n);
const largest = cellOf('b', encode(new Uint8Array(INLINE_STATE_BYTES - 6)), 2n ** 63n);
const large = cellOf('c', encode(new Uint8Array(INLINE_STATE_BYTES)), 1n);

const tables: readonly [string, ValueType | null, readonly Cell[]][] = [
  ['no cells', TEXT, []],
  ['the one cell without key', null, [cellOf(null, encode('s'), 1n)]],
  ['one cell', TEXT, [small]],
  ['a state in the leaf and one beside it', TEXT, [small, largest, large]],
  ...[16, 17, 300].map((count): [string, ValueType, readonly Cell[]] => [
    `${count} cells`,
    NAT,
    Array.from({ length: count }, (_, i) => cellOf(i * 4099, encode(i), BigInt(i))),
  ]),
];

const tries: readonly [string, readonly string[]][] = [
  ['an empty bucket', []],
  ['a bucket', ['', 'a', 'ab', 'b']],
  ['a branch without path', [...'aAbBcCdDeEfFgGhHi']],
  ['a branch with a path and a leaf', ['key-', ...[...'abcdefghijklmnop'].map((c) => `key-${c}`)]],
];

const record: ValueType = {
  kind: 'record',
  fields: new Map<string, ValueType>([
    ['name', { kind: 'option', inner: TEXT, depth: 2 }],
    ['id', NAT],
  ]),
  depth: 3,
};
const int: ValueType = { kind: 'int', depth: 1 };
const decimal: ValueType = { kind: 'dec128', depth: 1 };
const variant: ValueType = {
  kind: 'variant',
  arms: new Map<string, ValueType>([
    ['None', { kind: 'unit', depth: 1 }],
    ['Some', { kind: 'bool', depth: 1 }],
  ]),
  depth: 2,
};

/** Each list ascends. */
const keys: readonly [string, ValueType, readonly Encodable[]][] = [
  ['unit', { kind: 'unit', depth: 1 }, [null]],
  ['bool', { kind: 'bool', depth: 1 }, [false, true]],
  ['nat', NAT, [0, 1, 255, 2n ** 64n - 1n]],
  ['int', int, [-(2n ** 63n), -1, 0, 1, 2n ** 63n - 1n]],
  ['time', { kind: 'time', depth: 1 }, [-1, 1_700_000_000_000_000_000n]],
  ['duration', { kind: 'duration', depth: 1 }, [0, 5_000_000_000]],
  ['dec128', decimal, ['-12.5', '-1', '-0.001', '0', '0.001', '0.12', '1', '1.05', '12.5', '100']],
  ['text', TEXT, ['', '\0', '\u0001', '\u0002', 'a', 'a\0', 'ab', 'b', 'é']],
  [
    'bytes',
    { kind: 'bytes', depth: 1 },
    [Uint8Array.of(), Uint8Array.of(0, 1, 2), Uint8Array.of(255)],
  ],
  ['hash', { kind: 'hash', depth: 1 }, [`sha256:${'01'.repeat(32)}`]],
  ['uuid', { kind: 'uuid', depth: 1 }, ['01234567-89ab-cdef-0123-456789abcdef']],
  ['option of nat', { kind: 'option', inner: NAT, depth: 2 }, [null, 0]],
  ['list of text', { kind: 'list', item: TEXT, depth: 2 }, [[], ['a'], ['a', 'b'], ['b']]],
  ['set of int', { kind: 'set', item: int, depth: 2 }, [[], [0, -1], [0]]],
  [
    'map of nat by text',
    { kind: 'map', key: TEXT, value: NAT, depth: 2 },
    [{}, { a: 1, b: 2 }, { a: 2 }],
  ],
  [
    'record of id and name',
    record,
    [
      { id: 1, name: null },
      { id: 1, name: 'a' },
      { id: 2, name: null },
    ],
  ],
  [
    'variant',
    variant,
    [
      { $tag: 'None', $value: null },
      { $tag: 'Some', $value: false },
    ],
  ],
];

describe('golden vectors', () => {
  it('leaves of cells keep their bytes', () => {
    const cells = { small, largest, large, 'without key': cellOf(null, encode('s'), 1n) };
    checkVectors(
      'leaves',
      Object.entries(cells).map(([name, cell]) => ({ name, hex: toHex(leafOf(cell)) })),
    );
  });

  it('nodes keep their bytes', () => {
    const vectors = tries.map(([name, names]) => {
      const trie = names.reduce(
        (each, key, i) => each.set(pair(key, i)),
        Trie.empty(pairCodec, source),
      );
      const root = toHashText(trie.root());
      const last = trie.unstored().objects.at(-1);
      const bytes = last?.bytes ?? encode({ leaves: [] });
      expect(toHashText(sha256(bytes))).toBe(root);
      return { name, keys: names, hex: toHex(bytes), sha256: root };
    });
    checkVectors('nodes', vectors);
  });

  it('tables keep their roots', () => {
    const vectors = tables.map(([name, keyType, cells]) => {
      const table = tableOf(keyType, cells, source);
      const { root, count } = rootOfCells(table);
      const objects = unstoredCells(table).objects.length;
      return { name, count, objects, root: toHashText(root) };
    });
    checkVectors('roots', vectors);
  });

  it('ordered keys keep their bytes', () => {
    const vectors = keys.map(([name, type, values]) => ({
      type: name,
      keys: values.map((value) => {
        const canonical = encode(value);
        return { canonical: toHex(canonical), ordered: toHex(orderedKey(type, canonical)) };
      }),
    }));
    for (const { keys: list } of vectors) {
      const ordered = list.map((each) => each.ordered);
      expect(ordered.toSorted()).toEqual(ordered);
    }
    checkVectors('ordered-keys', vectors);
  });
});
