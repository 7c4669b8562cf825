/** A way to a provider: one request, one answer, no repeats. */

export interface WireRequest {
  /** Behind the base URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Ends the exchange. */
  readonly signal: AbortSignal;
}

export interface WireResponse {
  readonly status: number;
  /** The first value of a header, by its name in lower case. */
  header(name: string): string | undefined;
  /** The body, once. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Ends the exchange, whatever is left of it. */
  end(): void;
}

export interface Transport {
  /** Throws failures with codes, and what `signal` was aborted with. */
  post(request: WireRequest): Promise<WireResponse>;
  close(): Promise<void>;
}
