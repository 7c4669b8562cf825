/** A request with the redirects that follow it, from its parameters to its receipt. */
import { toHex } from '@aos/canon';
import type { EffectCall, EffectContext, EffectOutcome } from '@aos/protocol';
import type { CallStop } from './call-stop.js';
import type { Lines } from './connect/lines.js';
import { type Answer, Exchange } from './exchange/exchange.js';
import { openRequestBody } from './exchange/request-body.js';
import { type BodyLimit, type StoredBody, storeBody, tooLarge } from './exchange/response-body.js';
import { HttpFailure } from './failure.js';
import { HeaderSecrets } from './header-secrets.js';
import type { HttpSettings } from './options.js';
import { encodeParams, type HttpParams, parseParams, type SentHeader } from './params.js';
import { type Hop, receiptOutcome } from './receipt.js';
import { redirectOf } from './redirect.js';

const NS_PER_MS = 1_000_000;

/** One call under way. */
export interface RunPorts {
  readonly call: EffectCall;
  readonly context: EffectContext;
  readonly settings: HttpSettings;
  readonly lines: Lines;
  readonly stop: CallStop;
}

/** Runs a call to its receipt. Throws a failure where there is none. */
export async function runRequest(ports: RunPorts): Promise<EffectOutcome> {
  const { call, context, settings, stop } = ports;
  stop.check();
  const startNs = context.clock.wallNs();
  const params = parseParams(call.params);
  checkWhole(params);
  const secrets = new HeaderSecrets(context.secrets);
  stop.limit(timeoutOf(params, settings));
  const { last, answer, hops } = await followRedirects(params, secrets, ports);
  const headersNs = context.clock.wallNs();
  if (secrets.areUsed && last.method !== 'HEAD') assertWhole(answer);
  const body = await readBody(last, answer, ports);
  return receiptOutcome({
    ...{ version: params.version, adapterId: settings.id },
    ...{ status: answer.status, url: last.url.href, headers: answer.headers },
    ...{ bodyRef: body.hash, bodyBytes: body.sizeBytes, isTruncated: body.isTruncated },
    ...{ hops, address: answer.line.address, tls: answer.line.tls },
    ...{ startNs, headersNs, endNs: context.clock.wallNs() },
  });
}

function timeoutOf({ wishes }: HttpParams, { bounds }: HttpSettings): number {
  const wishedMs = Math.ceil((wishes.timeoutNs ?? Number.POSITIVE_INFINITY) / NS_PER_MS);
  return Math.min(bounds.totalTimeoutMs, wishedMs);
}

interface LastAnswer {
  /** What was asked in the end. */
  readonly last: HttpParams;
  readonly answer: Answer;
  readonly hops: readonly Hop[];
}

/** At most as many redirects as the request wishes: the next one is its answer. */
async function followRedirects(
  first: HttpParams,
  secrets: HeaderSecrets,
  ports: RunPorts,
): Promise<LastAnswer> {
  const hops: Hop[] = [];
  const { maxRedirects = Number.POSITIVE_INFINITY } = first.wishes;
  for (let last = first; ; ) {
    const answer = await send(last, secrets, ports);
    const next = hops.length < maxRedirects ? redirectAfter(last, answer) : undefined;
    if (next === undefined) return { last, answer, hops };
    hops.push({ status: answer.status, method: last.method, url: last.url.href });
    try {
      permitRedirect(next, hops.length, ports);
    } catch (error) {
      answer.drop();
      throw error;
    }
    await answer.discard();
    last = next;
  }
}

function redirectAfter(params: HttpParams, answer: Answer): HttpParams | undefined {
  try {
    return redirectOf(params, answer.status, answer.header('location'));
  } catch (error) {
    answer.drop();
    throw error;
  }
}

/** Throws unless the adapter and the grant let this many redirects lead there. */
function permitRedirect(next: HttpParams, count: number, { context, settings }: RunPorts): void {
  const most = settings.bounds.redirects;
  if (count > most) {
    const message = `expected at most ${most} redirects, found one more, to ${next.url.href}`;
    throw new HttpFailure('http-redirects-exceeded', message);
  }
  const refusal = context.permitsRedirect(encodeParams(next), count);
  if (refusal === undefined) return;
  const why = `${refusal.code} at ${refusal.at}: ${refusal.detail}`;
  const message = `redirect ${count} to ${next.url.href} is not permitted: ${why}`;
  throw new HttpFailure('http-redirect-denied', message);
}

async function send(
  params: HttpParams,
  secrets: HeaderSecrets,
  { call, context, ...ports }: RunPorts,
): Promise<Answer> {
  const { bodyRef } = params;
  const body = bodyRef && (await openRequestBody(bodyRef, context.blobs));
  const headers = await secrets.fill(params.headers);
  ports.stop.check();
  const exchange = new Exchange({ ...params, headers }, body, {
    lines: ports.lines,
    bounds: ports.settings.bounds,
    permit: (address) => context.permitsAddress(address),
    defaults: [...defaultHeaders(call, ports.settings), ...(secrets.areUsed ? [PLAIN] : [])],
    onStop: (run) => ports.stop.onStop(run),
  });
  return exchange.send();
}

/** The key is a string of RFC 8941, in quotes. */
function defaultHeaders(call: EffectCall, settings: HttpSettings): readonly SentHeader[] {
  const { idempotencyHeader, userAgent } = settings;
  const agent: SentHeader = ['user-agent', userAgent];
  if (idempotencyHeader === null) return [agent];
  return [agent, [idempotencyHeader, `"${toHex(call.idempotencyKey)}"`]];
}

/** Nothing can be looked for in bytes that are compressed. */
const PLAIN: SentHeader = ['accept-encoding', 'identity'];

/** Of a secret that comes back in part nobody could tell that it is one. */
function checkWhole({ headers, wishes }: HttpParams): void {
  if (headers.every(([, value]) => typeof value === 'string')) return;
  const isRange = headers.some(([name]) => RANGES.has(name.toLowerCase()));
  if (!wishes.isTruncated && !isRange) return;
  const found = isRange ? 'a range' : 'truncate';
  const message = `expected to ask for a whole body in a request with a secret, found ${found}`;
  throw new HttpFailure('http-body-partial', `${message}; leave it out`);
}

const RANGES = new Set(['range', 'if-range']);
const PARTIAL_CONTENT = 206;

/** Throws for an answer that nobody could find an echoed secret in. */
function assertWhole(answer: Answer): void {
  if (answer.status === PARTIAL_CONTENT) {
    answer.drop();
    const message = 'expected a whole body in answer to a request with a secret, found a part';
    throw new HttpFailure('http-body-partial', message);
  }
  const codings = ['content-encoding', 'transfer-encoding']
    .flatMap((name) => answer.headers.get(name) ?? [])
    .flatMap((value) => value.toLowerCase().split(','))
    .map((coding) => coding.trim())
    .filter((coding) => !['', 'identity', 'chunked'].includes(coding));
  if (codings.length === 0) return;
  answer.drop();
  const message =
    `expected a plain body in answer to a request with a secret, found ${codings.join(', ')}; ` +
    'ask with accept-encoding: identity';
  throw new HttpFailure('http-body-encoded', message);
}

/** Statuses and methods whose `Content-Length` counts bytes that are not sent. */
const NOT_MODIFIED = 304;

async function readBody(
  { method, wishes }: HttpParams,
  answer: Answer,
  { context, settings }: RunPorts,
): Promise<StoredBody> {
  const limit: BodyLimit = {
    limitBytes: Math.min(settings.bounds.bodyBytes, wishes.maxBodyBytes ?? Infinity),
    isTruncated: wishes.isTruncated,
  };
  const isSent = method !== 'HEAD' && answer.status !== NOT_MODIFIED;
  const declaredBytes = Number(answer.header('content-length') ?? 0);
  if (isSent && !limit.isTruncated && declaredBytes > limit.limitBytes) {
    answer.drop();
    throw tooLarge(limit.limitBytes);
  }
  return storeBody(answer, limit, context.blobs);
}
