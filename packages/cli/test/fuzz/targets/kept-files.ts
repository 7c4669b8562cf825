/**
 * Files that people keep and hand to others: attestations, and heads of worlds.
 *
 * Of an attestation our own reader and the one that shares no code with it say the same: true, or
 * not, with a code. Who attests may be a liar, who signs whatever the input says. Of a head what is
 * read is what the platform's JSON says.
 */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RefusalError, sha256, toHashText, toHex } from '@aos/canon';
import { SignatureVerifier } from '@aos/host';
import { checkAttestation } from '@aos/protocol';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { readAttestationFile } from '../../../src/commands/attest/attestation-files.js';
import { readKeptHead } from '../../../src/commands/verify-chain.js';
import { CliError } from '../../../src/output.js';

/** From a bundle as from source, commands run in the root of the repository. */
const root = process.cwd();
const explained = new Set(
  [...readFileSync(join(root, 'spec/errors.md'), 'utf8').matchAll(/^\| `([a-z0-9-]+)`/gm)].map(
    ([, code]) => code,
  ),
);
const hash = `sha256:${'0a'.repeat(32)}`;
const head = { world_id: hash, chain: hash, merkle_root: hash, world_hash: hash, epoch: 2, seq: 7 };
const signed = { ...head, key_id: hash, sig: '0b'.repeat(64) };

interface Outside {
  verifyAttestation(text: string): readonly string[];
  canonicalText(json: unknown): string;
}

let loading: Promise<Outside> | undefined;
const outside = (): Promise<Outside> => {
  const url = pathToFileURL(join(root, 'tooling/verifier/attestation.mjs')).href;
  loading ??= import(/* @vite-ignore */ url) as Promise<Outside>;
  return loading;
};
const signatures = new SignatureVerifier();
const secret = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 9)]),
  format: 'der',
  type: 'pkcs8',
});
const publicKey = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(12);
let folder: string | undefined;

/** First a byte: an attestation as it is, one that is signed anew, or a head. */
export const target: FuzzTarget = {
  name: 'kept-files',
  maxBytes: 16_000,
  tokens: [
    ...['"seq":', '"chain":', '"key_id":', '"payload":', '"json":', '"place":', '"data":', '"ok":'],
    ...[
      '1.0',
      '1e0',
      '-0',
      '9007199254740993',
      'null',
      'true',
      '[]',
      '{}',
      '"\\ud800"',
      '"__proto__":',
    ],
    ...[
      `"${hash}"`,
      '"type":"head",',
      '"revoked_at":0',
      '"roles":["host"]',
      ',',
      ' ',
      '\ufeff',
      '\\u0061',
    ],
  ].map((text) => new TextEncoder().encode(text)),
  seeds() {
    const vectors = readFileSync(join(root, 'spec/vectors/interchange/attestations.json'), 'utf8');
    const { documents } = JSON.parse(vectors) as { readonly documents: object };
    const texts = Object.values(documents).map((each) => JSON.stringify(each));
    return [
      ...texts.flatMap((text) => [0, 1].map((which) => bytesOf(which, text))),
      bytesOf(0, JSON.stringify({ ok: true, data: JSON.parse(texts[0] ?? '') })),
      ...[{ ...head, sig: null }, signed, { data: signed }].map((each) => {
        return bytesOf(2, JSON.stringify(each));
      }),
    ];
  },
  async run(bytes) {
    folder ??= mkdtempSync(join(tmpdir(), 'aos-fuzz-'));
    const file = join(folder, 'kept.json');
    const which = (bytes[0] ?? 0) % 3;
    const said = Buffer.from(bytes.subarray(1)).toString('utf8');
    const text = which === 1 ? await attested(said) : said;
    writeFileSync(file, text);
    if (which === 2) checkHead(file, text);
    else await checkAttestationAt(file, text);
  },
  close() {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    folder = undefined;
  },
};

const bytesOf = (which: number, text: string) => Uint8Array.of(which, ...Buffer.from(text));

/** A refusal with a code that is explained; `undefined` where nothing is thrown. */
function refusalOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    const known = error instanceof CliError || error instanceof RefusalError;
    if (!known) throw error;
    const code = error instanceof CliError ? error.code : error.refusal.code;
    holds(explained.has(code), `the code ${code} is explained`);
    return code;
  }
}

async function checkAttestationAt(file: string, text: string): Promise<void> {
  const ours = refusalOf(() => {
    const check = checkAttestation(readAttestationFile(file), (...parts) =>
      signatures.holds(...parts),
    );
    if (!check.ok) throw new RefusalError(check.refusal);
  });
  const theirs = (await outside()).verifyAttestation(text);
  const told = () => `${ours} and ${theirs[0]}`;
  holds((ours === undefined) === (theirs.length === 0), 'both readers say the same', told);
  const isCode = theirs.every((finding) => /^[a-z]+(-[a-z]+)* {2}/.test(finding));
  holds(isCode, 'what the other reader finds has a code', told);
}

/** What somebody attests who says whatever he likes. */
async function attested(text: string): Promise<string> {
  const { canonicalText } = await outside();
  try {
    const { type, version, payload, ...rest } = JSON.parse(text);
    const message = Buffer.from(canonicalText({ type, version, payload }));
    const by = {
      key_id: toHashText(sha256(publicKey)),
      public_key: publicKey.toString('base64'),
      signature: sign(null, message, secret).toString('base64'),
    };
    return JSON.stringify({ type, version, payload, ...rest, signatures: [by] });
  } catch {
    return text;
  }
}

function checkHead(file: string, text: string): void {
  let kept: ReturnType<typeof readKeptHead> | undefined;
  const code = refusalOf(() => {
    kept = readKeptHead(file);
  });
  if (kept === undefined) {
    holds(code !== undefined, 'a head is read or refused');
    return;
  }
  const json = JSON.parse(text);
  const said = json.data ?? json;
  const { worldId, chain, merkleRoot, worldHash, seq, epoch, signature } = kept;
  const read = [worldId, chain, merkleRoot, worldHash].map(toHashText);
  const theirs = [said.world_id, said.chain, said.merkle_root, said.world_hash];
  holds(`${read}` === `${theirs}`, 'a head has the hashes that it says');
  holds(seq === said.seq && epoch === said.epoch, 'a head is of the place that it says');
  holds((signature === null) === (said.sig === null), 'a head is signed if it says so');
  const sig = signature === null ? null : toHex(signature.sig);
  const isSaid = sig === null || sig === `${said.sig}`.toLowerCase();
  holds(isSaid, 'a head has the signature that it says');
}
