/**
 * Attestations as somebody could hand them over: our own reader and the one that shares no code say
 * yes to the same texts, and no with a code.
 */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { RefusalError, sha256, toHashText } from '@aos/canon';
import { SignatureVerifier } from '@aos/host';
import { checkAttestation } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { attestationOf } from '../src/commands/attest/attestation-files.js';
import { CliError } from '../src/output.js';
import { unwrap } from '../src/refusals.js';

const OUTSIDE = new URL('../../../tooling/verifier/attestation.mjs', import.meta.url);
const { verifyAttestation, canonicalText } = await import(OUTSIDE.href);
const VECTORS = new URL('../../../spec/vectors/interchange/attestations.json', import.meta.url);
const golden = JSON.parse(readFileSync(VECTORS, 'utf8')).documents;
const TYPES = ['head', 'inclusion', 'consistency', 'receipt', 'approval'];
const holder = new SignatureVerifier();

/** The code of what our own reader finds; `none` for nothing. */
function ours(text: string): string {
  try {
    unwrap(checkAttestation(attestationOf(text), (...parts) => holder.holds(...parts)));
    return 'none';
  } catch (error) {
    if (error instanceof CliError) return error.code;
    if (error instanceof RefusalError) return error.refusal.code;
    throw error;
  }
}

/** The code of the first thing that the other one finds. */
function theirs(text: string): string {
  const [finding = 'none  '] = verifyAttestation(text);
  const [, code] = /^([a-z]+(?:-[a-z]+)*) {2}/.exec(finding) ?? [];
  if (code === undefined) throw new Error(`a finding without a code: ${finding}`);
  return code;
}

const key = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 9)]),
  format: 'der',
  type: 'pkcs8',
});
const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12);

/** A text of somebody who attests whatever he likes: his signature holds. */
function attested(text: string): string {
  try {
    const { type, version, payload, ...rest } = JSON.parse(text);
    const message = Buffer.from(canonicalText({ type, version, payload }));
    const signature = sign(null, message, key).toString('base64');
    const id = toHashText(sha256(publicKey));
    const by = { key_id: id, public_key: publicKey.toString('base64'), signature };
    const list = JSON.stringify([by]);
    return rest.signatures === undefined
      ? text
      : text.replace(/"signatures":\[\{[^}]*\}\]/, () => `"signatures":${list}`);
  } catch {
    return text;
  }
}

/** Places of a document where something stands. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (value === null || typeof value !== 'object') return [path];
  const below = Object.entries(value).flatMap(([name, item]) => placesOf(item, [...path, name]));
  return [path, ...below];
}

const HOLE = '"a hole"';
/** The text of a document with something else in one place. */
function withText(document: unknown, path: readonly string[], change: (was: string) => string) {
  const copy = structuredClone({ document });
  let holder: Record<string, unknown> = copy;
  for (const name of ['document', ...path].slice(0, -1)) {
    holder = holder[name] as Record<string, unknown>;
  }
  const last = path.at(-1) ?? 'document';
  const was = JSON.stringify(holder[last]);
  holder[last] = JSON.parse(HOLE);
  return JSON.stringify(copy.document).replace(HOLE, () => change(was));
}

const DEEP = `${'['.repeat(130)}${']'.repeat(130)}`;
const TEXTS = [
  ...['1.0', '1e0', '-0', '0.5', '1e400', '-1', '9007199254740993', '18446744073709551616', '01'],
  ...['null', 'true', '""', '"\\ud800"', '[]', '{}', '{"__proto__":1}', '"x"', DEEP, 'NaN', '"é"'],
];
const escaped = (was: string) =>
  was.replace(/[a-f]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
const CHANGES: readonly ((was: string) => string)[] = [
  ...TEXTS.map((text) => () => text),
  (was) => `[${was}]`,
  (was) => ` \n\t${was} `,
  (was) => (was.startsWith('"') ? escaped(was) : `${was}.0`),
  (was) => was.replace(/^\{/, '{"more":1,'),
  (was) => was.replace(/^\{/, '{"__proto__":{},'),
  (was) => was.replace(/^\{("\w+":(?:"[^"]*"|\d+|null),)/, '{$1$1'),
  (was) => was.replace(/^\{"\w+":(?:"[^"]*"|\d+|null),/, '{'),
  (was) => was.replace(/^\{("\w+":(?:"[^"]*"|\d+|null)),(.*)\}$/, '{$2,$1}'),
  (was) => was.replace(/^\[(.*)\]$/, '[$1,$1]'),
];

/** Of all that could be changed in all documents, one in so many; prime to what it counts. */
const STRIDE = 37;

function* cases() {
  let n = 0;
  for (const type of TYPES) {
    for (const path of placesOf(golden[type])) {
      for (const change of CHANGES) {
        for (const isLiar of [false, true]) {
          n += 1;
          if (n % STRIDE === 0) yield { document: golden[type], path, change, isLiar };
        }
      }
    }
  }
}

describe('two readers of attestations', () => {
  it('say yes to the same texts', () => {
    const said = { yes: 0, no: 0 };
    for (const { document, path, change, isLiar } of cases()) {
      const touched = withText(document, path, change);
      const text = isLiar ? attested(touched) : touched;
      const found = [ours(text), theirs(text)];
      said[found[0] === 'none' ? 'yes' : 'no'] += 1;
      expect(found[1] === 'none', `${path.join('/')} ${found} ${text}`).toBe(found[0] === 'none');
    }
    expect(said.yes).toBeGreaterThan(20);
    expect(said.no).toBeGreaterThan(150);
  });

  const text = JSON.stringify(golden.receipt);
  const version = (other: string) => text.replace('"version":1', `"version":${other}`);
  it.each([
    ['a fraction that is none', version('1.0'), 'attestation-shape'],
    ['an exponent', version('1e0'), 'attestation-shape'],
    ['a number without end', version('1e400'), 'attestation-shape'],
    ['nothing', '', 'attestation-shape'],
    ['null', 'null', 'attestation-shape'],
    ['half of it', text.slice(0, 400), 'attestation-shape'],
    ['bytes behind it', `${text}x`, 'attestation-shape'],
    ['a byte order mark', `\ufeff${text}`, 'attestation-shape'],
    ['more levels than anybody needs', DEEP, 'attestation-shape'],
    ['levels without end', '['.repeat(200_000), 'attestation-shape'],
    [
      'a type in a list',
      text.replace('"type":"receipt"', '"type":["receipt"]'),
      'attestation-shape',
    ],
  ])('refuse %s with a code', (_, document, code) => {
    expect(theirs(document)).toBe(code);
    expect(ours(document)).toMatch(/^(json|attestation)-/);
  });

  it('refuse a float in an answer', () => {
    // 1.0 as canonical CBOR has it
    const cbor = Buffer.from('d9d9f7f93c00', 'hex').toString('base64');
    const document = structuredClone(golden.receipt);
    document.payload.answer = { cbor, json: 1 };
    const forged = attested(JSON.stringify(document));
    expect([ours(forged), theirs(forged)]).toEqual(['attestation-rendering', 'attestation-shape']);
  });
});
