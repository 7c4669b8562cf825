/** What of a trie is not stored yet: in proportion to what changed, not to what there is. */
import { borrowWriter, returnWriter, sha256 } from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import type { LeafCodec } from './leaf-codec.js';
import type { Loader } from './loader.js';
import { Box, Bucket, Leaf, type LeafSlot, type Node } from './node.js';
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
  const write = (value: T): Uint8Array => {
    const w = borrowWriter();
    codec.write(w, value);
    const bytes = w.finish();
    returnWriter(w);
    return bytes;
  };
  for (const box of boxes) {
    if (box.hash !== undefined && into === undefined) continue;
    const node = box.node as Node<T>;
    const w = borrowWriter();
    writeNode(w, node, write);
    box.hash ??= sha256(w.view());
    if (into !== undefined) {
      for (const leaf of newLeaves(node)) into.push(...(codec.objectsOf?.(leaf.value as T) ?? []));
      into.push({ hash: box.hash, bytes: w.finish() });
    }
    returnWriter(w);
  }
  return boxes;
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
