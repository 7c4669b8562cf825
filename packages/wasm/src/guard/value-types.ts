/** The value types that a module may use: numbers and `funcref`. */
import { type ByteSource, unsupported } from './byte-source.js';
import { STRUCTURE_LIMITS } from './structure-limits.js';

const [i32, i64, f32, f64, funcref] = [0x7f, 0x7e, 0x7d, 0x7c, 0x70];

export const VALUE_TYPES = {
  ...{ i32, i64, f32, f64, funcref },
  allowed: new Set([i32, i64, f32, f64, funcref]) as ReadonlySet<number>,
} as const;

/** A list of value types, as a view of their bytes. */
export function readValueTypes(source: ByteSource): Uint8Array {
  const count = source.count('values of one type', STRUCTURE_LIMITS.values);
  const from = source.at;
  for (let i = 0; i < count; i++) readValueType(source);
  return source.bytes.subarray(from, source.at);
}

export function readValueType(source: ByteSource): number {
  const at = source.at;
  const type = source.byte();
  if (!VALUE_TYPES.allowed.has(type)) throw unsupported(at, `type 0x${type.toString(16)}`);
  return type;
}
