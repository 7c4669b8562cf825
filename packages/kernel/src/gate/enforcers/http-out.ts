/**
 * `sys/CapEnforceHttpOut@1`: which requests may go out.
 *
 * Hosts and schemes are compared in lower case, methods in upper case, ports with the default of
 * the scheme filled in. A path prefix ends at a slash: `/v1` allows `/v1` and `/v1/x`, not `/v10`.
 * Where `allow_private` is a parameter of the grant, addresses that are not public need to be in
 * one of its ranges, and without ranges none is allowed; what a name stands for is known outside
 * only, and is checked there ({@link checkAddress}).
 */
import type { Value } from '@aos/canon';
import type { Denial } from '../decision.js';
import { type AddressRange, isInRange, parseRange } from './address-range.js';
import { parseAddress6 } from './address6.js';
import {
  type CapParams,
  type CheckedEffect,
  type Constraint,
  denial,
  kindMismatch,
  nameValues,
  paramsInvalid,
} from './constraint.js';
import { type Host, isAscii, isLocalName, parseHost } from './host.js';
import { type HttpUrl, parseHttpUrl, parsePath } from './http-url.js';
import { isPrivateAddress } from './private-address.js';

const KIND = 'http.request';

/** A token of RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Headers by which some servers take another method than the one of the request. */
const METHOD_HEADERS = new Set(['x-http-method', 'x-http-method-override', 'x-method-override']);

/** Headers by which some servers take another path than the one of the URL. */
const PATH_HEADERS = new Set(['x-original-url', 'x-rewrite-url']);

/** What a grant of HTTP constrains; undefined is everything. */
export interface HttpLimits {
  readonly hosts: ReadonlySet<string> | undefined;
  readonly schemes: ReadonlySet<string> | undefined;
  readonly methods: ReadonlySet<string> | undefined;
  readonly ports: ReadonlySet<number> | undefined;
  readonly pathPrefixes: ReadonlySet<string> | undefined;
  readonly maxRedirects: number | bigint | undefined;
  /** Of what is not public only addresses in these are allowed. */
  readonly privateRanges: readonly AddressRange[] | undefined;
}

/** The limits in the parameters of a grant; undefined when they are not understood. */
export function readHttpLimits(params: CapParams): HttpLimits | undefined {
  const limits = {
    hosts: params.texts('hosts', (text) => parseHost(text)?.text),
    schemes: params.texts('schemes', (text) => (isAscii(text) ? text.toLowerCase() : undefined)),
    methods: params.texts('methods', (text) => (TOKEN.test(text) ? text.toUpperCase() : undefined)),
    ports: params.nats('ports'),
    pathPrefixes: params.texts('path_prefixes', spellPrefix),
    maxRedirects: params.nat('max_redirects'),
    privateRanges: params.has('allow_private') ? readRanges(params) : undefined,
  };
  return params.isWhole() ? limits : undefined;
}

/** None where the set is absent or empty: what is private has to be named. */
function readRanges(params: CapParams): readonly AddressRange[] {
  const ranges: AddressRange[] = [];
  params.texts('allow_private', (text) => {
    const range = parseRange(text);
    if (range !== undefined) ranges.push(range);
    return range && text;
  });
  return ranges;
}

/** The constraint of such a grant. */
export function httpOut(limits: HttpLimits): Constraint {
  return (effect, grant) => checkRequest(effect, limits, grant);
}

function checkRequest(
  effect: CheckedEffect,
  limits: HttpLimits,
  grant: string,
): Denial | undefined {
  if (effect.kind !== KIND) return kindMismatch(grant, effect.kind, [KIND]);
  const params = effect.params.fields();
  const written = params.get('url');
  const method = params.get('method');
  const headers = params.get('headers');
  if (typeof written !== 'string') return paramsInvalid('url', 'a text');
  if (typeof method !== 'string' || !TOKEN.test(method)) return paramsInvalid('method', 'a token');
  if (!(headers instanceof Map)) return paramsInvalid('headers', 'a map of texts');
  const url = effect.params.once('http-url', () => parseHttpUrl(written));
  if (!url.ok) {
    const { code, at, detail } = url.refusal;
    return { code, at, advice: detail };
  }
  return (
    checkHost(url.value, limits, grant) ??
    checkMethod(method, limits, grant) ??
    checkPath(url.value, limits, grant) ??
    checkHeaders(headers, url.value, limits)
  );
}

function checkHost({ host, scheme, port }: HttpUrl, limits: HttpLimits, grant: string) {
  const { hosts, schemes, ports, privateRanges } = limits;
  if (hosts !== undefined && !hosts.has(host.text)) {
    const advice = `add ${host.text} to hosts, or ask one of ${nameValues(hosts)}`;
    return denial('host-not-allowed', grant, 'hosts', advice);
  }
  if (!KNOWN_SCHEMES.has(scheme) || schemes?.has(scheme) === false) {
    const advice = `use ${nameValues(schemes ?? KNOWN_SCHEMES)}, or add ${scheme} to schemes`;
    return denial('scheme-not-allowed', grant, 'schemes', advice);
  }
  if (ports !== undefined && !ports.has(port)) {
    const advice = `add ${port} to ports, or use ${nameValues(ports)}`;
    return denial('port-not-allowed', grant, 'ports', advice);
  }
  return isHostReachable(host, privateRanges) ? undefined : privateAddress(host.text, grant);
}

const KNOWN_SCHEMES: ReadonlySet<string> = new Set(['https', 'http']);

function checkMethod(method: string, { methods }: HttpLimits, grant: string) {
  if (methods === undefined || methods.has(method.toUpperCase())) return undefined;
  const advice = `add ${method.toUpperCase()} to methods, or use ${nameValues(methods)}`;
  return denial('method-not-allowed', grant, 'methods', advice);
}

function checkPath(url: HttpUrl, { pathPrefixes }: HttpLimits, grant: string) {
  if (pathPrefixes === undefined) return undefined;
  if (url.hidesSlash) {
    const advice = 'write slashes as they are, or lift path_prefixes';
    return denial('path-not-allowed', grant, 'path_prefixes', advice);
  }
  if ([...pathPrefixes].some((prefix) => isUnder(url.path, prefix))) return undefined;
  const advice = `add a prefix of ${url.path} to path_prefixes: ${nameValues(pathPrefixes)}`;
  return denial('path-not-allowed', grant, 'path_prefixes', advice);
}

function isUnder(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  return path.length === prefix.length || prefix.endsWith('/') || path[prefix.length] === '/';
}

/** Headers that send the request elsewhere, or make another one of it. */
function checkHeaders(headers: ReadonlyMap<Value, Value>, url: HttpUrl, limits: HttpLimits) {
  for (const [name, value] of headers) {
    if (typeof name !== 'string' || !TOKEN.test(name)) {
      return paramsInvalid('headers', 'header names that are tokens');
    }
    const text = literalOf(value);
    if (text?.match(/[\0\r\n]/)) {
      return paramsInvalid(`headers/${name}`, 'a value without line ends');
    }
    const lower = name.toLowerCase();
    const isOtherHost = lower === 'host' && text?.toLowerCase() !== authorityOf(url);
    const isOtherMethod = METHOD_HEADERS.has(lower) && limits.methods !== undefined;
    const isOtherPath = PATH_HEADERS.has(lower) && limits.pathPrefixes !== undefined;
    if (isOtherHost || isOtherMethod || isOtherPath) return headerNotAllowed(name);
  }
  return undefined;
}

function authorityOf({ host, port, scheme }: HttpUrl): string {
  const isDefault = port === (scheme === 'https' ? 443 : 80);
  return isDefault ? host.text : `${host.text}:${port}`;
}

/** The text of a header that is no secret: a bare text, or the literal arm of a variant. */
function literalOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  const inner = value instanceof Map && value.get('$tag') === 'literal' && value.get('$value');
  return typeof inner === 'string' ? inner : undefined;
}

function headerNotAllowed(name: string): Denial {
  return { code: 'header-not-allowed', at: `params/headers/${name}`, advice: 'leave it out' };
}

/** A prefix in the spelling of paths; one that could not match as meant is not understood. */
function spellPrefix(prefix: string): string | undefined {
  const read = prefix.startsWith('/') ? parsePath(prefix) : undefined;
  return read?.ok && !read.value.hidesSlash ? read.value.path : undefined;
}

const LOOPBACK = [Uint8Array.of(127, 0, 0, 1), parseAddress6('::1')];

/** What a local name stands for is checked again when it is resolved. */
function isHostReachable(host: Host, ranges: HttpLimits['privateRanges']): boolean {
  if (host.address !== undefined) return isReachable(host.address, ranges);
  return !isLocalName(host) || LOOPBACK.some((each) => each && isReachable(each, ranges));
}

/** Whether a grant with these ranges lets requests go to an address. */
export function isReachable(address: Uint8Array, ranges: HttpLimits['privateRanges']): boolean {
  if (ranges === undefined || !isPrivateAddress(address)) return true;
  return ranges.some((range) => isInRange(address, range));
}

/** What is said of an address that is not public, whoever finds out. */
export function privateAddress(host: string, grant: string): Denial {
  const advice = `add a range to allow_private, or ask a public address; ${host} is not public`;
  return denial('address-not-allowed', grant, 'allow_private', advice);
}

/** What is said of one redirect too many. */
export function redirectsExceeded(hops: number, grant: string): Denial {
  const advice = `raise max_redirects to ${hops}`;
  return denial('redirects-exceeded', grant, 'max_redirects', advice);
}
