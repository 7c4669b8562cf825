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

interface Part {
  readonly name: string;
  readonly shape: Shape<unknown>;
}

function partsOf(shapes: Shapes): Part[] {
  return Object.keys(shapes).map((name) => ({ name, shape: shapes[name] as Shape<unknown> }));
}

function typesOf(shapes: Shapes): AirType {
  return Object.fromEntries(partsOf(shapes).map(({ name, shape }) => [name, shape.type]));
}

/** An object with exactly these fields; a field of an option shape may be missing in data. */
export function record<const F extends Shapes>(fields: F): Shape<RecordOf<F>> {
  const parts = partsOf(fields);
  const lift = (plain: unknown) => {
    if (!isRecord(plain)) return mismatch('a record', plain);
    for (const { name, shape } of parts) {
      try {
        plain[name] = shape.lift(plain[name]);
      } catch (error) {
        throw below(error, name);
      }
    }
    checkNames(plain, parts);
    return plain as RecordOf<F>;
  };
  return { type: { record: typesOf(fields) }, lift, lower: (value) => lowerRecord(value, parts) };
}

/** The record itself while its fields are plain data as they are, otherwise a copy. */
function lowerRecord(value: unknown, parts: readonly Part[]): unknown {
  if (!isRecord(value)) return mismatch('a record', value);
  let copy: Record<string, unknown> | undefined;
  for (const { name, shape } of parts) {
    const field = value[name];
    const lowered = lowerBelow(shape, field, name);
    if (lowered === field && Object.hasOwn(value, name)) continue;
    copy ??= { ...value };
    copy[name] = lowered;
  }
  const plain = copy ?? value;
  checkNames(plain, parts);
  return plain;
}

function lowerBelow(shape: Shape<unknown>, value: unknown, step: string): unknown {
  try {
    return shape.lower(value);
  } catch (error) {
    throw below(error, step);
  }
}

/** All parts are there; as many names are no others. */
function checkNames(value: Record<string, unknown>, parts: readonly Part[]): void {
  const names = Object.keys(value);
  if (names.length === parts.length) return;
  const known = new Set(parts.map(({ name }) => name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) mismatch(`no field ${unknown}`, value[unknown]);
}

/** One of several, as `{ $tag, $value }`. */
export function variant<const A extends Shapes>(arms: A): Shape<VariantOf<A>> {
  const shapes = new Map(partsOf(arms).map(({ name, shape }) => [name, shape]));
  /** What is written for an arm whose value is left out. */
  const bare = new Map([...shapes.keys()].map((tag) => [tag, { $tag: tag, $value: null }]));
  const armOf = (value: unknown): { shape: Shape<unknown>; tag: string } => {
    const tag = isRecord(value) ? value.$tag : mismatch('a variant', value);
    const shape = shapes.get(tag as string);
    if (!shape) return mismatch(`one of ${[...shapes.keys()].join(', ')}`, tag);
    return { shape, tag: tag as string };
  };
  const lift = (plain: unknown) => {
    const { shape, tag } = armOf(plain);
    const arm = plain as { $value: unknown };
    try {
      arm.$value = shape.lift(arm.$value);
    } catch (error) {
      throw below(error, tag);
    }
    return checkArm(plain) as VariantOf<A>;
  };
  const lower = (value: VariantOf<A>) => {
    const { shape, tag } = armOf(value);
    const content = (value as { $value?: unknown }).$value;
    const lowered = lowerBelow(shape, content, tag);
    if (lowered === null && content === undefined) return bare.get(tag);
    return checkArm(lowered === content ? value : { $tag: tag, $value: lowered });
  };
  return { type: { variant: typesOf(arms) }, lift, lower };
}

function checkArm(arm: unknown): unknown {
  const extra = Object.keys(arm as object).find((name) => name !== '$tag' && name !== '$value');
  return extra === undefined ? arm : mismatch(`no field ${extra} in a variant`, arm);
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
