/**
 * Shapes from AIR: schemas as they stand in documents, with the TypeScript types they mean.
 *
 * For types, the definitions must be constants (`as const`), or a file that was generated from the
 * documents.
 */
import {
  list,
  map,
  type NamedShape,
  option,
  record,
  type Shapes,
  schema,
  set,
  variant,
} from './composites.js';
import * as scalars from './scalars.js';
import { type AirType, mismatch, type Shape } from './shape.js';

export interface AirSchema {
  readonly $kind: 'defschema';
  readonly name: string;
  readonly type: AirType;
}

type Scalars = {
  bool: boolean;
  int: bigint;
  nat: bigint;
  time: bigint;
  duration: bigint;
  dec128: string;
  bytes: Uint8Array;
  text: string;
  hash: string;
  uuid: string;
  unit: null;
};

/** The TypeScript type of an AIR type; `Env` has the types of the schemas it refers to. */
export type TypeOf<T, Env> = T extends { readonly ref: infer N extends keyof Env }
  ? TypeOf<Env[N], Env>
  : T extends { readonly record: infer F }
    ? { readonly [K in keyof F]: TypeOf<F[K], Env> }
    : T extends { readonly variant: infer A }
      ? ArmOf<A, Env>
      : T extends { readonly option: infer I }
        ? TypeOf<I, Env> | null
        : T extends { readonly list: infer I } | { readonly set: infer I }
          ? readonly TypeOf<I, Env>[]
          : T extends { readonly map: { readonly key: infer K; readonly value: infer V } }
            ? ReadonlyMap<TypeOf<K, Env>, TypeOf<V, Env>>
            : keyof T extends keyof Scalars
              ? Scalars[keyof T]
              : never;

type ArmOf<A, Env> = {
  [K in keyof A]: TypeOf<A[K], Env> extends null
    ? { readonly $tag: K; readonly $value?: null }
    : { readonly $tag: K; readonly $value: TypeOf<A[K], Env> };
}[keyof A];

type Environment<D extends readonly AirSchema[]> = { [S in D[number] as S['name']]: S['type'] };

/** The shape of each schema, by name. */
export type AirShapes<D extends readonly AirSchema[]> = {
  readonly [N in keyof Environment<D>]: NamedShape<TypeOf<Environment<D>[N], Environment<D>>>;
};

/** Shapes of these schemas, which may refer to each other in any order, but not in circles. */
export function airShapes<const D extends readonly AirSchema[]>(definitions: D): AirShapes<D> {
  const types = new Map(definitions.map(({ name, type }) => [name, type]));
  const known = new Map<string, Shape<unknown>>();
  const named = (name: string, above: readonly string[]): Shape<unknown> => {
    const type = types.get(name);
    if (!type || above.includes(name)) return mismatch('a schema among the given ones', name);
    const found =
      known.get(name) ??
      schema(
        name,
        shapeOf(type, (to) => named(to, [...above, name])),
      );
    known.set(name, found);
    return found;
  };
  const entries = definitions.map(({ name }) => [name, named(name, [])] as const);
  return Object.fromEntries(entries) as AirShapes<D>;
}

type Lookup = (name: string) => Shape<unknown>;

const SCALARS: { readonly [word: string]: Shape<unknown> } = Object.assign(Object.create(null), {
  bool: scalars.bool,
  int: scalars.int,
  nat: scalars.nat,
  time: scalars.time,
  duration: scalars.duration,
  dec128: scalars.dec128,
  bytes: scalars.bytes,
  text: scalars.text,
  hash: scalars.hash,
  uuid: scalars.uuid,
  unit: scalars.unit,
});

function shapeOf(type: AirType, lookup: Lookup): Shape<unknown> {
  const [word = ''] = Object.keys(type).filter((each) => each !== '$comment');
  const body = type[word] as AirType;
  const inner = () => shapeOf(body, lookup);
  switch (word) {
    case 'ref':
      return lookup(body as unknown as string);
    case 'record':
      return record(shapesOf(body, lookup));
    case 'variant':
      return variant(shapesOf(body, lookup));
    case 'option':
      return option(inner());
    case 'list':
      return list(inner());
    case 'set':
      return set(inner());
    case 'map':
      return map(shapeOf(body.key as AirType, lookup), shapeOf(body.value as AirType, lookup));
    default:
      return SCALARS[word] ?? mismatch('a type constructor', word);
  }
}

function shapesOf(types: AirType, lookup: Lookup): Shapes {
  const entries = Object.entries(types).filter(([name]) => name !== '$comment');
  return Object.fromEntries(
    entries.map(([name, type]) => [name, shapeOf(type as AirType, lookup)]),
  );
}
