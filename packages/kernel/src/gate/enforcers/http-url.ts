/**
 * URLs of HTTP requests, read so strictly that no other parser can read them differently.
 *
 * U1. Printable ASCII of RFC 3986 only: no backslash, blank, control character or foreign letter.
 * U2. No user information, no fragment, no empty host or port.
 * U3. A path has no dot segments, however they are encoded, and its bytes are UTF-8.
 *
 * Deliberately absent: resolving, relative references, other schemes than HTTP's.
 */
import { decodeUtf8 } from '@aos/canon';
import { type Host, parseHost } from './host.js';

export interface HttpUrl {
  /** In lower case; `http` and `https` are the only ones with a default port. */
  readonly scheme: string;
  readonly host: Host;
  /** 0 for a scheme without a default port. */
  readonly port: number;
  /** Begins with a slash; escapes in upper case, and none for what needs none. */
  readonly path: string;
  /** A slash or a backslash is hidden in an escape, over any number of rounds. */
  readonly hidesSlash: boolean;
}

const MAX_URL = 8_192;
const MAX_PORT = 65_535;
const NO_PORT = 0;
const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
]);

/** RFC 3986 §2 without fragments; brackets are checked where they stand. */
const CHARACTERS = /^[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]*$/;
const PARTS = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?]*)(\/[^?]*)?(?:\?.*)?$/;
const AUTHORITY = /^(\[[^\]]*\]|[^:[\]]+)(?::(0|[1-9][0-9]{0,4}))?$/;
const ESCAPE = /%([0-9A-Fa-f]{2})/g;
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

/**
 * `.` or `..` between slashes of either kind; some servers cut path parameters off before they look
 * at a segment.
 */
const DOT_SEGMENT = /(?:^|[/\\])\.\.?(?:[/\\;]|$)/;
const NO_DOTS = 'a path without . and .. in it';

/** Rounds of decoding after which a path must have come to rest. */
const MAX_ROUNDS = 8;

/** The parts of a URL, or the reason why it is none. */
export function parseHttpUrl(text: string): HttpUrl | string {
  if (text.length > MAX_URL) return `at most ${MAX_URL} characters`;
  if (!CHARACTERS.test(text)) return 'only characters of a URL, without # and without \\';
  const [, scheme = '', authority = '', rawPath = '/'] = PARTS.exec(text) ?? [];
  if (scheme === '') return 'scheme://host/path';
  if (authority.includes('@')) return 'no user information: a host follows ://';
  const [, written = '', digits] = AUTHORITY.exec(authority) ?? [];
  const host = parseHost(written);
  if (host === undefined) return 'a host name, or an address in its one spelling';
  const lower = scheme.toLowerCase();
  const port = digits === undefined ? (DEFAULT_PORTS.get(lower) ?? NO_PORT) : Number(digits);
  if (port > MAX_PORT || (port === 0 && digits !== undefined)) return 'a port from 1 to 65535';
  const path = parsePath(rawPath);
  return typeof path === 'string' ? path : { scheme: lower, host, port, ...path };
}

type Path = Pick<HttpUrl, 'path' | 'hidesSlash'>;

/** The path of a URL or a prefix of one. */
export function parsePath(raw: string): Path | string {
  if (!CHARACTERS.test(raw)) return 'only characters of a path';
  if (raw.includes('[') || raw.includes(']')) return 'brackets in the path as %5B and %5D';
  if (DOT_SEGMENT.test(raw)) return NO_DOTS;
  return raw.includes('%') ? parseEscaped(raw) : { path: raw, hidesSlash: false };
}

function parseEscaped(raw: string): Path | string {
  if (/%(?![0-9A-Fa-f]{2})/.test(raw)) return 'escapes as %41 in the path';
  const bytes = decodeEscapes(raw);
  if (!decodeUtf8(bytes).ok) return 'a path whose escapes are UTF-8';
  if (bytes.some((byte) => byte < 0x20 || byte === 0x7f)) return 'no control characters';
  const bare = settle(raw);
  if (bare === undefined) return `a path that is escaped at most ${MAX_ROUNDS} times`;
  if (DOT_SEGMENT.test(bare)) return NO_DOTS;
  const hidesSlash = bare.includes('\\') || count(bare, '/') !== count(raw, '/');
  return { path: raw.replace(ESCAPE, normalEscape), hidesSlash };
}

/** RFC 3986 §6.2.2: upper case, and no escape for what needs none. */
function normalEscape(written: string, hex: string): string {
  const character = String.fromCharCode(Number.parseInt(hex, 16));
  return UNRESERVED.test(character) ? character : written.toUpperCase();
}

/** Decodes escapes of ASCII until none is left; undefined when they do not end. */
function settle(raw: string): string | undefined {
  let text = raw;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = text.replace(ESCAPE, (written, hex: string) => {
      const byte = Number.parseInt(hex, 16);
      return byte < 0x80 ? String.fromCharCode(byte) : written;
    });
    if (next === text) return text;
    text = next;
  }
  return undefined;
}

/** The bytes of a path; it is ASCII, and every escape is whole. */
function decodeEscapes(raw: string): Uint8Array {
  const bytes = new Uint8Array(raw.length);
  let size = 0;
  for (let i = 0; i < raw.length; i++) {
    const isEscape = raw[i] === '%';
    bytes[size++] = isEscape ? Number.parseInt(raw.slice(i + 1, i + 3), 16) : raw.charCodeAt(i);
    if (isEscape) i += 2;
  }
  return bytes.subarray(0, size);
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
