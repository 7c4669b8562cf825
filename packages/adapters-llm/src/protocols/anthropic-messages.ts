/** `POST /v1/messages`, as Anthropic has it. */
import { type JsonValue, parseJson, printJson } from '@aos/air';
import { isObject, objectText } from '../prompt/json-text.js';
import type { Message, Part, Prompt, Tool, ToolCall } from '../prompt/prompt.js';
import { readCount, type Usage, usageOf } from '../usage/usage.js';
import { AnthropicBlocks, type Block } from './anthropic-blocks.js';
import {
  type Fields,
  fieldsOf,
  itemsOf,
  type Json,
  malformed,
  printAgain,
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
  type StreamEvent,
} from './protocol.js';
import { errorFields, failureOf } from './provider-error.js';

const NAME = 'anthropic-messages';

export const anthropicMessages: Protocol = {
  path: '/v1/messages',
  options: ['metadata', 'stop_sequences', 'thinking', 'top_k', 'top_p'],
  headers: (key) => (key === undefined ? {} : { 'x-api-key': key }),
  fixedHeaders: { 'anthropic-version': '2023-06-01' },
  encode,
  read,
  openStream: () => new MessageStream(),
  readUsage: (usage) => readUsage(fieldsOf(usage)),
};

function encode(prompt: Prompt): string {
  const { model, maxTokens, temperature, tools, toolChoice, output, options, isStreamed } = prompt;
  const isSystem = ({ role }: Message) => role === 'system';
  const system = prompt.messages.filter(isSystem).flatMap(({ parts }) => parts.flatMap(writePart));
  const talk = prompt.messages.filter((message) => !isSystem(message));
  return writeJson({
    model,
    max_tokens: maxTokens,
    system: system.length === 0 ? undefined : system,
    messages: talk.map(({ role, parts }) => ({ role, content: parts.flatMap(writePart) })),
    temperature: temperature === undefined ? undefined : new Written(temperature),
    tools: tools.length === 0 ? undefined : tools.map(writeTool),
    tool_choice: toolChoice && writeChoice(toolChoice),
    output_config: output && {
      format: { type: 'json_schema', schema: new Written(output.schema) },
    },
    stream: isStreamed ? true : undefined,
    ...Object.fromEntries([...options].map(([name, json]) => [name, new Written(json)])),
  });
}

function writeTool({ name, description, parameters }: Tool): Json {
  return { name, description, input_schema: new Written(parameters) };
}

function writeChoice(choice: NonNullable<Prompt['toolChoice']>): Json {
  return typeof choice === 'object' ? { type: 'tool', name: choice.tool } : { type: choice };
}

function writePart(part: Part): readonly Json[] {
  switch (part.kind) {
    case 'text':
      // Empty blocks are refused there.
      return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    case 'image': {
      const source = { type: 'base64', media_type: part.mediaType, data: part.base64 };
      return [{ type: 'image', source }];
    }
    case 'tool-call':
      return [writeCall(part)];
    case 'tool-result': {
      const { id, content, isError } = part;
      return [{ type: 'tool_result', tool_use_id: id, content, is_error: isError || undefined }];
    }
    case 'turn': {
      const { protocol, text, toolCalls, native } = part.turn;
      const items = protocol === NAME ? native.slice(1, -1) : '';
      if (items !== '') return [new Written(items)];
      return [...(text === '' ? [] : [{ type: 'text', text }]), ...toolCalls.map(writeCall)];
    }
  }
}

function writeCall({ id, name, arguments: written }: ToolCall): Json {
  return { type: 'tool_use', id, name, input: new Written(written) };
}

function read(body: string): Answer {
  const message = fieldsOf(readJson(body));
  if (message.type === 'error') throw failureOf(errorFields(fieldsOf(message.error)));
  if (!Array.isArray(message.content)) throw malformed('a list of contents');
  const inputs = exactInputs(body);
  const blocks = itemsOf(message.content).map((block, i) => ({
    ...{ fields: block, text: textOf(block.text) },
    input: block.type === 'tool_use' ? (inputs[i] ?? printAgain(block.input ?? {})) : '',
  }));
  return answerOf(message, blocks, message.usage);
}

/** What tools are called with, as far as it is exact JSON: its integers may be large. */
function exactInputs(body: string): readonly (string | undefined)[] {
  const json = parseJson(body);
  const content = json.ok && isObject(json.value) ? json.value.content : undefined;
  if (!Array.isArray(content)) return [];
  return content.map((block: JsonValue) => {
    const input = isObject(block) ? block.input : undefined;
    return input === undefined ? undefined : printJson(input);
  });
}

function answerOf(message: Fields, blocks: readonly Block[], usage: unknown): Answer {
  const calls = blocks
    .filter(({ fields }) => fields.type === 'tool_use')
    .map(({ fields, input }) => {
      return { id: textOf(fields.id), name: textOf(fields.name), arguments: input };
    });
  if (calls.length > MOST_CALLS) throw malformed(`at most ${MOST_CALLS} calls of tools`);
  const texts = blocks.map(({ fields, text }) => (fields.type === 'text' ? text : ''));
  return {
    id: textOf(message.id) || undefined,
    model: textOf(message.model) || undefined,
    text: texts.join(''),
    toolCalls: calls,
    finish: FINISHES.get(message.stop_reason) ?? 'other',
    usage: readUsage(fieldsOf(usage)),
    native: `[${blocks.map(printBlock).join(',')}]`,
  };
}

/** As it came; a call whose input is no JSON has none, or it could not go back. */
function printBlock({ fields, input, text }: Block): string {
  if (fields.type === 'text') return printAgain({ ...fields, text });
  if (fields.type !== 'tool_use') return printAgain(fields);
  const { id, name } = fields;
  return writeJson({
    ...{ type: 'tool_use', id: textOf(id), name: textOf(name) },
    input: new Written(objectText(input) ?? '{}'),
  });
}

const FINISHES: ReadonlyMap<unknown, Finish> = new Map<unknown, Finish>([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['refusal', 'refusal'],
]);

/** The three kinds of input are counted apart here, and together everywhere else. */
function readUsage(usage: Fields): Usage | undefined {
  const cacheRead = readCount(usage.cache_read_input_tokens ?? 0);
  const cacheWrite = readCount(usage.cache_creation_input_tokens ?? 0);
  const fresh = readCount(usage.input_tokens);
  if (fresh === undefined || cacheRead === undefined || cacheWrite === undefined) return undefined;
  const { thinking_tokens } = fieldsOf(usage.output_tokens_details);
  const parts = { cacheRead, cacheWrite, reasoning: thinking_tokens };
  return usageOf(fresh + cacheRead + cacheWrite, usage.output_tokens, parts);
}

class MessageStream implements AnswerStream {
  isEnded = false;
  #message: Fields = {};
  #usage: Fields = {};
  readonly #blocks = new AnthropicBlocks();

  get usage(): Usage | undefined {
    return readUsage(this.#usage);
  }

  take({ data }: StreamEvent): readonly Delta[] {
    const event = fieldsOf(readJson(data));
    switch (event.type) {
      case 'message_start':
        this.#message = fieldsOf(event.message);
        this.#count(this.#message.usage);
        return [];
      case 'content_block_start':
        return this.#blocks.begin(event);
      case 'content_block_delta':
        return this.#blocks.grow(event);
      case 'message_delta':
        this.#message = { ...this.#message, ...fieldsOf(event.delta) };
        this.#count(event.usage);
        return [];
      case 'message_stop':
        this.isEnded = true;
        return [];
      case 'error':
        throw failureOf(errorFields(fieldsOf(event.error)));
      default:
        return [];
    }
  }

  answer(): Answer | undefined {
    const { stop_reason } = this.#message;
    if (!this.isEnded || stop_reason === undefined || stop_reason === null) return undefined;
    return answerOf(this.#message, this.#blocks.all(), this.#usage);
  }

  /** Later counts stand for earlier ones, as far as they say something. */
  #count(usage: unknown): void {
    const said = Object.entries(fieldsOf(usage)).filter(([, count]) => count !== null);
    this.#usage = { ...this.#usage, ...Object.fromEntries(said) };
  }
}
