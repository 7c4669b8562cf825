/**
 * Attestations: what a world holds, as one JSON document that others verify offline (spec E).
 *
 * E1 Whoever attests signs `type`, `version` and `payload` in their canonical form (RFC 8785), and
 *    says by that: the world of this id has this in it.
 * E2 What somebody signed before, in CBOR, stays as it was signed, with its signature; the JSON
 *    beside it says the same, and whoever reads can make it again. Nobody seems to have signed JSON
 *    who has signed CBOR.
 */
import {
  attempt,
  type CanonicalJson,
  decode,
  type Hash,
  type HashText,
  printCanonicalJson,
  type Result,
  toBase64,
  toHashText,
  utf8,
} from '@aos/canon';
import { keyIdOf } from '../genesis/keyring.js';
import { renderValue } from './rendering.js';

export const ATTESTATION_VERSION = 1;

/** The parts of a payload beside the world, its keys and its head, by what is attested. */
export const ATTESTATION_PARTS = {
  head: [],
  inclusion: ['place', 'inclusion'],
  consistency: ['older', 'consistency'],
  receipt: ['place', 'inclusion', 'receipt', 'answer'],
  approval: ['place', 'inclusion', 'approval'],
} as const satisfies Readonly<Record<string, readonly (keyof AttestedParts)[]>>;

export type AttestationType = keyof typeof ATTESTATION_PARTS;

/** What somebody has signed in CBOR: base64 of the shape, and what it says. */
export type SignedShape = {
  /** The signature is over `utf8(domain) ‖ 00 ‖ cbor`. */
  readonly domain: string;
  readonly cbor: string;
  readonly json: CanonicalJson;
  readonly key_id: HashText;
  readonly signature: string;
};

/** A key of the world that has signed something in the document. */
export type AttestedKey = {
  readonly key_id: HashText;
  readonly name: string;
  readonly public_key: string;
  readonly roles: readonly string[];
  /** The record that brought it in, -1 for genesis. */
  readonly added_at: number;
  readonly revoked_at: number | null;
};

export type AttestedParts = {
  /** A record; its bytes in base64 where they were asked for. */
  readonly place: {
    readonly seq: number;
    readonly chain: HashText;
    readonly record: string | null;
  };
  /** Leads from the chain value of the record to the root of the head (RFC 9162, 2.1.3.2). */
  readonly inclusion: readonly HashText[];
  /** A tree from before, and what leads from it to that of the head (RFC 9162, 2.1.4.2). */
  readonly older: { readonly size: number; readonly merkle_root: HashText };
  readonly consistency: readonly HashText[];
  readonly receipt: SignedShape;
  /** What the receipt has the hash of; null where it was left out. */
  readonly answer: { readonly cbor: string; readonly json: CanonicalJson } | null;
  readonly approval: SignedShape;
};

export type AttestedPayload = {
  readonly world_id: HashText;
  readonly keys: readonly AttestedKey[];
  readonly head: SignedShape;
} & Partial<AttestedParts>;

/** Who has signed the document. */
export type AttestationSignature = {
  readonly key_id: HashText;
  readonly public_key: string;
  readonly signature: string;
};

export type Attestation = {
  readonly type: AttestationType;
  readonly version: typeof ATTESTATION_VERSION;
  readonly payload: AttestedPayload;
  readonly signatures: readonly AttestationSignature[];
};

/** What is signed: the canonical text of everything but the signatures. */
export function attestationMessage({
  type,
  version,
  payload,
}: Omit<Attestation, 'signatures'>): Result<Uint8Array> {
  const text = printCanonicalJson({ type, version, payload } as CanonicalJson);
  return text.ok ? { ok: true, value: utf8(text.value) } : text;
}

/** Who signs with it. */
interface AttestationSigner {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/** Codes: those of canonical JSON. */
export function signAttestation(
  attested: Omit<Attestation, 'signatures'>,
  { publicKey, sign }: AttestationSigner,
): Result<Attestation> {
  const message = attestationMessage(attested);
  if (!message.ok) return message;
  const signature = {
    key_id: toHashText(keyIdOf(publicKey)),
    public_key: toBase64(publicKey),
    signature: toBase64(sign(message.value)),
  };
  return { ok: true, value: { ...attested, signatures: [signature] } };
}

/**
 * A message that was signed, as it stands in a document. Codes: those of the codec,
 * `attestation-rendering`.
 */
export function signedShape(
  message: Uint8Array,
  { keyId, sig }: { readonly keyId: Hash; readonly sig: Uint8Array },
): Result<SignedShape> {
  const end = message.indexOf(0);
  const cbor = message.slice(end + 1);
  const value = decode(cbor);
  if (!value.ok) return value;
  return attempt(() => ({
    // domains are ASCII
    domain: String.fromCharCode(...message.subarray(0, end)),
    cbor: toBase64(cbor),
    json: renderValue(value.value, 'shape'),
    key_id: toHashText(keyId),
    signature: toBase64(sig),
  }));
}
