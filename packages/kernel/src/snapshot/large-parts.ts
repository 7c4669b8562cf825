/** Shapes of values and lists of any size: what is large stands in objects of its own. */
import { decode, encode, type Hash, sha256, toHex, type Value } from '@aos/canon';
import type { TrieSource } from '../trie/leaf-codec.js';
import { ObjectsNeeded } from '../trie/objects-needed.js';
import { hash, type Shape, shapeError, struct } from './shape.js';

/** Largest value that stands in the snapshot itself, in bytes; beyond, its hash does. */
const INLINE_BYTES = 256;

/** Bytes of any size: themselves up to {@link INLINE_BYTES}, else `{ref}`. */
export function valueBytes(source: TrieSource): Shape<Uint8Array> {
  const reference = struct<{ readonly ref: Hash }>({ ref: hash });
  return {
    encode: (value) =>
      value.length <= INLINE_BYTES ? value : reference.encode({ ref: sha256(value) }),
    decode: (value, at) => {
      if (value instanceof Uint8Array) {
        if (value.length <= INLINE_BYTES) return value;
        throw shapeError(at, 'a large value under its hash');
      }
      const { ref } = reference.decode(value, at);
      const bytes = source.read(ref);
      if (bytes === undefined) throw new ObjectsNeeded([ref]);
      if (bytes.length > INLINE_BYTES) return bytes;
      throw shapeError(at, 'a small value in its place');
    },
    collect: (value, into) => {
      if (value.length > INLINE_BYTES) into.objects.push({ hash: sha256(value), bytes: value });
    },
  };
}

/**
 * A long list in pieces of `pieceSize`, each an object: the snapshot itself stays small. At most
 * `most` pieces.
 */
export function pieces<T>(
  shape: Shape<T>,
  source: TrieSource,
  { pieceSize, most }: { readonly pieceSize: number; readonly most: number },
): Shape<readonly T[]> {
  const cut = (values: readonly T[]) => {
    return Array.from({ length: Math.ceil(values.length / pieceSize) }, (_, n) => {
      const part = values.slice(n * pieceSize, (n + 1) * pieceSize);
      return encode(part.map((value) => shape.encode(value)));
    });
  };
  const read = (value: Value, at: string): readonly Value[] => {
    const ref = hash.decode(value, at);
    const bytes = source.read(ref);
    if (bytes === undefined) throw new ObjectsNeeded([ref]);
    const piece = decode(bytes);
    if (piece.ok && Array.isArray(piece.value) && piece.value.length > 0) return piece.value;
    throw shapeError(at, 'a piece of a list');
  };
  return {
    encode: (values) => cut(values).map((bytes) => sha256(bytes)),
    decode: (value, at) => {
      if (!Array.isArray(value) || value.length > most) {
        throw shapeError(at, `at most ${most} pieces`);
      }
      const parts = allOf(value, (part, n) => read(part, `${at}/${n}`));
      const last = parts.at(-1)?.length ?? 0;
      if (last > pieceSize || parts.slice(0, -1).some((part) => part.length !== pieceSize)) {
        throw shapeError(at, `pieces of ${pieceSize}, the last one of at most as many`);
      }
      return allOf(parts.flat(), (item, n) => shape.decode(item, `${at}/${n}`));
    },
    collect: (values, into) => {
      for (const bytes of cut(values)) into.objects.push({ hash: sha256(bytes), bytes });
      for (const value of values) shape.collect?.(value, into);
    },
  };
}

/** Maps all items, and asks for what any of them needs at once, each object once. */
function allOf<T>(items: readonly Value[], decodeItem: (item: Value, n: number) => T): T[] {
  const needed = new Map<string, Hash>();
  const values: T[] = [];
  items.forEach((item, n) => {
    try {
      values.push(decodeItem(item, n));
    } catch (error) {
      if (!(error instanceof ObjectsNeeded)) throw error;
      for (const each of error.hashes) needed.set(toHex(each), each);
    }
  });
  if (needed.size > 0) throw new ObjectsNeeded([...needed.values()]);
  return values;
}
