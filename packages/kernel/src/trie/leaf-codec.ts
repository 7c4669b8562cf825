/** What a trie asks of its surroundings: how leaves are written, and where stored nodes are. */
import type { Hash, Reader, Writer } from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import type { NodeCache } from './node-cache.js';

/** How one kind of leaf is keyed and written. Pure: equal values have equal keys and bytes. */
export interface LeafCodec<T> {
  /** Where the value stands. Keys are in bytewise order, a prefix before what it begins. */
  keyOf(value: T): Uint8Array;
  /** Writes one canonical, untagged item. */
  write(w: Writer, value: T): void;
  /** Reads what `write` wrote, strictly; throws RefusalError. */
  read(r: Reader): T;
  /** Objects that the written leaf refers to by hash. */
  objectsOf?(value: T): readonly StoredObject[];
}

/** Where stored nodes come from. */
export interface TrieSource {
  /**
   * Bytes whose SHA-256 is `hash`, which the source has checked; `undefined` when they are not in
   * memory.
   */
  read(hash: Hash): Uint8Array | undefined;
  /** Shared by all tries that are to share one bound of memory. */
  readonly cache: NodeCache;
}

/** Which keys to read: the intersection of all bounds given. */
export interface KeyBounds {
  /** First key, inclusive. */
  readonly from?: Uint8Array;
  /** Where to end, exclusive. */
  readonly before?: Uint8Array;
  readonly prefix?: Uint8Array;
  /** Reads the same keys from the last to the first. */
  readonly reverse?: 'reverse';
}
