/**
 * Parameters of a call, in either version of their schema: the fields say which one it is.
 *
 * What was judged by the gate is what is sent: provider, model, tokens, temperature and tools come
 * from here alone, and no option of a provider can say otherwise.
 */
import { decodePlain, type Hash, parseHashText, type Value } from '@aos/canon';
import type { SecretRef } from '@aos/protocol';
import { LlmFailure } from '../failure.js';
import { fieldTexts, objectText } from './json-text.js';
import type { Role, Tool, ToolChoice } from './prompt.js';

/** A part whose blobs are not read yet. */
export type PartRef =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'text-ref' | 'turn-ref'; readonly ref: Hash }
  | { readonly kind: 'image-ref'; readonly ref: Hash; readonly mediaType: string }
  | {
      readonly kind: 'tool-call';
      readonly id: string;
      readonly name: string;
      readonly arguments: string;
    }
  | {
      readonly kind: 'tool-result';
      readonly id: string;
      readonly content: string;
      readonly isError: boolean;
    };

export interface MessageRef {
  readonly role: Role;
  readonly parts: readonly PartRef[];
}

export type ApiKey =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'secret'; readonly ref: SecretRef };

interface CommonParams {
  readonly provider: string;
  readonly model: string;
  readonly maxTokens: bigint;
  readonly temperature: string | undefined;
  readonly apiKey: ApiKey | undefined;
}

interface Params1 extends CommonParams {
  readonly version: 1;
  readonly inputRef: Hash;
  /** Names of the tools of the chat that are offered. */
  readonly tools: readonly string[];
}

interface Params2 extends CommonParams {
  readonly version: 2;
  readonly messages: readonly MessageRef[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice | undefined;
  readonly output: { readonly name: string; readonly schema: string } | undefined;
  readonly options: ReadonlyMap<string, string>;
  readonly isStreamed: boolean;
  readonly timeoutNs: bigint | undefined;
  readonly maxCostCents: bigint | undefined;
}

export type LlmParams = Params1 | Params2;

type Fields = ReadonlyMap<Value, Value>;

const COMMON = ['provider', 'model', 'temperature', 'max_tokens', 'tools', 'api_key'];
const FIELDS_1 = [...COMMON, 'input_ref'];
const FIELDS_2 = [
  ...[...COMMON, 'messages', 'tool_choice', 'output', 'options', 'stream'],
  ...['timeout_ns', 'max_cost_cents'],
];

/** What providers take for a name of a tool or of an output. */
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const MEDIA_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const DECIMAL = /^(0|[1-9]\d*)(\.\d+)?$/;

/** Throws `llm-params-invalid`. */
export function parseParams(bytes: Uint8Array): LlmParams {
  const decoded = decodePlain(bytes);
  const fields = decoded.ok && decoded.value instanceof Map ? decoded.value : undefined;
  if (fields === undefined) throw invalid('', 'a record');
  const isOf = (names: readonly string[]) =>
    fields.size === names.length && names.every((name) => fields.has(name));
  if (isOf(FIELDS_1)) return parseFirst(fields);
  if (isOf(FIELDS_2)) return parseSecond(fields);
  throw invalid('', 'the fields of sys/LlmGenerateParams@1 or @2');
}

function parseFirst(fields: Fields): Params1 {
  const tools = orNull(fields, 'tools', (value) => readList(value, 'tools', readName));
  return {
    ...{ version: 1, ...readCommon(fields) },
    inputRef: readHash(fields.get('input_ref'), 'input_ref'),
    tools: tools ?? [],
  };
}

function parseSecond(fields: Fields): Params2 {
  const tools = orNull(fields, 'tools', (value) => readList(value, 'tools', readTool)) ?? [];
  const names = tools.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw invalid('tools', `a tool once, found ${twice} again`);
  const messages = readList(fields.get('messages'), 'messages', readMessage);
  if (messages.length === 0) throw invalid('messages', 'at least one');
  return {
    ...{ version: 2, ...readCommon(fields), messages, tools },
    toolChoice: orNull(fields, 'tool_choice', (value) => readChoice(value, names)),
    output: orNull(fields, 'output', readOutput),
    options: orNull(fields, 'options', readOptions) ?? new Map(),
    isStreamed: orNull(fields, 'stream', (value) => value === true) ?? false,
    timeoutNs: orNull(fields, 'timeout_ns', (value) => readNat(value, 'timeout_ns')),
    maxCostCents: orNull(fields, 'max_cost_cents', (value) => readNat(value, 'max_cost_cents')),
  };
}

function readCommon(fields: Fields): CommonParams {
  const maxTokens = readNat(fields.get('max_tokens'), 'max_tokens');
  if (maxTokens === 0n) throw invalid('max_tokens', 'at least 1');
  return {
    provider: readText(fields.get('provider'), 'provider'),
    model: readText(fields.get('model'), 'model'),
    maxTokens,
    temperature: orNull(fields, 'temperature', readTemperature),
    apiKey: orNull(fields, 'api_key', readKey),
  };
}

function invalid(at: string, expected: string): LlmFailure {
  return new LlmFailure('llm-params-invalid', `expected ${expected} at params/${at}`);
}

function orNull<T>(fields: Fields, name: string, read: (value: Value) => T): T | undefined {
  const value = fields.get(name) ?? null;
  return value === null ? undefined : read(value);
}

function readText(value: Value | undefined, at: string): string {
  if (typeof value !== 'string') throw invalid(at, 'a text');
  return value;
}

function readName(value: Value | undefined, at: string): string {
  const name = readText(value, at);
  if (!NAME.test(name)) throw invalid(at, 'up to 64 letters, digits, _ and -');
  return name;
}

function readNat(value: Value | undefined, at: string): bigint {
  const isInteger = typeof value === 'bigint' || typeof value === 'number';
  if (!isInteger || value < 0) throw invalid(at, 'a natural number');
  return BigInt(value);
}

function readHash(value: Value | undefined, at: string): Hash {
  const hash = typeof value === 'string' ? parseHashText(value) : undefined;
  if (hash?.ok) return hash.value;
  throw invalid(at, 'a hash');
}

function readList<T>(
  value: Value | undefined,
  at: string,
  read: (item: Value, at: string) => T,
): readonly T[] {
  if (!Array.isArray(value)) throw invalid(at, 'a list');
  return value.map((item: Value, i) => read(item, `${at}/${i}`));
}

function readRecord(value: Value | undefined, at: string): Fields {
  if (value instanceof Map) return value;
  throw invalid(at, 'a record');
}

function readTemperature(value: Value): string {
  const text = readText(value, 'temperature');
  if (!DECIMAL.test(text)) throw invalid('temperature', 'a decimal from 0');
  return text;
}

function readKey(value: Value): ApiKey {
  const arm = readRecord(value, 'api_key');
  if (arm.get('$tag') === 'literal') {
    return { kind: 'literal', text: readText(arm.get('$value'), 'api_key') };
  }
  const ref = readRecord(arm.get('$value'), 'api_key');
  const version = readNat(ref.get('version'), 'api_key/version');
  return { kind: 'secret', ref: { alias: readText(ref.get('alias'), 'api_key/alias'), version } };
}

function readTool(value: Value, at: string): Tool {
  const tool = readRecord(value, at);
  return {
    name: readName(tool.get('name'), `${at}/name`),
    description: readText(tool.get('description'), `${at}/description`),
    parameters: readJsonObject(tool.get('parameters'), `${at}/parameters`),
  };
}

function readJsonObject(value: Value | undefined, at: string): string {
  const text = objectText(readText(value, at));
  if (text === undefined) throw invalid(at, 'a JSON object');
  return text;
}

function readChoice(value: Value, tools: readonly string[]): ToolChoice {
  const arm = readRecord(value, 'tool_choice');
  const tag = arm.get('$tag');
  if (tag === 'auto' || tag === 'none' || tag === 'any') return tag;
  const tool = readText(arm.get('$value'), 'tool_choice');
  if (!tools.includes(tool)) throw invalid('tool_choice', 'one of the tools');
  return { tool };
}

function readOutput(value: Value): Params2['output'] {
  const output = readRecord(value, 'output');
  return {
    name: readName(output.get('name'), 'output/name'),
    schema: readJsonObject(output.get('schema'), 'output/schema'),
  };
}

function readOptions(value: Value): ReadonlyMap<string, string> {
  const options = fieldTexts(readText(value, 'options'));
  if (options === undefined) throw invalid('options', 'a JSON object');
  return options;
}

function readMessage(value: Value, at: string): MessageRef {
  const message = readRecord(value, at);
  const role = readRecord(message.get('role'), `${at}/role`).get('$tag');
  if (role !== 'system' && role !== 'user' && role !== 'assistant') {
    throw invalid(`${at}/role`, 'system, user or assistant');
  }
  return { role, parts: readList(message.get('parts'), `${at}/parts`, readPart) };
}

function readPart(value: Value, at: string): PartRef {
  const arm = readRecord(value, at);
  const inner = arm.get('$value');
  const tag = arm.get('$tag');
  if (tag === 'text') return { kind: 'text', text: readText(inner, at) };
  if (tag === 'text_ref') return { kind: 'text-ref', ref: readHash(inner, at) };
  if (tag === 'turn_ref') return { kind: 'turn-ref', ref: readHash(inner, at) };
  const fields = readRecord(inner, at);
  if (tag === 'image') return readImage(fields, at);
  const id = readText(fields.get('id'), `${at}/id`);
  if (tag === 'tool_call') {
    const name = readName(fields.get('name'), `${at}/name`);
    const written = readJsonObject(fields.get('arguments'), `${at}/arguments`);
    return { kind: 'tool-call', id, name, arguments: written };
  }
  if (tag !== 'tool_result') throw invalid(at, 'a part of a message');
  const content = readText(fields.get('content'), `${at}/content`);
  return { kind: 'tool-result', id, content, isError: fields.get('is_error') === true };
}

function readImage(fields: Fields, at: string): PartRef {
  const mediaType = readText(fields.get('media_type'), `${at}/media_type`);
  if (!MEDIA_TYPES.includes(mediaType)) {
    throw invalid(`${at}/media_type`, MEDIA_TYPES.join(', '));
  }
  return { kind: 'image-ref', ref: readHash(fields.get('blob_ref'), `${at}/blob_ref`), mediaType };
}
