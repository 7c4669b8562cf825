/** The identities of shapes.md that keep the original's preimages: event, intent and grant. */
import { borrowWriter, type Hash, hashOf, returnWriter, sha256, Writer } from '@aos/canon';
import { type Origin, writeOrigin } from './entries/origin.js';
import { writeBytes, writeInt } from './shapes/shape-writer.js';
import { signedMessage } from './signed/signature.js';

/** What an effect intent is. `params` are canonical bytes; the key is exactly 32 bytes. */
export interface IntentIdentity {
  readonly cap: string;
  readonly kind: string;
  readonly params: Uint8Array;
  readonly idempotencyKey: Uint8Array;
}

export function intentHash(intent: IntentIdentity): Hash {
  const { cap, kind, params, idempotencyKey } = intent;
  return hashOf({ cap, kind, params, idempotency_key: idempotencyKey });
}

/** The domain of default idempotency keys. */
const IDEMPOTENCY_DOMAIN = 'aos/idem/0';

/** Where an effect was asked for; no two effects of any world have the same place. */
export interface EffectPlace {
  readonly worldId: Hash;
  readonly epoch: number;
  readonly origin: Origin;
  /** How many effects were asked for earlier in the record. */
  readonly index: number;
  readonly seq: number;
  readonly attempt: number;
}

/**
 * The key of an effect that was asked for without one, so that forks, instances and retries never
 * share a key by accident. 32 bytes.
 */
export function defaultIdempotencyKey(place: EffectPlace): Hash {
  return sha256(signedMessage(IDEMPOTENCY_DOMAIN, encodeEffectPlace(place)));
}

function encodeEffectPlace(place: EffectPlace): Uint8Array {
  const w = borrowWriter();
  w.selfDescribe();
  w.mapHead(6);
  writeInt(w, 'seq', place.seq);
  writeInt(w, 'epoch', place.epoch);
  writeInt(w, 'index', place.index);
  w.text('origin');
  writeOrigin(w, place.origin);
  writeInt(w, 'attempt', place.attempt);
  writeBytes(w, 'world_id', place.worldId);
  const bytes = w.finish();
  returnWriter(w);
  return bytes;
}

/** How much of a grant may be used: per dimension, over its life or over each period. */
export interface GrantBudgetIdentity {
  readonly calls?: number | bigint;
  readonly tokens?: number | bigint;
  readonly cents?: number | bigint;
  readonly bytes?: number | bigint;
  readonly period_ns?: number | bigint;
}

/**
 * What a capability grant is. `params` are canonical bytes; the name of a grant is no part of it.
 */
export interface GrantIdentity {
  readonly defcap: string;
  readonly capType: string;
  readonly params: Uint8Array;
  readonly expiryNs?: bigint;
  readonly budget?: GrantBudgetIdentity;
  /** Hash of the grant it was made from. */
  readonly parent?: Hash;
}

export function grantHash(grant: GrantIdentity): Hash {
  return hashOf({
    cap_type: grant.capType,
    defcap_ref: grant.defcap,
    params_cbor: grant.params,
    expiry_ns: grant.expiryNs,
    budget: grant.budget === undefined ? undefined : { ...grant.budget },
    parent: grant.parent,
  });
}

/**
 * An event as a reducer receives it: family schema, canonical value, canonical cell key if keyed.
 */
export interface EventIdentity {
  readonly schema: string;
  readonly value: Uint8Array;
  readonly key?: Uint8Array;
}

/** Canonical bytes of an event, the preimage of its hash. */
export function encodeEvent(event: EventIdentity): Uint8Array {
  const w = new Writer(event.value.length + event.schema.length + 64);
  w.selfDescribe();
  w.mapHead(event.key === undefined ? 2 : 3);
  if (event.key !== undefined) {
    w.text('key');
    w.bytes(event.key);
  }
  w.text('value');
  w.bytes(event.value);
  w.text('schema');
  w.text(event.schema);
  return w.finish();
}

export function eventHash(event: EventIdentity): Hash {
  return sha256(encodeEvent(event));
}
