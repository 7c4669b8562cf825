/**
 * Values as tests write and read them, on their way into and out of canonical bytes.
 *
 * Written, an option may be left out, an arm is `{ Tag: value }` or, when it carries nothing, just
 * its tag, and a map with text keys may be an object. Read, records are objects, arms are
 * `{ $tag, $value }` and maps are maps. What does not fit its schema is left to the schema to
 * refuse, which knows where.
 */
import type { CompiledSchema, ValueType } from '@aos/air';
import type { ValueOf } from '@aos/air/author';
import { attempt, decode, type Encodable, encode, type Result, type Value } from '@aos/canon';
import { AosFault } from '@aos/protocol';

type OptionalKeys<F> = {
  [K in keyof F]: F[K] extends { readonly option: unknown } ? K : never;
}[keyof F];

type WrittenArm<K, S> =
  | { readonly $tag: K; readonly $value: Written<S> }
  | { readonly [tag in K & string]: Written<S> }
  | (S extends 'unit' ? K : never);

/** What a test may write where a value of the shape belongs. */
export type Written<S> = S extends { readonly record: infer F }
  ? { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Written<F[K]> } & {
      readonly [K in OptionalKeys<F>]?: Written<F[K]>;
    }
  : S extends { readonly variant: infer A }
    ? { [K in keyof A]: WrittenArm<K, A[K]> }[keyof A]
    : S extends { readonly list: infer I } | { readonly set: infer I }
      ? readonly Written<I>[]
      : S extends { readonly option: infer I }
        ? Written<I> | null | undefined
        : S extends { readonly map: readonly [infer K, infer V] }
          ?
              | ReadonlyMap<ValueOf<K>, Written<V>>
              | (K extends 'text' ? { readonly [key: string]: Written<V> } : never)
          : ValueOf<S>;

/** CBOR of a written value; without a schema, of the data it is. */
export function encodeWritten(value: unknown, schema: CompiledSchema | undefined): Uint8Array {
  const data = schema === undefined ? value : dataOf(value, schema.type);
  return unwrap(attempt(() => encode(data as Encodable)));
}

/** Canonical bytes in the schema; a fault with the code of what the schema refuses. */
export function normalWritten(value: unknown, schema: CompiledSchema): Uint8Array {
  return unwrap(schema.normalizeCbor(encodeWritten(value, schema)), schema.name);
}

/** The value of canonical bytes, as tests read it. */
export function readTyped(bytes: Uint8Array, type: ValueType | undefined): unknown {
  const value = unwrap(decode(bytes));
  return type === undefined ? value : typedOf(value, type);
}

export function unwrap<T>(result: Result<T>, what = ''): T {
  if (result.ok) return result.value;
  const { code, at, detail } = result.refusal;
  const place = [what, at].filter((part) => part !== '').join(' ');
  throw new AosFault(code, place === '' ? detail : `${place}: ${detail}`, { retry: 'never' });
}

function dataOf(value: unknown, type: ValueType): unknown {
  if (value === undefined || value === null) return null;
  switch (type.kind) {
    case 'option':
      return dataOf(value, type.inner);
    case 'list':
    case 'set':
      return Array.isArray(value) ? value.map((item) => dataOf(item, type.item)) : value;
    case 'record':
      return fieldsOf(value, (name) => type.fields.get(name));
    case 'map':
      return entriesOf(value, type.value);
    case 'variant':
      return armOf(value, type.arms);
    default:
      return value;
  }
}

/** Fields without a type stay as they are: their schema refuses them by name. */
function fieldsOf(value: unknown, typeOf: (name: string) => ValueType | undefined): unknown {
  if (!isPlain(value)) return value;
  const present = Object.entries(value).filter(([, item]) => item !== undefined);
  return new Map(present.map(([name, item]) => [name, withType(item, typeOf(name))]));
}

function entriesOf(value: unknown, type: ValueType): unknown {
  const entries = value instanceof Map ? [...value] : isPlain(value) ? Object.entries(value) : null;
  return entries === null
    ? value
    : new Map(entries.map(([key, item]) => [key, dataOf(item, type)]));
}

function armOf(value: unknown, arms: ReadonlyMap<string, ValueType>): unknown {
  if (typeof value === 'string') return tagged(value, null);
  if (!isPlain(value)) return value;
  const { $tag: tag } = value;
  if (typeof tag === 'string') return tagged(tag, withType(value.$value ?? null, arms.get(tag)));
  const [[name, item] = ['', undefined], ...others] = Object.entries(value);
  if (others.length > 0 || !arms.has(name)) return fieldsOf(value, () => undefined);
  return tagged(name, withType(item, arms.get(name)));
}

function tagged(tag: string, value: unknown): unknown {
  return new Map([
    ['$tag', tag],
    ['$value', value],
  ]);
}

function withType(value: unknown, type: ValueType | undefined): unknown {
  return type === undefined ? value : dataOf(value, type);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  return !(value instanceof Uint8Array) && !(value instanceof Map);
}

function typedOf(value: Value, type: ValueType): unknown {
  switch (type.kind) {
    case 'option':
      return value === null ? null : typedOf(value, type.inner);
    case 'list':
    case 'set':
      return (value as readonly Value[]).map((item) => typedOf(item, type.item));
    case 'map': {
      const entries = [...(value as ReadonlyMap<Value, Value>)];
      return new Map(entries.map(([key, item]) => [key, typedOf(item, type.value)]));
    }
    case 'record': {
      const fields = value as ReadonlyMap<string, Value>;
      const entries = [...type.fields].map(([name, inner]) => [
        name,
        typedOf(fields.get(name) ?? null, inner),
      ]);
      return Object.fromEntries(entries);
    }
    case 'variant': {
      const arm = value as ReadonlyMap<string, Value>;
      const $tag = arm.get('$tag') as string;
      const inner = type.arms.get($tag);
      const $value = arm.get('$value') ?? null;
      return { $tag, $value: inner === undefined ? $value : typedOf($value, inner) };
    }
    default:
      return value;
  }
}
