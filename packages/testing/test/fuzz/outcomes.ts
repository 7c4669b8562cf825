/** What adapters answer: receipts in their schemas, or failures of the stated classes. */
import { builtinSchema, type CompiledSchema, compileSchemas } from '@aos/air';
import { decode, parseHashText, toHex, type Value } from '@aos/canon';
import { type EffectOutcome, RECEIPT_STATUSES } from '@aos/protocol';
import type { MemoryBlobs } from '@aos/protocol/contracts';
import { holds } from '@aos/testing/fuzz';
import { isExplained } from './codes.js';
import { described } from './described.js';

/** A built-in schema, with what it refers to. */
export function schemaOf(name: string): CompiledSchema {
  const probe = { $kind: 'defschema', name: 'fuzz/Probe@1', type: { ref: name } } as const;
  const compiled = compileSchemas([probe]);
  const schema = compiled.ok ? compiled.value.get(probe.name) : undefined;
  if (schema === undefined || builtinSchema(name) === undefined) throw new Error(`no ${name}`);
  return schema;
}

export type Fields = ReadonlyMap<Value, Value>;

/** The fields of a receipt; undefined for a failure, which is one of the codes of `family`. */
export function receiptOf(
  { status, payload }: EffectOutcome,
  schema: CompiledSchema,
  family: RegExp,
): Fields | undefined {
  holds(RECEIPT_STATUSES.includes(status), 'an outcome has a status');
  const fields = fieldsOf(payload);
  if (status === 'ok') {
    const normal = schema.normalizeCbor(payload);
    holds(normal.ok && normal.value === payload, 'a receipt is canonical and in its schema');
    return fields;
  }
  const code = String(fields.get('code'));
  isExplained(code);
  holds(family.test(code), 'a failure is of the adapter', () => code);
  return undefined;
}

export function fieldsOf(payload: Uint8Array): Fields {
  const value = decode(payload);
  holds(value.ok && value.value instanceof Map, 'an outcome is a canonical record');
  return value.value;
}

/** An outcome as a text, but for what clocks say. */
export function told({ status, payload, retry }: EffectOutcome): string {
  const fields = new Map(fieldsOf(payload));
  fields.delete('timings');
  return `${status} ${retry} ${described(fields)}`;
}

/** The bytes that a receipt names; it may name none where there are none. */
export function blobOf(ref: Value | undefined, blobs: MemoryBlobs): Uint8Array {
  if (ref === null) return new Uint8Array();
  const hash = parseHashText(String(ref));
  const bytes = hash.ok ? blobs.bytes(hash.value) : undefined;
  holds(bytes !== undefined, 'what a receipt names is stored', () => {
    return hash.ok ? toHex(hash.value) : String(ref);
  });
  return bytes;
}
