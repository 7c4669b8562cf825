/** Making what a world takes only signed: receipts of effects, and verbs of people. */
import { randomBytes } from 'node:crypto';
import { type Hash, sha256 } from '@aos/canon';
import type { RawReceipt, RawStreamFrame, RawVerb } from '@aos/kernel';
import {
  encodeReceiptBody,
  encodeSignedVerb,
  encodeStreamFrame,
  NONCE_BYTES,
  RECEIPT_DOMAIN,
  type ReceiptBody,
  STREAM_FRAME_DOMAIN,
  type StreamFrame,
  signedMessage,
  VERBS,
  type Verb,
  type VerbName,
  verbArgs,
  verbDomain,
} from '@aos/protocol';
import type { Signer } from './key-files.js';

/** A receipt before its payload is hashed into it. */
export type UnsignedReceipt = Omit<ReceiptBody, 'payloadHash'>;

/**
 * A receipt as an adapter or a host hands it in. `payload` is CBOR of the effect's receipt schema
 * when the status is `ok`, else of `sys/EffectError@1`; it is signed by its hash.
 */
export function signReceipt(
  signer: Signer,
  unsigned: UnsignedReceipt,
  payload: Uint8Array,
): RawReceipt {
  const receipt = { ...unsigned, payloadHash: sha256(payload) };
  const sig = signer.sign(signedMessage(RECEIPT_DOMAIN, encodeReceiptBody(receipt)));
  return { kind: 'receipt', receipt, payload, keyId: signer.keyId, sig };
}

/** A stream frame before its payload is hashed into it. */
export type UnsignedFrame = Omit<StreamFrame, 'payloadHash'>;

/** A numbered part of an answer, before its one receipt. */
export function signStreamFrame(
  signer: Signer,
  unsigned: UnsignedFrame,
  payload: Uint8Array,
): RawStreamFrame {
  const frame = { ...unsigned, payloadHash: sha256(payload) };
  const sig = signer.sign(signedMessage(STREAM_FRAME_DOMAIN, encodeStreamFrame(frame)));
  return { kind: 'stream-frame', frame, payload, keyId: signer.keyId, sig };
}

/** The world a verb is for. */
export interface VerbPlace {
  readonly worldId: Hash;
  /** The world's epoch of the moment; a verb of another one does not hold. */
  readonly epoch: number;
}

/** A verb under a fresh nonce, good once in one world. */
export function signVerb(signer: Signer, { worldId, epoch }: VerbPlace, says: Verb): RawVerb {
  const nonce = new Uint8Array(randomBytes(NONCE_BYTES));
  const { verb } = says;
  const args = verbArgs(says);
  const shape = encodeSignedVerb({ worldId, epoch, verb, args, nonce });
  const sig = signer.sign(signedMessage(verbDomain(verb), shape));
  const signed = { kind: kindOf(verb), verb, args, nonce, keyId: signer.keyId, sig };
  // each kind has its own verbs, and `kindOf` found the one that has this
  return signed as RawVerb;
}

function kindOf(verb: VerbName): RawVerb['kind'] {
  const kinds = Object.keys(VERBS) as (keyof typeof VERBS)[];
  return kinds.find((kind) => (VERBS[kind] as readonly VerbName[]).includes(verb)) ?? 'control';
}
