/**
 * Holds the heads that are stored beside snapshots against a journal that is replayed.
 *
 * A head is right when it says what the world is at its place, has the root of the tree over all
 * records up to it, and is signed by a key that the world knew then, where it is signed.
 */
import { bytesEqual, type Hash } from '@aos/canon';
import type { World } from '@aos/kernel';
import {
  chainOf,
  decodeGenesis,
  decodeRecordHead,
  decodeStoredHead,
  Frontier,
  type Head,
  type HeadSignature,
  headMessage,
  type SnapshotMark,
  type WorldStore,
  worldIdOf,
} from '@aos/protocol';
import type { SignatureVerifier } from '../keys/signatures.js';
import { frontierOf } from './journal-tree.js';

/** What heads came to. */
export interface HeadReport {
  readonly checked: number;
  /** Of them, those with a signature that holds. */
  readonly signed: number;
  /** Sequences of heads that say something else than the journal. */
  readonly different: readonly number[];
}

export class HeadCheck {
  #checked = 0;
  #signed = 0;
  readonly #different: number[] = [];
  readonly #marks: ReadonlyMap<number, SnapshotMark>;
  readonly #frontier: Frontier;

  constructor(
    private readonly store: WorldStore,
    start: World,
    private readonly verifier: SignatureVerifier,
  ) {
    this.#marks = new Map(store.snapshots.map((mark) => [mark.seq, mark]));
    this.#frontier = startOf(store, start.seq);
    this.look(start);
  }

  get report(): HeadReport {
    return { checked: this.#checked, signed: this.#signed, different: this.#different };
  }

  /** A record was judged, and this is the world after it. */
  add(bytes: Uint8Array, world: World): void {
    this.#frontier.append(chainOf(bytes));
    this.look(world);
  }

  private look(world: World): void {
    const mark = this.#marks.get(world.seq - 1);
    const bytes = mark?.head && this.store.object(mark.head);
    if (mark === undefined || bytes === undefined) return;
    this.#checked += 1;
    const stored = decodeStoredHead(bytes);
    const { signature } = stored.ok ? stored.value : { signature: null };
    const isSame = stored.ok && this.says(stored.value, world, mark);
    if (isSame && signature === null) return;
    if (isSame && signature !== null && this.holds(stored.value, signature, world)) {
      this.#signed += 1;
      return;
    }
    this.#different.push(mark.seq);
  }

  private says(head: Head, world: World, mark: SnapshotMark): boolean {
    const pairs: readonly (readonly [Hash, Hash])[] = [
      [head.worldId, world.worldId],
      [head.chain, world.chain],
      [head.worldHash, mark.hash],
      [head.merkleRoot, this.#frontier.root()],
    ];
    const isPlace = head.seq === mark.seq && head.epoch === world.epoch;
    return isPlace && pairs.every(([found, expected]) => bytesEqual(found, expected));
  }

  private holds(head: Head, { keyId, sig }: HeadSignature, { keyring }: World): boolean {
    const key = keyring.find((each) => bytesEqual(each.keyId, keyId));
    if (key === undefined || !key.roles.includes('host') || key.revokedAt !== null) return false;
    return this.verifier.holds(key.publicKey, headMessage(head), sig);
  }
}

/** Of a pruned world the records up to the start are added to what is known of those before. */
function startOf(store: WorldStore, size: number): Frontier {
  const { pruned } = store;
  if (size === 0) return new Frontier();
  if (pruned === undefined || pruned.snapshot.seq + 1 !== size) return frontierOf(store, size);
  const frontier = new Frontier({ size: pruned.seq + 1, nodes: pruned.frontier });
  if (frontier.size === size) return frontier;
  for (const bytes of store.records(store.first)) {
    frontier.append(chainOf(bytes));
    if (frontier.size === size) break;
  }
  return frontier;
}

/**
 * Whether the records that are kept from before the start follow each other, from what was pruned
 * up to the world that replay begins with, over borders of forks. They cannot be replayed.
 */
export function linksUp(store: WorldStore, start: World): boolean {
  const { pruned } = store;
  if (pruned === undefined || start.seq <= store.first) return true;
  const borders = bordersOf(store);
  let chain = pruned.chain;
  let seq = store.first;
  for (const bytes of store.records(store.first)) {
    if (seq === start.seq) break;
    const border = borders.get(seq - 1);
    if (border !== undefined && !bytesEqual(border.chain, chain)) return false;
    const prev = border?.worldId ?? chain;
    const head = decodeRecordHead(bytes);
    if (!head.ok || head.value.seq !== seq || !bytesEqual(head.value.prev, prev)) return false;
    chain = chainOf(bytes);
    seq += 1;
  }
  return bytesEqual(chain, start.chain);
}

/** By the last record before each: its chain value, and the world that goes on behind it. */
function bordersOf({ lineage, genesis }: WorldStore) {
  const borders = new Map<number, { readonly chain: Hash; readonly worldId: Hash }>();
  for (const bytes of [...lineage, genesis]) {
    const decoded = decodeGenesis(bytes);
    const parent = decoded.ok ? decoded.value.parent : undefined;
    if (parent === undefined) continue;
    borders.set(parent.seq, { chain: parent.chain, worldId: worldIdOf(bytes) });
  }
  return borders;
}
