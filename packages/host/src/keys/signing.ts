/** Making what a world takes only signed: receipts of effects, and verbs of people. */
import { randomBytes } from 'node:crypto';
import { type Hash, sha256 } from '@aos/canon';
import type { RawReceipt, RawStreamFrame, RawVerb } from '@aos/kernel';
import {
  AosFault,
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
import { ProvenReceipt } from './proven-receipt.js';

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
  return receiptOf(signer, { receipt, payload, sig: signer.sign(receiptMessage(receipt)) });
}

/** As {@link signReceipt}, apart from this thread where the signer can, and proven if it can. */
export async function signReceiptLater(
  signer: Signer,
  unsigned: UnsignedReceipt,
  payload: Uint8Array,
): Promise<RawReceipt> {
  const receipt = { ...unsigned, payloadHash: sha256(payload) };
  const message = receiptMessage(receipt);
  if (signer.signProven === undefined) {
    const sig = await signLater(signer, message);
    return receiptOf(signer, { receipt, payload, sig });
  }
  const sig = await orFault(signer.signProven(message));
  return new ProvenReceipt(signer, { receipt, payload, sig });
}

function receiptMessage(receipt: ReceiptBody): Uint8Array {
  return signedMessage(RECEIPT_DOMAIN, encodeReceiptBody(receipt));
}

function receiptOf(
  { keyId }: Signer,
  signed: Pick<RawReceipt, 'receipt' | 'payload' | 'sig'>,
): RawReceipt {
  return { kind: 'receipt', ...signed, keyId };
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
  return frameOf(signer, { frame, payload, sig: signer.sign(frameMessage(frame)) });
}

/** As {@link signStreamFrame}, apart from this thread where the signer can. */
export async function signStreamFrameLater(
  signer: Signer,
  unsigned: UnsignedFrame,
  payload: Uint8Array,
): Promise<RawStreamFrame> {
  const frame = { ...unsigned, payloadHash: sha256(payload) };
  const sig = await signLater(signer, frameMessage(frame));
  return frameOf(signer, { frame, payload, sig });
}

function frameMessage(frame: StreamFrame): Uint8Array {
  return signedMessage(STREAM_FRAME_DOMAIN, encodeStreamFrame(frame));
}

function frameOf(
  { keyId }: Signer,
  signed: Pick<RawStreamFrame, 'frame' | 'payload' | 'sig'>,
): RawStreamFrame {
  return { kind: 'stream-frame', ...signed, keyId };
}

/** Fault: `signer-failed`, whatever the signer throws. */
async function signLater(signer: Signer, message: Uint8Array): Promise<Uint8Array> {
  return orFault((async () => signer.signLater?.(message) ?? signer.sign(message))());
}

async function orFault(signing: Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await signing;
  } catch (cause) {
    const why = 'the signer of the host failed; see to where its key is kept, and open again';
    throw new AosFault('signer-failed', why, { retry: 'later', cause });
  }
}

/** The world a verb is for. */
export interface VerbPlace {
  readonly worldId: Hash;
  /** The world's epoch of the moment; a verb of another one does not hold. */
  readonly epoch: number;
  /** 16 bytes that no other verb of the key has. Drawn at random where nobody chooses them. */
  readonly nonce?: Uint8Array;
}

/** A verb under its nonce, good once in one world. */
export function signVerb(signer: Signer, place: VerbPlace, says: Verb): RawVerb {
  const { worldId, epoch, nonce = new Uint8Array(randomBytes(NONCE_BYTES)) } = place;
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
