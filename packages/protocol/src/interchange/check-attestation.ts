/**
 * Whether an attestation is true as far as anybody can tell offline: all that it says follows from
 * bytes that are in it, from its signatures, and from arithmetic (spec E5). Whether its signers are
 * to be believed is for whoever knows their keys.
 */
import {
  attempt,
  type CanonicalJson,
  decode,
  fromBase64,
  type HashText,
  parseHashText,
  printCanonicalJson,
  RefusalError,
  type Result,
  sha256,
  toBase64,
  toHashText,
} from '@aos/canon';
import { keyIdOf } from '../genesis/keyring.js';
import { HEAD_DOMAIN } from '../merkle/head.js';
import { verifyConsistency, verifyInclusion } from '../merkle/verify.js';
import { chainOf, decodeRecord } from '../record.js';
import { encodeReceiptBody, RECEIPT_DOMAIN } from '../signed/receipt-body.js';
import { signedMessage } from '../signed/signature.js';
import { encodeSignedVerb, type VerbName, verbDomain } from '../signed/signed-verb.js';
import {
  type Attestation,
  type AttestedKey,
  type AttestedPayload,
  attestationMessage,
  type SignedShape,
} from './attestation.js';
import { type RenderingOf, renderValue } from './rendering.js';

/** Ed25519, strictly: false for whatever is malformed. */
export type HoldsCheck = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean;

/** What people say about proposals and intents. */
export const APPROVAL_VERBS: readonly VerbName[] = ['approve', 'reject', 'approve-intent'];

/**
 * The first thing that does not hold. Codes: `attestation-signature`, `attestation-key`,
 * `attestation-rendering` for JSON that says something else than the CBOR beside it,
 * `attestation-place` for another world or record, `attestation-proof`, and those of bytes.
 */
export function checkAttestation(attestation: Attestation, holds: HoldsCheck): Result<null> {
  return attempt(() => {
    const { payload, signatures } = attestation;
    const message = unwrap(attestationMessage(attestation));
    for (const [i, { key_id: id, public_key: key, signature }] of signatures.entries()) {
      const at = `/signatures/${i}`;
      checkKeyId(id, key, at);
      const isSigned = holds(bytesOf(key), message, bytesOf(signature));
      if (!isSigned) throw wrong('attestation-signature', at);
    }
    for (const [i, key] of payload.keys.entries()) {
      checkKeyId(key.key_id, key.public_key, `/payload/keys/${i}`);
    }
    new Payload(payload, holds).check();
    return null;
  });
}

interface ShapeRule {
  readonly domains: readonly string[];
  /** One of them is needed; any key of the world will do where there are none. */
  readonly roles: readonly string[];
  /** The record that the key has to be good for: brought in before, and not revoked by then. */
  readonly seq: number;
}

class Payload {
  constructor(
    private readonly payload: AttestedPayload,
    private readonly holds: HoldsCheck,
  ) {}

  check(): void {
    const { head, place, inclusion, older, consistency, receipt, approval, answer } = this.payload;
    const seq = fieldOf(head, 'seq');
    if (typeof seq !== 'number') throw wrong('attestation-rendering', '/payload/head/json/seq');
    this.checkShape(head, 'head', { domains: [HEAD_DOMAIN], roles: ['host'], seq: seq + 1 });
    const tree = { size: seq + 1, root: rawHash(fieldOf(head, 'merkle_root')) };
    if (place !== undefined && inclusion !== undefined) {
      const claim = { leaf: rawHash(place.chain), index: place.seq, proof: inclusion.map(rawHash) };
      const isThere = verifyInclusion({ ...tree, ...claim });
      if (!isThere) throw wrong('attestation-proof', '/payload/inclusion');
      const shape = receipt ?? approval;
      if (place.record !== null) this.checkRecord(bytesOf(place.record), place.chain, shape);
    }
    if (older !== undefined && consistency !== undefined) {
      const claim = { older: older.size, olderRoot: rawHash(older.merkle_root) };
      const isBeginning = verifyConsistency({ ...tree, ...claim, proof: consistency.map(rawHash) });
      if (!isBeginning) throw wrong('attestation-proof', '/payload/consistency');
    }
    const at = place?.seq ?? seq;
    if (receipt !== undefined) {
      const rule = { domains: [RECEIPT_DOMAIN], roles: ['host', 'adapter'], seq: at };
      this.checkShape(receipt, 'receipt', rule);
    }
    if (approval !== undefined) {
      const verbs = APPROVAL_VERBS.filter((verb) => verb === fieldOf(approval, 'verb'));
      this.checkShape(approval, 'approval', { domains: verbs.map(verbDomain), roles: [], seq: at });
    }
    if (receipt !== undefined && answer != null) {
      checkRendering(answer, 'data', '/payload/answer');
      const hash = toHashText(sha256(bytesOf(answer.cbor)));
      const isAnswer = hash === fieldOf(receipt, 'payload_hash');
      if (!isAnswer) throw wrong('attestation-rendering', '/payload/answer/cbor');
    }
  }

  private checkShape(shape: SignedShape, name: string, { domains, roles, seq }: ShapeRule): void {
    const at = `/payload/${name}`;
    checkRendering(shape, 'shape', at);
    const isMeant = domains.includes(shape.domain);
    if (!isMeant) throw wrong('attestation-place', `${at}/domain`);
    const isOurs = fieldOf(shape, 'world_id') === this.payload.world_id;
    if (!isOurs) throw wrong('attestation-place', `${at}/json/world_id`);
    const key = this.payload.keys.find(({ key_id: id }) => id === shape.key_id);
    if (key === undefined) throw wrong('attestation-key', `${at}/key_id`);
    const mayRole = roles.length === 0 || roles.some((role) => key.roles.includes(role));
    if (!(mayRole && isGoodAt(key, seq))) throw wrong('attestation-key', `${at}/key_id`);
    const message = signedMessage(shape.domain, bytesOf(shape.cbor));
    const isSigned = this.holds(bytesOf(key.public_key), message, bytesOf(shape.signature));
    if (!isSigned) throw wrong('attestation-signature', `${at}/signature`);
  }

  /** That the bytes are those of the record, and that what is signed stands in it. */
  private checkRecord(bytes: Uint8Array, chain: HashText, shape: SignedShape | undefined): void {
    const at = '/payload/place/record';
    if (toHashText(chainOf(bytes)) !== chain) throw wrong('attestation-place', at);
    const { seq, input } = unwrap(decodeRecord(bytes));
    if (seq !== this.payload.place?.seq) throw wrong('attestation-place', at);
    if (shape === undefined) return;
    if (!('sig' in input)) throw wrong('attestation-place', at);
    const isSigner = toHashText(input.keyId) === shape.key_id;
    const isSignature = toBase64(input.sig) === shape.signature;
    if (!(isSigner && isSignature)) throw wrong('attestation-place', at);
    if (input.kind === 'receipt') {
      const isSame = toBase64(encodeReceiptBody(input.receipt)) === shape.cbor;
      if (!isSame) throw wrong('attestation-place', at);
    } else if ('verb' in input) {
      const { verb, args, nonce } = input;
      const worldId = rawHash(this.payload.world_id);
      const epoch = Number(fieldOf(shape, 'epoch'));
      const isSame =
        toBase64(encodeSignedVerb({ worldId, epoch, verb, args, nonce })) === shape.cbor;
      if (!isSame) throw wrong('attestation-place', at);
    } else throw wrong('attestation-place', at);
  }
}

function isGoodAt({ added_at: from, revoked_at: until }: AttestedKey, seq: number): boolean {
  return from < seq && (until === null || until >= seq);
}

/** That JSON is what the CBOR beside it says. Codes: those of the codec too. */
function checkRendering(
  { cbor, json }: { readonly cbor: string; readonly json: CanonicalJson },
  of: RenderingOf,
  at: string,
): void {
  const made = renderValue(unwrap(decode(bytesOf(cbor))), of);
  const isSame = unwrap(printCanonicalJson(made)) === unwrap(printCanonicalJson(json));
  if (!isSame) throw wrong('attestation-rendering', `${at}/json`);
}

function checkKeyId(id: HashText, key: string, at: string): void {
  if (toHashText(keyIdOf(bytesOf(key))) !== id) throw wrong('attestation-key', `${at}/key_id`);
}

/** A field of a shape; whether the shape says so is checked as well. */
function fieldOf({ json }: SignedShape, name: string): CanonicalJson | undefined {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return undefined;
  return (json as Readonly<Record<string, CanonicalJson>>)[name];
}

function rawHash(text: CanonicalJson | undefined) {
  return unwrap(parseHashText(String(text)));
}

function bytesOf(text: string): Uint8Array {
  return unwrap(fromBase64(text));
}

function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new RefusalError(result.refusal);
}

const DETAILS: Readonly<Record<string, string>> = {
  'attestation-signature': 'the signature is not by this key over what stands here',
  'attestation-key': 'the key is not what it is said to be, or may not sign this',
  'attestation-rendering': 'what stands here is not what the bytes beside it say',
  'attestation-place': 'this is of another world or record, or signed as something else',
  'attestation-proof': 'the hashes do not lead to the root of the head',
};

function wrong(code: string, at: string): RefusalError {
  return new RefusalError({ code, at, detail: DETAILS[code] ?? code });
}
