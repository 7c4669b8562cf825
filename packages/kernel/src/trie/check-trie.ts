/** The whole check of a trie that comes from somewhere else. */
import { attempt, type Hash, RefusalError, type Result } from '@aos/canon';
import type { LeafCodec, TrieSource } from './leaf-codec.js';
import { compareSlot, type LeafSlot } from './leaf-slot.js';
import { Loader } from './loader.js';
import { nibbleAt, nibbleCount } from './nibbles.js';
import { Box, Bucket, FAN_OUT } from './node.js';
import { Trie } from './trie.js';

/** A subtree to be checked; its keys begin with the first `depth` half bytes of the way. */
interface Visit<T> {
  readonly box: Box<T>;
  readonly depth: number;
  /** The half byte at `depth − 1`; −1 at the root. */
  readonly nibble: number;
}

/** What a trie is opened with. */
export interface TrieRoot {
  readonly root: Hash;
  readonly size: number;
}

/**
 * Reads every node and every leaf below a root and refuses what no builder would have made. With
 * it, the root is the one root of exactly these leaves. Codes: those of reading nodes and leaves
 * (`trie-shape`, `trie-count`, `trie-order`, `trie-path`, and the codec's), `trie-path` for a leaf
 * that is not where its key leads. Throws ObjectsNeeded.
 */
export function checkTrie<T>(
  { root, size }: TrieRoot,
  codec: LeafCodec<T>,
  source: TrieSource,
): Result<undefined> {
  return attempt(() => {
    if (size === 0) Trie.open(root, size, codec, source);
    else new Check(new Loader(codec, source)).run(Box.stored<T>(size, root));
    return undefined;
  });
}

class Check<T> {
  /** The half bytes on the way to where the check is; those beyond are of no meaning. */
  readonly #way: number[] = [];
  readonly #loader: Loader<T>;

  constructor(loader: Loader<T>) {
    this.#loader = loader;
  }

  run(root: Box<T>): void {
    const open: Visit<T>[] = [{ box: root, depth: 0, nibble: -1 }];
    for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
      if (visit.depth > 0) this.#way[visit.depth - 1] = visit.nibble;
      const node = this.#loader.load(visit.box);
      if (node instanceof Bucket) {
        for (const slot of node.slots) this.#leaf(node.bytes, slot, visit.depth);
        continue;
      }
      const depth = visit.depth + node.path.length;
      for (let i = 0; i < node.path.length; i++) {
        this.#way[visit.depth + i] = node.path[i] as number;
      }
      if (node.leaf !== undefined) {
        const key = this.#leaf(node.bytes, node.leaf, depth);
        if (nibbleCount(key) !== depth) throw misplaced('one at a branch that its key passes');
      }
      for (let nibble = FAN_OUT - 1; nibble >= 0; nibble--) {
        const box = node.child(nibble);
        if (box !== undefined) open.push({ box, depth: depth + 1, nibble });
      }
    }
  }

  /** Checks one leaf, all of it, and answers with its key. */
  #leaf(bytes: Uint8Array, slot: LeafSlot<T>, depth: number): Uint8Array {
    const key = this.#loader.codec.keyOf(this.#loader.valueOf(bytes, slot));
    if (compareSlot(bytes, slot, key) !== 0) throw misplaced('one beside another key');
    if (nibbleCount(key) < depth) throw misplaced('one whose key ends on the way');
    for (let i = 0; i < depth; i++) {
      if (nibbleAt(key, i) !== this.#way[i]) throw misplaced('one off the way of its key');
    }
    return key;
  }
}

function misplaced(found: string): RefusalError {
  const detail = `expected each leaf where its key leads, found ${found}`;
  return new RefusalError({ code: 'trie-path', at: '', detail });
}
