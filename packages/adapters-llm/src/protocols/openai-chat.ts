/** `POST /chat/completions`, as OpenAI has it and many others after it. */
import type { Message, Part, Prompt, Tool, ToolCall } from '../prompt/prompt.js';
import { type Usage, usageOf } from '../usage/usage.js';
import {
  type Fields,
  fieldsOf,
  itemsOf,
  type Json,
  malformed,
  readJson,
  textOf,
  Written,
  writeJson,
} from './json.js';
import {
  type Answer,
  type AnswerStream,
  type Delta,
  type Finish,
  MOST_CALLS,
  type Protocol,
  type RequestRules,
  type StreamEvent,
} from './protocol.js';
import { errorFields, failureOf } from './provider-error.js';

export const openaiChat: Protocol = {
  path: '/chat/completions',
  options: [
    ...['frequency_penalty', 'logit_bias', 'metadata', 'parallel_tool_calls', 'presence_penalty'],
    ...['prompt_cache_key', 'reasoning_effort', 'safety_identifier', 'seed', 'stop', 'top_p'],
    ...['user', 'verbosity'],
  ],
  headers: bearer,
  fixedHeaders: {},
  encode,
  read,
  openStream: () => new ChatStream(),
  readUsage,
};

export function bearer(key: string | undefined): Readonly<Record<string, string>> {
  return key === undefined ? {} : { authorization: `Bearer ${key}` };
}

function encode(prompt: Prompt, { limitField }: RequestRules): string {
  const { model, maxTokens, temperature, tools, toolChoice, output, options, isStreamed } = prompt;
  return writeJson({
    model,
    messages: prompt.messages.flatMap(writeMessage),
    [limitField]: maxTokens,
    temperature: temperature === undefined ? undefined : new Written(temperature),
    tools: tools.length === 0 ? undefined : tools.map(writeTool),
    tool_choice: toolChoice && writeChoice(toolChoice),
    response_format: output && {
      type: 'json_schema',
      json_schema: { name: output.name, schema: new Written(output.schema), strict: true },
    },
    stream: isStreamed ? true : undefined,
    stream_options: isStreamed ? { include_usage: true } : undefined,
    ...Object.fromEntries([...options].map(([name, json]) => [name, new Written(json)])),
  });
}

function writeTool({ name, description, parameters }: Tool): Json {
  return { type: 'function', function: { name, description, parameters: new Written(parameters) } };
}

function writeChoice(choice: NonNullable<Prompt['toolChoice']>): Json {
  if (typeof choice === 'object') return { type: 'function', function: { name: choice.tool } };
  return choice === 'any' ? 'required' : choice;
}

/** Results of tools are messages of their own, before whatever else a message says. */
function writeMessage({ role, parts }: Message): readonly Json[] {
  const results = parts.flatMap((part) =>
    part.kind === 'tool-result'
      ? [{ role: 'tool', tool_call_id: part.id, content: part.content }]
      : [],
  );
  const others = parts.flatMap(unfold).filter(({ kind }) => kind !== 'tool-result');
  if (others.length === 0) return results;
  const calls = others.flatMap((part) => (part.kind === 'tool-call' ? [writeCall(part)] : []));
  const content = others.flatMap(writeContent);
  const isText = content.every(({ type }) => type === 'text');
  const text = content.map(({ text: each }) => each ?? '').join('');
  const message = {
    role,
    content: isText ? (content.length === 0 ? null : text) : content,
    tool_calls: calls.length === 0 ? undefined : calls,
  };
  return [...results, message];
}

/** An earlier answer as the parts that it has. */
function unfold(part: Part): readonly Part[] {
  if (part.kind !== 'turn') return [part];
  const { text, toolCalls } = part.turn;
  const said: readonly Part[] = text === '' ? [] : [{ kind: 'text', text }];
  return [...said, ...toolCalls.map((call) => ({ kind: 'tool-call', ...call }) as const)];
}

function writeCall({ id, name, arguments: written }: ToolCall): Json {
  return { id, type: 'function', function: { name, arguments: written } };
}

function writeContent(part: Part): readonly { type: string; text?: string; image_url?: Json }[] {
  if (part.kind === 'text') return [{ type: 'text', text: part.text }];
  if (part.kind !== 'image') return [];
  const url = `data:${part.mediaType};base64,${part.base64}`;
  return [{ type: 'image_url', image_url: { url } }];
}

function read(body: string): Answer {
  const completion = fieldsOf(readJson(body));
  const [choice] = itemsOf(completion.choices);
  if (choice === undefined) throw malformed('a choice');
  const message = fieldsOf(choice.message);
  const refusal = textOf(message.refusal);
  const calls = itemsOf(message.tool_calls).map((call) => {
    const { name, arguments: written } = fieldsOf(call.function);
    return { id: textOf(call.id), name: textOf(name), arguments: textOf(written) };
  });
  if (calls.length > MOST_CALLS) throw malformed(`at most ${MOST_CALLS} calls of tools`);
  return answerOf({
    ...{ id: completion.id, model: completion.model, usage: completion.usage },
    ...{ text: contentOf(message.content), refusal, calls, reason: choice.finish_reason },
  });
}

/** A text, or with some a list of parts among which there are texts. */
function contentOf(content: unknown): string {
  if (!Array.isArray(content)) return textOf(content);
  const parts = itemsOf(content);
  return parts.map(({ type, text }) => (type === 'text' ? textOf(text) : '')).join('');
}

interface Parts {
  readonly id: unknown;
  readonly model: unknown;
  readonly usage: unknown;
  readonly text: string;
  readonly refusal: string;
  readonly calls: readonly ToolCall[];
  readonly reason: unknown;
}

function answerOf({ id, model, usage, text, refusal, calls, reason }: Parts): Answer {
  return {
    id: textOf(id) || undefined,
    model: textOf(model) || undefined,
    text: refusal === '' ? text : refusal,
    toolCalls: calls,
    finish: refusal === '' ? finishOf(reason, calls) : 'refusal',
    usage: readUsage(usage),
    native: 'null',
  };
}

const FINISHES: ReadonlyMap<unknown, Finish> = new Map<unknown, Finish>([
  ['stop', 'stop'],
  ['length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'filtered'],
]);

/** Some say `stop` where tools are called. */
function finishOf(reason: unknown, calls: readonly ToolCall[]): Finish {
  const finish = FINISHES.get(reason) ?? 'other';
  return finish === 'stop' && calls.length > 0 ? 'tool-calls' : finish;
}

function readUsage(value: unknown): Usage | undefined {
  const usage = fieldsOf(value);
  return usageOf(usage.prompt_tokens, usage.completion_tokens, {
    cacheRead: fieldsOf(usage.prompt_tokens_details).cached_tokens,
    reasoning: fieldsOf(usage.completion_tokens_details).reasoning_tokens,
  });
}

class ChatStream implements AnswerStream {
  isEnded = false;
  #head: Fields = {};
  #usage: unknown;
  #text = '';
  #refusal = '';
  readonly #calls = new Map<number, ToolCall>();
  #reason: unknown;

  get usage(): Usage | undefined {
    return readUsage(this.#usage);
  }

  take({ data }: StreamEvent): readonly Delta[] {
    if (data === '[DONE]') {
      this.isEnded = true;
      return [];
    }
    const chunk = fieldsOf(readJson(data));
    if (chunk.error !== undefined && chunk.error !== null) {
      throw failureOf(errorFields(fieldsOf(chunk.error)));
    }
    if (this.#head.id === undefined) this.#head = chunk;
    this.#usage = chunk.usage ?? this.#usage;
    const [choice] = itemsOf(chunk.choices);
    if (choice === undefined) return [];
    this.#reason = choice.finish_reason ?? this.#reason;
    return this.#takeDelta(fieldsOf(choice.delta));
  }

  answer(): Answer | undefined {
    if (this.#reason === undefined) return undefined;
    const calls = [...this.#calls].sort(([a], [b]) => a - b).map(([, call]) => call);
    return answerOf({
      ...{ id: this.#head.id, model: this.#head.model, usage: this.#usage },
      ...{ text: this.#text, refusal: this.#refusal, calls, reason: this.#reason },
    });
  }

  #takeDelta(delta: Fields): readonly Delta[] {
    const deltas: Delta[] = [];
    const text = contentOf(delta.content);
    const refusal = textOf(delta.refusal);
    this.#text += text;
    this.#refusal += refusal;
    if (text !== '' || refusal !== '') deltas.push({ text: text + refusal });
    for (const piece of itemsOf(delta.tool_calls)) deltas.push(this.#takeCall(piece));
    return deltas;
  }

  #takeCall({ index, id, function: called }: Fields): Delta {
    const place = typeof index === 'number' ? index : 0;
    const { name, arguments: written } = fieldsOf(called);
    const piece = { id: textOf(id), name: textOf(name), arguments: textOf(written) };
    const before = this.#calls.get(place) ?? { id: '', name: '', arguments: '' };
    this.#calls.set(place, {
      id: before.id || piece.id,
      name: before.name || piece.name,
      arguments: before.arguments + piece.arguments,
    });
    if (this.#calls.size > MOST_CALLS) throw malformed(`at most ${MOST_CALLS} calls of tools`);
    return { index: Math.max(0, Math.trunc(place)), ...piece };
  }
}
