/**
 * Reads an answer of HTTP/1.1 that is beyond doubt one: by RFC 9112 alone, and less than all of it.
 */

export interface HttpMessage {
  readonly status: number;
  /** By name in lower case, values in the order in which they came. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
}

const STATUS = /^HTTP\/1\.1 ([2-5]\d\d)(?: [\x21-\x7e][\x20-\x7e]*)?$/;
const HEADER = /^([A-Za-z][A-Za-z0-9-]*): ([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)$/;
/** What an answer says of its connection, or of how it goes on, is for another day. */
const SPECIAL = /^(connection|keep-alive|proxy-.*|upgrade|trailer|te|location)$/;
const BODILESS = [204, 205, 304];
const MAX_HEAD_BYTES = 700;

/** Undefined where there is any doubt. `toEnd` says that the connection ends behind the bytes. */
export function readMessage(bytes: Buffer, toEnd: boolean): HttpMessage | undefined {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  if (end < 0 || end > MAX_HEAD_BYTES) return undefined;
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const status = Number(STATUS.exec(first)?.[1]);
  const headers = readHeaders(lines);
  if (Number.isNaN(status) || BODILESS.includes(status) || headers === undefined) return undefined;
  const body = readBody(bytes.subarray(end + 4), headers, toEnd);
  return body && { status, headers, body };
}

function readHeaders(lines: readonly string[]): Map<string, string[]> | undefined {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const [, name = '', value = ''] = HEADER.exec(line) ?? [];
    const key = name.toLowerCase();
    if (key === '' || SPECIAL.test(key)) return undefined;
    headers.set(key, [...(headers.get(key) ?? []), value]);
  }
  return headers;
}

function readBody(
  rest: Buffer,
  headers: ReadonlyMap<string, readonly string[]>,
  toEnd: boolean,
): Buffer | undefined {
  const lengths = headers.get('content-length') ?? [];
  const codings = headers.get('transfer-encoding') ?? [];
  if (lengths.length + codings.length > 1) return undefined;
  const [length] = lengths;
  if (length !== undefined) {
    const isWhole = /^(0|[1-9]\d{0,4})$/.test(length) && Number(length) === rest.length;
    return isWhole ? rest : undefined;
  }
  if (codings.length === 0) return toEnd ? rest : undefined;
  return codings[0] === 'chunked' ? readChunks(rest) : undefined;
}

function readChunks(rest: Buffer): Buffer | undefined {
  const text = rest.toString('latin1');
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const [line, digits = ''] = /^([1-9a-fA-F][0-9a-fA-F]{0,3}|0)\r\n/.exec(text.slice(at)) ?? [];
    if (line === undefined) return undefined;
    const size = Number.parseInt(digits, 16);
    at += line.length;
    if (text.slice(at + size, at + size + 2) !== '\r\n') return undefined;
    if (size === 0) return at + 2 === rest.length ? Buffer.concat(chunks) : undefined;
    chunks.push(rest.subarray(at, at + size));
    at += size + 2;
  }
}
