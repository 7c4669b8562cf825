/**
 * The adapter port: what turns a released intent into something that happens outside.
 *
 * 1. At least once: the same intent may be started again after a crash. An adapter makes what it
 *    does idempotent by `intentHash`, or hands `idempotencyKey` to whom it calls.
 * 2. Whatever the outside does is an outcome. An adapter that throws has a defect; the host answers
 *    for it with the code `adapter-failed`.
 * 3. What it is given is bounded and plain: no streams, signals or clocks of a platform.
 *
 * Deliberately absent: receipts. The host checks the payload against the receipt schema, signs it
 * and submits it; an adapter never sees a key.
 */
import { type Encodable, encode, type Hash, type Refusal } from '@aos/canon';
import type { SecretPort } from './secrets.js';
import type { ReceiptStatus } from './signed/receipt-body.js';

/** A capability as it was granted, for adapters that must ask again (each hop of a redirect). */
export interface CallGrant {
  /** Name of the grant. */
  readonly cap: string;
  readonly capType: string;
  /** Canonical parameters of the grant and of those it descends from; all of them must agree. */
  readonly params: readonly Uint8Array[];
}

/** Code of the world that does an effect: the hash of a WASI module, which is a blob. */
export interface EffectImplementation {
  readonly wasi: Hash;
}

/** One attempt at one released intent. */
export interface EffectCall {
  readonly worldId: Hash;
  readonly epoch: number;
  readonly intentHash: Hash;
  /** Kind of the effect, as `http.request`. */
  readonly effect: string;
  /** Canonical in the effect's schema of parameters. */
  readonly params: Uint8Array;
  /** 32 bytes that are the same for every start of this intent. */
  readonly idempotencyKey: Uint8Array;
  readonly attempt: number;
  /** Logical time after which nobody waits for the answer. */
  readonly deadlineNs?: bigint;
  readonly grant: CallGrant;
  /** Only for adapters that say that they run it. */
  readonly implementation?: EffectImplementation;
}

/** Tells an adapter that its answer is no longer wanted; it answers `cancelled` soon. */
export interface CancelSignal {
  readonly isCancelled: boolean;
  /** Calls `run` once, at once if it is cancelled already; the answer calls it off. */
  onCancel(run: () => void): () => void;
}

/** Bytes of a blob from `from` up to, not including, `before`. */
export interface ByteRange {
  readonly from: number;
  readonly before: number;
}

/** Large values of effects: objects of the world, streamed in and out. */
export interface BlobPort {
  /**
   * Stores what comes. Rejects with the fault `blob-too-large` after `limitBytes`, and with
   * whatever the chunks reject with; nothing is stored then.
   */
  put(
    chunks: AsyncIterable<Uint8Array>,
    limitBytes: number,
  ): Promise<{ readonly hash: Hash; readonly sizeBytes: number }>;
  get(hash: Hash, range?: ByteRange): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Bytes of a blob, `undefined` when it is not stored. */
  size(hash: Hash): Promise<number | undefined>;
}

export interface EffectClock {
  wallNs(): bigint;
  logicalNowNs(): bigint;
  /**
   * Calls `run` once when logical time reaches `logicalNs`, at once if it has; the answer calls it
   * off.
   */
  at(logicalNs: bigint, run: () => void): () => void;
}

export interface EffectContext {
  readonly cancel: CancelSignal;
  readonly blobs: BlobPort;
  readonly clock: EffectClock;
  readonly secrets: SecretPort;
  /**
   * Hands in a part of the answer before its receipt: CBOR of whatever the effect says its frames
   * are, no larger than a receipt may be. Resolves when it is durable, so that waiting for it slows
   * the adapter down to what the world takes; or when it was dropped, because the call has ended or
   * the world has no use for it. Parts come in the order of the calls. Numbers go on over starts of
   * one intent: a frame says itself where an answer begins anew. Rejects with the fault
   * `frame-invalid` for what is no CBOR or too large.
   */
  emitFrame(payload: Uint8Array): Promise<void>;
  /**
   * Asks whether the grant would let another effect out, of this kind and with these parameters:
   * what an effect does may consist of parts that its own parameters do not show.
   */
  permits(effect: string, params: Uint8Array): Refusal | undefined;
  /**
   * Asks the grant about what a redirect leads to: parameters of the same kind of effect, and the
   * number of redirects with this one.
   */
  permitsRedirect(params: Uint8Array, hops: number): Refusal | undefined;
  /** Asks whether the grant lets an effect reach a resolved address, of 4 or 16 bytes. */
  permitsAddress(address: Uint8Array): Refusal | undefined;
}

export interface EffectOutcome {
  readonly status: ReceiptStatus;
  /** CBOR of the receipt schema when `status` is ok, else of `sys/EffectError@1`. */
  readonly payload: Uint8Array;
  readonly costCents?: bigint;
  /** For an outcome that is not ok: whether another start may fare better. Default `never`. */
  readonly retry?: 'later' | 'never';
}

/** One family of effects. */
export interface Adapter {
  /** Names the adapter in receipts. */
  readonly id: string;
  /** Kinds of effects it serves. */
  readonly kinds: readonly string[];
  /** It also serves each effect with an implementation of this kind, whatever the effect's kind. */
  readonly implementations?: readonly (keyof EffectImplementation)[];
  /**
   * Where calls end by time alone: the logical time of one with these parameters. Those that are
   * open as a world is opened are started in this order. Must not throw.
   */
  dueNs?(params: Uint8Array): bigint | undefined;
  /** Runs one attempt to its end. Answers exactly once. */
  start(call: EffectCall, context: EffectContext): Promise<EffectOutcome>;
  /** Lets go of everything; what still runs answers `cancelled`. */
  close(): Promise<void>;
}

/** An outcome that is ok, with a receipt in the schema of the effect. */
export function okOutcome(receipt: Encodable, costCents?: bigint): EffectOutcome {
  const payload = encode(receipt);
  return costCents === undefined ? { status: 'ok', payload } : { status: 'ok', payload, costCents };
}

/** Why an effect has no receipt. */
export interface EffectFailure {
  readonly status: Exclude<ReceiptStatus, 'ok'>;
  /** Stable and kebab-case: it enters the state of worlds. */
  readonly code: string;
  /** For people: what was expected, what was found. */
  readonly message: string;
  /** Default `never`. */
  readonly retry?: 'later' | 'never';
}

/** An outcome that is not ok: its payload is a `sys/EffectError@1`. */
export function failedOutcome(failure: EffectFailure): EffectOutcome {
  const { status, code, message, retry = 'never' } = failure;
  return { status, payload: encode({ code, message }), retry };
}
