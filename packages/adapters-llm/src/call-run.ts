/** A call from its parameters to its receipt. */
import { type Hash, toHashText, toHex, utf8 } from '@aos/canon';
import type { EffectCall, EffectContext, EffectOutcome } from '@aos/protocol';
import { readKey } from './api-key.js';
import type { CallStop } from './call-stop.js';
import { LlmFailure } from './failure.js';
import type { LlmRetries } from './options.js';
import { type LlmParams, parseParams } from './prompt/params.js';
import type { Prompt } from './prompt/prompt.js';
import { readPrompt } from './prompt/read-prompt.js';
import { printTurn } from './prompt/turn.js';
import type { Answer } from './protocols/protocol.js';
import { failureOf, readError } from './protocols/provider-error.js';
import type { Provider } from './provider.js';
import { type LlmReceipt, receipt1, receipt2 } from './receipt.js';
import { costOf, worstCost } from './usage/price.js';
import { boundUsage, type Usage } from './usage/usage.js';
import { Frames } from './wire/frames.js';
import { isEncoded, type Received, Reception } from './wire/reception.js';
import { retryHint } from './wire/retry-hint.js';
import type { WireRequest, WireResponse } from './wire/transport.js';

const NS_PER_MS = 1_000_000n;
/** For a guess at the tokens of a request before anybody has counted. */
const BYTES_PER_TOKEN = 4;
/** Of the body of an error. */
const ERROR_BYTES = 64 * 1024;
/** For an exchange that is stopped to tell what it has cost. */
const GRACE_MS = 500;
const OK = 200;

export interface RunPorts {
  readonly adapterId: string;
  readonly call: EffectCall;
  readonly context: EffectContext;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly stop: CallStop;
}

/** What is asked of whom. */
interface Request {
  readonly provider: Provider;
  readonly params: LlmParams;
  readonly prompt: Prompt;
  readonly body: Uint8Array;
  readonly key: string | undefined;
}

export class CallRun {
  readonly #ports: RunPorts;
  #frames: Frames | undefined;
  #requests = 0;
  #errorBody: Buffer | undefined;
  /** What has to be paid although there is no receipt; undefined while nobody can say. */
  #spentCents: bigint | undefined = 0n;

  constructor(ports: RunPorts) {
    this.#ports = ports;
  }

  get spentCents(): bigint | undefined {
    return this.#spentCents;
  }

  /** Throws a failure where there is no receipt. */
  async run(): Promise<EffectOutcome> {
    const { call, context, stop } = this.#ports;
    stop.check();
    const startNs = context.clock.wallNs();
    const params = parseParams(call.params);
    const provider = this.#providerOf(params);
    stop.limit(timeoutOf(params, provider));
    const { blobs } = context;
    const { inputBytes } = provider.settings.bounds;
    const prompt = await stop.race(readPrompt(params, blobs, inputBytes));
    const body = utf8(provider.encode(prompt));
    checkCost(params, body.length, provider);
    const key = await stop.race(readKey(params.apiKey, provider.settings.key, context.secrets));
    const requestRef = await stop.race(this.#store(body, 'llm-request-not-stored'));
    const request = { provider, params, prompt, body, key };
    try {
      const received = await stop.race(this.#ask(request), GRACE_MS);
      const receipt = await this.#receipt(request, received, { requestRef, startNs });
      return params.version === 1 ? receipt1(receipt) : receipt2(receipt);
    } finally {
      this.#frames?.drop();
    }
  }

  #providerOf({ provider: name, model }: LlmParams): Provider {
    const { providers } = this.#ports;
    const provider = providers.get(name);
    if (provider === undefined) {
      const known = [...providers.keys()].join(', ');
      const message = `expected a provider among ${known} at params/provider, found ${name}`;
      throw new LlmFailure('llm-provider-unknown', message);
    }
    provider.checkModel(model);
    return provider;
  }

  /** Asks until there is an answer, or no reason to ask again. */
  async #ask(request: Request): Promise<Received> {
    const { provider, body, params } = request;
    const { retries } = provider.settings;
    const tokens = Number(params.maxTokens) + Math.ceil(body.length / BYTES_PER_TOKEN);
    for (;;) {
      const leave = await provider.lane.enter(tokens, this.#ports.stop);
      let waitMs: number;
      try {
        this.#requests += 1;
        this.#errorBody = undefined;
        return await this.#askOnce(request);
      } catch (error) {
        waitMs = await this.#waitBefore(error, retries, provider);
      } finally {
        leave();
      }
      await this.#ports.stop.wait(waitMs);
    }
  }

  /** How long to wait before asking again; throws what is final. */
  async #waitBefore(error: unknown, retries: LlmRetries, { lane }: Provider): Promise<number> {
    const { stop } = this.#ports;
    if (stop.failure !== undefined) throw stop.failure;
    if (!(error instanceof LlmFailure)) throw error;
    const { requests, firstMs, mostMs } = retries;
    const ownMs = firstMs * 2 ** (this.#requests - 1) * (0.5 + Math.random() / 2);
    if (error.waitMs !== undefined) lane.pause(Math.min(error.waitMs, mostMs));
    const waitMs = error.waitMs ?? ownMs;
    const isFinal = !error.isPassing || this.#requests >= requests || waitMs > mostMs;
    if (!isFinal && stop.hasTime(waitMs)) return waitMs;
    throw await this.#withEvidence(error);
  }

  /** The body of an error is kept, too, as far as there is one. */
  async #withEvidence(failure: LlmFailure): Promise<LlmFailure> {
    const body = this.#errorBody;
    if (body === undefined || body.length === 0) return failure;
    const hash = await this.#store(body, 'llm-response-not-stored').catch(() => undefined);
    return hash === undefined ? failure : failure.told(`its answer is kept as ${toHashText(hash)}`);
  }

  async #askOnce(request: Request): Promise<Received> {
    const { provider, prompt } = request;
    const { transport, protocol, settings } = provider;
    const before = this.#spentCents;
    this.#spentCents = undefined;
    const response = await transport.post(this.#wireRequest(request)).catch((error) => {
      if (isUnsent(error)) this.#spentCents = before;
      throw error;
    });
    if (response.status !== OK) {
      this.#spentCents = before;
      throw await this.#refusal(response, request.key);
    }
    const { context } = this.#ports;
    this.#frames = prompt.isStreamed
      ? new Frames(settings.frames, (payload) => context.emitFrame(payload))
      : undefined;
    const { responseBytes: limitBytes } = settings.bounds;
    const reception = new Reception(response, {
      context,
      protocol,
      frames: this.#frames,
      limitBytes,
    });
    try {
      return await reception.receive();
    } catch (error) {
      const isFree = error instanceof LlmFailure && error.isPassing;
      const usage = reception.usage ?? boundOf(request, reception.sizeBytes);
      this.#spentCents = isFree ? before : knownCost(usage, request);
      throw error;
    }
  }

  #wireRequest({ provider, body, key }: Request): WireRequest {
    const { protocol, settings } = provider;
    const { call, stop } = this.#ports;
    const { idempotencyHeader: header } = settings;
    return {
      path: protocol.path,
      headers: {
        ...{ 'content-type': 'application/json', 'user-agent': 'aos' },
        'accept-encoding': 'identity',
        ...protocol.fixedHeaders,
        ...settings.headers,
        ...(header === null ? {} : { [header]: toHex(call.idempotencyKey) }),
        ...protocol.headers(key),
      },
      body,
      signal: stop.signal,
    };
  }

  /**
   * What an answer that is none says. One that is cut could end inside of a key that it gives back:
   * where one was sent, nothing of it is kept or told.
   */
  async #refusal(response: WireResponse, key: string | undefined): Promise<LlmFailure> {
    const parts: Uint8Array[] = [];
    let sizeBytes = 0;
    try {
      for await (const chunk of response.chunks) {
        parts.push(chunk);
        sizeBytes += chunk.length;
        if (sizeBytes > ERROR_BYTES) break;
      }
    } catch (error) {
      // Its status says enough, whatever became of the rest.
      if (!(error instanceof LlmFailure)) throw error;
    } finally {
      response.end();
    }
    const isCut = sizeBytes > ERROR_BYTES && key !== undefined;
    if (isEncoded(response) || isCut) parts.length = 0;
    this.#errorBody = Buffer.concat(parts).subarray(0, ERROR_BYTES);
    const waitMs = retryHint(response.header, this.#ports.context.clock.wallNs());
    return failureOf(readError(this.#errorBody.toString('utf8'), response.status), waitMs);
  }

  async #receipt(
    request: Request,
    { answer, responseRef, firstNs }: Received,
    begun: { readonly requestRef: Hash; readonly startNs: bigint },
  ): Promise<LlmReceipt> {
    const { provider, params, prompt } = request;
    const { settings } = provider;
    const counted = answer.usage;
    const usage = counted ?? boundOf(request, Buffer.byteLength(answer.text) + callBytes(answer));
    const cost = costOf(usage, priceOf(request));
    this.#spentCents = knownCost(usage, request);
    const turn = printTurn({ protocol: settings.protocol, ...answer });
    const outputRef = await this.#store(utf8(outputOf(params, answer)), 'llm-response-not-stored');
    const turnRef = await this.#store(utf8(turn), 'llm-response-not-stored');
    const { adapterId, context } = this.#ports;
    return {
      ...{ adapterId, provider: settings.name, model: params.model, answer },
      tools: prompt.tools.map(({ name }) => name),
      ...{ outputRef, turnRef, responseRef, ...begun },
      ...{ usage, isCounted: counted !== undefined, cost, requests: this.#requests },
      ...{ firstNs, endNs: context.clock.wallNs(), limitBytes: settings.bounds.receiptBytes },
    };
  }

  async #store(
    bytes: Uint8Array,
    code: 'llm-request-not-stored' | 'llm-response-not-stored',
  ): Promise<Hash> {
    try {
      const chunks = (async function* () {
        yield bytes;
      })();
      return (await this.#ports.context.blobs.put(chunks, bytes.length)).hash;
    } catch (cause) {
      throw new LlmFailure(code, `cannot store ${bytes.length} bytes: ${cause}`, { cause });
    }
  }
}

function timeoutOf(params: LlmParams, { settings }: Provider): number {
  const { totalTimeoutMs } = settings.bounds;
  const wishedNs = params.version === 2 ? params.timeoutNs : undefined;
  if (wishedNs === undefined) return totalTimeoutMs;
  return Math.min(totalTimeoutMs, Number(wishedNs / NS_PER_MS) + 1);
}

/** Nothing is sent that might cost more than the call is ready to pay. */
function checkCost(params: LlmParams, requestBytes: number, { settings }: Provider): void {
  const most = params.version === 2 ? params.maxCostCents : undefined;
  if (most === undefined) return;
  const price = settings.prices?.get(params.model);
  const { cents } = worstCost(requestBytes, params.maxTokens, price);
  if (cents <= most) return;
  const message = `expected at most ${most} cents (max_cost_cents), it may come to ${cents}`;
  throw new LlmFailure('llm-cost-exceeded', `${message}; ask for fewer tokens, or allow more`);
}

function priceOf({ provider, params }: Request) {
  return provider.settings.prices?.get(params.model);
}

/** That something was used and cost nothing is said by no failure: without a price nobody knows. */
function knownCost(usage: Usage, request: Request): bigint | undefined {
  const { cents } = costOf(usage, priceOf(request));
  return cents === 0n ? undefined : cents;
}

/** There was no connection that a request could have gone out on. */
function isUnsent(error: unknown): boolean {
  return error instanceof LlmFailure && UNSENT.has(error.code);
}

const UNSENT: ReadonlySet<string> = new Set(['llm-connect-failed', 'llm-tls-failed']);

function boundOf({ body, params }: Request, answerBytes: number): Usage {
  return boundUsage(body.length, answerBytes, params.maxTokens);
}

function callBytes({ toolCalls }: Answer): number {
  const sizes = toolCalls.map((call) => Buffer.byteLength(call.name + call.arguments));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * Version 1 has no field for calls of tools: where they were offered, its output is the message.
 */
function outputOf(params: LlmParams, { text, toolCalls }: Answer): string {
  if (params.version === 2 || params.tools.length === 0) return text;
  const calls = toolCalls.map(({ id, name, arguments: written }) => ({
    ...{ id, type: 'function' },
    function: { name, arguments: written },
  }));
  const called = calls.length === 0 ? {} : { tool_calls: calls };
  return JSON.stringify({ role: 'assistant', content: text, ...called });
}
