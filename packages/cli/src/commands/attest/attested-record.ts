/** A record as an attestation shows it, and what somebody has signed in it. */
import { attempt, decode, fromHex, type Hash, toBase64, toHashText } from '@aos/canon';
import { SignatureVerifier } from '@aos/host';
import {
  APPROVAL_VERBS,
  type AttestedParts,
  type CarriedValue,
  chainOf,
  decodeRecord,
  encodeReceiptBody,
  encodeSignedVerb,
  type Input,
  type JournalRecord,
  type KeyShape,
  RECEIPT_DOMAIN,
  renderValue,
  type SignedShape,
  type SignedVerbInput,
  signedMessage,
  signedShape,
  verbDomain,
} from '@aos/protocol';
import { hashOf } from '../../access/signed-verbs.js';
import type { Asked } from '../../access/with-access.js';
import { CliError } from '../../output.js';
import { unwrap } from '../../refusals.js';

export interface FoundRecord {
  readonly bytes: Uint8Array;
  readonly record: JournalRecord;
}

/** Code: `record-unknown`. */
export async function readRecord(asked: Asked, seq: number): Promise<FoundRecord> {
  for await (const { record: bytes } of asked.stream('journal.tail', {
    from: seq,
    count: 1,
    cbor: true,
  })) {
    if (!(bytes instanceof Uint8Array)) break;
    return { bytes, record: unwrap(decodeRecord(bytes)) };
  }
  throw new CliError('record-unknown', `there is no record ${seq}; see 'aos journal head'`);
}

export function placeOf(
  { bytes, record }: FoundRecord,
  { record: isWhole }: { readonly record?: true },
): AttestedParts['place'] {
  const whole = isWhole === true ? toBase64(bytes) : null;
  return { seq: record.seq, chain: toHashText(chainOf(bytes)), record: whole };
}

/** The receipt that a record took in. Code: `receipt-missing`. */
export function receiptShapeOf({ record }: FoundRecord): SignedShape {
  const { input } = record;
  if (input.kind !== 'receipt') {
    const message = `record ${record.seq} holds no receipt, but ${input.kind}`;
    throw new CliError('receipt-missing', `${message}; see 'aos receipts'`);
  }
  const message = signedMessage(RECEIPT_DOMAIN, encodeReceiptBody(input.receipt));
  return unwrap(signedShape(message, input));
}

/** Answers of this size stand in a document; of larger ones it has the hash. */
const MAX_ANSWER_BYTES = 1 << 20;

/**
 * What the receipt of a record has the hash of; null where that is too large, and where it has no
 * form in JSON: it is no canonical CBOR, or a float is in it.
 */
export async function answerOf(
  asked: Asked,
  { record }: FoundRecord,
): Promise<AttestedParts['answer']> {
  const { input } = record;
  const bytes = input.kind === 'receipt' ? await payloadOf(asked, input.payload) : undefined;
  if (bytes === undefined) return null;
  const value = decode(bytes);
  const json = value.ok ? attempt(() => renderValue(value.value, 'data')) : value;
  return json.ok ? { cbor: toBase64(bytes), json: json.value } : null;
}

async function payloadOf(asked: Asked, carried: CarriedValue): Promise<Uint8Array | undefined> {
  if (carried.inline !== undefined) return carried.inline;
  const hash = toHashText(carried.ref as Hash);
  const { bytes, size } = await asked.call('blob.get', { hash, length: MAX_ANSWER_BYTES });
  return bytes.length === size ? bytes : undefined;
}

/** Whose world and keys it was. */
export interface SigningWorld {
  readonly world_id: string;
  readonly epoch: number;
  readonly keys: readonly KeyShape[];
}

/** What was said in a record about a proposal or an intent. Codes: `record-not-approval`. */
export function approvalShapeOf({ record }: FoundRecord, world: SigningWorld): SignedShape {
  const { input } = record;
  if (!isApproval(input)) {
    const message = `record ${record.seq} holds no ${APPROVAL_VERBS.join(', ')}, but ${input.kind}`;
    throw new CliError(
      'record-not-approval',
      `${message}; see 'aos journal tail --kind governance'`,
    );
  }
  const message = messageOf(input, world);
  if (message !== undefined) return unwrap(signedShape(message, input));
  throw ofParent(record.seq);
}

function isApproval(input: Input): input is Extract<SignedVerbInput, { kind: 'governance' }> {
  return input.kind === 'governance' && APPROVAL_VERBS.includes(input.verb);
}

/** Its epoch is that under which the signature holds: no record says it. */
function messageOf(
  { verb, args, nonce, keyId, sig }: SignedVerbInput,
  { world_id, epoch: last, keys }: SigningWorld,
): Uint8Array | undefined {
  const verifier = new SignatureVerifier();
  const key = keys.find(({ key_id }) => key_id === toHashText(keyId));
  const publicKey = unwrap(fromHex(key?.public ?? ''));
  for (let epoch = last; epoch >= 0; epoch--) {
    const shape = encodeSignedVerb({ worldId: hashOf(world_id), epoch, verb, args, nonce });
    const message = signedMessage(verbDomain(verb), shape);
    if (verifier.holds(publicKey, message, sig)) return message;
  }
  return undefined;
}

export function ofParent(seq: number): CliError {
  const message = `record ${seq} was signed for a world that this one is a fork of`;
  return new CliError('record-of-parent', `${message}; ask that one`);
}
