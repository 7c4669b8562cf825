/** Calls of the adapter as tests write and read them. */
import { inspect } from 'node:util';
import { builtinSchema, compileSchemas } from '@aos/air';
import { decode, type Encodable, encode, parseHashText, toHashText, type Value } from '@aos/canon';
import type { Adapter, EffectContext, EffectOutcome } from '@aos/protocol';
import { EffectStage, type StagedCall, stageCall } from '@aos/protocol/contracts';
import { createLlmAdapter, type HttpProvider, type LlmAdapterOptions } from '../src/index.js';

export type Wishes = Readonly<Record<string, Encodable>>;

const part = (tag: string, value: Encodable) => ({ $tag: tag, $value: value });

export const literal = (key: string) => part('literal', key);
export const secret = (alias: string, version = 1) => part('secret', { alias, version });

/** A message of version 2: a text, or parts by their arm. */
export function message(role: string, ...parts: readonly (string | Wishes)[]): Encodable {
  const arms = parts.map((each) => {
    if (typeof each === 'string') return part('text', each);
    const [[tag, value] = ['', '']] = Object.entries(each);
    return part(tag, value);
  });
  return { role: part(role, null), parts: arms };
}

/** Parameters of version 2: one question, unless they say otherwise. */
export function params2(wishes: Wishes = {}): Uint8Array {
  return encode({
    ...{ provider: 'scripted', model: 'm-1', temperature: null, max_tokens: 1000 },
    ...{ messages: [message('user', 'What is a world?')], tools: null, tool_choice: null },
    ...{ output: null, options: null, stream: null, timeout_ns: null, api_key: null },
    max_cost_cents: null,
    ...wishes,
  });
}

/** Parameters of version 1, with the chat as it is stored. */
export function params1(stage: EffectStage, chat: unknown, wishes: Wishes = {}): Uint8Array {
  const text = typeof chat === 'string' ? chat : JSON.stringify(chat);
  return encode({
    ...{ provider: 'scripted', model: 'm-1', temperature: '0.7', max_tokens: 1000 },
    ...{ input_ref: toHashText(stage.blobs.store(Buffer.from(text))), tools: null, api_key: null },
    ...wishes,
  });
}

export function tool(name: string, parameters: object = { type: 'object' }): Encodable {
  return { name, description: `does ${name}`, parameters: JSON.stringify(parameters) };
}

const adapters = new Set<Adapter>();

/** An adapter that {@link closeAdapters} closes. */
export function openAdapter(options: LlmAdapterOptions = {}): Adapter {
  const adapter = createLlmAdapter(options);
  adapters.add(adapter);
  return adapter;
}

/** An adapter with one provider, called `it`, whose retries take no time. */
export function openProvider(provider: Partial<HttpProvider> & { baseUrl: string }): Adapter {
  const retries = { firstMs: 1, ...provider.retries };
  const it: HttpProvider = { protocol: 'openai-chat', key: 'none', ...provider, retries };
  return openAdapter({ providers: { it } });
}

export async function closeAdapters(): Promise<void> {
  await Promise.all([...adapters].map((adapter) => adapter.close()));
  adapters.clear();
}

export function startCall(
  adapter: Adapter,
  params: Uint8Array,
  context: EffectContext = new EffectStage(),
  more: Partial<StagedCall> = {},
): Promise<EffectOutcome> {
  return adapter.start(stageCall({ effect: 'llm.generate', params, ...more }), context);
}

export type Plain = Readonly<Record<string, unknown>>;

function plain(value: Value): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, each]) => [String(key), plain(each)]));
  }
  return Array.isArray(value) ? value.map(plain) : value;
}

export function plainOf(bytes: Uint8Array): Plain {
  const decoded = decode(bytes);
  if (!decoded.ok) throw new Error(decoded.refusal.detail);
  return plain(decoded.value) as Plain;
}

export interface Receipt {
  readonly model: string;
  readonly response_id: string | null;
  readonly finish: string;
  readonly text: string | null;
  readonly tool_calls: readonly Plain[];
  readonly output_ref: string;
  readonly turn_ref: string;
  readonly request_ref: string;
  readonly response_ref: string;
  readonly token_usage: Plain;
  readonly cost_cents: number;
  readonly cost_nanocents: number;
  readonly requests: number;
}

/** What a receipt says. Throws for an outcome that is not ok. */
export function receiptOf({ status, payload }: EffectOutcome): Receipt {
  if (status === 'ok') return plainOf(payload) as unknown as Receipt;
  throw new Error(`expected ok, found ${status}: ${inspect(plainOf(payload))}`);
}

/** What became of a call that is not ok: `status code retry`. */
export function failureOf({ status, payload, retry }: EffectOutcome): string {
  const said = plainOf(payload);
  if (status === 'ok') throw new Error(`expected no receipt, found ${inspect(said)}`);
  return `${status} ${said.code} ${retry}`;
}

export function messageOf({ payload }: EffectOutcome): string {
  return String(plainOf(payload).message);
}

/** The text of a blob that a receipt names. */
export function blobText(stage: EffectStage, ref: string): string {
  const hash = parseHashText(ref);
  const bytes = hash.ok ? stage.blobs.bytes(hash.value) : undefined;
  if (bytes === undefined) throw new Error(`${ref} is not stored`);
  return Buffer.from(bytes).toString('utf8');
}

export function framesOf(stage: EffectStage): readonly Plain[] {
  return stage.frames.map((payload) => {
    const problem = checkSchema('sys/LlmFrame@1', payload);
    if (problem !== undefined) throw new Error(problem);
    return plainOf(payload);
  });
}

/** Says what keeps a payload from being in a built-in schema. */
export function checkSchema(name: string, payload: Uint8Array): string | undefined {
  const probe = { $kind: 'defschema', name: 'test/Probe@1', type: { ref: name } } as const;
  if (builtinSchema(name) === undefined) return `no schema ${name}`;
  const compiled = compileSchemas([probe]);
  const schema = compiled.ok ? compiled.value.get(probe.name) : undefined;
  const normal = schema?.normalizeCbor(payload);
  return normal?.ok ? undefined : `${normal?.refusal.code} at ${normal?.refusal.at}`;
}
