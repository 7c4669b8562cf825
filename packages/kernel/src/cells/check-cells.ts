/** The whole check of cells that come from somewhere else. */
import type { CompiledSchema } from '@aos/air';
import { bytesEqual, RefusalError, type Result } from '@aos/canon';
import { checkTrie } from '../trie/check-trie.js';
import type { LeafCodec, TrieSource } from '../trie/leaf-codec.js';
import { type Cell, cellCodec } from './cell.js';
import type { CellsRoot } from './cell-table.js';

/**
 * Reads every cell below a root. With it, the root is the one root of exactly these cells, and
 * their keys are canonical; whether states are canonical in their schemas is not looked at.
 * `keySchema` is `null` for a reducer without keys. Codes: those of `checkTrie`, and `cell-leaf`
 * and `cell-key` for a cell. Throws ObjectsNeeded.
 */
export function checkCells(
  { root, count }: CellsRoot,
  keySchema: CompiledSchema | null,
  source: TrieSource,
): Result<undefined> {
  const codec = cellCodec(keySchema?.type ?? null, source);
  const checking: LeafCodec<Cell> = {
    ...codec,
    read(r) {
      const cell = codec.read(r);
      if (keySchema !== null) checkKey(keySchema, cell.key as Uint8Array);
      return cell;
    },
  };
  return checkTrie({ root, size: count }, checking, source);
}

function checkKey(keySchema: CompiledSchema, key: Uint8Array): void {
  const normal = keySchema.normalizeCbor(key);
  if (normal.ok && bytesEqual(normal.value, key)) return;
  const detail = `expected a key canonical in ${keySchema.name}`;
  throw new RefusalError({ code: 'cell-key', at: '', detail });
}
