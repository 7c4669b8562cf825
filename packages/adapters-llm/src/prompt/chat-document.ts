/**
 * The chat that `input_ref` of version 1 names: JSON, a list of messages, or an object of
 * `messages` and `tools`.
 *
 * A message is `{role, content}`: `role` is system, developer, user, assistant or tool; `content` a
 * text, or a list of `{type: "text", text}`. One of the assistant may have `tool_calls` of `{id,
 * function: {name, arguments}}`, one of a tool has `tool_call_id`. A tool is `{name, description?,
 * parameters}`, or that as `function` of `{type: "function"}`. Other fields are refused: nothing of
 * a chat is passed over.
 */
import { type JsonObject, type JsonValue, parseJson, printJson } from '@aos/air';
import { LlmFailure } from '../failure.js';
import { isObject, objectText } from './json-text.js';
import type { Message, Part, Role, Tool } from './prompt.js';

export interface ChatDocument {
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
}

const ROLES: ReadonlyMap<JsonValue | undefined, Role> = new Map<JsonValue | undefined, Role>([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['tool', 'user'],
]);

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** Throws `llm-input-invalid`. */
export function parseChat(text: string): ChatDocument {
  const json = parseJson(text);
  if (!json.ok) throw invalid('', `JSON (${json.refusal.code} at ${json.refusal.at})`);
  const isList = Array.isArray(json.value);
  const chat = isList ? undefined : readObject(json.value, '', ['messages', 'tools']);
  const messages = readList(isList ? json.value : chat?.messages, '/messages', readMessage);
  if (messages.length === 0) throw invalid('/messages', 'at least one message');
  return { messages, tools: chat?.tools ? readList(chat.tools, '/tools', readTool) : [] };
}

function invalid(at: string, expected: string): LlmFailure {
  return new LlmFailure('llm-input-invalid', `expected ${expected} at input_ref${at}`);
}

function readObject(
  value: JsonValue | undefined,
  at: string,
  known: readonly string[],
): JsonObject {
  if (!isObject(value)) throw invalid(at, 'an object');
  const other = Object.keys(value).find((name) => !known.includes(name));
  if (other !== undefined) throw invalid(`${at}/${other}`, `no field but ${known.join(', ')}`);
  return value;
}

function readList<T>(
  value: JsonValue | undefined,
  at: string,
  read: (item: JsonValue, at: string) => T,
): readonly T[] {
  if (!Array.isArray(value)) throw invalid(at, 'a list');
  return value.map((item: JsonValue, i) => read(item, `${at}/${i}`));
}

function readText(value: JsonValue | undefined, at: string): string {
  if (typeof value !== 'string') throw invalid(at, 'a text');
  return value;
}

function readMessage(value: JsonValue, at: string): Message {
  const message = readObject(value, at, ['role', 'content', 'tool_calls', 'tool_call_id']);
  const role = ROLES.get(message.role);
  if (role === undefined) throw invalid(`${at}/role`, 'system, developer, user, assistant, tool');
  const { content = null, tool_calls: calls, tool_call_id: id } = message;
  if ((message.role === 'tool') !== (id !== undefined)) {
    throw invalid(`${at}/tool_call_id`, 'the id of a call in a message of a tool, and only there');
  }
  if (calls !== undefined && role !== 'assistant') throw invalid(`${at}/tool_calls`, 'none here');
  if (message.role === 'tool') {
    const text = textOf(content, at).join('');
    const result = { id: readText(id, `${at}/tool_call_id`), content: text, isError: false };
    return { role, parts: [{ kind: 'tool-result', ...result }] };
  }
  const isSilent = content === null && calls !== undefined;
  const texts = isSilent ? [] : textOf(content, at);
  const parts: readonly Part[] = texts.map((text) => ({ kind: 'text', text }));
  const called = calls === undefined ? [] : readList(calls, `${at}/tool_calls`, readCall);
  return { role, parts: [...parts, ...called] };
}

function textOf(content: JsonValue, at: string): readonly string[] {
  if (typeof content === 'string') return [content];
  return readList(content, `${at}/content`, (item, place) => {
    const part = readObject(item, place, ['type', 'text']);
    if (part.type !== 'text') throw invalid(`${place}/type`, 'text');
    return readText(part.text, `${place}/text`);
  });
}

function readCall(value: JsonValue, at: string): Part {
  const call = readObject(value, at, ['id', 'type', 'function']);
  const { name, arguments: written } = readObject(call.function, `${at}/function`, [
    'name',
    'arguments',
  ]);
  const object = objectText(readText(written, `${at}/function/arguments`));
  if (object === undefined) throw invalid(`${at}/function/arguments`, 'a JSON object as text');
  return {
    kind: 'tool-call',
    id: readText(call.id, `${at}/id`),
    name: readText(name, `${at}/function/name`),
    arguments: object,
  };
}

function readTool(value: JsonValue, at: string): Tool {
  const isWrapped = isObject(value) && value.function !== undefined;
  const inner = isWrapped ? readObject(value, at, ['type', 'function']).function : value;
  const tool = readObject(inner, at, ['name', 'description', 'parameters']);
  const name = readText(tool.name, `${at}/name`);
  if (!NAME.test(name)) throw invalid(`${at}/name`, 'up to 64 letters, digits, _ and -');
  const { description = '', parameters } = tool;
  if (!isObject(parameters)) throw invalid(`${at}/parameters`, 'a JSON Schema');
  return {
    name,
    description: readText(description, `${at}/description`),
    parameters: printJson(parameters),
  };
}
