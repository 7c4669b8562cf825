/** What a world attests, read by our own checker, by one that shares no code, and by openssl. */
import { spawnSync } from 'node:child_process';
import { createPrivateKey, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SignatureVerifier } from '@aos/host';
import { type Attestation, checkAttestation, readAttestation } from '@aos/protocol';
import * as other from 'canonicalize';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aos, json, refused } from './cli-run.js';
import { writeOrderFolder } from './order-folder.js';

const OUTSIDE = new URL('../../../tooling/verifier/attestation.mjs', import.meta.url);
const { verifyAttestation, canonicalText } = await import(OUTSIDE.href);
/** Its types tell of another kind of module than it is. */
const canonicalize = other.default as unknown as (value: unknown) => string;
const verifier = new SignatureVerifier();
const saved = process.env.AOS_HOME;
/** Long, for a machine that has other things to do. */
const SLOW_MS = 120_000;
vi.setConfig({ testTimeout: SLOW_MS, hookTimeout: SLOW_MS });
let root = '';
let world = '';
let order = '';
let dear = -1;
const documents: Record<string, Attestation> = {};

/** The code of what our own checker finds. */
function findingOf(document: unknown): string {
  const read = readAttestation(document as Parameters<typeof readAttestation>[0]);
  if (!read.ok) return read.refusal.code;
  const checked = checkAttestation(read.value, (...parts) => verifier.holds(...parts));
  return checked.ok ? 'none' : checked.refusal.code;
}

const w = (...args: string[]) => json('-w', world, ...args);

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'aos-attest-'));
  process.env.AOS_HOME = join(root, 'home');
  world = join(root, 'world');
  writeOrderFolder(join(root, 'folder'));
  await json('init', world, '--from', join(root, 'folder'));
  await w('keyring', 'add', 'host', '--role', 'host');
  await w('keyring', 'add', 'chief', '--role', 'approver');
  await w('event', 'send', 'demo/Order@1', '{"n":2}');
  order = (await w('intents')).data.intents[0].intent;
  await w('receipt', 'send', order, '--status', 'ok', '--payload', '{"n":2}');
  await w('event', 'send', 'demo/Dear@1', '{"n":1}');
  const waiting = (await w('intents', '--state', 'waiting')).data.intents[0].intent;
  dear = (await w('approve', waiting, '--as', 'chief')).data.seq;
  const asked: Readonly<Record<string, string[]>> = {
    head: ['head'],
    inclusion: ['inclusion', '2', '--record'],
    consistency: ['consistency', '3'],
    receipt: ['receipt', order.slice(0, 15), '--record'],
    approval: ['approval', `${dear}`, '--record', '--as', 'chief'],
  };
  for (const [name, args] of Object.entries(asked)) {
    documents[name] = (await w('attest', ...args)).data;
  }
});
afterAll(() => {
  if (saved === undefined) delete process.env.AOS_HOME;
  else process.env.AOS_HOME = saved;
  rmSync(root, { recursive: true, force: true });
});

const TYPES = ['head', 'inclusion', 'consistency', 'receipt', 'approval'];

/** Every value of a document that holds no others, as the names that lead to it. */
function* leaves(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (value === null || typeof value !== 'object') yield path;
  else for (const [name, item] of Object.entries(value)) yield* leaves(item, [...path, name]);
}

/** The document with one value changed: one letter, one bit of base64, one more. */
function changed(document: Attestation, path: readonly string[]): Attestation {
  const copy = structuredClone(document);
  let holder = copy as unknown as Record<string, unknown>;
  for (const name of path.slice(0, -1)) holder = holder[name] as Record<string, unknown>;
  const last = path.at(-1) as string;
  holder[last] = otherThan(holder[last]);
  return copy;
}

function otherThan(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (value === null) return 7;
  const text = String(value);
  const at = text.startsWith('sha256:') ? 20 : Math.floor(text.length / 2);
  const letter = text[at] === 'a' ? 'b' : 'a';
  return text === '' ? 'a' : text.slice(0, at) + letter + text.slice(at + 1);
}

/** As a liar with the key of the host would write it. */
function signedAnew(document: Attestation, name: string): Attestation {
  const pem = readFileSync(join(root, 'home/keys', `${name}.pem`));
  const { type, version, payload } = document;
  const message = Buffer.from(canonicalize({ type, version, payload }));
  const signature = sign(null, message, createPrivateKey(pem)).toString('base64');
  const [first] = document.signatures;
  return { ...document, signatures: [{ ...first, signature }] } as Attestation;
}

describe.each(TYPES)('an attestation of a %s', (type) => {
  it('is found true by both verifiers, and is canonical JSON', () => {
    const document = documents[type] as Attestation;
    expect(document.type).toBe(type);
    expect(findingOf(document)).toBe('none');
    expect(verifyAttestation(JSON.stringify(document))).toEqual([]);
    expect(canonicalText(document)).toBe(canonicalize(document));
  });

  it('does not stand any change', () => {
    const document = documents[type] as Attestation;
    const paths = [...leaves(document)];
    expect(paths.length).toBeGreaterThan(15);
    for (const path of paths) {
      const forged = changed(document, path);
      expect(findingOf(forged), path.join('/')).not.toBe('none');
      expect(verifyAttestation(JSON.stringify(forged)), path.join('/')).not.toEqual([]);
    }
    for (const more of [
      { ...document, more: 1 },
      { ...document, signatures: [] },
    ]) {
      expect(findingOf(more)).toBe('attestation-shape');
      expect(verifyAttestation(JSON.stringify(more))).not.toEqual([]);
    }
  });

  it('lets its signer say no more than whose keys these are and since when they are good', () => {
    const document = documents[type] as Attestation;
    const signer = type === 'approval' ? 'chief' : 'host';
    const told: string[] = [];
    for (const path of leaves(document.payload)) {
      const at = path.join('/');
      const forged = signedAnew(changed(document, ['payload', ...path]), signer);
      const found = findingOf(forged);
      const isFound = verifyAttestation(JSON.stringify(forged)).length > 0;
      expect(isFound, at).toBe(found !== 'none');
      if (found === 'none') told.push(at.replace(/\d+/g, 'n'));
    }
    const vouched = /^keys\/n\/(name|added_at|revoked_at|roles\/n)$/;
    expect(told.filter((at) => !vouched.test(at))).toEqual([]);
  });
});

it('golden attestations are found true by a program that shares no code', () => {
  const file = new URL('../../../spec/vectors/interchange/attestations.json', import.meta.url);
  const { documents: golden } = JSON.parse(readFileSync(file, 'utf8'));
  for (const type of TYPES) {
    expect(verifyAttestation(JSON.stringify(golden[type])), type).toEqual([]);
  }
});

describe('attesting', () => {
  it('is checked by the command, against a key and a world that are known', async () => {
    const file = join(root, 'receipt.json');
    const { data } = await w('attest', 'receipt', order, '-o', file);
    const [{ key_id }] = data.signatures;
    const known = await json(
      'attest',
      'check',
      file,
      '--key',
      key_id,
      '--of',
      data.payload.world_id,
    );
    expect(known).toMatchObject({ ok: true, data: { type: 'receipt', known: true } });
    expect(known.data.record_shown).toBe(false);
    const { out, err } = await aos('attest', 'check', file);
    expect(out).toMatch(/^receipt OK\n/);
    expect(err).toMatch(/nobody has checked/);
    const other = order;
    expect(await json('attest', 'check', file, '--key', other)).toMatchObject(
      refused('signer-unknown'),
    );
    expect(await json('attest', 'check', file, '--of', other)).toMatchObject(
      refused('attestation-place'),
    );
    const inside = spawnSync(process.execPath, [fileURLToPath(OUTSIDE), file, '--key', key_id]);
    expect(inside.stdout.toString()).toBe('attestation OK\n');
    const text = readFileSync(file, 'utf8');
    const twice = text.replace('"version":1', '"version":1,"version":1');
    writeFileSync(join(root, 'twice.json'), twice);
    expect(await json('attest', 'check', join(root, 'twice.json'))).toMatchObject(
      refused('json-duplicate-key'),
    );
    writeFileSync(join(root, 'later.json'), text.replace('"version":1', '"version":2'));
    expect(await json('attest', 'check', join(root, 'later.json'))).toMatchObject(
      refused('attestation-version'),
    );
    writeFileSync(join(root, 'half.json'), text.replace('"version":1', '"version":1.5'));
    expect(await json('attest', 'check', join(root, 'half.json'))).toMatchObject(
      refused('attestation-shape'),
    );
    expect(await json('attest', 'check', join(root, 'none'))).toMatchObject(
      refused('file-unreadable'),
    );
  });

  it('refuses what it cannot say', async () => {
    for (const [code, ...args] of [
      ['record-unknown', 'inclusion', '99'],
      ['record-unknown', 'consistency', '99'],
      ['record-not-approval', 'approval', '0'],
      ['trace-unknown', 'receipt', 'aaaaaaaaaa'],
      ['receipt-missing', 'receipt', `sha256:${'0'.repeat(64)}`],
      ['receipt-missing', 'receipt', '@0'],
      ['key-not-found', 'head', '--as', 'nobody'],
      ['file-unwritable', 'head', '-o', world],
    ] as const) {
      expect(await w('attest', ...args), args.join(' ')).toMatchObject(refused(code));
    }
    await w('keyring', 'revoke', 'chief');
    expect(await w('attest', 'head', '--as', 'chief')).toMatchObject(refused('signer-unknown'));
  });

  const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;
  it.runIf(hasOpenssl)('stands the test of openssl, as three files', async () => {
    const name = join(root, 'apart');
    await w('attest', 'head', '--detached', name);
    const verify = () =>
      spawnSync('openssl', [
        ...['pkeyutl', '-verify', '-rawin', '-pubin', '-inkey', `${name}.pem`],
        ...['-sigfile', `${name}.sig`, '-in', `${name}.json`],
      ]);
    expect(verify().status).toBe(0);
    const text = readFileSync(`${name}.json`, 'utf8');
    writeFileSync(`${name}.json`, text.replace('"version":1', '"version":2'));
    expect(verify().status).toBe(1);
  });
});
