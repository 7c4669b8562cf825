/**
 * Leaves inside nodes: a key and the written leaf, two byte strings side by side.
 *
 * 1. A slot is a leaf on its own, or where its pair stands in the bytes of its node; those bytes
 *    were checked when the node was read, so that looking into them needs no check and no object.
 */
import { compareBytes, type Writer } from '@aos/canon';

/** A leaf on its own: new, with a value, or taken from a node, in its written form. */
export class Leaf<T> {
  private constructor(
    readonly key: Uint8Array,
    readonly value: T | undefined,
    readonly written: Uint8Array | undefined,
    /** The objects that it refers to are stored. */
    public hasStoredObjects: boolean,
  ) {}

  static of<T>(key: Uint8Array, value: T): Leaf<T> {
    return new Leaf<T>(key, value, undefined, false);
  }

  static taken<T>(key: Uint8Array, written: Uint8Array): Leaf<T> {
    return new Leaf<T>(key, undefined, written, true);
  }
}

export type LeafSlot<T> = Leaf<T> | number;

/** Order of a slot's key and another one: negative, zero or positive; a prefix comes first. */
export function compareSlot<T>(bytes: Uint8Array, slot: LeafSlot<T>, key: Uint8Array): number {
  if (typeof slot !== 'number') return compareBytes(slot.key, key);
  const start = contentStart(bytes, slot);
  const size = contentSize(bytes, slot);
  const shared = Math.min(size, key.length);
  for (let i = 0; i < shared; i++) {
    const difference = (bytes[start + i] as number) - (key[i] as number);
    if (difference !== 0) return difference;
  }
  return size - key.length;
}

/** Order of the keys that stand at two offsets. */
export function compareOffsets(bytes: Uint8Array, a: number, b: number): number {
  const aStart = contentStart(bytes, a);
  const bStart = contentStart(bytes, b);
  const aSize = contentSize(bytes, a);
  const bSize = contentSize(bytes, b);
  const shared = Math.min(aSize, bSize);
  for (let i = 0; i < shared; i++) {
    const difference = (bytes[aStart + i] as number) - (bytes[bStart + i] as number);
    if (difference !== 0) return difference;
  }
  return aSize - bSize;
}

/** The leaf on its own, to be put into another node. */
export function takeSlot<T>(bytes: Uint8Array, slot: LeafSlot<T>): Leaf<T> {
  if (typeof slot !== 'number') return slot;
  return Leaf.taken(contentAt(bytes, slot).slice(), writtenAt(bytes, slot).slice());
}

/** Where the key stands among ascending slots, or −1 − the place where it would stand. */
export function findSlot<T>(
  bytes: Uint8Array,
  slots: readonly LeafSlot<T>[],
  key: Uint8Array,
): number {
  let low = 0;
  let high = slots.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compareSlot(bytes, slots[middle] as LeafSlot<T>, key);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return -1 - low;
}

/** The written form of the leaf that stands at an offset; a view. */
export function writtenAt(bytes: Uint8Array, slot: number): Uint8Array {
  return contentAt(bytes, endOf(bytes, slot));
}

/** Writes the pair; `encode` gives the written form of a new leaf. */
export function writeSlot<T>(
  w: Writer,
  bytes: Uint8Array,
  slot: LeafSlot<T>,
  encode: (value: T) => Uint8Array,
): void {
  if (typeof slot === 'number') {
    w.raw(bytes.subarray(slot, endOf(bytes, endOf(bytes, slot))));
    return;
  }
  w.bytes(slot.key);
  w.bytes(slot.written ?? encode(slot.value as T));
}

function contentAt(bytes: Uint8Array, at: number): Uint8Array {
  const start = contentStart(bytes, at);
  return bytes.subarray(start, start + contentSize(bytes, at));
}

function endOf(bytes: Uint8Array, at: number): number {
  return contentStart(bytes, at) + contentSize(bytes, at);
}

/** Where the content of the byte string at an offset starts. */
function contentStart(bytes: Uint8Array, at: number): number {
  const info = (bytes[at] as number) & 31;
  return info < 24 ? at + 1 : at + 1 + (1 << (info - 24));
}

function contentSize(bytes: Uint8Array, at: number): number {
  const info = (bytes[at] as number) & 31;
  if (info < 24) return info;
  let size = 0;
  const end = at + 1 + (1 << (info - 24));
  for (let i = at + 1; i < end; i++) size = size * 0x100 + (bytes[i] as number);
  return size;
}
