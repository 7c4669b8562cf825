/** Golden attestations: one of each type, by keys that anybody can make again. */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type CanonicalJson,
  encode,
  type Hash,
  printCanonicalJson,
  type Result,
  sha256,
  toBase64,
  toHashText,
  utf8,
} from '@aos/canon';
import {
  ATTESTATION_VERSION,
  type Attestation,
  type AttestationType,
  type AttestedParts,
  carryValue,
  chainOf,
  checkAttestation,
  consistencyRanges,
  encodeReceiptBody,
  encodeRecord,
  encodeSignedVerb,
  Frontier,
  headMessage,
  type Input,
  inclusionRanges,
  keyIdOf,
  type LeafRange,
  RECEIPT_DOMAIN,
  rangeRoots,
  readAttestation,
  signAttestation,
  signedMessage,
  signedShape,
  verbArgs,
  verbDomain,
} from '@aos/protocol';
import { describe, expect, it } from 'vitest';

const FILE = fileURLToPath(
  new URL('../../../spec/vectors/interchange/attestations.json', import.meta.url),
);
/** What PKCS #8 writes before the 32 bytes of a seed (RFC 8410). */
const SEED_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEY_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

function keyOf(name: string, role: string, addedAt: number) {
  const der = Buffer.concat([SEED_PREFIX, sha256(utf8(`seed of ${name}`))]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const publicKey = new Uint8Array(spki.subarray(KEY_PREFIX.length));
  const keyId = keyIdOf(publicKey);
  const attested = {
    ...{ key_id: toHashText(keyId), name, public_key: toBase64(publicKey), roles: [role] },
    ...{ added_at: addedAt, revoked_at: null },
  };
  return {
    keyId,
    publicKey,
    attested,
    sign: (bytes: Uint8Array) => new Uint8Array(sign(null, bytes, key)),
  };
}

const host = keyOf('host', 'host', 0);
const chief = keyOf('chief', 'approver', -1);
const worldId = sha256(utf8('a world'));
const must = <T>(result: Result<T>): T => {
  if (result.ok) return result.value;
  throw new Error(result.refusal.code);
};

const payload = encode({ n: 2n ** 63n, note: 'é', bytes: Uint8Array.of(1, 2), cost_cents: 3 });
const receipt = {
  ...{
    worldId,
    epoch: 0,
    intentHash: sha256(utf8('an intent')),
    attempt: 0,
    adapterId: 'aos-http',
  },
  ...{ status: 'ok' as const, payloadHash: sha256(payload), costCents: 12n },
};
const receiptMessage = signedMessage(RECEIPT_DOMAIN, encodeReceiptBody(receipt));
const args = verbArgs({
  ...{ verb: 'approve', proposal: 3, base: sha256(utf8('base')), patchHash: sha256(utf8('patch')) },
  ...{ shadowHash: sha256(utf8('shadow')), expiresNs: 2n ** 60n },
});
const verb = { worldId, epoch: 0, verb: 'approve' as const, args, nonce: new Uint8Array(16) };
const verbMessage = signedMessage(verbDomain('approve'), encodeSignedVerb(verb));
const inputs: readonly Input[] = [
  { kind: 'tick' },
  { kind: 'receipt', receipt, payload: carryValue(payload).carried, ...by(host, receiptMessage) },
  { kind: 'governance', verb: 'approve', args, nonce: verb.nonce, ...by(chief, verbMessage) },
  { kind: 'tick' },
  { kind: 'tick' },
];

function by(key: typeof host, message: Uint8Array) {
  return { keyId: key.keyId, sig: key.sign(message) };
}

let prev: Hash = worldId;
const records = inputs.map((input, seq) => {
  const stamp = { nowNs: 7n, logicalNowNs: 7n, entropy: new Uint8Array(32) };
  const bytes = encodeRecord({ seq, prev, stamp, input, entries: [], fuel: 0 });
  prev = chainOf(bytes);
  return bytes;
});
const chains = records.map(chainOf);
const proof = (ranges: readonly LeafRange[]) =>
  must(rangeRoots(ranges, { leaves: chains })).map(toHashText);
const rootOf = (size: number) => {
  const frontier = new Frontier();
  for (const chain of chains.slice(0, size)) frontier.append(chain);
  return frontier.root();
};
const head = headMessage({
  ...{ worldId, epoch: 0, seq: 4, chain: chains[4] as Hash, merkleRoot: rootOf(5) },
  worldHash: sha256(utf8('a state')),
});
const placed = (seq: number, isShown: boolean) => ({
  place: {
    ...{ seq, chain: toHashText(chains[seq] as Hash) },
    record: isShown ? toBase64(records[seq] as Uint8Array) : null,
  },
  inclusion: proof(inclusionRanges(seq, 5)),
});

const PARTS: { readonly [T in AttestationType]: Partial<AttestedParts> } = {
  head: {},
  inclusion: placed(0, true),
  consistency: {
    older: { size: 3, merkle_root: toHashText(rootOf(3)) },
    consistency: proof(consistencyRanges(3, 5)),
  },
  receipt: {
    ...placed(1, true),
    receipt: must(signedShape(receiptMessage, by(host, receiptMessage))),
    answer: {
      cbor: toBase64(payload),
      json: { n: '9223372036854775808', note: 'é', bytes: { $bytes: 'AQI=' }, cost_cents: '3' },
    },
  },
  approval: {
    ...placed(2, false),
    approval: must(signedShape(verbMessage, by(chief, verbMessage))),
  },
};

function documentOf(type: AttestationType): Attestation {
  const keys = type === 'approval' ? [host.attested, chief.attested] : [host.attested];
  const signed = must(signedShape(head, by(host, head)));
  const said = { world_id: toHashText(worldId), keys, head: signed, ...PARTS[type] };
  return must(signAttestation({ type, version: ATTESTATION_VERSION, payload: said }, host));
}

const holds = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => {
  const der = Buffer.concat([KEY_PREFIX, publicKey]);
  return verify(
    null,
    message,
    createPublicKey({ key: der, format: 'der', type: 'spki' }),
    signature,
  );
};

const documents = Object.fromEntries(
  (Object.keys(PARTS) as AttestationType[]).map((type) => [type, documentOf(type)]),
);

it('golden attestations are those of the file, which is written once', () => {
  if (!existsSync(FILE) && process.env.AOS_WRITE_VECTORS === '1') {
    mkdirSync(dirname(FILE), { recursive: true });
    const seeds = "the seed of a key is the SHA-256 of 'seed of <name>'";
    writeFileSync(FILE, `${JSON.stringify({ seeds, documents }, null, 1)}\n`);
  }
  expect(JSON.parse(readFileSync(FILE, 'utf8')).documents).toEqual(documents);
});

describe.each(Object.keys(documents))('the golden attestation of a %s', (type) => {
  it('is read, and holds', () => {
    const document = JSON.parse(JSON.stringify(documents[type]));
    const read = must(readAttestation(document));
    expect(must(printCanonicalJson(read as unknown as CanonicalJson))).toBe(
      must(printCanonicalJson(document)),
    );
    expect(checkAttestation(read, holds)).toEqual({ ok: true, value: null });
  });

  it('does not hold with a signature, key or head of another one', () => {
    const document = must(readAttestation(JSON.parse(JSON.stringify(documents[type]))));
    const [first] = document.signatures as [Attestation['signatures'][0]];
    const others: readonly (readonly [string, Attestation])[] = [
      [
        'attestation-signature',
        { ...document, signatures: [{ ...first, signature: toBase64(new Uint8Array(64)) }] },
      ],
      [
        'attestation-key',
        { ...document, signatures: [{ ...first, key_id: chief.attested.key_id }] },
      ],
      ['base64-syntax', { ...document, signatures: [{ ...first, public_key: '!' }] }],
    ];
    for (const [code, other] of others) {
      expect(checkAttestation(other, holds), code).toMatchObject({ refusal: { code } });
    }
  });
});
