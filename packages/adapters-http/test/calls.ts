/** Calls of the adapter as tests write and read them. */
import { inspect } from 'node:util';
import { builtinSchema, compileSchemas } from '@aos/air';
import {
  decode,
  type Encodable,
  encode,
  parseHashText,
  type Refusal,
  utf8,
  type Value,
} from '@aos/canon';
import type { Adapter, EffectContext, EffectOutcome } from '@aos/protocol';
import { EffectStage, type MemoryBlobs, type StagedCall, stageCall } from '@aos/protocol/contracts';
import { createHttpAdapter, type HttpAdapterOptions } from '../src/index.js';

export interface Ask {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, Encodable>>;
  readonly body_ref?: string | null;
}

/** Wishes of version 2. */
export interface Wishes {
  readonly max_redirects?: number;
  readonly max_body_bytes?: number;
  readonly truncate?: boolean;
  readonly timeout_ns?: number;
}

export function params1({ method = 'GET', headers = {}, body_ref = null, url }: Ask): Uint8Array {
  return encode({ method, url, headers, body_ref });
}

export function params2(ask: Ask, wishes: Wishes = {}): Uint8Array {
  const { method = 'GET', headers = {}, body_ref = null, url } = ask;
  const literals = Object.entries(headers).map(([name, value]) => {
    return [name, typeof value === 'string' ? { $tag: 'literal', $value: value } : value] as const;
  });
  const none = { max_redirects: null, max_body_bytes: null, truncate: null, timeout_ns: null };
  return encode({ method, url, headers: new Map(literals), body_ref, ...none, ...wishes });
}

/** A host whose grant says no to some things, and that remembers what it was asked. */
export class Host extends EffectStage {
  readonly redirects: { readonly url: string; readonly hops: number; readonly params: Plain }[] =
    [];
  readonly addresses: string[] = [];
  deniedUrls = /^$/;
  deniedAddresses = /^$/;

  override permitsRedirect(params: Uint8Array, hops: number): Refusal | undefined {
    const plain = plainOf(params);
    const url = String(plain.url);
    this.redirects.push({ url, hops, params: plain });
    return this.deniedUrls.test(url) ? refusal('host-not-allowed') : undefined;
  }

  override permitsAddress(address: Uint8Array): Refusal | undefined {
    const text = address.join('.');
    this.addresses.push(text);
    return this.deniedAddresses.test(text) ? refusal('address-not-allowed') : undefined;
  }
}

function refusal(code: string): Refusal {
  return { code, at: 'grant web', detail: 'the test says so' };
}

type Plain = Readonly<Record<string, unknown>>;

/** Maps as plain objects, all the way down. */
function plain(value: Value): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, each]) => [String(key), plain(each)]));
  }
  return Array.isArray(value) ? value.map(plain) : value;
}

function plainOf(bytes: Uint8Array): Plain {
  const decoded = decode(bytes);
  if (!decoded.ok) throw new Error(decoded.refusal.detail);
  return plain(decoded.value) as Plain;
}

const adapters = new Set<Adapter>();

/** An adapter that {@link closeAdapters} closes. */
export function openAdapter(options: HttpAdapterOptions = {}): Adapter {
  const adapter = createHttpAdapter(options);
  adapters.add(adapter);
  return adapter;
}

export async function closeAdapters(): Promise<void> {
  await Promise.all([...adapters].map((adapter) => adapter.close()));
  adapters.clear();
}

export function startCall(
  adapter: Adapter,
  params: Uint8Array,
  context: EffectContext = new Host(),
  more: Partial<StagedCall> = {},
): Promise<EffectOutcome> {
  return adapter.start(stageCall({ effect: 'http.request', params, ...more }), context);
}

const textOf = (payload: Uint8Array) => inspect(plainOf(payload));

/** What a receipt says. Throws for an outcome that is not ok. */
export function receiptOf({ status, payload }: EffectOutcome): Plain {
  if (status === 'ok') return plainOf(payload);
  throw new Error(`expected ok, found ${status}: ${textOf(payload)}`);
}

/** What became of a call that is not ok: `status code retry`. */
export function failureOf({ status, payload, retry }: EffectOutcome): string {
  if (status === 'ok') throw new Error(`expected no receipt, found ${textOf(payload)}`);
  return `${status} ${plainOf(payload).code} ${retry}`;
}

export function messageOf({ payload }: EffectOutcome): string {
  return String(plainOf(payload).message);
}

/** The blob that a receipt names. */
export function bodyOf(outcome: EffectOutcome, blobs: MemoryBlobs): string | null {
  const { body_ref } = receiptOf(outcome);
  if (body_ref === null) return null;
  const hash = parseHashText(String(body_ref));
  const bytes = hash.ok ? blobs.bytes(hash.value) : undefined;
  if (bytes === undefined) throw new Error('the body is not stored');
  return Buffer.from(bytes).toString();
}

export const bytesOf = utf8;

/** Says what keeps a payload from being in a built-in schema. */
export function checkSchema(name: string, payload: Uint8Array): string | undefined {
  const probe = { $kind: 'defschema', name: 'test/Probe@1', type: { ref: name } } as const;
  if (builtinSchema(name) === undefined) return `no schema ${name}`;
  const compiled = compileSchemas([probe]);
  const schema = compiled.ok ? compiled.value.get(probe.name) : undefined;
  const normal = schema?.normalizeCbor(payload);
  return normal?.ok ? undefined : `${normal?.refusal.code} at ${normal?.refusal.at}`;
}
