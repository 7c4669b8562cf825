/**
 * Reducer envelopes (spec M4): plain CBOR in declaration order, as modules of the original expect
 * it; the context inside is canonical. Outputs are read leniently, since modules are written in any
 * language, and strictly in shape.
 */
import {
  borrowWriter,
  decodePlain,
  type Hash,
  type Result,
  refuse,
  returnWriter,
  toHashText,
  type Value,
  Writer,
} from '@aos/canon';
import type { EventIdentity } from '../identity.js';

/** The ABI version this build speaks. */
export const ABI_VERSION = 1;

export interface ReducerInput {
  readonly version: number;
  readonly state: Uint8Array | null;
  readonly event: EventIdentity;
  /** Canonical context bytes, when the module declares a context. */
  readonly ctx?: Uint8Array;
}

/** A domain event a reducer asks for; `value` is any plain CBOR of its schema. */
export interface EmittedEvent {
  readonly schema: string;
  readonly value: Uint8Array;
  readonly key?: Uint8Array;
}

/** An effect a reducer asks for. */
export interface EmittedEffect {
  readonly kind: string;
  readonly params: Uint8Array;
  readonly capSlot?: string;
  readonly idempotencyKey?: Uint8Array;
}

export interface ReducerOutput {
  /** New state, or `null` to delete the cell. */
  readonly state: Uint8Array | null;
  readonly domainEvents: readonly EmittedEvent[];
  readonly effects: readonly EmittedEffect[];
  readonly ann: Uint8Array | null;
}

export interface ReducerContext {
  readonly nowNs: bigint;
  readonly logicalNowNs: bigint;
  readonly journalHeight: number;
  /** 64 bytes, derived per call. */
  readonly entropy: Uint8Array;
  readonly eventHash: Hash;
  readonly manifestHash: Hash;
  readonly reducer: string;
  /** Canonical key of the cell; present exactly when `cellMode`. */
  readonly key?: Uint8Array;
  readonly cellMode: boolean;
}

export function encodeReducerInput(input: ReducerInput): Uint8Array {
  return withReducerInput(input, (bytes) => bytes.slice());
}

/** The same without a copy: the bytes are there until `use` comes back. */
export function withReducerInput<T>(input: ReducerInput, use: (bytes: Uint8Array) => T): T {
  const w = borrowWriter();
  writeReducerInput(w, input);
  const result = use(w.view());
  returnWriter(w);
  return result;
}

function writeReducerInput(w: Writer, { version, state, event, ctx }: ReducerInput): void {
  w.mapHead(ctx === undefined ? 3 : 4);
  w.text('version');
  w.int(version);
  w.text('state');
  if (state === null) w.nil();
  else w.bytes(state);
  w.text('event');
  w.mapHead(event.key === undefined ? 2 : 3);
  w.text('schema');
  w.text(event.schema);
  w.text('value');
  w.bytes(event.value);
  if (event.key !== undefined) {
    w.text('key');
    w.bytes(event.key);
  }
  if (ctx !== undefined) {
    w.text('ctx');
    w.bytes(ctx);
  }
}

export function encodeReducerContext(context: ReducerContext): Uint8Array {
  const w = new Writer(512);
  w.selfDescribe();
  w.mapHead(context.key === undefined ? 8 : 9);
  if (context.key !== undefined) {
    w.text('key');
    w.bytes(context.key);
  }
  w.text('now_ns');
  w.int(context.nowNs);
  w.text('entropy');
  w.bytes(context.entropy);
  w.text('reducer');
  w.text(context.reducer);
  w.text('cell_mode');
  w.bool(context.cellMode);
  w.text('event_hash');
  w.text(toHashText(context.eventHash));
  w.text('manifest_hash');
  w.text(toHashText(context.manifestHash));
  w.text('journal_height');
  w.int(context.journalHeight);
  w.text('logical_now_ns');
  w.int(context.logicalNowNs);
  return w.finish();
}

/**
 * Reads what a reducer returned. `domain_events`, `effects` and `ann` may be missing; anything else
 * out of shape is refused with `output-malformed`.
 */
export function decodeReducerOutput(bytes: Uint8Array): Result<ReducerOutput> {
  const decoded = decodePlain(bytes);
  if (!decoded.ok) return malformed(`${decoded.refusal.code} at ${decoded.refusal.at}`);
  const map = decoded.value;
  if (!(map instanceof Map)) return malformed('expected a map');
  const state = map.get('state');
  const ann = map.get('ann') ?? null;
  const domainEvents = listOf(map.get('domain_events'), parseEvent);
  const effects = listOf(map.get('effects'), parseEffect);
  if (!isBytesOrNull(state)) return malformed("field 'state': expected bytes or null");
  if (!isBytesOrNull(ann)) return malformed("field 'ann': expected bytes or null");
  if (domainEvents === undefined) return malformed("field 'domain_events' is out of shape");
  if (effects === undefined) return malformed("field 'effects' is out of shape");
  for (const name of map.keys()) {
    if (!OUTPUT_FIELDS.has(name)) return malformed(`unknown field '${String(name)}'`);
  }
  return { ok: true, value: { state, domainEvents, effects, ann } };
}

const OUTPUT_FIELDS: ReadonlySet<Value> = new Set(['state', 'domain_events', 'effects', 'ann']);

function listOf<T>(
  value: Value | undefined,
  parse: (item: Value) => T | undefined,
): readonly T[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return undefined;
  const items: T[] = [];
  for (const raw of value) {
    const item = parse(raw);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function parseEvent(raw: Value): EmittedEvent | undefined {
  if (!(raw instanceof Map)) return undefined;
  const schema = raw.get('schema');
  const value = raw.get('value');
  const key = raw.get('key');
  if (typeof schema !== 'string' || !(value instanceof Uint8Array)) return undefined;
  if (key === undefined) return raw.size === 2 ? { schema, value } : undefined;
  return key instanceof Uint8Array && raw.size === 3 ? { schema, value, key } : undefined;
}

function parseEffect(raw: Value): EmittedEffect | undefined {
  if (!(raw instanceof Map)) return undefined;
  const kind = raw.get('kind');
  const params = raw.get('params_cbor');
  const capSlot = raw.get('cap_slot');
  const idempotencyKey = raw.get('idempotency_key');
  if (typeof kind !== 'string' || !(params instanceof Uint8Array)) return undefined;
  if (capSlot !== undefined && typeof capSlot !== 'string') return undefined;
  if (idempotencyKey !== undefined && !(idempotencyKey instanceof Uint8Array)) return undefined;
  const known = 2 + Number(capSlot !== undefined) + Number(idempotencyKey !== undefined);
  if (raw.size !== known) return undefined;
  return {
    kind,
    params,
    ...(capSlot === undefined ? {} : { capSlot }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

function isBytesOrNull(value: Value | undefined): value is Uint8Array | null {
  return value === null || value instanceof Uint8Array;
}

function malformed(detail: string): Result<never> {
  return refuse('output-malformed', '', `a reducer output was expected; ${detail}`);
}
