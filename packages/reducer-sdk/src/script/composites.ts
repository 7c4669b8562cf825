/** Shapes made of others. */
import { type AirType, below, isRecord, mismatch, type Shape, type ValueOf } from './shape.js';

export type Shapes = { readonly [name: string]: Shape<unknown> };

/** Flattens an intersection for editors. */
type Plain<T> = { readonly [K in keyof T]: T[K] };

export type RecordOf<F> = Plain<{ readonly [K in keyof F]: ValueOf<F[K]> }>;

/** One object type for each arm, told apart by `$tag`. */
export type VariantOf<A> = {
  [K in keyof A]: ValueOf<A[K]> extends null
    ? { readonly $tag: K; readonly $value?: null }
    : { readonly $tag: K; readonly $value: ValueOf<A[K]> };
}[keyof A];

function typesOf(shapes: Shapes): AirType {
  return Object.fromEntries(Object.entries(shapes).map(([name, { type }]) => [name, type]));
}

// What follows runs in an interpreter for every call: loops by index, one `try` around each, no
// built-in functions, and nothing made that is not needed.

/**
 * An object with these fields; one of an option shape may be missing in data. Fields beyond them
 * are passed over when data is read; the world refuses them in what a reducer answers.
 */
export function record<const F extends Shapes>(fields: F): Shape<RecordOf<F>> {
  const names = Object.keys(fields);
  if (names.includes('$tag')) mismatch('field names other than $tag', '$tag');
  const shapes = names.map((name) => fields[name] as Shape<unknown>);
  const count = names.length;
  const mapped = names.some((name) => DIGIT.test(name));
  const lift = (plain: unknown) => {
    const value = (mapped ? fromMap(plain) : plain) as Record<string, unknown> | null;
    if (typeof value !== 'object' || value === null) return mismatch('a record', value);
    let i = 0;
    try {
      for (; i < count; i++) {
        const name = names[i] as string;
        const field = value[name];
        const lifted = (shapes[i] as Shape<unknown>).lift(field);
        if (lifted !== field) value[name] = lifted;
      }
    } catch (error) {
      throw below(error, names[i]);
    }
    return value as RecordOf<F>;
  };
  const lower = (value: Record<string, unknown> | null) => {
    if (typeof value !== 'object' || value === null) return mismatch('a record', value);
    let copy: Record<string, unknown> | undefined;
    let i = 0;
    try {
      for (; i < count; i++) {
        const name = names[i] as string;
        const field = value[name];
        const lowered = (shapes[i] as Shape<unknown>).lower(field);
        if (lowered === field) continue;
        copy ??= { ...value };
        copy[name] = lowered;
      }
    } catch (error) {
      throw below(error, names[i]);
    }
    return copy ?? value;
  };
  return { type: { record: typesOf(fields) }, lift, lower };
}

const DIGIT = /^[0-9]/;

/** Data with a name that begins with a digit comes as a Map. */
function fromMap(plain: unknown): unknown {
  return plain instanceof Map ? Object.fromEntries(plain) : plain;
}

/** One of several, as `{ $tag, $value }`. An arm of `unit` may leave the value out. */
export function variant<const A extends Shapes>(arms: A): Shape<VariantOf<A>> {
  const shapes: Record<string, Shape<unknown>> = Object.assign(Object.create(null), arms);
  const lift = (plain: unknown) => {
    const value = plain as { $tag: unknown; $value: unknown } | null;
    if (typeof value !== 'object' || value === null) return mismatch('a variant', value);
    const shape = shapes[value.$tag as string] ?? unknownTag(shapes, value.$tag);
    const content = value.$value;
    try {
      const lifted = shape.lift(content);
      if (lifted !== content) value.$value = lifted;
    } catch (error) {
      throw below(error, value.$tag as string);
    }
    return plain as VariantOf<A>;
  };
  const lower = (value: { readonly $tag: unknown; readonly $value?: unknown } | null) => {
    if (typeof value !== 'object' || value === null) return mismatch('a variant', value);
    const { $tag: tag, $value: content } = value;
    const shape = shapes[tag as string] ?? unknownTag(shapes, tag);
    try {
      const lowered = shape.lower(content);
      // Codecs write null for a value that is left out.
      if (lowered === content || (lowered === null && !('$value' in value))) return value;
      return { $tag: tag, $value: lowered };
    } catch (error) {
      throw below(error, tag as string);
    }
  };
  return { type: { variant: typesOf(arms) }, lift, lower };
}

function unknownTag(shapes: Record<string, unknown>, tag: unknown): never {
  return mismatch(`one of ${Object.keys(shapes).join(', ')}`, tag);
}

/** A value or null. */
export function option<T>(inner: Shape<T>): Shape<T | null> {
  return {
    type: { option: inner.type },
    lift: (plain) => (plain === null || plain === undefined ? null : inner.lift(plain)),
    lower: (value) => (value === null || value === undefined ? null : inner.lower(value)),
  };
}

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return { type: { list: item.type }, ...itemsOf(item) };
}

/** A list in which no value comes twice; the world keeps it in its canonical order. */
export function set<T>(item: Shape<T>): Shape<readonly T[]> {
  return { type: { set: item.type }, ...itemsOf(item) };
}

function itemsOf<T>(item: Shape<T>): Omit<Shape<readonly T[]>, 'type'> {
  const each = (values: unknown, act: (value: never) => unknown) => {
    if (!Array.isArray(values)) return mismatch('a list', values);
    return values.map((value, i) => {
      try {
        return act(value as never);
      } catch (error) {
        throw below(error, String(i));
      }
    });
  };
  return {
    lift: (plain) => each(plain, item.lift) as readonly T[],
    lower: (values) => each(values, item.lower),
  };
}

/** A Map. Keys are `nat`, `int`, `text`, `uuid` or `hash`. */
export function map<K, V>(key: Shape<K>, value: Shape<V>): Shape<ReadonlyMap<K, V>> {
  const convert = (entries: Iterable<[unknown, unknown]>, way: 'lift' | 'lower') => {
    const converted = new Map<unknown, unknown>();
    for (const [k, v] of entries) {
      try {
        converted.set(key[way](k as never), value[way](v as never));
      } catch (error) {
        throw below(error, String(k));
      }
    }
    return converted;
  };
  return {
    type: { map: { key: key.type, value: value.type } },
    lift: (plain) => convert(entriesOf(plain), 'lift') as Map<K, V>,
    lower: (values) =>
      values instanceof Map ? convert(values, 'lower') : mismatch('a Map', values),
  };
}

function entriesOf(plain: unknown): Iterable<[unknown, unknown]> {
  if (plain instanceof Map) return plain;
  return isRecord(plain) ? Object.entries(plain) : mismatch('a map', plain);
}

/** A shape with the name of its schema: types that contain it refer to it by that name. */
export interface NamedShape<T> extends Shape<T> {
  readonly name: string;
  /** The schema's definition, as AIR documents have it. */
  readonly definition: {
    readonly $kind: 'defschema';
    readonly name: string;
    readonly type: AirType;
  };
}

export function schema<T>(name: string, shape: Shape<T>): NamedShape<T> {
  const definition = { $kind: 'defschema', name, type: shape.type } as const;
  return { name, definition, type: { ref: name }, lift: shape.lift, lower: shape.lower };
}
