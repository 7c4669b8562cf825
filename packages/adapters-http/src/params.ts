/**
 * Parameters of a request, in either version of their schema: the fields say which one it is.
 *
 * P1. What goes out is what the gate judged: the method in upper case, no user information, no
 *     fragment, the host of the URL and no other, nothing that is the connection's business.
 * P2. Parameters that are written again for a redirect are of the version they came in.
 */
import {
  decodePlain,
  type Encodable,
  encode,
  type Hash,
  parseHashText,
  toHashText,
  type Value,
} from '@aos/canon';
import type { SecretRef } from '@aos/protocol';
import { HttpFailure } from './failure.js';

/** A header, name as it was written; in version 2 its value may be a secret. */
export type Header = readonly [name: string, value: string | SecretRef];

/** A header as it goes out. */
export type SentHeader = readonly [name: string, value: string];

export interface HttpParams {
  readonly version: 1 | 2;
  /** A token in upper case. */
  readonly method: string;
  /** `http:` or `https:`, without user information and fragment. */
  readonly url: URL;
  readonly headers: readonly Header[];
  readonly bodyRef: Hash | undefined;
  /** Version 2 only; what is absent is as the adapter has it. */
  readonly wishes: HttpWishes;
}

interface HttpWishes {
  readonly maxRedirects?: number;
  readonly maxBodyBytes?: number;
  readonly timeoutNs?: number;
  readonly isTruncated: boolean;
}

const FIELDS_1 = ['method', 'url', 'headers', 'body_ref'];
const FIELDS_2 = [...FIELDS_1, 'max_redirects', 'max_body_bytes', 'truncate', 'timeout_ns'];

/** A token of RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 §5.5, beyond ASCII as UTF-8. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
const VALUE = /^[^\0-\x08\x0a-\x1f\x7f]*$/;

/** Headers that belong to the connection or the framing of a message. */
const RESERVED = new Set([
  ...['connection', 'content-length', 'expect', 'host', 'http2-settings', 'keep-alive'],
  ...['proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

type Fields = ReadonlyMap<Value, Value>;

/** Throws `http-params-invalid`. */
export function parseParams(bytes: Uint8Array): HttpParams {
  const decoded = decodePlain(bytes);
  const fields = decoded.ok && decoded.value instanceof Map ? decoded.value : undefined;
  if (fields === undefined) throw invalid('', 'a record');
  const version = versionOf(fields);
  const url = readUrl(fields.get('url'));
  return {
    version,
    method: readMethod(fields.get('method')),
    url,
    headers: readHeaders(fields.get('headers'), url, version),
    bodyRef: readHash(fields.get('body_ref')),
    wishes: readWishes(fields),
  };
}

/** Canonical parameters, in the version they have. */
export function encodeParams(params: HttpParams): Uint8Array {
  const { version, method, url, headers, bodyRef, wishes } = params;
  const written = headers.map(([name, value]): [string, Encodable] => [
    name,
    version === 1 ? (value as string) : encodableHeader(value),
  ]);
  return encode({
    method,
    url: url.href,
    headers: new Map(written),
    body_ref: bodyRef === undefined ? null : toHashText(bodyRef),
    ...(version === 1 ? {} : encodableWishes(wishes)),
  });
}

function encodableHeader(value: Header[1]): Encodable {
  if (typeof value === 'string') return { $tag: 'literal', $value: value };
  const { alias, version } = value;
  return { $tag: 'secret', $value: { alias, version } };
}

function encodableWishes(wishes: HttpWishes) {
  return {
    max_redirects: wishes.maxRedirects ?? null,
    max_body_bytes: wishes.maxBodyBytes ?? null,
    truncate: wishes.isTruncated,
    timeout_ns: wishes.timeoutNs ?? null,
  };
}

function invalid(at: string, expected: string): HttpFailure {
  return new HttpFailure('http-params-invalid', `expected ${expected} at params/${at}`);
}

/** The version whose fields these are, all of them and no others. */
function versionOf(fields: Fields): 1 | 2 {
  const isOf = (names: readonly string[]) =>
    fields.size === names.length && names.every((name) => fields.has(name));
  if (isOf(FIELDS_1)) return 1;
  if (isOf(FIELDS_2)) return 2;
  throw invalid('', 'the fields of sys/HttpRequestParams@1 or @2');
}

function readMethod(value: Value | undefined): string {
  if (typeof value !== 'string' || !TOKEN.test(value)) throw invalid('method', 'a token');
  const method = value.toUpperCase();
  if (method === 'CONNECT') throw invalid('method', 'a method that makes no tunnel');
  return method;
}

function readUrl(value: Value | undefined): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined) throw invalid('url', 'a URL');
  const problem = describeUrl(url);
  if (problem !== undefined) throw invalid('url', problem);
  return url;
}

/** What a URL lacks for a request to go there. */
export function describeUrl(url: URL): string | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'a URL of http or https';
  if (url.username !== '' || url.password !== '') return 'a URL without user information';
  if (url.hash !== '') return 'a URL without fragment';
  return url.port === '0' ? 'a port from 1' : undefined;
}

function readHeaders(value: Value | undefined, url: URL, version: 1 | 2): readonly Header[] {
  if (!(value instanceof Map)) throw invalid('headers', 'a map');
  const headers = [...value].map(([name, written]): Header => {
    if (typeof name !== 'string' || !TOKEN.test(name)) throw invalid('headers', 'tokens as names');
    const value = version === 1 ? written : armOf(written);
    if (version === 2 && isSecretRef(value)) return [name, value];
    if (typeof value !== 'string' || !isHeaderValue(value)) {
      throw invalid(`headers/${name}`, 'a value without control characters');
    }
    return [name, value];
  });
  const names = headers.map(([name]) => name.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw invalid(`headers/${twice}`, 'a name once, whatever its case');
  return headers.filter((header) => isKept(header, url));
}

export function isHeaderValue(text: string): boolean {
  return VALUE.test(text);
}

/** The gate lets the host of the URL be written once more; that says nothing new. */
function isKept([name, value]: Header, url: URL): boolean {
  const lower = name.toLowerCase();
  const isHost = typeof value === 'string' && value.toLowerCase() === url.host;
  if (lower === 'host' && isHost) return false;
  if (RESERVED.has(lower)) throw invalid(`headers/${name}`, 'no header of the connection');
  return true;
}

/** The value in an arm of `sys/TextOrSecretRef@1`: a text, or a reference. */
function armOf(value: Value): Value | SecretRef | undefined {
  if (!(value instanceof Map) || value.size !== 2) return undefined;
  const [tag, inner] = [value.get('$tag'), value.get('$value')];
  if (tag === 'literal') return inner;
  if (tag !== 'secret' || !(inner instanceof Map) || inner.size !== 2) return undefined;
  const [alias, version] = [inner.get('alias'), inner.get('version')];
  const isNumber = typeof version === 'number' || typeof version === 'bigint';
  return typeof alias === 'string' && isNumber && version >= 0 ? { alias, version } : undefined;
}

function isSecretRef(value: Value | SecretRef | undefined): value is SecretRef {
  return typeof value === 'object' && value !== null && 'alias' in value;
}

function readHash(value: Value | undefined): Hash | undefined {
  if (value === null) return undefined;
  const hash = typeof value === 'string' ? parseHashText(value) : undefined;
  if (hash?.ok) return hash.value;
  throw invalid('body_ref', 'null or a hash');
}

function readWishes(fields: Fields): HttpWishes {
  const maxRedirects = readNat(fields, 'max_redirects');
  const maxBodyBytes = readNat(fields, 'max_body_bytes');
  const timeoutNs = readNat(fields, 'timeout_ns');
  const truncate = fields.get('truncate') ?? null;
  if (truncate !== null && typeof truncate !== 'boolean') throw invalid('truncate', 'a boolean');
  return {
    ...(maxRedirects === undefined ? {} : { maxRedirects }),
    ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
    ...(timeoutNs === undefined ? {} : { timeoutNs }),
    isTruncated: truncate === true,
  };
}

/** At most the largest safe integer, which is more than any bound of an adapter. */
function readNat(fields: Fields, name: string): number | undefined {
  const value = fields.get(name) ?? null;
  if (value === null) return undefined;
  const isInteger = typeof value === 'bigint' || typeof value === 'number';
  if (!isInteger || value < 0) throw invalid(name, 'null or a natural number');
  return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
}
