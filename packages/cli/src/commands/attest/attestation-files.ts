/** Attestations as files: one document, or what is signed apart from its signature. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { JsonDecimal, type JsonObject, type JsonValue, parseJson } from '@aos/air';
import { type CanonicalJson, fromBase64, printCanonicalJson } from '@aos/canon';
import { type Attestation, attestationMessage, readAttestation } from '@aos/protocol';
import { type Answer, CliError } from '../../output.js';
import { unwrap } from '../../refusals.js';
import { readTextFile, STDIN } from '../../text-files.js';

/** Where a document goes. */
interface AttestationPlace {
  readonly out?: string;
  readonly detached?: string;
}

/** What DER writes before the 32 bytes of an ed25519 public key (RFC 8410, 4). */
const KEY_PREFIX = '302a300506032b6570032100';

/** Writes the document where it is wanted; files are new ones. Code: `file-unwritable`. */
export function writeAttestation(document: Attestation, place: AttestationPlace): Answer {
  const text = unwrap(printCanonicalJson(document as unknown as CanonicalJson));
  const files: [path: string, content: string | Uint8Array][] = [];
  if (place.out !== undefined) files.push([place.out, `${text}\n`]);
  if (place.detached !== undefined) files.push(...detachedFiles(document, place.detached));
  for (const [path, content] of files) writeNew(path, content);
  const said = files.map(([path]) => path);
  return {
    data: document as unknown as JsonValue,
    lines: files.length === 0 ? [text] : said,
    ...(files.length === 0 ? {} : { done: `written: ${said.join(', ')}` }),
  };
}

/** What is signed, the signature as bytes, and the key as other programs read it. */
function detachedFiles(
  document: Attestation,
  name: string,
): readonly [string, string | Uint8Array][] {
  const [{ public_key: key, signature }] = document.signatures as [Attestation['signatures'][0]];
  const der = Buffer.concat([Buffer.from(KEY_PREFIX, 'hex'), Buffer.from(key, 'base64')]);
  const pem = `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;
  return [
    [`${name}.json`, unwrap(attestationMessage(document))],
    [`${name}.sig`, unwrap(fromBase64(signature))],
    [`${name}.pem`, pem],
  ];
}

function writeNew(path: string, content: string | Uint8Array): void {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, Buffer.from(content as string));
    closeSync(file);
  } catch (error) {
    const message = `cannot write '${path}' as a new file: ${(error as Error).message}`;
    throw new CliError('file-unwritable', message);
  }
}

/**
 * A document as it was written, or as `--json` said it. Codes: `file-unreadable`, `json-*`,
 * `attestation-*`.
 */
export function readAttestationFile(file: string): Attestation {
  return attestationOf(readText(file));
}

/** What a text says. Codes: `json-*`, `attestation-*`. */
export function attestationOf(text: string): Attestation {
  const json = plainJson(unwrap(parseJson(text)));
  const isSaid = isObject(json) && json.ok === true && json.data !== undefined;
  return unwrap(readAttestation(isSaid ? (json.data as CanonicalJson) : json));
}

function readText(file: string): string {
  try {
    return readTextFile(file === '-' ? STDIN : file);
  } catch (error) {
    if (error instanceof CliError) throw error;
    const message = `cannot read '${file}': ${(error as Error).message}`;
    throw new CliError('file-unreadable', message);
  }
}

function isObject(json: CanonicalJson): json is Readonly<Record<string, CanonicalJson>> {
  return json !== null && typeof json === 'object' && !Array.isArray(json);
}

/** No number of an attestation is beyond what a double tells exactly. */
function plainJson(json: JsonValue): CanonicalJson {
  if (typeof json === 'bigint' || json instanceof JsonDecimal) {
    const found = typeof json === 'bigint' ? json : json.text;
    const message = `expected whole numbers up to 2^53 − 1, found ${found}`;
    throw new CliError('attestation-shape', message);
  }
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map((item: JsonValue) => plainJson(item));
  const object = Object.create(null) as Record<string, CanonicalJson>;
  for (const [name, item] of Object.entries(json as JsonObject)) object[name] = plainJson(item);
  return object;
}
