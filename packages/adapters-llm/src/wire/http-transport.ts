/**
 * HTTP/1.1 to the one server that a provider is.
 *
 * The server is named by whoever configures the provider, not by worlds, so nobody is asked about
 * its address. Redirects are not followed and no proxies are used: a key goes nowhere else.
 */
import { type Dispatcher, Pool } from 'undici';
import { type LlmCode, LlmFailure } from '../failure.js';
import type { ProviderSettings } from '../options.js';
import type { Transport, WireRequest, WireResponse } from './transport.js';

/** How far an exchange has come. */
type Phase = 'head' | 'body';

export class HttpTransport implements Transport {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #bounds: ProviderSettings['bounds'];

  constructor({ baseUrl, tls, bounds, limits }: ProviderSettings) {
    const url = new URL(baseUrl);
    this.#path = url.pathname.replace(/\/$/, '');
    this.#bounds = bounds;
    this.#pool = new Pool(url.origin, {
      connections: limits.concurrent,
      pipelining: 1,
      connect: { ...tls, timeout: bounds.connectTimeoutMs },
    });
  }

  async post({ path, headers, body, signal }: WireRequest): Promise<WireResponse> {
    try {
      const response = await this.#pool.request({
        ...{ method: 'POST', path: this.#path + path, headers: { ...headers }, body, signal },
        headersTimeout: this.#bounds.headersTimeoutMs,
        bodyTimeout: this.#bounds.idleTimeoutMs,
      });
      return {
        status: response.statusCode,
        header: (name) => [response.headers[name]].flat()[0],
        chunks: readBody(response.body),
        end: () => response.body.on('error', () => undefined).destroy(),
      };
    } catch (error) {
      throw failureOf(error, 'head');
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

async function* readBody(body: Dispatcher.ResponseData['body']): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk;
  } catch (error) {
    throw failureOf(error, 'body');
  }
}

const CODES: ReadonlyMap<string, LlmCode> = new Map<string, LlmCode>([
  ['UND_ERR_CONNECT_TIMEOUT', 'llm-connect-failed'],
  ['UND_ERR_HEADERS_TIMEOUT', 'llm-headers-timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'llm-idle-timeout'],
  ['UND_ERR_HEADERS_OVERFLOW', 'llm-response-malformed'],
  ['UND_ERR_DESTROYED', 'llm-cancelled'],
  ['UND_ERR_CLOSED', 'llm-cancelled'],
  ['UND_ERR_ABORTED', 'llm-cancelled'],
  ['EPROTO', 'llm-tls-failed'],
]);

const TLS = /^ERR_(SSL|TLS)|CERT|ISSUER|VERIFY_LEAF|INVALID_CA|PATH_LENGTH|PURPOSE|HOSTNAME/;
/** Errors of Node and of the client about how they are called. */
const DEFECTS = /^(ERR_(INVALID_ARG|INVALID_THIS|OUT_OF_RANGE|MISSING_ARGS)|UND_ERR_INVALID_ARG)/;
const CONNECTING = new Set(['connect', 'getaddrinfo']);
const BROKEN: Readonly<Record<Phase, LlmCode>> = {
  head: 'llm-connection-lost',
  body: 'llm-response-incomplete',
};

/** The failure that an error of the platform stands for. Throws what is none. */
function failureOf(error: unknown, phase: Phase): LlmFailure {
  if (!(error instanceof Error)) throw error;
  const name = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  if (DEFECTS.test(name) || (!('code' in error) && error.name !== 'AbortError')) throw error;
  const message = `${error.message || 'no connection'} (${name})`;
  return new LlmFailure(codeOf(error, name, phase), message, { cause: error });
}

function codeOf(error: Error, name: string, phase: Phase): LlmCode {
  const known = CODES.get(name);
  if (known !== undefined) return known;
  if (error.name === 'AbortError') return 'llm-cancelled';
  if (TLS.test(name)) return 'llm-tls-failed';
  if ('syscall' in error && CONNECTING.has(String(error.syscall))) return 'llm-connect-failed';
  const isParsed = error.name === 'HTTPParserError' && !error.message.includes('EOF');
  return isParsed ? 'llm-response-malformed' : BROKEN[phase];
}
