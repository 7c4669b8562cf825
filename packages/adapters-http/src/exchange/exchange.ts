/**
 * One request and its answer, over one connection.
 *
 * E1. What is sent is what the parameters say, and the least that makes it HTTP/1.1: the host, the
 *     length of the body, and where the parameters have none, a user agent and the intent's key.
 * E2. Nothing is decoded: a body comes as it was sent, whatever its `Content-Encoding`.
 * E3. No more of a body is held than a buffer of the connection; who reads sets the pace.
 * E4. An exchange that is stopped ends its connection.
 */
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { PermitAddress } from '../connect/addresses.js';
import type { Line, Lines } from '../connect/lines.js';
import { failureOf, HttpFailure } from '../failure.js';
import type { HttpBounds } from '../options.js';
import type { HttpParams, SentHeader } from '../params.js';
import { readHeaders } from './header-fields.js';
import type { RequestBody } from './request-body.js';
import { StallWatch } from './stall-watch.js';

/** What a call lays down for each of its exchanges. */
export interface ExchangeTerms {
  readonly lines: Lines;
  readonly bounds: HttpBounds;
  readonly permit: PermitAddress;
  /** Names in lower case; added where the parameters have no such header. */
  readonly defaults: readonly SentHeader[];
  /** Calls `run` when the call is stopped; the answer calls it off. */
  onStop(run: () => void): () => void;
}

/** Bytes of a redirect's body that are read to keep its connection. */
const DISCARD_BYTES = 16 * 1024;

/** Answers that end with their headers (RFC 9112 §6.3). */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/** A request whose secrets are resolved. */
export interface SentParams extends Pick<HttpParams, 'method' | 'url'> {
  readonly headers: readonly SentHeader[];
}

export class Exchange {
  readonly #params: SentParams;
  readonly #body: RequestBody | undefined;
  readonly #terms: ExchangeTerms;
  readonly #watch: StallWatch;
  readonly #line: Line;
  readonly #offStop: () => void;
  /** What ended the connection, where that was us. */
  #stall: HttpFailure | undefined;

  constructor(params: SentParams, body: RequestBody | undefined, terms: ExchangeTerms) {
    this.#params = params;
    this.#body = body;
    this.#terms = terms;
    this.#watch = new StallWatch(terms.bounds, (failure) => {
      this.#stall = failure;
      this.abort();
    });
    this.#watch.wait('connect');
    const connected = () => this.#watch.wait(this.#hasBytes() ? 'send' : 'headers');
    this.#line = terms.lines.take(params.url, { permit: terms.permit, connected });
    this.#offStop = terms.onStop(() => this.abort());
  }

  get line(): Pick<Line, 'address' | 'tls'> {
    return this.#line;
  }

  /** Sends the request and waits for the headers of its answer. */
  async send(): Promise<Answer> {
    const { method, url } = this.#params;
    try {
      const response = await this.#line.client.request({
        method: method as Dispatcher.HttpMethod,
        path: url.pathname + url.search,
        headers: this.#headers(),
        responseHeaders: 'raw',
        ...(this.#hasBytes() ? { body: this.#stream() } : {}),
      });
      this.#watch.wait('body');
      return new Answer(this, response);
    } catch (error) {
      throw this.fail(error);
    }
  }

  /** Waits for the next piece of a body, as long as the server may take. */
  async next<T>(read: () => Promise<T>): Promise<T> {
    this.#watch.wait('body');
    try {
      return await read();
    } catch (error) {
      throw this.fail(error);
    } finally {
      this.#watch.rest('body');
    }
  }

  /** The connection broke off, in a way that the end of a body without a length does not show. */
  get isBroken(): boolean {
    return this.#line.isBroken;
  }

  /** All of the answer was read. */
  finish(): void {
    this.#leave();
    this.#terms.lines.give(this.#line);
  }

  abort(): void {
    this.#leave();
    this.#terms.lines.drop(this.#line);
  }

  /** What an error means here; the exchange is over. */
  fail(error: unknown): HttpFailure {
    const { phase } = this.#watch;
    this.abort();
    return this.#stall ?? failureOf(error, phase);
  }

  #leave(): void {
    this.#watch.end();
    this.#offStop();
  }

  #hasBytes(): boolean {
    return this.#body !== undefined && this.#body.sizeBytes > 0;
  }

  /** The client takes any iterable; its types know only streams. */
  #stream(): Readable {
    return this.#body?.chunks(this.#watch) as unknown as Readable;
  }

  #headers(): string[] {
    const { headers } = this.#params;
    const named = new Set(headers.map(([name]) => name.toLowerCase()));
    const added = this.#terms.defaults.filter(([name]) => !named.has(name));
    return [
      ...[...headers, ...added].flatMap(([name, value]) => [name, asWritten(value)]),
      ...(this.#hasBytes() ? ['content-length', `${this.#body?.sizeBytes}`] : []),
    ];
  }
}

/** The client writes one byte for each character: text goes out as UTF-8. */
function asWritten(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1');
}

/** The head of an answer, and its body as it comes. */
export class Answer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly #exchange: Exchange;
  readonly #body: Dispatcher.ResponseData['body'];

  constructor(exchange: Exchange, response: Dispatcher.ResponseData) {
    this.#exchange = exchange;
    this.#body = response.body;
    this.status = response.statusCode;
    this.headers = readHeaders(response.headers as unknown as readonly string[]);
  }

  get line(): Pick<Line, 'address' | 'tls'> {
    return this.#exchange.line;
  }

  /** The first value of a header. */
  header(name: string): string | undefined {
    return this.headers.get(name)?.[0];
  }

  /** The body, once. Who stops reading before its end ends the connection. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const exchange = this.#exchange;
    if (this.#isBodiless()) {
      exchange.abort();
      return;
    }
    const reader = this.#body[Symbol.asyncIterator]();
    let isWhole = false;
    try {
      for (;;) {
        const { done, value } = await exchange.next(() => reader.next());
        if (done === true) break;
        yield value as Uint8Array;
      }
      if (!this.#isFramed() && exchange.isBroken) {
        throw new HttpFailure('http-body-incomplete', 'the connection broke off inside the body');
      }
      isWhole = true;
    } finally {
      if (isWhole) exchange.finish();
      else exchange.abort();
    }
  }

  /** Reads the body for nothing, or ends the connection if that would take long. */
  async discard(): Promise<void> {
    await this.#exchange.next(() => this.#body.dump({ limit: DISCARD_BYTES }));
    this.#exchange.finish();
  }

  /** Ends the connection without reading on. */
  drop(): void {
    this.#exchange.abort();
  }

  /**
   * An answer of this status has no body; its length is that of another answer (RFC 9110 §8.6),
   * which the client waits for all the same.
   */
  #isBodiless(): boolean {
    const length = this.header('content-length');
    return BODILESS.has(this.status) && length !== undefined && length !== '0';
  }

  /** The end of the body shows without the end of the connection. */
  #isFramed(): boolean {
    return this.headers.has('content-length') || this.headers.has('transfer-encoding');
  }
}
