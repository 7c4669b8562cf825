/** Cells: the state of a reducer under one key, and how it lies in an index (spec H3). */
import type { ValueType } from '@aos/air';
import {
  asHash,
  assert,
  bytesEqual,
  type Hash,
  type Reader,
  RefusalError,
  sha256,
  type Writer,
} from '@aos/canon';
import type { LeafCodec, TrieSource } from '../trie/leaf-codec.js';
import { ObjectsNeeded } from '../trie/objects-needed.js';
import { orderedKey } from './ordered-key.js';

/** The state of one cell. */
export interface Cell {
  /** Canonical bytes of the key in the key schema; `null` for the one cell without key. */
  readonly key: Uint8Array | null;
  /** Canonical bytes in the state schema. */
  readonly state: Uint8Array;
  /** SHA-256 of `state`. */
  readonly hash: Hash;
  /** Hash of the schema that `state` is canonical in. */
  readonly schema: Hash;
  /** Bytes of `state`. */
  readonly size: number;
  /** Logical time of the last change, nanoseconds. */
  readonly activeNs: bigint;
}

/** Largest state that lies in the leaf itself, in bytes; beyond, the leaf names an object. */
export const INLINE_STATE_BYTES = 256;

const HASH_BYTES = 32;

/** How the cells of one reducer lie in its index; `keyType` is `null` for the one without key. */
export function cellCodec(keyType: ValueType | null, source: TrieSource): LeafCodec<Cell> {
  const schemas = new SchemaMemo();
  const placeOf = (key: Uint8Array | null): Uint8Array => {
    assert((key === null) === (keyType === null), 'a cell has a key exactly when its table has');
    return key === null || keyType === null ? new Uint8Array(0) : orderedKey(keyType, key);
  };
  return {
    keyOf: ({ key }) => placeOf(key),
    write: writeCell,
    read(r) {
      const cell = readCell(r, source, schemas);
      if ((cell.key === null) === (keyType === null)) return cell;
      throw malformed('a key where cells have none, or none where they have one');
    },
    objectsOf: ({ hash, state, size }) =>
      size > INLINE_STATE_BYTES ? [{ hash, bytes: state }] : [],
  };
}

function writeCell(w: Writer, cell: Cell): void {
  const isInline = cell.size <= INLINE_STATE_BYTES;
  w.mapHead(5);
  w.text('key');
  if (cell.key === null) w.nil();
  else w.bytes(cell.key);
  w.text('size');
  w.int(cell.size);
  if (isInline) {
    w.text('state');
    w.bytes(cell.state);
  }
  w.text('active');
  w.int(cell.activeNs);
  w.text('schema');
  w.bytes(cell.schema);
  if (isInline) return;
  w.text('state_ref');
  w.bytes(cell.hash);
}

function readCell(r: Reader, source: TrieSource, schemas: SchemaMemo): Cell {
  if (r.mapHead() !== 5) throw malformed('expected a map of 5 entries');
  r.key('key');
  const key = r.isNil() ? null : r.bytes().slice();
  r.key('size');
  const size = r.nat();
  const inline = r.keyIs('state') ? r.bytes().slice() : undefined;
  r.key('active');
  const activeNs = r.u64();
  r.key('schema');
  const schema = schemas.read(r);
  if (inline !== undefined) {
    if (inline.length !== size || size > INLINE_STATE_BYTES) throw malformed('a state of its size');
    return { key, state: inline, hash: sha256(inline), schema, size, activeNs };
  }
  r.key('state_ref');
  const hash = hashFrom(r.bytes());
  if (size <= INLINE_STATE_BYTES) throw malformed('a small state that is not in its leaf');
  const state = source.read(hash);
  if (state === undefined) throw new ObjectsNeeded([hash]);
  if (state.length !== size) throw malformed('a state of another size than its leaf says');
  return { key, state, hash, schema, size, activeNs };
}

/** Cells of one table rarely differ in their schema: one hash in memory serves them all. */
class SchemaMemo {
  #last: Hash | undefined;

  read(r: Reader): Hash {
    const bytes = r.bytes();
    if (this.#last !== undefined && bytesEqual(this.#last, bytes)) return this.#last;
    this.#last = hashFrom(bytes);
    return this.#last;
  }
}

function hashFrom(bytes: Uint8Array): Hash {
  if (bytes.length !== HASH_BYTES) throw malformed('expected a hash of 32 bytes');
  return asHash(bytes.slice());
}

function malformed(detail: string): RefusalError {
  return new RefusalError({ code: 'cell-leaf', at: '', detail });
}
