/** The official clients as judges: what they read from the same bytes. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import type { ProtocolName } from '../src/index.js';

/** What both sides say of an answer, in the words of the provider. */
export interface Reading {
  readonly text: string;
  readonly toolCalls: readonly {
    readonly id: string;
    readonly name: string;
    readonly arguments: unknown;
  }[];
  readonly finish: string | null;
  readonly prompt: number;
  readonly completion: number;
}

const MODEL = 'm-1';

function given(body: string, isStream: boolean): () => Promise<Response> {
  const type = isStream ? 'text/event-stream' : 'application/json';
  return async () => new Response(body, { headers: { 'content-type': type } });
}

async function readChat(body: string, isStream: boolean): Promise<Reading> {
  const client = new OpenAI({ apiKey: 'none', fetch: given(body, isStream), maxRetries: 0 });
  const ask = { model: MODEL, messages: [{ role: 'user' as const, content: 'x' }] };
  const whole = isStream
    ? await client.chat.completions.stream(ask).finalChatCompletion()
    : await client.chat.completions.create(ask);
  const [choice] = whole.choices;
  const calls = choice?.message.tool_calls ?? [];
  return {
    text: choice?.message.refusal ?? choice?.message.content ?? '',
    toolCalls: calls.flatMap((call) =>
      call.type === 'function'
        ? [{ id: call.id, name: call.function.name, arguments: call.function.arguments }]
        : [],
    ),
    finish: choice?.finish_reason ?? null,
    prompt: whole.usage?.prompt_tokens ?? -1,
    completion: whole.usage?.completion_tokens ?? -1,
  };
}

async function readResponses(body: string, isStream: boolean): Promise<Reading> {
  const client = new OpenAI({ apiKey: 'none', fetch: given(body, isStream), maxRetries: 0 });
  const ask = { model: MODEL, input: 'x' };
  const whole = isStream
    ? await client.responses.stream(ask).finalResponse()
    : await client.responses.create(ask);
  const calls = whole.output.flatMap((item) => (item.type === 'function_call' ? [item] : []));
  return {
    text: whole.output_text,
    toolCalls: calls.map((call) => {
      return { id: call.call_id, name: call.name, arguments: call.arguments };
    }),
    finish: whole.status ?? null,
    prompt: whole.usage?.input_tokens ?? -1,
    completion: whole.usage?.output_tokens ?? -1,
  };
}

async function readMessages(body: string, isStream: boolean): Promise<Reading> {
  const client = new Anthropic({ apiKey: 'none', fetch: given(body, isStream), maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: 'x' }];
  const ask = { model: MODEL, max_tokens: 100, messages };
  const whole = isStream
    ? await client.messages.stream(ask).finalMessage()
    : await client.messages.create(ask);
  const { usage } = whole;
  return {
    text: whole.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    toolCalls: whole.content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, arguments: block.input }] : [],
    ),
    finish: whole.stop_reason,
    prompt:
      usage.input_tokens +
      (usage.cache_creation_input_tokens ?? 0) +
      (usage.cache_read_input_tokens ?? 0),
    completion: usage.output_tokens,
  };
}

const READERS = {
  'openai-chat': readChat,
  'openai-responses': readResponses,
  'anthropic-messages': readMessages,
} as const;

/** What the client of a provider makes of an answer. */
export function readOfficially(
  protocol: ProtocolName,
  body: string,
  isStream: boolean,
): Promise<Reading> {
  return READERS[protocol](body, isStream);
}
