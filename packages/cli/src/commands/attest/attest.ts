/** `aos attest`: what a world holds, as a document that others verify offline. */
import { type HashText, toHashText } from '@aos/canon';
import type { Signer } from '@aos/host';
import {
  ATTESTATION_VERSION,
  type Attestation,
  type AttestationType,
  type AttestedKey,
  type AttestedParts,
  type Head,
  type HeadShape,
  headMessage,
  type KeyShape,
  type SignedShape,
  signAttestation,
  signedShape,
} from '@aos/protocol';
import { hashOf } from '../../access/signed-verbs.js';
import { type Asked, withAccess } from '../../access/with-access.js';
import { findSigner, signerOf } from '../../compose/keys.js';
import { type Answer, CliError } from '../../output.js';
import { unwrap } from '../../refusals.js';
import { writeAttestation } from './attestation-files.js';
import {
  answerOf,
  approvalShapeOf,
  ofParent,
  placeOf,
  readRecord,
  receiptShapeOf,
  type SigningWorld,
} from './attested-record.js';
import { findReceipt } from './find-receipt.js';

export interface AttestOptions {
  /** Name of the key that signs the document. */
  readonly as: string;
  /** File to write to; standard output without it. */
  readonly out?: string;
  /** Beginning of the names of three files: what is signed, the signature, and the key. */
  readonly detached?: string;
  /** The bytes of the record, too. */
  readonly record?: true;
  /** What the receipt has the hash of, too. */
  readonly answer?: boolean;
}

export const attestHead = (world: string, options: AttestOptions): Promise<Answer> =>
  attest(world, options, (asked) => proven(asked, 'head', {}));

export const attestInclusion = (
  world: string,
  seq: number,
  options: AttestOptions,
): Promise<Answer> =>
  attest(world, options, async (asked) => {
    const place = placeOf(await readRecord(asked, seq), options);
    return proven(asked, 'inclusion', { place });
  });

export const attestConsistency = (
  world: string,
  older: number,
  options: AttestOptions,
): Promise<Answer> =>
  attest(world, options, async (asked) => {
    if (older === 0) throw new CliError('usage', 'a tree from before has at least one record');
    const head = await asked.call('head', { older });
    const { older_root, hashes } = head.consistency as NonNullable<HeadShape['consistency']>;
    const parts = {
      older: { size: older, merkle_root: older_root as HashText },
      consistency: hashes as readonly HashText[],
    };
    return { type: 'consistency', head, parts };
  });

export const attestReceipt = (
  world: string,
  intent: string,
  options: AttestOptions,
): Promise<Answer> =>
  attest(world, options, async (asked) => {
    const found = await readRecord(asked, await findReceipt(asked, intent));
    const answer = options.answer === false ? null : await answerOf(asked, found);
    const parts = { place: placeOf(found, options), receipt: receiptShapeOf(found), answer };
    return proven(asked, 'receipt', parts);
  });

export const attestApproval = (
  world: string,
  seq: number,
  options: AttestOptions,
): Promise<Answer> =>
  attest(world, options, async (asked, signing) => {
    const found = await readRecord(asked, seq);
    const approval = approvalShapeOf(found, signing);
    return proven(asked, 'approval', { place: placeOf(found, options), approval });
  });

/** What is to be attested, with the head that it is proven against. */
interface Attested {
  readonly type: AttestationType;
  readonly head: HeadShape;
  readonly parts: Partial<AttestedParts>;
}

async function proven(
  asked: Asked,
  type: AttestationType,
  parts: Partial<AttestedParts>,
): Promise<Attested> {
  const { place } = parts;
  if (place === undefined) return { type, head: await asked.call('head', {}), parts };
  const head = await asked.call('head', { record: place.seq });
  const { hashes } = head.inclusion as NonNullable<HeadShape['inclusion']>;
  return { type, head, parts: { ...parts, inclusion: hashes as readonly HashText[] } };
}

function attest(
  world: string,
  options: AttestOptions,
  gather: (asked: Asked, signing: SigningWorld) => Promise<Attested>,
): Promise<Answer> {
  const signer = signerOf(world, options.as);
  const host = options.as === 'host' ? signer : findSigner(world, 'host');
  return withAccess(world, 'read', async (asked) => {
    const { keys } = await asked.call('keyring.list', {});
    assertKnown(keys, signer, options.as);
    const { world_id, epoch } = await asked.call('head', {});
    const attested = await gather(asked, { world_id, epoch, keys });
    const document = unwrap(signAttestation(documentOf(attested, keys, host), signer));
    return writeAttestation(document, options);
  });
}

function documentOf(
  { type, head, parts }: Attested,
  keyring: readonly KeyShape[],
  host: Signer | undefined,
): Omit<Attestation, 'signatures'> {
  const { receipt, approval } = parts;
  const signedHead = signHead(head, keyring, host);
  for (const shape of [receipt, approval]) {
    if (shape !== undefined && !isOf(shape, head.world_id)) throw ofParent(parts.place?.seq ?? 0);
  }
  const shapes = [signedHead, receipt, approval].filter((shape) => shape !== undefined);
  const ids = new Set(shapes.map(({ key_id }) => String(key_id)));
  const keys = keyring.filter(({ key_id }) => ids.has(key_id)).map(attestedKey);
  const payload = { world_id: head.world_id as HashText, keys, head: signedHead, ...parts };
  return { type, version: ATTESTATION_VERSION, payload };
}

function isOf({ json }: SignedShape, worldId: string): boolean {
  return (json as { readonly world_id?: unknown }).world_id === worldId;
}

/** By the host of this machine, as every head is. Code: `head-unsigned`. */
function signHead(
  head: HeadShape,
  keyring: readonly KeyShape[],
  host: Signer | undefined,
): SignedShape {
  const id = host && toHashText(host.keyId);
  const key = keyring.find(({ key_id, revoked_at }) => key_id === id && revoked_at === null);
  if (host === undefined || key?.roles.includes('host') !== true) {
    const message = "the world knows no key of this host; 'aos keyring add host --role host'";
    throw new CliError('head-unsigned', `${message} lets it in`);
  }
  const message = headMessage(headOf(head));
  return unwrap(signedShape(message, { keyId: host.keyId, sig: host.sign(message) }));
}

function headOf(head: HeadShape): Head {
  return {
    worldId: hashOf(head.world_id),
    epoch: head.epoch,
    seq: head.seq,
    chain: hashOf(head.chain),
    merkleRoot: hashOf(head.merkle_root),
    worldHash: hashOf(head.world_hash),
  };
}

function attestedKey(key: KeyShape): AttestedKey {
  const { name, roles, added_at, revoked_at } = key;
  const public_key = Buffer.from(key.public, 'hex').toString('base64');
  return { key_id: key.key_id as HashText, name, public_key, roles, added_at, revoked_at };
}

function assertKnown(keys: readonly KeyShape[], { keyId }: Signer, name: string): void {
  const id = toHashText(keyId);
  if (keys.some(({ key_id, revoked_at }) => key_id === id && revoked_at === null)) return;
  const message = `the world does not know the key '${name}', or it was revoked`;
  throw new CliError('signer-unknown', `${message}; see 'aos keyring list'`);
}
