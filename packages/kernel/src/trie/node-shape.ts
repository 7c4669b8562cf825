/**
 * Nodes as objects: their canonical bytes, and what is refused on reading them (spec L1).
 *
 * 1. What a reader accepts, a writer would have written for these leaves and children, as far as
 *    one node and its count can show; `checkTrie` shows the rest.
 * 2. Reading a node reads no leaf.
 */
import { RefusalError, utf8, type Writer } from '@aos/canon';
import { type Nibbles, NO_NIBBLES, nibblesText } from './nibbles.js';
import {
  ABSENT,
  Box,
  Branch,
  BUCKET_LEAVES,
  Bucket,
  FAN_OUT,
  HASH_BYTES,
  Leaf,
  type LeafSlot,
  type Node,
} from './node.js';
import { BYTES, LIST, NodeScan, TEXT, UNSIGNED } from './node-scan.js';

/** Tag 55799 and the head of a map of one entry. */
const BUCKET_START = Uint8Array.of(0xd9, 0xd9, 0xf7, 0xa1, 0x66, ...utf8('leaves'));
const BRANCH_START = Uint8Array.of(0xd9, 0xd9, 0xf7, 0xa3, 0x64, ...utf8('leaf'));
const PATH_KEY = Uint8Array.of(0x64, ...utf8('path'));
const CHILDREN_START = Uint8Array.of(0x68, ...utf8('children'), 0x80 | FAN_OUT);
const PAIR_HEAD = Uint8Array.of(0x82);
const HASH_HEAD = Uint8Array.of(0x58, HASH_BYTES);

/**
 * Reads the node of a box of `count` leaves. Codes: `trie-shape` for bytes that are no node,
 * `trie-count` for another number of leaves, `trie-path` for a branch where no keys part.
 */
export function decodeNode<T>(bytes: Uint8Array, count: number): Node<T> {
  const scan = new NodeScan(bytes);
  const node = count <= BUCKET_LEAVES ? readBucket<T>(scan) : readBranch<T>(scan, count);
  scan.end();
  if (node instanceof Bucket && node.slots.length !== count) {
    throw refusal('trie-count', `expected ${count} leaves, found ${node.slots.length}`);
  }
  return node;
}

function readBucket<T>(scan: NodeScan): Bucket<T> {
  scan.literal(BUCKET_START);
  const size = scan.head(LIST);
  if (size > BUCKET_LEAVES) throw refusal('trie-count', `a bucket of ${size} leaves`);
  const slots: LeafSlot<T>[] = [];
  for (let i = 0; i < size; i++) slots.push(passBytes(scan));
  return new Bucket(slots, scan.bytes);
}

function readBranch<T>(scan: NodeScan, count: number): Branch<T> {
  scan.literal(BRANCH_START);
  const leaf = scan.isNil() ? undefined : passBytes(scan);
  scan.literal(PATH_KEY);
  const path = readPath(scan);
  scan.literal(CHILDREN_START);
  const slots: number[] = [];
  let below = leaf === undefined ? 0 : 1;
  let parts = below;
  for (let i = 0; i < FAN_OUT; i++) {
    const start = scan.at;
    const child = readChild(scan);
    slots.push(child === 0 ? ABSENT : start);
    below += child;
    parts += child === 0 ? 0 : 1;
  }
  if (below !== count) throw refusal('trie-count', `expected ${count} leaves, found ${below}`);
  if (parts < 2) throw refusal('trie-path', 'a branch at which no keys part');
  return new Branch(path, leaf, slots, scan.bytes);
}

/** Passes over a byte string; answers with where its head stands. */
function passBytes(scan: NodeScan): number {
  const start = scan.at;
  scan.skip(scan.head(BYTES));
  return start;
}

function readPath(scan: NodeScan): Nibbles {
  const size = scan.head(TEXT);
  if (size === 0) return NO_NIBBLES;
  const start = scan.skip(size);
  const path = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const unit = scan.bytes[start + i] as number;
    const nibble = unit < 0x3a ? unit - 0x30 : unit < 0x61 ? -1 : unit - 0x57;
    if (nibble < 0 || nibble > 15) throw scan.refusal('a path of other digits');
    path[i] = nibble;
  }
  return path;
}

/** Passes over one child; answers with its count, 0 for none. */
function readChild(scan: NodeScan): number {
  if (scan.isNil()) return 0;
  scan.literal(PAIR_HEAD);
  const count = scan.head(UNSIGNED);
  if (count === 0) throw refusal('trie-count', 'a child without leaves');
  scan.literal(HASH_HEAD);
  scan.skip(HASH_BYTES);
  return count;
}

/** The written form of the leaf whose byte string stands at `slot`, not copied. */
export function leafBytes(bytes: Uint8Array, slot: number): Uint8Array {
  const scan = new NodeScan(bytes, slot);
  const size = scan.head(BYTES);
  return bytes.subarray(scan.at, scan.at + size);
}

/** Writes the tagged node; `written` gives the written form of a leaf that has none yet. */
export function writeNode<T>(w: Writer, node: Node<T>, written: (value: T) => Uint8Array): void {
  w.selfDescribe();
  if (node instanceof Bucket) {
    w.mapHead(1);
    w.text('leaves');
    w.listHead(node.slots.length);
    for (const slot of node.slots) w.bytes(rawOf(node.bytes, slot, written));
    return;
  }
  w.mapHead(3);
  w.text('leaf');
  if (node.leaf === undefined) w.nil();
  else w.bytes(rawOf(node.bytes, node.leaf, written));
  w.text('path');
  w.text(nibblesText(node.path));
  w.text('children');
  w.listHead(FAN_OUT);
  for (const slot of node.slots) writeChild(w, node.bytes, slot);
}

function rawOf<T>(
  bytes: Uint8Array,
  slot: LeafSlot<T>,
  written: (value: T) => Uint8Array,
): Uint8Array {
  if (slot instanceof Leaf) return slot.raw ?? written(slot.value as T);
  return leafBytes(bytes, slot);
}

function writeChild<T>(w: Writer, bytes: Uint8Array, slot: Box<T> | number): void {
  if (slot === ABSENT) {
    w.nil();
  } else if (slot instanceof Box) {
    w.listHead(2);
    w.int(slot.count);
    w.bytes(slot.hash as Uint8Array);
  } else {
    const scan = new NodeScan(bytes, slot + PAIR_HEAD.length);
    scan.head(UNSIGNED);
    w.raw(bytes.subarray(slot, scan.at + HASH_HEAD.length + HASH_BYTES));
  }
}

function refusal(code: string, detail: string): RefusalError {
  return new RefusalError({ code, at: '', detail });
}
