/** What of a trie is not stored yet: in proportion to what changed, not to what there is. */
import { sha256, Writer } from '@aos/canon';
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

/** What of a trie was collected, and what to do once it is stored. */
export interface Stored {
  /** As {@link Unstored.markStored}, with a pause after every so many nodes. */
  markStored(): Generator<undefined, void>;
}

/** Gives the objects of so many nodes, one group after the other; in between others may go on. */
export type UnstoredSlices = Generator<readonly StoredObject[], Stored>;

/** Nodes between two pauses: well below a millisecond. */
const SLICE_NODES = 64;

/** Collects everything below a box that is not stored. */
export function collectUnstored<T>(loader: Loader<T>, root: Box<T>): Unstored {
  const objects: StoredObject[] = [];
  const slices = unstoredSlices(loader, root);
  let slice = slices.next();
  for (; slice.done !== true; slice = slices.next()) objects.push(...slice.value);
  const stored = slice.value;
  return { objects, markStored: () => drain(stored.markStored()) };
}

/**
 * As {@link collectUnstored}, in slices. The trie may go on meanwhile: what is below this root does
 * not change.
 */
export function* unstoredSlices<T>({ codec, source }: Loader<T>, root: Box<T>): UnstoredSlices {
  const written: WrittenNode<T>[] = [];
  let objects: StoredObject[] = [];
  const writer = new NodeWriter(codec);
  let n = 0;
  for (const box of root.count > 0 ? unstoredBoxes(root) : []) {
    n += 1;
    // another one may have stored it, and let its node go, since the last pause
    if (box.isStored) continue;
    for (const leaf of newLeaves(box)) {
      for (const object of codec.objectsOf?.(leaf.value as T) ?? []) objects.push(object);
    }
    const bytes = writer.write(box.node as Node<T>).slice();
    box.hash ??= sha256(bytes);
    objects.push({ hash: box.hash, bytes });
    written.push({ box, bytes });
    if (n % SLICE_NODES !== 0) continue;
    yield objects;
    objects = [];
  }
  yield objects;
  return { markStored: () => markStored(source.cache, written) };
}

/**
 * Lets the nodes leave memory. Those that stay are kept as they were written: a leaf or a child in
 * bytes takes a tenth of the memory of one on its own.
 */
function* markStored<T>(
  cache: NodeCache,
  written: readonly WrittenNode<T>[],
): Generator<undefined, void> {
  for (let from = 0; from < written.length; from += SLICE_NODES) {
    const slice = written.slice(from, from + SLICE_NODES);
    const fresh = slice.filter(({ box }) => !box.isStored);
    for (const { box } of fresh) {
      for (const leaf of newLeaves(box)) leaf.hasStoredObjects = true;
      box.isStored = true;
      cache.admit(box, box.weightLeaves);
    }
    for (const { box, bytes } of fresh) {
      if (box.node !== undefined) box.node = packed(box.node, decodeNode(bytes, box.count));
    }
    yield;
  }
}

/** Runs slices to their end at once. */
export function drain<T>(slices: Generator<unknown, T>): T {
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) return slice.value;
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

/** Gives every box below its hash. */
export function hashBelow<T>(codec: LeafCodec<T>, root: Box<T>): void {
  const writer = new NodeWriter(codec);
  for (const box of unstoredBoxes(root)) {
    box.hash ??= sha256(writer.write(box.node as Node<T>));
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
function* unstoredBoxes<T>(root: Box<T>): Generator<Box<T>> {
  if (root.isStored) return;
  const open = [{ box: root, next: 0 }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const child = childFrom(top);
    if (child !== undefined) {
      open.push({ box: child, next: 0 });
      continue;
    }
    open.pop();
    yield top.box;
  }
}

/** The next child that is not stored, counting on. */
function childFrom<T>(place: { readonly box: Box<T>; next: number }): Box<T> | undefined {
  const { node } = place.box;
  if (node === undefined || node instanceof Bucket) return undefined;
  while (place.next < node.slots.length) {
    const child = node.slots[place.next];
    place.next += 1;
    if (child instanceof Box && !child.isStored) return child;
  }
  return undefined;
}

/** Leaves whose objects are not known to be stored. */
function newLeaves<T>({ node }: Box<T>): Leaf<T>[] {
  const slots: readonly (LeafSlot<T> | undefined)[] =
    node instanceof Bucket ? node.slots : [node?.leaf];
  return slots.filter((slot): slot is Leaf<T> => slot instanceof Leaf && !slot.hasStoredObjects);
}
