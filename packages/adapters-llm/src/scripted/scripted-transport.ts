/**
 * A model without a network: a script answers in place of a server, in the same bytes as one. So
 * all that is true of requests, answers, streams and errors is true here.
 */
import { utf8 } from '@aos/canon';
import { LlmFailure } from '../failure.js';
import { fieldsOf, itemsOf, readJson, textOf } from '../protocols/json.js';
import type { Transport, WireRequest, WireResponse } from '../wire/transport.js';
import type { Script, ScriptReply, ScriptRequest } from './script.js';

const BYTES_PER_TOKEN = 4;
/** Characters of one event of a stream. */
const PIECE_CHARS = 24;

export class ScriptedTransport implements Transport {
  constructor(private readonly script: Script) {}

  async post({ body, signal }: WireRequest): Promise<WireResponse> {
    const text = Buffer.from(body).toString('utf8');
    const asked = fieldsOf(readJson(text));
    const request = readRequest(asked);
    const reply = await orAbort(Promise.resolve(this.script(request)), signal);
    if (reply.error !== undefined) return errorResponse(reply.error);
    const answer = fillReply(reply, request, body.length);
    return asked.stream === true ? streamOf(answer) : wholeOf(answer);
  }

  async close(): Promise<void> {}
}

function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = () => new LlmFailure('llm-cancelled', 'nobody waits for the script any more');
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(aborted());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.finally(() => signal.removeEventListener('abort', onAbort)).then(resolve, reject);
  });
}

function readRequest(asked: ReturnType<typeof fieldsOf>): ScriptRequest {
  const messages = itemsOf(asked.messages).map(({ role, content }) => {
    const parts = itemsOf(content).map(({ text }) => textOf(text));
    return { role: textOf(role), text: typeof content === 'string' ? content : parts.join('') };
  });
  const tools = itemsOf(asked.tools).map((tool) => textOf(fieldsOf(tool.function).name));
  const isJson = asked.response_format !== undefined;
  return {
    model: textOf(asked.model),
    maxTokens: Number(asked.max_tokens),
    messages,
    tools,
    isJson,
  };
}

/** A whole answer, as an object of the interface. */
interface Filled {
  readonly model: string;
  readonly message: {
    readonly role: 'assistant';
    readonly content: string | null;
    readonly refusal: string | null;
    readonly tool_calls?: readonly {
      readonly id: string;
      readonly type: 'function';
      readonly function: { readonly name: string; readonly arguments: string };
    }[];
  };
  readonly finish: string;
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

function fillReply(reply: ScriptReply, request: ScriptRequest, bodyBytes: number): Filled {
  const { model, maxTokens } = request;
  const whole = reply.text ?? '';
  const cut = Buffer.from(whole).subarray(0, maxTokens * BYTES_PER_TOKEN);
  const isCut = reply.usage === undefined && cut.length < Buffer.byteLength(whole);
  const text = isCut ? cut.toString('utf8') : whole;
  const calls = reply.toolCalls?.map((call, i) => ({
    ...{ id: `call_${i}`, type: 'function' as const },
    function: { name: call.name, arguments: call.arguments },
  }));
  const said = Buffer.byteLength(text + (reply.refusal ?? '') + JSON.stringify(calls ?? ''));
  const counted = calls === undefined ? said - JSON.stringify('').length : said;
  const usage = reply.usage ?? { prompt: tokensOf(bodyBytes), completion: tokensOf(counted) };
  const finish = isCut ? 'length' : calls === undefined ? 'stop' : 'tool_calls';
  return {
    model,
    message: {
      ...{ role: 'assistant', content: reply.text === undefined ? null : text },
      refusal: reply.refusal ?? null,
      ...(calls === undefined ? {} : { tool_calls: calls }),
    },
    finish: reply.finish ?? finish,
    usage: { prompt_tokens: usage.prompt, completion_tokens: usage.completion },
  };
}

function tokensOf(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

function wholeOf({ model, message, finish, usage }: Filled): WireResponse {
  const choices = [{ index: 0, message, finish_reason: finish }];
  const body = JSON.stringify({ id: 'scripted', object: 'chat.completion', model, choices, usage });
  return respond(200, 'application/json', [body]);
}

function streamOf({ model, message, finish, usage }: Filled): WireResponse {
  const head = { id: 'scripted', object: 'chat.completion.chunk', model };
  const chunk = (choices: readonly object[], more: object = {}) =>
    `data: ${JSON.stringify({ ...head, choices, ...more })}\n\n`;
  const said = message.content ?? '';
  const pieces = Array.from({ length: Math.ceil(said.length / PIECE_CHARS) }, (_, i) =>
    chunk([delta({ content: said.slice(i * PIECE_CHARS, (i + 1) * PIECE_CHARS) })]),
  );
  const refusal = message.refusal === null ? [] : [chunk([delta({ refusal: message.refusal })])];
  const calls = (message.tool_calls ?? []).map((call, index) =>
    chunk([delta({ tool_calls: [{ index, ...call }] })]),
  );
  const end = chunk([{ index: 0, delta: {}, finish_reason: finish }]);
  const count = chunk([], { usage });
  const events = [...pieces, ...refusal, ...calls, end, count, 'data: [DONE]\n\n'];
  return respond(200, 'text/event-stream', events);
}

function delta(piece: object): object {
  return { index: 0, delta: piece, finish_reason: null };
}

function errorResponse(error: NonNullable<ScriptReply['error']>): WireResponse {
  const { status, code, message, retryAfterSeconds } = error;
  const body = JSON.stringify({ error: { type: '', code, message } });
  const after = retryAfterSeconds === undefined ? undefined : `${retryAfterSeconds}`;
  return respond(status, 'application/json', [body], { 'retry-after': after });
}

function respond(
  status: number,
  type: string,
  texts: readonly string[],
  headers: Readonly<Record<string, string | undefined>> = {},
): WireResponse {
  const all: Readonly<Record<string, string | undefined>> = { ...headers, 'content-type': type };
  return { status, header: (name) => all[name], chunks: chunksOf(texts), end: () => undefined };
}

async function* chunksOf(texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield utf8(text);
}
