/** Intents that have not settled: everything that is needed to release, settle and deliver them. */
import { asHash, type Hash, type Reader, sha256, type Writer } from '@aos/canon';
import { type Origin, parseOrigin, writeOrigin } from '@aos/protocol';
import type { LeafCodec, TrieSource } from '../trie/leaf-codec.js';
import { ObjectsNeeded } from '../trie/objects-needed.js';
import {
  readHashItem,
  readItems,
  readListOf,
  readOptional,
  readWord,
  writeItems,
  writeOptional,
} from './leaf-items.js';
import { type Reservation, readReservation, writeReservation } from './limits/ledger.js';
import { type PendingApproval, readApproval, writeApproval } from './pending-approval.js';

const STATES = ['released', 'waiting'] as const;

export interface OpenIntent {
  readonly hash: Hash;
  readonly effect: string;
  /** The manifest that says what the effect is, whatever becomes current later. */
  readonly manifest: Hash;
  /** Name of the grant it was opened under. */
  readonly cap: string;
  /** Canonical in the schema of the effect's parameters. */
  readonly params: Uint8Array;
  readonly idempotencyKey: Uint8Array;
  /** Only then others may come to wait for it. */
  readonly isExplicitKey: boolean;
  /** Receipts must carry both. */
  readonly epoch: number;
  readonly attempt: number;
  /** Its `intent` entry; the gate leaves `i` to whoever writes that. */
  readonly openedAt: { readonly seq: number; readonly i: number };
  /** Logical time. */
  readonly openedNs: bigint;
  /** `waiting`: for approval; nothing of it is reserved and no receipt can settle it. */
  readonly state: (typeof STATES)[number];
  /** Who gets the receipt, in the order in which they came; the first one opened it. */
  readonly waiters: readonly Origin[];
  /** What it took of budgets. */
  readonly reserved: readonly Reservation[];
  /** While it waits. */
  readonly approval: PendingApproval | null;
  /** Stream frames that have come; the next one has this number. */
  readonly frames: number;
  /** The host was asked to end it: where it was not started, it never is. */
  readonly isCancelled: boolean;
  readonly deadlineNs?: bigint;
}

/** Largest parameters that lie in the leaf itself, in bytes; beyond, the leaf names an object. */
const INLINE_PARAMS_BYTES = 256;

const LEAF_ITEMS = 20;

/**
 * A leaf: a list of the fields in the order of {@link OpenIntent}, with whether the parameters are
 * there or named in front of them; nil for what is absent.
 */
export function intentCodec(source: TrieSource): LeafCodec<OpenIntent> {
  return {
    keyOf: ({ hash }) => hash,
    write: writeIntentLeaf,
    read: (r) => readIntentLeaf(r, source),
    objectsOf: ({ params }) =>
      params.length <= INLINE_PARAMS_BYTES ? [] : [{ hash: sha256(params), bytes: params }],
  };
}

function writeIntentLeaf(w: Writer, intent: OpenIntent): void {
  const { params, openedAt } = intent;
  const isInline = params.length <= INLINE_PARAMS_BYTES;
  w.listHead(LEAF_ITEMS);
  w.bytes(intent.hash);
  w.text(intent.effect);
  w.bytes(intent.manifest);
  w.text(intent.cap);
  w.bool(isInline);
  w.bytes(isInline ? params : sha256(params));
  w.bytes(intent.idempotencyKey);
  w.bool(intent.isExplicitKey);
  w.int(intent.epoch);
  w.int(intent.attempt);
  w.int(openedAt.seq);
  w.int(openedAt.i);
  w.int(intent.openedNs);
  w.text(intent.state);
  writeItems(w, intent.waiters, writeOrigin);
  writeItems(w, intent.reserved, writeReservation);
  writeOptional(w, intent.approval ?? undefined, (approval) => writeApproval(w, approval));
  w.int(intent.frames);
  w.bool(intent.isCancelled);
  writeOptional(w, intent.deadlineNs, (ns) => w.int(ns));
}

function readIntentLeaf(r: Reader, source: TrieSource): OpenIntent {
  readListOf(r, LEAF_ITEMS);
  const intent = {
    hash: readHashItem(r),
    effect: r.text(),
    manifest: readHashItem(r),
    cap: r.text(),
    params: readParams(r, source),
    idempotencyKey: r.bytes().slice(),
    isExplicitKey: r.bool(),
    epoch: r.nat(),
    attempt: r.nat(),
    openedAt: { seq: r.nat(), i: r.nat() },
    openedNs: r.u64(),
    state: readWord(r, STATES),
    waiters: readItems(r, () => parseOrigin(r.value())),
    reserved: readItems(r, readReservation),
    approval: readOptional(r, () => readApproval(r)) ?? null,
    frames: r.nat(),
    isCancelled: r.bool(),
  };
  const deadlineNs = readOptional(r, () => r.u64());
  return deadlineNs === undefined ? intent : { ...intent, deadlineNs };
}

function readParams(r: Reader, source: TrieSource): Uint8Array {
  const isInline = r.bool();
  const bytes = r.bytes().slice();
  if (isInline) return bytes;
  const params = source.read(asHash(bytes));
  if (params === undefined) throw new ObjectsNeeded([asHash(bytes)]);
  return params;
}
