/**
 * Admission: what may become a record. Pure, on the very world the step will see; what it refuses
 * is answered with a code and leaves no trace (system.md §2.1).
 */
import type { JsonValue } from '@aos/air';
import { type Result, refuse } from '@aos/canon';
import type { World } from '../world/world.js';

/** An event as it arrives: its value as CBOR of any well-formed kind, or as authoring JSON. */
export type RawEvent =
  | { readonly schema: string; readonly cbor: Uint8Array; readonly json?: undefined }
  | { readonly schema: string; readonly json: JsonValue; readonly cbor?: undefined };

/** An admitted event: canonical bytes of its schema, ready for a step. */
export interface AdmittedEvent {
  readonly kind: 'event';
  readonly schema: string;
  readonly value: Uint8Array;
}

/**
 * Normalizes an event to its schema. Codes: `event-schema-unknown`, `event-too-large` and the
 * normalizer's `value-*`, with the path of the offending part.
 */
export function admit(world: World, raw: RawEvent): Result<AdmittedEvent> {
  const schema = world.definition.schemas.get(raw.schema);
  if (schema === undefined) {
    const known = world.definition.manifest.schemas.map((ref) => ref.name).join(', ');
    const detail = `no schema '${raw.schema}' in this world; it declares ${known}`;
    return refuse('event-schema-unknown', raw.schema, detail);
  }
  const normalized =
    raw.cbor === undefined ? schema.normalizeJson(raw.json) : schema.normalizeCbor(raw.cbor);
  if (!normalized.ok) return normalized;
  const limit = world.genesis.runtime.limits.event_bytes;
  if (normalized.value.length > limit) {
    const detail = `expected at most ${limit} bytes, found ${normalized.value.length}`;
    return refuse('event-too-large', raw.schema, detail);
  }
  return { ok: true, value: { kind: 'event', schema: raw.schema, value: normalized.value } };
}
