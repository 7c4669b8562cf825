/**
 * URLs of HTTP requests, read so strictly that no other parser can read them differently.
 *
 * U1. Printable ASCII of RFC 3986 only: no backslash, blank, control character or foreign letter.
 * U2. No user information, no fragment, no empty host or port.
 * U3. A path has no dot segments, however they are encoded, and its bytes are UTF-8.
 *
 * Deliberately absent: resolving, relative references, other schemes than HTTP's.
 */
import { decodeUtf8, ok, type Result, refuse } from '@aos/canon';
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

/** RFC 3986 §2 without fragments. */
const CHARACTERS = /^[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]*$/;
const PATH_CHARACTERS = /^[A-Za-z0-9\-._~:/@!$&'()*+,;=%]*$/;
/** Scheme, host, port and path; the query may be anything. */
const PARTS =
  /^([a-z][a-z0-9+.-]*):\/\/(\[[^\]/?]*\]|[^:/?[\]]+)(?::(0|[1-9]\d{0,4}))?(\/[^?]*)?(?:\?.*)?$/i;
type Parts = [whole: string, scheme: string, host: string, port?: string, path?: string];
const ESCAPE = /%([0-9A-Fa-f]{2})/g;
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

/**
 * `.` or `..` between slashes of either kind; some servers cut path parameters off before they look
 * at a segment.
 */
const DOT_SEGMENT = /(?:^|[/\\])\.\.?(?:[/\\;]|$)/;

/** Rounds of decoding of which the last one must change nothing. */
const MAX_ROUNDS = 8;

/** The parts of a URL. Code: `invalid-url`. */
export function parseHttpUrl(text: string): Result<HttpUrl> {
  if (text.length > MAX_URL) return invalid(`at most ${MAX_URL} characters`);
  if (!CHARACTERS.test(text)) return invalid('only characters of a URL, without # and without \\');
  const parts = PARTS.exec(text);
  if (parts === null) return invalid('scheme://host:port/path');
  const [, written, name, digits, rawPath = '/'] = parts as unknown as Parts;
  const host = parseHost(name);
  if (host === undefined) return invalid('a host name, or an address in its one spelling');
  const scheme = written.toLowerCase();
  const port = digits === undefined ? (DEFAULT_PORTS.get(scheme) ?? NO_PORT) : Number(digits);
  if (port > MAX_PORT || (port === 0 && digits !== undefined)) {
    return invalid('a port from 1 to 65535');
  }
  const path = parsePath(rawPath);
  return path.ok ? ok({ scheme, host, port, ...path.value }) : path;
}

type Path = Pick<HttpUrl, 'path' | 'hidesSlash'>;

/** The path of a URL or a prefix of one. Code: `invalid-url`. */
export function parsePath(raw: string): Result<Path> {
  if (!PATH_CHARACTERS.test(raw)) {
    return invalid('only characters of a path, brackets as %5B and %5D');
  }
  if (/%(?![0-9A-Fa-f]{2})/.test(raw)) return invalid('escapes as %41 in the path');
  const bytes = decodeEscapes(raw);
  if (!decodeUtf8(bytes).ok) return invalid('a path whose escapes are UTF-8');
  if (bytes.some((byte) => byte < 0x20 || byte === 0x7f)) return invalid('no control characters');
  const bare = settle(raw);
  if (bare === undefined) return invalid(`a path escaped fewer than ${MAX_ROUNDS} times`);
  if (DOT_SEGMENT.test(bare)) return invalid('a path without . and .. in it');
  const hidesSlash = bare.includes('\\') || bare.split('/').length !== raw.split('/').length;
  return ok({ path: raw.replace(ESCAPE, normalEscape), hidesSlash });
}

function invalid(expected: string): Result<never> {
  return refuse('invalid-url', 'params/url', `expected ${expected}`);
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
