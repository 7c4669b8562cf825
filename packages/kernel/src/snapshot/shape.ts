/**
 * Shapes: how each part of a world is written into a snapshot, and read back strictly.
 *
 * S1 A shape reads exactly what it writes; anything else is refused with `snapshot-shape` and its
 *     place, so no two snapshots open as one world.
 * S2 A struct names every field of its type, or it does not compile: a field that somebody adds
 *     cannot be left out.
 * S3 What a shape writes by hash only, it also collects: a snapshot is whole when its bytes and all
 *     that was collected are stored.
 */
import { asHash, type Encodable, type Hash, RefusalError, type Value } from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import type { UnstoredSlices } from '../trie/unstored.js';

/** Receives the objects of a part, and the tries of it, which are written later. */
export interface Collected {
  readonly objects: StoredObject[];
  readonly tries: (() => UnstoredSlices)[];
}

export interface Shape<T> {
  encode(value: T): Encodable;
  /** Throws RefusalError; `at` is the place of the value, a JSON pointer. */
  decode(value: Value, at: string): T;
  collect?(value: T, into: Collected): void;
  /** Reads everything that was written by hash; throws RefusalError, and ObjectsNeeded. */
  check?(value: T, at: string): void;
}

/** A struct's field that is left out where the value is `undefined`. */
export interface OptionalShape<T> extends Shape<T> {
  readonly isOptional: true;
}

type Fields<T> = {
  readonly [name in keyof T]-?: undefined extends T[name]
    ? OptionalShape<Exclude<T[name], undefined>>
    : Shape<T[name]>;
};

export function shapeError(at: string, expected: string): RefusalError {
  return new RefusalError({ code: 'snapshot-shape', at, detail: `expected ${expected}` });
}

function scalar<T extends Encodable>(expected: string, is: (value: Value) => boolean): Shape<T> {
  return {
    encode: (value) => value,
    decode: (value, at) => {
      if (is(value)) return value as T;
      throw shapeError(at, expected);
    },
  };
}

export const nat: Shape<number> = scalar(
  'a safe natural number',
  (value) => typeof value === 'number' && value >= 0,
);

/** A number from −1, where −1 stands for genesis. */
export const natOrGenesis: Shape<number> = scalar(
  'a safe number from -1',
  (value) => typeof value === 'number' && value >= -1,
);

export const text: Shape<string> = scalar('text', (value) => typeof value === 'string');
export const bytes: Shape<Uint8Array> = scalar('bytes', (value) => value instanceof Uint8Array);

export const hash: Shape<Hash> = {
  encode: (value) => value,
  decode: (value, at) => {
    if (value instanceof Uint8Array && value.length === 32) return asHash(value);
    throw shapeError(at, '32 bytes');
  },
};

const U64_END = 1n << 64n;

/** An unsigned 64-bit integer: logical and wall times, sums of money. */
export const u64: Shape<bigint> = {
  encode: (value) => value,
  decode: (value, at) => {
    if (typeof value === 'number' && value >= 0) return BigInt(value);
    if (typeof value === 'bigint' && value >= 0n && value < U64_END) return value;
    throw shapeError(at, 'an unsigned 64-bit integer');
  },
};

export function exactBytes(sizeBytes: number): Shape<Uint8Array> {
  return scalar(
    `${sizeBytes} bytes`,
    (value) => value instanceof Uint8Array && value.length === sizeBytes,
  );
}

/** One of a closed list of texts. */
export function oneOf<T extends string>(...names: readonly T[]): Shape<T> {
  return scalar(names.join(' or '), (value) => names.includes(value as T));
}

/** `null`, or the shape. */
export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return {
    encode: (value) => (value === null ? null : shape.encode(value)),
    decode: (value, at) => (value === null ? null : shape.decode(value, at)),
    collect: (value, into) => {
      if (value !== null) shape.collect?.(value, into);
    },
    check: (value, at) => {
      if (value !== null) shape.check?.(value, at);
    },
  };
}

export function optional<T>(shape: Shape<T>): OptionalShape<T> {
  return { ...shape, isOptional: true };
}

/** A list, at most `most` long: one more than the world itself would ever hold is refused. */
export function list<T>(shape: Shape<T>, most: number): Shape<readonly T[]> {
  return {
    encode: (values) => values.map((value) => shape.encode(value)),
    decode: (value, at) => {
      if (!Array.isArray(value) || value.length > most) {
        throw shapeError(at, `a list of at most ${most}`);
      }
      return value.map((item: Value, i) => shape.decode(item, `${at}/${i}`));
    },
    collect: (values, into) => {
      if (shape.collect === undefined) return;
      for (const value of values) shape.collect(value, into);
    },
  };
}

/** A map with exactly these fields; names are written in snake case. */
export function struct<T extends object>(fields: Fields<T>): Shape<T> {
  const shapes = Object.entries<Shape<unknown> | OptionalShape<unknown>>(fields).map(
    ([name, shape]) => ({ name: name as keyof T, key: snakeCase(name), shape }),
  );
  return {
    encode: (value) =>
      Object.fromEntries(
        shapes.flatMap(({ name, key, shape }) =>
          value[name] === undefined ? [] : [[key, shape.encode(value[name])]],
        ),
      ),
    decode: (value, at) => {
      if (!(value instanceof Map)) throw shapeError(at, 'a map');
      const found: [keyof T, unknown][] = [];
      for (const { name, key, shape } of shapes) {
        const field = value.get(key);
        if (field !== undefined) found.push([name, shape.decode(field, `${at}/${key}`)]);
        else if (!('isOptional' in shape)) throw shapeError(`${at}/${key}`, 'this field');
      }
      if (found.length !== value.size) throw shapeError(at, 'no other fields');
      return Object.fromEntries(found) as T;
    },
    collect: (value, into) => {
      for (const { name, shape } of shapes) {
        if (value[name] !== undefined) shape.collect?.(value[name], into);
      }
    },
    check: (value, at) => {
      for (const { name, key, shape } of shapes) {
        if (value[name] !== undefined) shape.check?.(value[name], `${at}/${key}`);
      }
    },
  };
}

/** One of several structs, told apart by the text of their field `kind`. */
export function union<T extends { readonly kind: string }>(
  kinds: {
    readonly [K in T['kind']]: Shape<Extract<T, { readonly kind: K }>>;
  },
): Shape<T> {
  const shapes = new Map<Value, Shape<T>>(Object.entries(kinds) as [string, Shape<T>][]);
  const known = [...shapes.keys()].join(' or ');
  return {
    encode: (value) => (shapes.get(value.kind) as Shape<T>).encode(value),
    decode: (value, at) => {
      const kind = value instanceof Map ? value.get('kind') : undefined;
      const shape = kind === undefined ? undefined : shapes.get(kind);
      if (shape === undefined) throw shapeError(`${at}/kind`, known);
      return shape.decode(value, at);
    },
    collect: (value, into) => shapes.get(value.kind)?.collect?.(value, into),
  };
}

/** The text that a struct of a union has as its `kind`. */
export function literal<T extends string>(name: T): Shape<T> {
  return oneOf(name);
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
