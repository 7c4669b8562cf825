/** What of a trie is not stored yet: in proportion to what changed, not to what there is. */
import { sha256, Writer } from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import type { LeafCodec } from './leaf-codec.js';
import { Leaf, type LeafSlot } from './leaf-slot.js';
import type { Loader } from './loader.js';
import { Box, Bucket, type Node } from './node.js';
import { writeNode } from './node-shape.js';

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

/** Collects everything below a box that is not stored. */
export function collectUnstored<T>(loader: Loader<T>, root: Box<T>): Unstored {
  const objects: StoredObject[] = [];
  const boxes = root.count === 0 ? [] : hashBelow(loader.codec, root, objects);
  return {
    objects,
    markStored() {
      for (const box of boxes) {
        if (box.isStored) continue;
        for (const leaf of newLeaves(box.node as Node<T>)) leaf.hasStoredObjects = true;
        box.isStored = true;
        loader.source.cache.admit(box);
      }
    },
  };
}

/**
 * Gives every box below its hash and answers with those that are not stored, children first.
 * `into`, when given, takes their objects.
 */
export function hashBelow<T>(
  codec: LeafCodec<T>,
  root: Box<T>,
  into?: StoredObject[],
): readonly Box<T>[] {
  const boxes = unstoredBoxes(root);
  const writer = new NodeWriter(codec);
  for (const box of boxes) {
    if (box.hash !== undefined && into === undefined) continue;
    const node = box.node as Node<T>;
    const bytes = writer.write(node);
    box.hash ??= sha256(bytes);
    if (into === undefined) continue;
    for (const leaf of newLeaves(node)) into.push(...(codec.objectsOf?.(leaf.value as T) ?? []));
    into.push({ hash: box.hash, bytes: bytes.slice() });
  }
  return boxes;
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
function newLeaves<T>(node: Node<T>): Leaf<T>[] {
  const slots: readonly (LeafSlot<T> | undefined)[] =
    node instanceof Bucket ? node.slots : [node.leaf];
  return slots.filter((slot): slot is Leaf<T> => slot instanceof Leaf && !slot.hasStoredObjects);
}
