/**
 * An independent builder: from a set of leaves, in any order, to every node of the canonical trie
 * over them (spec H1). It knows nothing of caches, laziness or edits, and of speed.
 */
import { encode, type Hash, sha256, toHex, Writer } from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import type { LeafCodec } from '../src/trie/leaf-codec.js';

interface Written {
  /** The key in hexadecimal digits: one for each half byte. */
  readonly digits: string;
  /** Key and written leaf. */
  readonly pair: readonly [Uint8Array, Uint8Array];
}

/** Root and nodes of the trie of these values, whose keys differ. */
export function buildTrie<T>(
  codec: LeafCodec<T>,
  values: Iterable<T>,
): { root: Hash; nodes: readonly StoredObject[] } {
  const leaves = Array.from(values, (value): Written => {
    const w = new Writer();
    codec.write(w, value);
    const key = codec.keyOf(value);
    return { digits: toHex(key), pair: [key, w.finish()] };
  });
  leaves.sort((a, b) => (a.digits < b.digits ? -1 : 1));
  const nodes: StoredObject[] = [];
  return { root: buildNode(leaves, 0, nodes), nodes };
}

function buildNode(leaves: readonly Written[], depth: number, nodes: StoredObject[]): Hash {
  const bytes = encode(
    leaves.length <= 16
      ? { leaves: leaves.flatMap(({ pair }) => pair) }
      : buildBranch(leaves, depth, nodes),
  );
  const hash = sha256(bytes);
  nodes.push({ hash, bytes });
  return hash;
}

function buildBranch(leaves: readonly Written[], depth: number, nodes: StoredObject[]) {
  const [first = ''] = leaves.map(({ digits }) => digits);
  let end = depth;
  while (leaves.every(({ digits }) => end < digits.length && digits[end] === first[end])) end += 1;
  const children = [...'0123456789abcdef'].map((digit) => {
    const part = leaves.filter(({ digits }) => digits[end] === digit);
    return part.length === 0 ? null : [part.length, buildNode(part, end + 1, nodes)];
  });
  const leaf = leaves.find(({ digits }) => digits.length === end)?.pair ?? null;
  return { leaf, path: first.slice(depth, end), children };
}
