/** The JSON by which vector files name values, and how two values are compared in tests. */

import { readFileSync } from 'node:fs';
import { fromHex } from '../src/bytes.js';
import { Float, type Value } from '../src/cbor/value.js';

export type Described =
  | null
  | boolean
  | { readonly int: string }
  | { readonly float: string }
  | { readonly text: string }
  | { readonly bytes: string }
  | { readonly list: readonly Described[] }
  | { readonly map: readonly (readonly [Described, Described])[] };

export function readVectors<T>(name: string): T {
  const url = new URL(`../../../spec/vectors/${name}`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as T;
}

export function hex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (!bytes.ok) throw new Error(`not hexadecimal: ${text}`);
  return bytes.value;
}

export function integer(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

export function toValue(described: Described): Value {
  if (described === null || typeof described === 'boolean') return described;
  if ('int' in described) return integer(BigInt(described.int));
  if ('float' in described) return new Float(Number(described.float));
  if ('text' in described) return described.text;
  if ('bytes' in described) return hex(described.bytes);
  if ('list' in described) return described.list.map(toValue);
  return new Map(described.map.map(([key, value]) => [toValue(key), toValue(value)]));
}

/** One text per value; maps by their set of entries. */
export function describeValue(value: Value): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Error(`a float that is not wrapped: ${value}`);
    return `int ${BigInt(value)}`;
  }
  if (typeof value === 'bigint') {
    if (Number.isSafeInteger(Number(value))) throw new Error(`a small bigint: ${value}`);
    return `int ${value}`;
  }
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint8Array) return `h'${Buffer.from(value).toString('hex')}'`;
  if (value instanceof Float) return `float ${Object.is(value.value, -0) ? '-0' : value.value}`;
  if (value instanceof Map) {
    const entries = [...value].map(
      ([key, item]) => `${describeValue(key)}: ${describeValue(item)}`,
    );
    return `{${entries.sort().join(', ')}}`;
  }
  return `[${(value as readonly Value[]).map(describeValue).join(', ')}]`;
}
