/**
 * Types as data with every reference followed: what a compiled schema accepts.
 *
 * T1. A named schema is one object, wherever it is referred to: equal identity is equal type.
 * T2. `depth` counts type nodes from here to the deepest leaf, so that whoever recurses over a type
 *     can bound it beforehand.
 */
import type { Primitive } from '../forms/type-expr.js';

export interface ScalarType {
  readonly kind: Primitive;
  readonly depth: 1;
}

/** `inner` is what is there when it is not null. */
export interface OptionType {
  readonly kind: 'option';
  readonly inner: ValueType;
  readonly depth: number;
}

export interface SequenceType {
  readonly kind: 'list' | 'set';
  readonly item: ValueType;
  readonly depth: number;
}

export interface MapType {
  readonly kind: 'map';
  readonly key: ValueType;
  readonly value: ValueType;
  readonly depth: number;
}

export interface RecordType {
  readonly kind: 'record';
  readonly fields: ReadonlyMap<string, ValueType>;
  readonly depth: number;
}

export interface VariantType {
  readonly kind: 'variant';
  readonly arms: ReadonlyMap<string, ValueType>;
  readonly depth: number;
}

/** What an effect or a child plan is waited for by; never stored in data. */
export interface HandleType {
  readonly kind: 'handle';
  readonly of: 'effect' | 'plan';
  /** What the wait binds. */
  readonly result: ValueType;
  readonly depth: number;
}

/** Nothing has this type: items of an empty list, and what an expression with an error is. */
export interface NeverType {
  readonly kind: 'never';
  readonly depth: 1;
}

export type ValueType =
  | ScalarType
  | OptionType
  | SequenceType
  | MapType
  | RecordType
  | VariantType
  | HandleType
  | NeverType;

const scalar = (kind: Primitive): ScalarType => ({ kind, depth: 1 });

/** The scalar types, by name. */
export const SCALAR_TYPES: { readonly [P in Primitive]: ScalarType } = {
  bool: scalar('bool'),
  int: scalar('int'),
  nat: scalar('nat'),
  dec128: scalar('dec128'),
  bytes: scalar('bytes'),
  text: scalar('text'),
  time: scalar('time'),
  duration: scalar('duration'),
  hash: scalar('hash'),
  uuid: scalar('uuid'),
  unit: scalar('unit'),
};

export const NEVER: NeverType = { kind: 'never', depth: 1 };

export function optionType(inner: ValueType): OptionType {
  return { kind: 'option', inner, depth: inner.depth + 1 };
}

export function listType(item: ValueType): SequenceType {
  return { kind: 'list', item, depth: item.depth + 1 };
}

export function setType(item: ValueType): SequenceType {
  return { kind: 'set', item, depth: item.depth + 1 };
}

export function mapType(key: ValueType, value: ValueType): MapType {
  return { kind: 'map', key, value, depth: Math.max(key.depth, value.depth) + 1 };
}

export function recordType(fields: ReadonlyMap<string, ValueType>): RecordType {
  return { kind: 'record', fields, depth: deepest(fields) + 1 };
}

export function variantType(arms: ReadonlyMap<string, ValueType>): VariantType {
  return { kind: 'variant', arms, depth: deepest(arms) + 1 };
}

export function handleType(of: 'effect' | 'plan', result: ValueType): HandleType {
  return { kind: 'handle', of, result, depth: result.depth + 1 };
}

function deepest(types: ReadonlyMap<string, ValueType>): number {
  let depth = 0;
  for (const type of types.values()) depth = Math.max(depth, type.depth);
  return depth;
}
