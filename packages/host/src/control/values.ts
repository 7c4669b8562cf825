/** Values between the control protocol and the language. */
import { type CompiledSchema, type JsonValue, parseJson } from '@aos/air';
import { toBase64 } from '@aos/canon';
import type { RawValue } from '@aos/kernel';
import type { PlainRecord, PlainValue, ValueForm } from '@aos/protocol';
import { thrown } from './view.js';

/** As authoring JSON: bytes are base64 text, as in that lens. */
export function jsonOf(value: PlainValue): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return toBase64(value);
  if (Array.isArray(value)) return value.map((item: PlainValue) => jsonOf(item));
  const object = Object.create(null) as { [name: string]: JsonValue };
  for (const [name, item] of Object.entries(value as PlainRecord)) object[name] = jsonOf(item);
  return object;
}

/** What a schema or a description gave: there are no decimals in it, so it is plain. */
export function plainOf(json: JsonValue): PlainValue {
  return json as PlainValue;
}

/** The value as the kernel takes it. Codes: `json-*`. */
export function rawOf(form: ValueForm, at = '/args/json'): RawValue {
  switch (form.form) {
    case 'cbor':
      return { cbor: form.bytes };
    case 'plain':
      return { json: jsonOf(form.value) };
    case 'json':
      return { json: jsonValue(form.text, at) };
  }
}

/** JSON text as its value. Codes: `json-*`. */
export function jsonValue(text: string, at: string): JsonValue {
  const parsed = parseJson(text);
  if (parsed.ok) return parsed.value;
  const { code, at: place, detail } = parsed.refusal;
  throw thrown({ code, at, detail: `${detail} (${place})` });
}

/** Canonical bytes of a value in its schema. Codes: `json-*`, `value-*`, `cbor-*`. */
export function normalized(schema: CompiledSchema, form: ValueForm, at: string): Uint8Array {
  const raw = rawOf(form, at);
  const normal =
    raw.cbor === undefined ? schema.normalizeJson(raw.json) : schema.normalizeCbor(raw.cbor);
  if (normal.ok) return normal.value;
  throw thrown(normal.refusal, at);
}

/** Canonical bytes of a schema in the sugar lens. */
export function shownValue(schema: CompiledSchema, bytes: Uint8Array): PlainValue {
  const json = schema.toJson(bytes);
  if (json.ok) return plainOf(json.value);
  throw thrown(json.refusal);
}
