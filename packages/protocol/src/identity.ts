/** The identities of shapes.md that keep the original's preimages: event, intent and grant. */
import { type Encodable, type Hash, hashOf, sha256, Writer } from '@aos/canon';

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

/**
 * What a capability grant is. `params` are canonical bytes; the name of a grant is no part of it.
 */
export interface GrantIdentity {
  readonly defcap: string;
  readonly capType: string;
  readonly params: Uint8Array;
  readonly expiryNs?: bigint;
}

export function grantHash(grant: GrantIdentity): Hash {
  const preimage: { [name: string]: Encodable } = {
    cap_type: grant.capType,
    defcap_ref: grant.defcap,
    params_cbor: grant.params,
  };
  if (grant.expiryNs !== undefined) preimage.expiry_ns = grant.expiryNs;
  return hashOf(preimage);
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
