/**
 * Intents that have settled: remembered so that a second receipt is known as such, and so that
 * whoever asks again under the same explicit key gets the one receipt at once.
 */
import { asHash, type Hash, type Reader, sha256, type Writer } from '@aos/canon';
import { type ReceiptStatus, shapeRefusal } from '@aos/protocol';
import type { LeafCodec, TrieSource } from '../trie/leaf-codec.js';
import { ObjectsNeeded } from '../trie/objects-needed.js';
import type { Aged } from './window.js';

/** How an intent ended, whoever waits for it. */
export interface Outcome {
  readonly status: ReceiptStatus;
  /** Why, when it is the kernel that says so. */
  readonly code: string | null;
  /** `kernel` for its own answers. */
  readonly adapterId: string;
  /** Canonical: in the receipt schema when `status` is ok, else in `sys/EffectError@1`. */
  readonly payload: Uint8Array;
  readonly costCents?: bigint;
  /** Signature of the receipt; empty for answers of the kernel. */
  readonly sig: Uint8Array;
}

/** Outcome of an intent, with what its waiters are told of the request. */
export interface Settlement extends Outcome {
  readonly intent: Hash;
  /** Kind of the effect. */
  readonly effect: string;
  /** Canonical parameters of the intent. */
  readonly params: Uint8Array;
}

/** A settled intent, by the place of its `settled` entry. */
export interface SettledIntent extends Aged {
  readonly intent: Hash;
  /** What a later request under the same explicit key gets; `null` where there can be none. */
  readonly outcome: Outcome | null;
}

const STATUSES = ['ok', 'error', 'timeout', 'cancelled'] as const;

/** Largest payload that lies in the leaf itself, in bytes; beyond, the leaf names an object. */
const INLINE_PAYLOAD_BYTES = 256;

/** A leaf: `[intent, seq, i]`, or with an outcome 7 items more. */
export function settledCodec(source: TrieSource): LeafCodec<SettledIntent> {
  return {
    keyOf: ({ intent }) => intent,
    write: writeSettled,
    read: (r) => readSettled(r, source),
    objectsOf: ({ outcome }) =>
      outcome === null || outcome.payload.length <= INLINE_PAYLOAD_BYTES
        ? []
        : [{ hash: sha256(outcome.payload), bytes: outcome.payload }],
  };
}

function writeSettled(w: Writer, { intent, seq, i, outcome }: SettledIntent): void {
  w.listHead(outcome === null ? 3 : 10);
  w.bytes(intent);
  w.int(seq);
  w.int(i);
  if (outcome === null) return;
  const { status, code, adapterId, payload, costCents, sig } = outcome;
  const isInline = payload.length <= INLINE_PAYLOAD_BYTES;
  w.int(STATUSES.indexOf(status));
  if (code === null) w.nil();
  else w.text(code);
  w.text(adapterId);
  w.bool(isInline);
  w.bytes(isInline ? payload : sha256(payload));
  if (costCents === undefined) w.nil();
  else w.int(costCents);
  w.bytes(sig);
}

function readSettled(r: Reader, source: TrieSource): SettledIntent {
  const items = r.listHead();
  if (items !== 3 && items !== 10) throw shapeRefusal('shape-field', 'expected 3 or 10 items');
  const intent = asHash(r.bytes().slice());
  const place = { seq: r.nat(), i: r.nat() };
  if (items === 3) return { intent, ...place, outcome: null };
  const status = STATUSES[r.nat()];
  if (status === undefined) throw shapeRefusal('shape-field', 'expected a status');
  const code = r.isNil() ? null : r.text();
  const adapterId = r.text();
  const payload = readPayload(r, source);
  const costCents = r.isNil() ? undefined : r.u64();
  const outcome: Outcome = { status, code, adapterId, payload, sig: r.bytes().slice() };
  return {
    intent,
    ...place,
    outcome: costCents === undefined ? outcome : { ...outcome, costCents },
  };
}

function readPayload(r: Reader, source: TrieSource): Uint8Array {
  const isInline = r.bool();
  const bytes = r.bytes().slice();
  if (isInline) return bytes;
  const payload = source.read(asHash(bytes));
  if (payload === undefined) throw new ObjectsNeeded([asHash(bytes)]);
  return payload;
}
