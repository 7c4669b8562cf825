/** Brings nodes into memory and looks into them: what all operations of a trie share. */
import { compareBytes, type Hash, Reader } from '@aos/canon';
import type { LeafCodec, TrieSource } from './leaf-codec.js';
import { type Box, type Bucket, Leaf, type LeafSlot, type Node } from './node.js';
import { decodeNode, leafBytes } from './node-shape.js';
import { ObjectsNeeded } from './objects-needed.js';

export class Loader<T> {
  constructor(
    readonly codec: LeafCodec<T>,
    readonly source: TrieSource,
  ) {}

  /**
   * The node of a box. Throws {@link ObjectsNeeded}, with what is missing of `others` too, since
   * they will be asked for next, and the codes of `decodeNode`.
   */
  load(box: Box<T>, others?: () => readonly Box<T>[]): Node<T> {
    const { node } = box;
    if (node === undefined) return this.#read(box, others);
    box.isVisited = true;
    return node;
  }

  keyOf(bytes: Uint8Array, slot: LeafSlot<T>): Uint8Array {
    if (slot instanceof Leaf) return slot.key;
    const r = new Reader(leafBytes(bytes, slot));
    return this.codec.readKey?.(r) ?? this.codec.keyOf(this.codec.read(r));
  }

  valueOf(bytes: Uint8Array, slot: LeafSlot<T>): T {
    if (slot instanceof Leaf && slot.value !== undefined) return slot.value;
    const r = new Reader(slot instanceof Leaf ? (slot.raw as Uint8Array) : leafBytes(bytes, slot));
    const value = this.codec.read(r);
    r.end();
    return value;
  }

  /** The leaf on its own, to be put into another node. */
  detach(bytes: Uint8Array, slot: LeafSlot<T>): Leaf<T> {
    if (slot instanceof Leaf) return slot;
    return Leaf.written(this.keyOf(bytes, slot), leafBytes(bytes, slot).slice());
  }

  /** Where the key stands in a bucket, or −1 − the place where it would stand. */
  placeIn({ slots, bytes }: Bucket<T>, key: Uint8Array): number {
    let low = 0;
    let high = slots.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = compareBytes(this.keyOf(bytes, slots[middle] as LeafSlot<T>), key);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return -1 - low;
  }

  #read(box: Box<T>, others: (() => readonly Box<T>[]) | undefined): Node<T> {
    const bytes = this.source.read(box.hash as Hash);
    if (bytes === undefined) throw this.#needed(others?.() ?? [box]);
    const node = decodeNode<T>(bytes, box.count);
    box.node = node;
    this.source.cache.admit(box);
    return node;
  }

  #needed(boxes: readonly Box<T>[]): ObjectsNeeded {
    const { source } = this;
    const away = boxes.filter(({ node }) => node === undefined);
    const hashes = away.map(({ hash }) => hash as Hash);
    return new ObjectsNeeded(hashes.filter((hash) => source.read(hash) === undefined));
  }
}
