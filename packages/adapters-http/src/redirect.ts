/**
 * Where a redirect leads, and what is sent there (RFC 9110 §15.4).
 *
 * R1. A request to another origin keeps only headers that are known to say nothing about who asks:
 *     what might be a key or a session stays with the origin it was meant for, and a secret does,
 *     whatever its header.
 * R2. A request that becomes a GET loses its body and the headers that describe it.
 */
import { HttpFailure } from './failure.js';
import { describeUrl, type Header, type HttpParams } from './params.js';

/** Statuses that lead elsewhere on their own. */
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Headers that go along to another origin, also those that begin so and a hyphen. */
const HARMLESS = ['accept', 'cache-control', 'content', 'pragma', 'range', 'user-agent'];

/** What RFC 9110 §15.4 takes from a request without a body. */
const OF_BODY = /^(content-|digest$|last-modified$|repr-digest$)/;

/**
 * The request that an answer asks for; undefined when the answer is the end. Throws
 * `http-redirect-invalid` for one that leads nowhere.
 */
export function redirectOf(
  params: HttpParams,
  status: number,
  location: string | undefined,
): HttpParams | undefined {
  if (!REDIRECTS.has(status) || location === undefined) return undefined;
  const url = resolve(location, params.url);
  const method = methodAfter(params.method, status);
  const isBare = method !== params.method || (status === 303 && method === 'GET');
  const isElsewhere = url.origin !== params.url.origin;
  const headers = params.headers.filter(
    (header) => !(isBare && isOfBody(header)) && !(isElsewhere && !isHarmless(header)),
  );
  return { ...params, url, method, headers, ...(isBare ? { bodyRef: undefined } : {}) };
}

function resolve(location: string, base: URL): URL {
  const fail = (expected: string) => {
    const message = `expected ${expected} in Location of ${base.href}, found ${location}`;
    return new HttpFailure('http-redirect-invalid', message);
  };
  if (!URL.canParse(location, base.href)) throw fail('a URL');
  const url = new URL(location, base.href);
  url.hash = '';
  const problem = describeUrl(url);
  if (problem !== undefined) throw fail(problem);
  return url;
}

function methodAfter(method: string, status: number): string {
  if (status === 303) return method === 'HEAD' ? 'HEAD' : 'GET';
  const isRewritten = method === 'POST' && (status === 301 || status === 302);
  return isRewritten ? 'GET' : method;
}

function isOfBody([name]: Header): boolean {
  return OF_BODY.test(name.toLowerCase());
}

function isHarmless([name, value]: Header): boolean {
  if (typeof value !== 'string') return false;
  const lower = name.toLowerCase();
  return HARMLESS.some((known) => lower === known || lower.startsWith(`${known}-`));
}
