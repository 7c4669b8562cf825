/** What a composition root decides about language models. */
import type { SecureContextOptions } from 'node:tls';
import type { ProtocolName } from './protocols/protocol.js';
import { defaultScript, type Script } from './scripted/script.js';
import { compilePrices, type ModelPrice, type PriceTable } from './usage/price.js';

export interface LlmBounds {
  /** From the start of a connection to its end, TLS included. */
  readonly connectTimeoutMs: number;
  /** From a request to the head of its answer; without streaming that is most of the time. */
  readonly headersTimeoutMs: number;
  /** While the provider sends nothing of an answer. */
  readonly idleTimeoutMs: number;
  /** The whole call: waiting for its turn, repeats and answer. */
  readonly totalTimeoutMs: number;
  /** Most bytes of all blobs that a call sends. */
  readonly inputBytes: number;
  /** Most bytes of an answer. */
  readonly responseBytes: number;
  /** Most bytes of text, and of the arguments of tools, that a receipt carries. */
  readonly receiptBytes: number;
}

export interface LlmFrameRules {
  /** A frame goes out with so many bytes, */
  readonly bytes: number;
  /** or when what came first has waited so long. */
  readonly intervalMs: number;
}

export interface LlmRetries {
  /** Requests of one start. */
  readonly requests: number;
  /** Before the second request, doubling; unless the provider says how long. */
  readonly firstMs: number;
  /** Longest wait inside a start. Beyond it the effect ends, and the host may start it later. */
  readonly mostMs: number;
}

/** Within one process: what other processes ask of the provider is not seen. */
export interface LlmLimits {
  /** Requests under way. */
  readonly concurrent: number;
  /** Calls that wait for their turn; one more ends with `llm-busy`. */
  readonly waiting: number;
  readonly requestsPerMinute?: number;
  /** Counts `max_tokens` and a token for every four bytes of a request. */
  readonly tokensPerMinute?: number;
}

/** Whether calls carry a key: none, any, or only secrets of these aliases. */
export type KeyRule = 'none' | 'required' | { readonly aliases: readonly string[] };

interface CommonOptions {
  readonly limits?: Partial<LlmLimits>;
  readonly retries?: Partial<LlmRetries>;
  readonly bounds?: Partial<LlmBounds>;
  readonly frames?: Partial<LlmFrameRules>;
  /**
   * Prices by model, as worlds name them. Without a table nothing costs anything; with one, a model
   * that it lacks is `llm-model-unpriced`.
   */
  readonly prices?: Readonly<Record<string, ModelPrice>>;
}

export interface HttpProvider extends CommonOptions {
  readonly protocol: ProtocolName;
  /** As the official clients take it: `https://api.openai.com/v1`, `https://api.anthropic.com`. */
  readonly baseUrl: string;
  /** Default `required`. */
  readonly key?: KeyRule;
  /** What the provider calls the models that worlds name; a name that is not here is the same. */
  readonly models?: Readonly<Record<string, string>>;
  /** Sent with every request, as `openai-organization`. Never keys: these are stored. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Fields of `options` that calls may set beyond those of the protocol. */
  readonly options?: readonly string[];
  /** Header with the intent's key; null for none. Default `idempotency-key`. */
  readonly idempotencyHeader?: string | null;
  /**
   * Field of a chat that bounds the answer. Default: `max_completion_tokens` for OpenAI itself, and
   * `max_tokens`, which others know, elsewhere.
   */
  readonly limitField?: 'max_tokens' | 'max_completion_tokens';
  readonly tls?: Pick<SecureContextOptions, 'ca' | 'minVersion'>;
}

/** Answers by itself, as a script says; no network. */
export interface ScriptedProvider extends CommonOptions {
  readonly protocol: 'scripted';
  /** Default: the beginning of the last message of the user. */
  readonly script?: Script;
  /** Default `none`; anything else resolves the key and uses it for nothing. */
  readonly key?: KeyRule;
}

export type LlmProvider = HttpProvider | ScriptedProvider;

export interface LlmAdapterOptions {
  /** Names the adapter in receipts. Default `host.llm`. */
  readonly id?: string;
  /** By the name that parameters give as `provider`. Default: `scripted`. */
  readonly providers?: Readonly<Record<string, LlmProvider>>;
}

export interface ProviderSettings {
  readonly name: string;
  readonly protocol: ProtocolName;
  readonly script: Script | undefined;
  readonly baseUrl: string;
  readonly key: KeyRule;
  readonly models: ReadonlyMap<string, string>;
  readonly headers: Readonly<Record<string, string>>;
  readonly options: readonly string[];
  readonly idempotencyHeader: string | null;
  readonly limitField: 'max_tokens' | 'max_completion_tokens';
  readonly tls: Pick<SecureContextOptions, 'ca' | 'minVersion'>;
  readonly limits: LlmLimits;
  readonly retries: LlmRetries;
  readonly bounds: LlmBounds;
  readonly frames: LlmFrameRules;
  readonly prices: PriceTable | undefined;
}

/** Longer ones a timer of Node takes for none at all. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export function timerMs(ms: number): number {
  return Math.min(ms, MAX_TIMER_MS);
}

const LIMITS: LlmLimits = { concurrent: 8, waiting: 256 };
const RETRIES: LlmRetries = { requests: 3, firstMs: 500, mostMs: 20_000 };
const FRAMES: LlmFrameRules = { bytes: 2048, intervalMs: 500 };

const BOUNDS: LlmBounds = {
  connectTimeoutMs: 10_000,
  // What the official clients wait for an answer.
  headersTimeoutMs: 600_000,
  idleTimeoutMs: 60_000,
  totalTimeoutMs: 900_000,
  inputBytes: 16 * 1024 * 1024,
  responseBytes: 16 * 1024 * 1024,
  receiptBytes: 128 * 1024,
};

/** In place of a server for the scripted provider. */
const SCRIPTED: HttpProvider = {
  protocol: 'openai-chat',
  baseUrl: 'scripted://model/v1',
  key: 'none',
  idempotencyHeader: null,
};

export function fillProvider(name: string, provider: LlmProvider): ProviderSettings {
  const isScripted = provider.protocol === 'scripted';
  const server = isScripted ? SCRIPTED : provider;
  const { protocol, baseUrl } = server;
  const isOpenAi = URL.canParse(baseUrl) && new URL(baseUrl).hostname === 'api.openai.com';
  return {
    ...{ name, protocol, baseUrl: baseUrl.replace(/\/+$/, '') },
    script: isScripted ? (provider.script ?? defaultScript) : undefined,
    key: provider.key ?? server.key ?? 'required',
    models: new Map(Object.entries(server.models ?? {})),
    headers: server.headers ?? {},
    options: server.options ?? [],
    idempotencyHeader:
      server.idempotencyHeader === undefined ? 'idempotency-key' : server.idempotencyHeader,
    limitField: server.limitField ?? (isOpenAi ? 'max_completion_tokens' : 'max_tokens'),
    tls: server.tls ?? {},
    limits: { ...LIMITS, ...provider.limits },
    retries: { ...RETRIES, ...provider.retries },
    bounds: { ...BOUNDS, ...provider.bounds },
    frames: { ...FRAMES, ...provider.frames },
    prices: provider.prices && compilePrices(provider.prices),
  };
}
