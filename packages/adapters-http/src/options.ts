/** What a composition root decides about HTTP requests. */
import type { SecureContextOptions } from 'node:tls';
import { type ResolveName, resolveBySystem } from './connect/addresses.js';

/** Bounds of every request. Requests can only lower those that their parameters name. */
export interface HttpBounds {
  /** From the start of a connection to its end, TLS and the name included. */
  readonly connectTimeoutMs: number;
  /** While the server takes nothing of a request. */
  readonly sendTimeoutMs: number;
  /** From the end of a request to the headers of its answer. */
  readonly headersTimeoutMs: number;
  /** While the server sends nothing of a body. */
  readonly idleTimeoutMs: number;
  /** The whole call, redirects included. */
  readonly totalTimeoutMs: number;
  /** Most bytes of an answer's body, as it is sent. */
  readonly bodyBytes: number;
  /** Most bytes of an answer's headers. */
  readonly headerBytes: number;
  readonly redirects: number;
  /** Connections that are kept for later requests. */
  readonly idleConnections: number;
}

export type HttpTls = Pick<
  SecureContextOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'minVersion'
> & {
  /** False takes certificates of anybody: for tests only. */
  readonly rejectUnauthorized?: boolean;
};

export interface HttpAdapterOptions {
  /** Names the adapter in receipts. Default `host.http`. */
  readonly id?: string;
  readonly bounds?: Partial<HttpBounds>;
  readonly tls?: HttpTls;
  /** How names become addresses. Default: as the operating system does. */
  readonly resolve?: ResolveName;
  /** Header with the intent's key for servers that tell repeats apart; null for none. */
  readonly idempotencyHeader?: string | null;
  /** Sent where a request has none of its own. */
  readonly userAgent?: string;
}

export interface HttpSettings {
  readonly id: string;
  readonly bounds: HttpBounds;
  readonly tls: HttpTls;
  readonly resolve: ResolveName;
  readonly idempotencyHeader: string | null;
  readonly userAgent: string;
}

/** Longer ones a timer of Node takes for none at all. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

const DEFAULT_BOUNDS: HttpBounds = {
  connectTimeoutMs: 10_000,
  sendTimeoutMs: 30_000,
  headersTimeoutMs: 30_000,
  idleTimeoutMs: 30_000,
  totalTimeoutMs: 300_000,
  bodyBytes: 16 * 1024 * 1024,
  // Node's own for servers and clients.
  headerBytes: 16 * 1024,
  // What the Fetch standard follows.
  redirects: 20,
  idleConnections: 64,
};

export function fillOptions(options: HttpAdapterOptions): HttpSettings {
  return {
    id: options.id ?? 'host.http',
    bounds: { ...DEFAULT_BOUNDS, ...options.bounds },
    tls: options.tls ?? {},
    resolve: options.resolve ?? resolveBySystem,
    // draft-ietf-httpapi-idempotency-key-header.
    idempotencyHeader:
      options.idempotencyHeader === undefined ? 'idempotency-key' : options.idempotencyHeader,
    userAgent: options.userAgent ?? 'aos',
  };
}
