/**
 * Schemas as ordinary values: builders whose results carry their static type.
 *
 * A schema used inside another type is a reference to it; any other type stands where it is used.
 */
import type { DefSchema } from '../forms/definitions.js';
import type { KeyType, TypeExpr, TypeFields } from '../forms/type-expr.js';
import { AuthorError } from './author-error.js';
import type { KeyShape, ScalarShape, Shaped, ValueOf } from './shape.js';

/** A type of the language; `S` is its shape. */
export interface Type<S> extends Shaped<S> {
  readonly node: TypeNode;
  /** Set when the type is a schema of its own. */
  readonly name?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: shapes are invariant, so nothing else means "any"
export type AnyType = Type<any>;

/** A type with a name: `namespace/Name@version`. */
export interface Schema<S> extends Type<S> {
  readonly name: Name;
  readonly body: AnyType;
}

// biome-ignore lint/suspicious/noExplicitAny: see AnyType
export type AnySchema = Schema<any>;

/** Names of definitions, such as `demo/Counter@1`. */
export type Name = `${string}/${string}@${number}`;

/** The static type of a schema or type: what its values are in JavaScript. */
export type Infer<T extends AnyType> = ValueOf<ShapeOf<T>>;

/** The shape of a schema or type. */
export type ShapeOf<T> = T extends Shaped<infer S> ? S : never;

/** The structure of a type, with references followed. */
type TypeNode =
  | { readonly kind: ScalarShape }
  | { readonly kind: 'record' | 'variant'; readonly fields: Fields }
  | { readonly kind: 'list' | 'set' | 'option'; readonly item: AnyType }
  | { readonly kind: 'map'; readonly key: AnyType; readonly item: AnyType };

type Fields = { readonly [name: string]: AnyType };

/** Types by name, from which the compiler reads the shapes. */
type TypesOf<F> = { readonly [K in keyof F]: Type<F[K]> };

/** The shape is known to the compiler only. */
const make = (node: TypeNode): AnyType => ({ node }) as AnyType;

function scalar<K extends ScalarShape>(kind: K): Type<K> {
  return make({ kind });
}

function record<F>(fields: TypesOf<F>): Type<{ readonly record: F }>;
function record(fields: Fields): AnyType {
  return make({ kind: 'record', fields });
}

/** Arms by tag; `t.unit` for an arm that carries nothing. */
function variant<F>(arms: TypesOf<F>): Type<{ readonly variant: F }>;
function variant(arms: Fields): AnyType {
  return make({ kind: 'variant', fields: arms });
}

/** A variant whose arms carry nothing. */
function words<const W extends readonly string[]>(
  ...tags: W
): Type<{ readonly variant: { readonly [K in W[number]]: 'unit' } }> {
  const arms = Object.fromEntries(tags.map((tag) => [tag, t.unit]));
  return make({ kind: 'variant', fields: arms });
}

function list<S>(item: Type<S>): Type<{ readonly list: S }> {
  return make({ kind: 'list', item });
}

function set<S>(item: Type<S>): Type<{ readonly set: S }> {
  return make({ kind: 'set', item });
}

function option<S>(item: Type<S>): Type<{ readonly option: S }> {
  return make({ kind: 'option', item });
}

function map<K extends KeyShape, S>(
  key: Type<K>,
  item: Type<S>,
): Type<{ readonly map: readonly [K, S] }> {
  return make({ kind: 'map', key, item });
}

/** Every type of the language. */
export const t = {
  bool: scalar('bool'),
  /** From -2^63 to 2^63 - 1. */
  int: scalar('int'),
  /** From 0 to 2^64 - 1. */
  nat: scalar('nat'),
  /** A decimal number as text: at most 34 digits, exact. */
  dec128: scalar('dec128'),
  bytes: scalar('bytes'),
  text: scalar('text'),
  /** Nanoseconds since 1970. */
  time: scalar('time'),
  /** Nanoseconds. */
  duration: scalar('duration'),
  /** `sha256:` and 64 hexadecimal digits. */
  hash: scalar('hash'),
  uuid: scalar('uuid'),
  unit: scalar('unit'),
  record,
  variant,
  words,
  list,
  set,
  option,
  map,
} as const;

/** Gives a type a name, under which other types, modules and plans refer to it. */
export function schema<S>(name: Name, type: Type<S>): Schema<S> {
  return { name: checkName(name), node: type.node, body: type } as unknown as Schema<S>;
}

const NAME = /^[a-z][a-z0-9._-]*\/[A-Za-z][A-Za-z0-9._-]*@[1-9][0-9]*$/;

/** The name, when it is one. Throws `author-name`. */
export function checkName(name: string): Name {
  if (NAME.test(name)) return name as Name;
  throw new AuthorError('author-name', name, 'expected a name such as demo/Counter@1');
}

const LOCAL_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;

/** A name of a step, a variable, a slot or a grant, when it is one. Throws `author-name`. */
export function checkLocalName(name: string, at: string): string {
  if (LOCAL_NAME.test(name)) return name;
  const message = `expected at most 64 letters, digits, _ . - as a name, found '${name}'`;
  throw new AuthorError('author-name', at, message);
}

/** The definition of a schema, as it stands in AIR. */
export function schemaDefinition(each: AnySchema): DefSchema {
  return { $kind: 'defschema', name: each.name, type: typeExprOf(each.body) };
}

/** A type as it stands inside others: a schema is a reference. */
export function typeExprOf(type: AnyType): TypeExpr {
  if (type.name !== undefined) return { ref: type.name };
  const { node } = type;
  switch (node.kind) {
    case 'record':
    case 'variant':
      return { [node.kind]: fieldExprs(node.fields) } as TypeExpr;
    case 'list':
    case 'set':
    case 'option':
      return { [node.kind]: typeExprOf(node.item) } as TypeExpr;
    case 'map':
      return { map: { key: typeExprOf(node.key) as KeyType, value: typeExprOf(node.item) } };
    default:
      return { [node.kind]: {} } as TypeExpr;
  }
}

function fieldExprs(fields: Fields): TypeFields {
  return Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, typeExprOf(type)]));
}

/** The schemas that a type leads to, each after those that it refers to itself. */
export function schemasOf(type: AnyType, found: Map<string, AnySchema>): void {
  if (type.name !== undefined && found.has(type.name)) return;
  for (const part of partsOf((type as Partial<AnySchema>).body ?? type)) schemasOf(part, found);
  if (type.name !== undefined) found.set(type.name, type as AnySchema);
}

function partsOf(type: AnyType): readonly AnyType[] {
  if (type.name !== undefined) return [type];
  const { node } = type;
  if ('fields' in node) return Object.values(node.fields);
  if (node.kind === 'map') return [node.key, node.item];
  return 'item' in node ? [node.item] : [];
}

/** True when two types have the same structure: the one check that the compiler makes as well. */
export function sameShape(a: AnyType, b: AnyType): boolean {
  return a.node === b.node || shapeText(a) === shapeText(b);
}

function shapeText(type: AnyType): string {
  const { node } = type;
  if ('fields' in node) {
    const fields = Object.entries(node.fields).map(
      ([name, each]) => `${JSON.stringify(name)}:${shapeText(each)}`,
    );
    return `${node.kind}{${fields.sort().join()}}`;
  }
  if (node.kind === 'map') return `map[${shapeText(node.key)},${shapeText(node.item)}]`;
  return 'item' in node ? `${node.kind}[${shapeText(node.item)}]` : node.kind;
}
