/**
 * Values as JSON that is interchanged. What JSON is made of CBOR here can be made again by whoever
 * has the CBOR, so that it says nothing else (spec E3).
 *
 * R1 An integer is a number where every reader of JSON has it exactly, up to 2^53 − 1; beyond it is
 *    a text of decimal digits. What is 64 bits wide by its name (`…_ns`, `…_cents`) is always text.
 * R2 Bytes of a signed shape are `sha256:…` where there are 32 of them, else base64; bytes of data
 *    are `{"$bytes": base64}`.
 * R3 A map is an object where all its keys are texts, else the list of its pairs.
 * R4 A float has no form: neither shapes nor schemas of data have any.
 */
import {
  asHash,
  type CanonicalJson,
  Float,
  RefusalError,
  toBase64,
  toHashText,
  type Value,
} from '@aos/canon';

/** Of a shape that somebody has signed, or of data of a world. */
export type RenderingOf = 'data' | 'shape';

const HASH_BYTES = 32;
const WIDE = /_(?:ns|cents)$/;

/** Throws RefusalError: `attestation-rendering` for a float. */
export function renderValue(value: Value, of: RenderingOf): CanonicalJson {
  if (typeof value === 'bigint') return String(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return renderBytes(value, of);
  if (value instanceof Float) {
    const detail = 'a float has no form that others could make again; leave the answer out';
    throw new RefusalError({ code: 'attestation-rendering', at: '', detail });
  }
  if (isList(value)) return value.map((item) => renderValue(item, of));
  return renderMap(value as ReadonlyMap<Value, Value>, of);
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function renderBytes(bytes: Uint8Array, of: RenderingOf): CanonicalJson {
  if (of === 'data') return { $bytes: toBase64(bytes) };
  return bytes.length === HASH_BYTES ? toHashText(asHash(bytes)) : toBase64(bytes);
}

function renderMap(map: ReadonlyMap<Value, Value>, of: RenderingOf): CanonicalJson {
  const pairs = [...map];
  if (!pairs.every(([key]) => typeof key === 'string')) {
    return pairs.map(([key, item]) => [renderValue(key, of), renderValue(item, of)]);
  }
  const object = Object.create(null) as Record<string, CanonicalJson>;
  for (const [name, item] of pairs as [string, Value][]) {
    const isWide = WIDE.test(name) && (typeof item === 'number' || typeof item === 'bigint');
    object[name] = isWide ? String(item) : renderValue(item, of);
  }
  return object;
}
