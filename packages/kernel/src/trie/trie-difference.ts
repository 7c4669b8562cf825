/**
 * What two tries differ in, leaf by leaf in the order of keys.
 *
 * 1. Subtrees of one hash hold the same leaves and are passed over, so the cost is that of what
 *    differs, not of what there is.
 * 2. Where subtrees differ the larger one is opened, until leaf stands against leaf.
 */
import { bytesEqual, compareBytes, Writer } from '@aos/canon';
import { type LeafSlot, takeSlot } from './leaf-slot.js';
import type { Loader } from './loader.js';
import { type Box, Bucket, FAN_OUT } from './node.js';

/** A leaf that only one of the tries has, or that is another one in each. */
export interface LeafDifference<T> {
  readonly key: Uint8Array;
  readonly here: T | undefined;
  readonly there: T | undefined;
}

interface LeafPart<T> {
  readonly bytes: Uint8Array;
  readonly slot: LeafSlot<T>;
}

type Part<T> = Box<T> | LeafPart<T>;

/** What is left of a trie, the next part last. */
class Rest<T> {
  readonly #parts: Part<T>[];

  constructor(
    readonly loader: Loader<T>,
    root: Box<T>,
  ) {
    this.#parts = [root];
  }

  get next(): Part<T> | undefined {
    return this.#parts.at(-1);
  }

  pass(): void {
    this.#parts.pop();
  }

  /** The next part, which is a subtree, gives way to what it is made of. */
  open(box: Box<T>): void {
    const node = this.loader.load(box);
    this.#parts.pop();
    const { bytes } = node;
    if (node instanceof Bucket) {
      for (const slot of node.slots.toReversed()) this.#parts.push({ bytes, slot });
      return;
    }
    for (let nibble = FAN_OUT - 1; nibble >= 0; nibble--) {
      const child = node.child(nibble);
      if (child !== undefined) this.#parts.push(child);
    }
    if (node.leaf !== undefined) this.#parts.push({ bytes, slot: node.leaf });
  }

  valueOf({ bytes, slot }: LeafPart<T>): T {
    return this.loader.valueOf(bytes, slot);
  }

  writtenOf(part: LeafPart<T>): Uint8Array {
    const { written } = takeSlot(part.bytes, part.slot);
    if (written !== undefined) return written;
    const w = new Writer(256);
    this.loader.codec.write(w, this.valueOf(part));
    return w.finish();
  }
}

/** A trie as it is compared; its hashes are computed. */
export interface ComparedTrie<T> {
  readonly loader: Loader<T>;
  readonly root: Box<T>;
}

export function* trieDifference<T>(
  here: ComparedTrie<T>,
  there: ComparedTrie<T>,
): Generator<LeafDifference<T>> {
  const ours = new Rest(here.loader, here.root);
  const theirs = new Rest(there.loader, there.root);
  for (;;) {
    const [our, their] = [ours.next, theirs.next];
    if (our === undefined && their === undefined) return;
    if (isBox(our) && isBox(their) && isSame(our, their)) {
      ours.pass();
      theirs.pass();
    } else if (isBox(our) && !(isBox(their) && their.count > our.count)) ours.open(our);
    else if (isBox(their)) theirs.open(their);
    else yield* compareLeaves(ours, theirs, our as LeafPart<T>, their);
  }
}

function* compareLeaves<T>(
  ours: Rest<T>,
  theirs: Rest<T>,
  our: LeafPart<T> | undefined,
  their: LeafPart<T> | undefined,
): Generator<LeafDifference<T>> {
  const order = orderOf(our, their);
  if (order <= 0) ours.pass();
  if (order >= 0) theirs.pass();
  const here = order <= 0 ? our : undefined;
  const there = order >= 0 ? their : undefined;
  if (here && there && bytesEqual(ours.writtenOf(here), theirs.writtenOf(there))) return;
  yield {
    key: keyOf((here ?? there) as LeafPart<T>),
    here: here && ours.valueOf(here),
    there: there && theirs.valueOf(there),
  };
}

/** What is not there comes behind everything. */
function orderOf<T>(our: LeafPart<T> | undefined, their: LeafPart<T> | undefined): number {
  if (our === undefined) return 1;
  if (their === undefined) return -1;
  return compareBytes(keyOf(our), keyOf(their));
}

const keyOf = <T>({ bytes, slot }: LeafPart<T>): Uint8Array => takeSlot(bytes, slot).key;

function isBox<T>(part: Part<T> | undefined): part is Box<T> {
  return part !== undefined && !('slot' in part);
}

function isSame<T>(a: Box<T>, b: Box<T>): boolean {
  return a.hash !== undefined && b.hash !== undefined && bytesEqual(a.hash, b.hash);
}
