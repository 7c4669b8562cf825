/**
 * `POST /responses`, as OpenAI has it. Nothing is kept there: each request brings all of the talk.
 */
import type { Message, Part, Prompt, Tool } from '../prompt/prompt.js';
import { type Usage, usageOf } from '../usage/usage.js';
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
import { bearer } from './openai-chat.js';
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

const NAME = 'openai-responses';

export const openaiResponses: Protocol = {
  path: '/responses',
  options: [
    ...['include', 'metadata', 'parallel_tool_calls', 'prompt_cache_key', 'reasoning'],
    ...['safety_identifier', 'top_p', 'truncation', 'user'],
  ],
  headers: bearer,
  fixedHeaders: {},
  encode,
  read: (body) => readResponse(fieldsOf(readJson(body))),
  openStream: () => new ResponseStream(),
  readUsage,
};

function encode(prompt: Prompt): string {
  const { model, maxTokens, temperature, tools, toolChoice, output, options, isStreamed } = prompt;
  return writeJson({
    model,
    input: prompt.messages.flatMap(writeMessage),
    max_output_tokens: maxTokens,
    temperature: temperature === undefined ? undefined : new Written(temperature),
    tools: tools.length === 0 ? undefined : tools.map(writeTool),
    tool_choice: toolChoice && writeChoice(toolChoice),
    text: output && {
      format: {
        ...{ type: 'json_schema', name: output.name },
        ...{ schema: new Written(output.schema), strict: true },
      },
    },
    store: false,
    stream: isStreamed ? true : undefined,
    ...Object.fromEntries([...options].map(([name, json]) => [name, new Written(json)])),
  });
}

/** Not strict, which not every schema can be. */
function writeTool({ name, description, parameters }: Tool): Json {
  return {
    ...{ type: 'function', name, description },
    ...{ parameters: new Written(parameters), strict: false },
  };
}

function writeChoice(choice: NonNullable<Prompt['toolChoice']>): Json {
  if (typeof choice === 'object') return { type: 'function', name: choice.tool };
  return choice === 'any' ? 'required' : choice;
}

/**
 * Texts and images that follow each other are one item; calls and results are items of their own.
 */
function writeMessage({ role, parts }: Message): readonly Json[] {
  const items: Json[] = [];
  let content: Json[] = [];
  const close = () => {
    if (content.length > 0) items.push({ type: 'message', role, content });
    content = [];
  };
  for (const part of parts.flatMap(unfold)) {
    const item = writeItem(part);
    if (item === undefined) {
      content.push(...writeContent(part, role));
    } else {
      close();
      items.push(item);
    }
  }
  close();
  return items;
}

/** An answer of this interface goes back as it came; another one as the parts that it has. */
function unfold(part: Part): readonly (Part | { kind: 'written'; item: Json })[] {
  if (part.kind !== 'turn') return [part];
  const { protocol, text, toolCalls, native } = part.turn;
  if (protocol === NAME) {
    const items: unknown = JSON.parse(native);
    if (!Array.isArray(items)) return [];
    return items.filter(canGoBack).map((item) => {
      return { kind: 'written', item: new Written(printAgain(item)) };
    });
  }
  const said: readonly Part[] = text === '' ? [] : [{ kind: 'text', text }];
  return [...said, ...toolCalls.map((call) => ({ kind: 'tool-call', ...call }) as const)];
}

/** Thoughts that are only kept there are not there: nothing is. */
function canGoBack(item: unknown): boolean {
  const { type, encrypted_content } = fieldsOf(item);
  return type !== 'reasoning' || typeof encrypted_content === 'string';
}

function writeItem(part: Part | { kind: 'written'; item: Json }): Json | undefined {
  switch (part.kind) {
    case 'written':
      return part.item;
    case 'tool-call': {
      const { id, name, arguments: written } = part;
      return { type: 'function_call', call_id: id, name, arguments: written };
    }
    case 'tool-result':
      return { type: 'function_call_output', call_id: part.id, output: part.content };
    default:
      return undefined;
  }
}

function writeContent(part: Part | { kind: 'written' }, role: Message['role']): readonly Json[] {
  if (part.kind === 'text') {
    return [{ type: role === 'assistant' ? 'output_text' : 'input_text', text: part.text }];
  }
  if (part.kind !== 'image') return [];
  return [{ type: 'input_image', image_url: `data:${part.mediaType};base64,${part.base64}` }];
}

function readResponse(response: Fields): Answer {
  const { status, error, output, usage } = response;
  if (error !== undefined && error !== null) throw failureOf(errorFields(fieldsOf(error)));
  if (status === 'failed') throw failureOf({ type: '', code: '', message: 'failed' });
  if (!Array.isArray(output)) throw malformed('a list of outputs');
  const items = itemsOf(output);
  const content = items.flatMap((item) => (item.type === 'message' ? itemsOf(item.content) : []));
  const calls = items
    .filter(({ type }) => type === 'function_call')
    .map(({ call_id, name, arguments: written }) => {
      return { id: textOf(call_id), name: textOf(name), arguments: textOf(written) };
    });
  if (calls.length > MOST_CALLS) throw malformed(`at most ${MOST_CALLS} calls of tools`);
  const refusal = content.map(({ refusal: each }) => textOf(each)).join('');
  const text = content.map((each) => (each.type === 'output_text' ? textOf(each.text) : ''));
  const finish = finishOf(response, calls.length);
  return {
    id: textOf(response.id) || undefined,
    model: textOf(response.model) || undefined,
    text: refusal === '' ? text.join('') : refusal,
    toolCalls: calls,
    finish: refusal === '' ? finish : 'refusal',
    usage: readUsage(usage),
    native: printAgain(output),
  };
}

function finishOf({ status, incomplete_details }: Fields, calls: number): Finish {
  if (status === 'completed') return calls > 0 ? 'tool-calls' : 'stop';
  const { reason } = fieldsOf(incomplete_details);
  if (status !== 'incomplete') return 'other';
  return reason === 'content_filter' ? 'filtered' : 'length';
}

function readUsage(value: unknown): Usage | undefined {
  const usage = fieldsOf(value);
  return usageOf(usage.input_tokens, usage.output_tokens, {
    cacheRead: fieldsOf(usage.input_tokens_details).cached_tokens,
    reasoning: fieldsOf(usage.output_tokens_details).reasoning_tokens,
  });
}

/** The last event has the whole answer; those before it are for who wants to see it grow. */
class ResponseStream implements AnswerStream {
  #answer: Answer | undefined;

  get isEnded(): boolean {
    return this.#answer !== undefined;
  }

  get usage(): Usage | undefined {
    return this.#answer?.usage;
  }

  take({ data }: StreamEvent): readonly Delta[] {
    if (data === '[DONE]') return [];
    const event = fieldsOf(readJson(data));
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        return [{ text: textOf(event.delta) }];
      case 'response.output_item.added':
        return this.#begin(event);
      case 'response.function_call_arguments.delta':
        return [{ ...placeOf(event), id: '', name: '', arguments: textOf(event.delta) }];
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        this.#answer = readResponse(fieldsOf(event.response));
        return [];
      case 'error':
        throw failureOf(errorFields(event.error === undefined ? event : fieldsOf(event.error)));
      default:
        return [];
    }
  }

  answer(): Answer | undefined {
    return this.#answer;
  }

  #begin(event: Fields): readonly Delta[] {
    const { type, call_id, name } = fieldsOf(event.item);
    if (type !== 'function_call') return [];
    return [{ ...placeOf(event), id: textOf(call_id), name: textOf(name), arguments: '' }];
  }
}

function placeOf({ output_index }: Fields): { readonly index: number } {
  const isPlace = typeof output_index === 'number' && output_index >= 0;
  return { index: isPlace ? Math.trunc(output_index) : 0 };
}
