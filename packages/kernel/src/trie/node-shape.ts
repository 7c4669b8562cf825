/**
 * Nodes as objects: their canonical bytes, and what is refused on reading them (spec H1).
 *
 * 1. What a reader accepts, a writer would have written for these leaves and children, as far as
 *    one node and its count can show; `checkTrie` shows the rest.
 * 2. Reading a node reads no leaf.
 */
import { RefusalError, utf8, type Writer } from '@aos/canon';
import { BYTES, ItemScan, LIST, TEXT, UNSIGNED } from './item-scan.js';
import { compareOffsets, type LeafSlot, writeSlot } from './leaf-slot.js';
import { type Nibbles, NO_NIBBLES, nibblesText } from './nibbles.js';
import {
  ABSENT,
  Box,
  Branch,
  BUCKET_LEAVES,
  Bucket,
  FAN_OUT,
  HASH_BYTES,
  type Node,
} from './node.js';

/** Tag 55799 and the head of a map of one entry. */
const BUCKET_START = Uint8Array.of(0xd9, 0xd9, 0xf7, 0xa1, 0x66, ...utf8('leaves'));
const BRANCH_START = Uint8Array.of(0xd9, 0xd9, 0xf7, 0xa3, 0x64, ...utf8('leaf'));
const PATH_KEY = Uint8Array.of(0x64, ...utf8('path'));
const CHILDREN_START = Uint8Array.of(0x68, ...utf8('children'), 0x80 | FAN_OUT);
const PAIR_HEAD = Uint8Array.of(0x82);
/** Head of a byte string without its size. */
const BYTES_HEAD = 0x40;
const HASH_HEAD = Uint8Array.of(0x58, HASH_BYTES);

/**
 * Reads the node of a box of `count` leaves. Codes: `trie-shape` for bytes that are no node,
 * `trie-count` for another number of leaves, `trie-order` for keys of a bucket that do not ascend,
 * `trie-path` for a branch where no keys part.
 */
export function decodeNode<T>(bytes: Uint8Array, count: number): Node<T> {
  const scan = new ItemScan(bytes, 0, 'trie-shape');
  const isBucket = count <= BUCKET_LEAVES;
  const node = isBucket ? readBucket<T>(scan, count) : readBranch<T>(scan, count);
  scan.end();
  return node;
}

function readBucket<T>(scan: ItemScan, count: number): Bucket<T> {
  scan.literal(BUCKET_START);
  const items = scan.head(LIST);
  if (items !== 2 * count) throw refusal('trie-count', `expected ${count} leaves`);
  const { bytes } = scan;
  const slots: LeafSlot<T>[] = [];
  let last = 0;
  for (let i = 0; i < count; i++) {
    const slot = scan.at;
    passString(scan);
    passString(scan);
    if (i > 0 && compareOffsets(bytes, last, slot) >= 0) {
      throw refusal('trie-order', 'expected keys that ascend');
    }
    slots.push(slot);
    last = slot;
  }
  return new Bucket(slots, bytes);
}

/** Passes over a byte string. Most are short: these take no more than a look at their head. */
function passString(scan: ItemScan): void {
  const { bytes, at } = scan;
  const head = bytes[at] as number;
  const next = bytes[at + 1] as number;
  let end = bytes.length + 1;
  if (head >= BYTES_HEAD && head < BYTES_HEAD + 24) end = at + 1 + head - BYTES_HEAD;
  else if (head === BYTES_HEAD + 24 && next >= 24) end = at + 2 + next;
  if (end <= bytes.length) scan.at = end;
  else scan.string(BYTES);
}

function readBranch<T>(scan: ItemScan, count: number): Branch<T> {
  scan.literal(BRANCH_START);
  const leaf = scan.isNil() ? undefined : passPair(scan);
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

/** Passes over a key and its leaf; answers with where the key stands. */
function passPair(scan: ItemScan): number {
  scan.literal(PAIR_HEAD);
  const start = scan.at;
  scan.string(BYTES);
  scan.string(BYTES);
  return start;
}

function readPath(scan: ItemScan): Nibbles {
  const start = scan.string(TEXT);
  const size = scan.at - start;
  if (size === 0) return NO_NIBBLES;
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
function readChild(scan: ItemScan): number {
  if (scan.isNil()) return 0;
  scan.literal(PAIR_HEAD);
  const count = scan.head(UNSIGNED);
  if (count === 0) throw refusal('trie-count', 'a child without leaves');
  scan.literal(HASH_HEAD);
  scan.pass(HASH_BYTES);
  return count;
}

/** Writes the tagged node; `encode` gives the written form of a new leaf. */
export function writeNode<T>(w: Writer, node: Node<T>, encode: (value: T) => Uint8Array): void {
  const { bytes } = node;
  w.selfDescribe();
  if (node instanceof Bucket) {
    w.mapHead(1);
    w.text('leaves');
    w.listHead(2 * node.slots.length);
    for (const slot of node.slots) writeSlot(w, bytes, slot, encode);
    return;
  }
  w.mapHead(3);
  w.text('leaf');
  if (node.leaf === undefined) {
    w.nil();
  } else {
    w.listHead(2);
    writeSlot(w, bytes, node.leaf, encode);
  }
  w.text('path');
  w.text(nibblesText(node.path));
  w.text('children');
  w.listHead(FAN_OUT);
  for (const slot of node.slots) writeChild(w, bytes, slot);
}

function writeChild<T>(w: Writer, bytes: Uint8Array, slot: Box<T> | number): void {
  if (slot === ABSENT) {
    w.nil();
  } else if (slot instanceof Box) {
    w.listHead(2);
    w.int(slot.count);
    w.bytes(slot.hash as Uint8Array);
  } else {
    const scan = new ItemScan(bytes, slot + PAIR_HEAD.length, 'trie-shape');
    scan.head(UNSIGNED);
    w.raw(bytes.subarray(slot, scan.at + HASH_HEAD.length + HASH_BYTES));
  }
}

function refusal(code: string, detail: string): RefusalError {
  return new RefusalError({ code, at: '', detail });
}
