/** What of a trie is not stored yet: in proportion to what changed, not to what there is. */
import { type Hash, sha256, Writer } from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import type { LeafCodec } from './leaf-codec.js';
import { Leaf, type LeafSlot } from './leaf-slot.js';
import type { Loader } from './loader.js';
import { Box, Branch, Bucket, type Node } from './node.js';
import type { NodeCache } from './node-cache.js';
import { decodeNode, writeNode } from './node-shape.js';

/** What a snapshot has to write: nodes, and the objects of leaves. */
export interface Unstored {
  /** What others refer to comes before them. */
  readonly objects: readonly StoredObject[];
  /**
   * To be called when `objects` are durable, however far the trie has gone on since: from then on
   * they are not written again, and their nodes may leave memory.
   */
  markStored(): void;
}

/** A node that is not stored, and what it is stored as. */
interface WrittenNode<T> {
  readonly box: Box<T>;
  readonly bytes: Uint8Array;
}

/** Collects everything below a box that is not stored. */
export function collectUnstored<T>(loader: Loader<T>, root: Box<T>): Unstored {
  const { codec, source } = loader;
  const objects: StoredObject[] = [];
  const written: WrittenNode<T>[] = [];
  if (root.count > 0) {
    hashBelow(codec, root, (box, view) => {
      for (const leaf of newLeaves(box)) {
        objects.push(...(codec.objectsOf?.(leaf.value as T) ?? []));
      }
      const bytes = view.slice();
      objects.push({ hash: box.hash as Hash, bytes });
      written.push({ box, bytes });
    });
  }
  return { objects, markStored: () => markStored(source.cache, written) };
}

/**
 * Lets the nodes leave memory. Those that stay are kept as they were written: a leaf or a child in
 * bytes takes a tenth of the memory of one on its own.
 */
function markStored<T>(cache: NodeCache, written: readonly WrittenNode<T>[]): void {
  const fresh = written.filter(({ box }) => !box.isStored);
  for (const { box } of fresh) {
    for (const leaf of newLeaves(box)) leaf.hasStoredObjects = true;
    box.isStored = true;
    cache.admit(box, box.weightLeaves);
  }
  for (const { box, bytes } of fresh) {
    if (box.node !== undefined) box.node = packed(box.node, decodeNode(bytes, box.count));
  }
}

/** The node as it was written, with the children that are in memory. */
function packed<T>(node: Node<T>, written: Node<T>): Node<T> {
  if (node instanceof Bucket || written instanceof Bucket) return written;
  const slots = written.slots.map((slot, nibble) => {
    const child = node.slots[nibble];
    return child instanceof Box && child.node !== undefined ? child : slot;
  });
  return new Branch(written.path, written.leaf, slots, written.bytes);
}

/**
 * Gives every box below its hash; `take` gets those that are not stored, each behind all those
 * below it, with bytes that are valid during the call.
 */
export function hashBelow<T>(
  codec: LeafCodec<T>,
  root: Box<T>,
  take?: (box: Box<T>, view: Uint8Array) => void,
): void {
  const writer = new NodeWriter(codec);
  for (const box of unstoredBoxes(root)) {
    if (box.hash !== undefined && take === undefined) continue;
    const view = writer.write(box.node as Node<T>);
    box.hash ??= sha256(view);
    take?.(box, view);
  }
}

/** Two buffers for all nodes of one go. */
class NodeWriter<T> {
  readonly #node = new Writer();
  readonly #leaf = new Writer();
  readonly #encode: (value: T) => Uint8Array;

  constructor(codec: LeafCodec<T>) {
    this.#encode = (value) => {
      this.#leaf.reset();
      codec.write(this.#leaf, value);
      return this.#leaf.view();
    };
  }

  /** Valid until the next one. */
  write(node: Node<T>): Uint8Array {
    this.#node.reset();
    writeNode(this.#node, node, this.#encode);
    return this.#node.view();
  }
}

/** Boxes that are not stored, each behind all those below it. Below a stored box all are stored. */
function unstoredBoxes<T>(root: Box<T>): readonly Box<T>[] {
  const found: Box<T>[] = [];
  const open = root.isStored ? [] : [root];
  for (let box = open.pop(); box !== undefined; box = open.pop()) {
    found.push(box);
    if (box.node === undefined || box.node instanceof Bucket) continue;
    for (const child of box.node.slots) {
      if (child instanceof Box && !child.isStored) open.push(child);
    }
  }
  return found.reverse();
}

/** Leaves whose objects are not known to be stored. */
function newLeaves<T>({ node }: Box<T>): Leaf<T>[] {
  const slots: readonly (LeafSlot<T> | undefined)[] =
    node instanceof Bucket ? node.slots : [node?.leaf];
  return slots.filter((slot): slot is Leaf<T> => slot instanceof Leaf && !slot.hasStoredObjects);
}
