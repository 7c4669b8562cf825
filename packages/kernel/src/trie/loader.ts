/** Brings nodes into memory and looks into them: what all operations of a trie share. */
import { type Hash, Reader } from '@aos/canon';
import type { LeafCodec, TrieSource } from './leaf-codec.js';
import { type LeafSlot, writtenAt } from './leaf-slot.js';
import type { Box, Node } from './node.js';
import { decodeNode } from './node-shape.js';
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

  /** Lets go of a stored node whose place another one takes. An older version reads it again. */
  release(box: Box<T>): void {
    if (box.isStored && box.node !== undefined) this.source.cache.release(box);
  }

  valueOf(bytes: Uint8Array, slot: LeafSlot<T>): T {
    if (typeof slot === 'number') return this.#decode(writtenAt(bytes, slot));
    return slot.value ?? this.#decode(slot.written as Uint8Array);
  }

  #decode(written: Uint8Array): T {
    const r = new Reader(written);
    const value = this.codec.read(r);
    r.end();
    return value;
  }

  #read(box: Box<T>, others: (() => readonly Box<T>[]) | undefined): Node<T> {
    const bytes = this.source.read(box.hash as Hash);
    if (bytes === undefined) throw this.#needed(others?.() ?? [box]);
    const node = decodeNode<T>(bytes, box.count);
    box.node = node;
    this.source.cache.admit(box, box.weightLeaves);
    return node;
  }

  #needed(boxes: readonly Box<T>[]): ObjectsNeeded {
    const { source } = this;
    const away = boxes.filter(({ node }) => node === undefined);
    const hashes = away.map(({ hash }) => hash as Hash);
    return new ObjectsNeeded(hashes.filter((hash) => source.read(hash) === undefined));
  }
}
