/** Cells as a foreign file may hold them. */
import { type CompiledSchema, compileSchemas } from '@aos/air';
import { type Encodable, encode, encodeUntagged, type Hash, sha256 } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { openCells, rootOfCells } from '../src/cells/cell-table.js';
import { checkCells } from '../src/cells/check-cells.js';
import { orderedKey } from '../src/cells/ordered-key.js';
import { cellOf, SCHEMA, storeCells, TEXT, tableOf } from './cell-samples.js';
import { Objects } from './trie-objects.js';

const compiled = compileSchemas([
  { $kind: 'defschema', name: 'demo/Key@1', type: { text: {} } },
  { $kind: 'defschema', name: 'demo/Keys@1', type: { set: { text: {} } } },
]);
const schema = (name: string) => (compiled.ok ? compiled.value.get(name) : undefined);
const keySchema = schema('demo/Key@1') as CompiledSchema;
const setSchema = schema('demo/Keys@1') as CompiledSchema;

interface Forged {
  readonly fields: { readonly [name: string]: Encodable };
  readonly schema: CompiledSchema | null;
  /** Where the leaf is put. */
  readonly place: Uint8Array;
}

const small = encode(1);
const large = encode(new Uint8Array(300));
const honest = { key: encode('a'), size: small.length, state: small, active: 7, schema: SCHEMA };
const { state: _state, ...stateless } = honest;
const place = orderedKey(TEXT, encode('a'));

function codeOf({ fields, schema, place }: Forged): string {
  const source = new Objects();
  const bytes = encode({ leaves: [place, encodeUntagged(fields)] });
  const root = sha256(bytes);
  source.put([
    { hash: root, bytes },
    { hash: sha256(large), bytes: large },
  ]);
  const found = checkCells({ root, count: 1 }, schema, source);
  return found.ok ? '' : found.refusal.code;
}

describe('the whole check of cells', () => {
  it('passes cells that were written here', () => {
    const source = new Objects();
    const table = tableOf(TEXT, [cellOf('a', small), cellOf('b', large)], source);
    storeCells(table, source);
    expect(checkCells(rootOfCells(table), keySchema, source).ok).toBe(true);
    expect(codeOf({ fields: honest, schema: keySchema, place })).toBe('');
  });

  const unsorted = Uint8Array.of(...encode(['b', 'a']));
  const sorted = orderedKey(setSchema.type, encode(['a', 'b']));
  const cases: readonly [string, string, Partial<Forged>][] = [
    ['a field less', 'cell-leaf', { fields: stateless }],
    ['another field', 'cbor-key', { fields: { ...stateless, other: small } }],
    ['a size that is not that of the state', 'cell-leaf', { fields: { ...honest, size: 2 } }],
    [
      'a large state in the leaf',
      'cell-leaf',
      {
        fields: { ...honest, size: large.length, state: large },
      },
    ],
    [
      'a small state beside the leaf',
      'cell-leaf',
      {
        fields: { ...stateless, state_ref: sha256(small) },
      },
    ],
    [
      'a large state of another size',
      'cell-leaf',
      {
        fields: { ...stateless, size: 500, state_ref: sha256(large) },
      },
    ],
    ['a schema that is no hash', 'cell-leaf', { fields: { ...honest, schema: small } }],
    ['a negative time', 'cbor-type', { fields: { ...honest, active: -1 } }],
    [
      'no key where cells have one',
      'cell-leaf',
      {
        fields: { ...honest, key: null },
        place: new Uint8Array(0),
      },
    ],
    ['a key where cells have none', 'cell-leaf', { schema: null }],
    [
      'a key that is not canonical in its schema',
      'cell-key',
      {
        fields: { ...honest, key: unsorted },
        schema: setSchema,
        place: sorted,
      },
    ],
    ['a key that is none of the schema', 'cell-key', { fields: { ...honest, key: encode(1) } }],
    ['a cell at another place', 'trie-path', { place: orderedKey(TEXT, encode('b')) }],
  ];
  it.each(cases)('refuses %s', (_name, code, forged) => {
    expect(codeOf({ fields: honest, schema: keySchema, place, ...forged })).toBe(code);
  });

  it('is not needed to refuse several cells without key', () => {
    const root = sha256(small) as Hash;
    expect(() => openCells(null, { root, count: 2 }, new Objects())).toThrow(
      expect.objectContaining({ code: 'trie-count' }),
    );
  });
});
