/**
 * Entries and inputs as JSON for people and tools: hashes as text, values in the sugar lens of
 * their schemas, and where there is no schema to read them by, as the data they are.
 *
 * D1 Describing never fails: what cannot be read by its schema is shown as data, what is no data as
 *     hex, and what is not there as its hash.
 */
import type { CompiledSchema, JsonValue, WorldDefinition } from '@aos/air';
import { decode, Float, type Hash, toHashText, toHex, type Value } from '@aos/canon';
import type { CarriedValue, Entry, Input } from '@aos/protocol';

/** What describing reads: definitions for the meaning of bytes, objects for large ones. */
export interface DescribePorts {
  readonly definition: WorldDefinition;
  object(hash: Hash): Uint8Array | undefined;
}

/** Fields by the names they have in the journal; `kind` and `cause` are left out. */
export type Described = Readonly<Record<string, JsonValue>>;

export function describeEntry(entry: Entry, ports: DescribePorts): Described {
  const schema = valueSchema(entry, ports.definition);
  const keySchema = 'reducer' in entry ? keySchemaOf(entry.reducer, ports.definition) : undefined;
  return describeFields(entry, { ports, schema, keySchema });
}

export function describeInput(input: Input, ports: DescribePorts): Described {
  const { definition } = ports;
  if (input.kind !== 'event') {
    return describeFields(input, { ports, schema: undefined, keySchema: undefined });
  }
  const inbox = input.source === undefined ? undefined : definition.inboxOf(input.source);
  const keySchema = inbox && definition.reducers[inbox.reducer]?.keySchema;
  return describeFields(input, {
    ports,
    schema: definition.schemas.get(input.schema),
    keySchema,
  });
}

/** The sugar lens of canonical bytes; without a schema, or outside of it, the data they are. */
export function describeValue(bytes: Uint8Array, schema: CompiledSchema | undefined): JsonValue {
  const json = schema?.toJson(bytes);
  if (json?.ok) return json.value;
  const value = decode(bytes);
  return value.ok ? describeData(value.value) : toHex(bytes);
}

/** Bytes as hex, maps with other keys than text as lists of pairs. */
export function describeData(value: Value): JsonValue {
  if (value instanceof Uint8Array) return toHex(value);
  if (value instanceof Float) return String(value.value);
  if (Array.isArray(value)) return value.map((item: Value) => describeData(item));
  if (!(value instanceof Map)) return value as JsonValue;
  const pairs = [...value].map(([key, item]) => [describeData(key), describeData(item)] as const);
  return pairs.every(([key]) => typeof key === 'string') ? Object.fromEntries(pairs) : pairs;
}

interface Reading {
  readonly ports: DescribePorts;
  /** Of the one value that an entry or input carries. */
  readonly schema: CompiledSchema | undefined;
  readonly keySchema: CompiledSchema | undefined;
}

/** Fields whose bytes are hashes. */
const HASHES = new Set([
  'intent',
  'before',
  'after',
  'ann',
  'grantHash',
  'keyId',
  'worldId',
  'intentHash',
  'payloadHash',
]);

function describeFields(shape: object, reading: Reading): Described {
  const fields: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(shape)) {
    if (name === 'kind' || name === 'cause' || value === undefined) continue;
    fields[snakeCase(name)] = describeField(name, value, reading);
  }
  return fields;
}

function describeField(name: string, value: unknown, reading: Reading): JsonValue {
  if (value instanceof Uint8Array) {
    if (HASHES.has(name)) return toHashText(value as Hash);
    return name === 'key' && reading.keySchema !== undefined
      ? describeValue(value, reading.keySchema)
      : toHex(value);
  }
  if (value === null || typeof value !== 'object') return value as JsonValue;
  if (value instanceof Map || Array.isArray(value)) return describeData(value as Value);
  if ('inline' in value || 'ref' in value) return describeCarried(value as CarriedValue, reading);
  if ('reducer' in value) {
    const keySchema = keySchemaOf(String(value.reducer), reading.ports.definition);
    return { ...describeFields(value, { ...reading, keySchema }) };
  }
  return { ...describeFields(value, reading) };
}

function describeCarried(carried: CarriedValue, { ports, schema }: Reading): JsonValue {
  if (carried.inline !== undefined) return describeValue(carried.inline, schema);
  const bytes = ports.object(carried.ref);
  return bytes === undefined ? toHashText(carried.ref) : describeValue(bytes, schema);
}

function valueSchema(entry: Entry, definition: WorldDefinition): CompiledSchema | undefined {
  switch (entry.kind) {
    case 'domain-event':
    case 'plan-result':
      return definition.schemas.get(entry.schema);
    case 'intent':
      return definition.effectOf(entry.effect)?.params;
    case 'plan-started':
      return definition.schemas.get(definition.find('defplan', entry.plan)?.input ?? '');
    default:
      return undefined;
  }
}

function keySchemaOf(reducer: string, definition: WorldDefinition): CompiledSchema | undefined {
  return definition.reducers.find(({ name }) => name === reducer)?.keySchema;
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
