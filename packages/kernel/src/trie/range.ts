/**
 * Reading leaves in order, within bounds.
 *
 * 1. Nodes outside the bounds are not loaded, and keys of leaves are read only in buckets that
 *    stand on a bound.
 * 2. No recursion: the depth of a trie is in the hands of whoever chooses keys.
 */
import type { KeyBounds } from './leaf-codec.js';
import { compareSlot, type LeafSlot } from './leaf-slot.js';
import type { Loader } from './loader.js';
import { earlierOf, endOfPrefix, laterOf, nibbleAt, nibbleCount } from './nibbles.js';
import { type Box, type Branch, Bucket, FAN_OUT } from './node.js';

/** A subtree and the bounds that run through it; where one is absent, all is inside. */
interface Visit<T> {
  readonly box: Box<T>;
  /** Half bytes above the subtree. */
  readonly depth: number;
  readonly from: Uint8Array | undefined;
  readonly before: Uint8Array | undefined;
}

/** Leaves of one node, in the order in which they are read. */
interface Run<T> {
  readonly bytes: Uint8Array;
  readonly slots: readonly LeafSlot<T>[];
}

/**
 * A branch that is being read. Part 0 is its own leaf, part 1 + n the child under half byte n;
 * those within the bounds are from `least` to `most`, and `next` comes next.
 */
interface Frame<T> {
  readonly branch: Branch<T>;
  /** Half bytes above its children. */
  readonly depth: number;
  readonly from: Uint8Array | undefined;
  readonly before: Uint8Array | undefined;
  readonly least: number;
  readonly most: number;
  next: number;
}

/** The values within the bounds, in the order of keys or against it. */
export function* readRange<T>(loader: Loader<T>, root: Box<T>, bounds: KeyBounds): Iterable<T> {
  const walk = new Walk(loader, root, bounds);
  for (let run = walk.next(); run !== undefined; run = walk.next()) {
    for (const slot of run.slots) yield loader.valueOf(run.bytes, slot);
  }
}

class Walk<T> {
  /** From the root down; the last one is read at present. */
  readonly #frames: Frame<T>[] = [];
  readonly #loader: Loader<T>;
  readonly #step: 1 | -1;
  #start: Visit<T> | undefined;

  constructor(loader: Loader<T>, root: Box<T>, { from, before, prefix, reverse }: KeyBounds) {
    this.#loader = loader;
    this.#step = reverse === 'reverse' ? -1 : 1;
    this.#start = {
      box: root,
      depth: 0,
      from: laterOf(from, prefix),
      before: earlierOf(before, prefix && endOfPrefix(prefix)),
    };
  }

  next(): Run<T> | undefined {
    for (let part = this.#part(); part !== undefined; part = this.#part()) {
      if ('slots' in part) return part;
      const node = this.#loader.load(part.box, () => this.#following(part.box));
      if (node instanceof Bucket) return this.#within(node, part);
      this.#enter(node, part);
    }
    return undefined;
  }

  /** What comes next: a subtree, or the leaf of a branch. */
  #part(): Visit<T> | Run<T> | undefined {
    const start = this.#start;
    this.#start = undefined;
    if (start !== undefined) return start;
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      const { branch, least, most, next } = frame;
      if (next < least || next > most) {
        this.#frames.pop();
        continue;
      }
      frame.next = next + this.#step;
      const { leaf, bytes } = branch;
      if (next === 0 && leaf !== undefined) return { bytes, slots: [leaf] };
      const box = next === 0 ? undefined : branch.child(next - 1);
      if (box !== undefined) return visitOf(box, frame, next);
    }
    return undefined;
  }

  #enter(branch: Branch<T>, visit: Visit<T>): void {
    const low = followBound(branch, visit.depth, visit.from) ?? BELOW;
    const high = followBound(branch, visit.depth, visit.before) ?? ABOVE;
    if (low === ABOVE || high === BELOW) return;
    const from = low === BELOW ? undefined : visit.from;
    const before = high === ABOVE ? undefined : visit.before;
    const least = low === BELOW ? 0 : low + 1;
    const most = high === ABOVE ? FAN_OUT : high + 1;
    const next = this.#step > 0 ? least : most;
    const depth = visit.depth + branch.path.length + 1;
    this.#frames.push({ branch, depth, from, before, least, most, next });
  }

  #within({ slots, bytes }: Bucket<T>, { from, before }: Visit<T>): Run<T> {
    const found =
      from === undefined && before === undefined
        ? slots
        : slots.filter((slot) => {
            if (from !== undefined && compareSlot(bytes, slot, from) < 0) return false;
            return before === undefined || compareSlot(bytes, slot, before) < 0;
          });
    return { bytes, slots: this.#step > 0 ? found : found.toReversed() };
  }

  /** The box and those that come after it at the same branch. */
  #following(box: Box<T>): readonly Box<T>[] {
    const frame = this.#frames.at(-1);
    const boxes = [box];
    if (frame === undefined) return boxes;
    const { branch, least, most } = frame;
    for (let part = frame.next; part >= least && part <= most; part += this.#step) {
      const other = part === 0 ? undefined : branch.child(part - 1);
      if (other !== undefined) boxes.push(other);
    }
    return boxes;
  }
}

/** A bound that runs through a branch runs on through its first or its last part that is inside. */
function visitOf<T>(box: Box<T>, frame: Frame<T>, part: number): Visit<T> {
  const from = part === frame.least ? frame.from : undefined;
  const before = part === frame.most ? frame.before : undefined;
  return { box, depth: frame.depth, from, before };
}

/** Where a bound stands that runs through no child: not above any key, or above all of them. */
const BELOW = -1;
const ABOVE = FAN_OUT;

/** The half byte with which a bound goes on behind the path of a branch. */
function followBound<T>(
  { path }: Branch<T>,
  depth: number,
  bound: Uint8Array | undefined,
): number | undefined {
  if (bound === undefined) return undefined;
  const most = nibbleCount(bound);
  for (let i = 0; i < path.length; i++) {
    if (depth + i >= most) return BELOW;
    const difference = nibbleAt(bound, depth + i) - (path[i] as number);
    if (difference !== 0) return difference < 0 ? BELOW : ABOVE;
  }
  return depth + path.length >= most ? BELOW : nibbleAt(bound, depth + path.length);
}
