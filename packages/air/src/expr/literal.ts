/**
 * Literals: constant expressions in the one form that equal values share.
 *
 * L1. Sets are sorted by their items' bytes and hold each once; maps are sorted by their keys'.
 * L2. An arm of type `unit` stands without a value.
 */
import {
  assert,
  bytesEqual,
  compareBytes,
  Defect,
  encodeUntagged,
  ok,
  type Result,
  refuse,
  type Value,
} from '@aos/canon';
import type { ValueType } from '../values/value-type.js';
import type { Expr } from './ast.js';

/** The literal of a canonical value of a data type. */
export function literalOf(value: Value, type: ValueType): Expr {
  switch (type.kind) {
    case 'option':
      return value === null ? NULL : literalOf(value, type.inner);
    case 'list':
    case 'set':
      return {
        kind: type.kind,
        items: (value as readonly Value[]).map((item) => literalOf(item, type.item)),
      };
    case 'map':
      return { kind: 'map', entries: mapEntries(value as ReadonlyMap<Value, Value>, type) };
    case 'record': {
      const map = value as ReadonlyMap<Value, Value>;
      const fields = [...type.fields].map(
        ([name, field]) => [name, literalOf(map.get(name) as Value, field)] as const,
      );
      return { kind: 'record', fields: new Map(fields) };
    }
    case 'variant': {
      const map = value as ReadonlyMap<Value, Value>;
      const tag = map.get('$tag') as string;
      const arm = type.arms.get(tag) as ValueType;
      const isUnit = arm.kind === 'unit';
      return {
        kind: 'variant',
        tag,
        value: isUnit ? undefined : literalOf(map.get('$value') as Value, arm),
      };
    }
    default:
      assert(type.kind !== 'handle' && type.kind !== 'never', 'only data has literals');
      return { kind: 'const', type: type.kind, value };
  }
}

const NULL: Expr = { kind: 'const', type: 'unit', value: null };

function mapEntries(
  map: ReadonlyMap<Value, Value>,
  type: Extract<ValueType, { kind: 'map' }>,
): { key: Expr; value: Expr }[] {
  return [...map].map(([key, value]) => ({
    key: literalOf(key, type.key),
    value: literalOf(value, type.value),
  }));
}

/** A constant expression with its value: what both are when no schema gives more meaning. */
interface Valued {
  readonly literal: Expr;
  readonly value: Value;
}

/**
 * The literal of a constant expression without a schema. Code: `value-duplicate-key`, with `at`
 * empty.
 */
export function canonicalLiteral(constant: Expr): Result<Expr> {
  const read = valued(constant);
  return read === undefined
    ? refuse('value-duplicate-key', '', 'expected every key of a map once')
    : ok(read.literal);
}

/** Undefined when a key of a map stands twice. */
function valued(expr: Expr): Valued | undefined {
  switch (expr.kind) {
    case 'const':
      return { literal: expr, value: expr.value };
    case 'record': {
      const fields = valuesOf([...expr.fields.values()]);
      const names = [...expr.fields.keys()];
      return fields && recordOf(names, fields);
    }
    case 'list':
    case 'set': {
      const items = valuesOf(expr.items);
      return items && sequenceOf(expr.kind, items);
    }
    case 'map': {
      const keys = valuesOf(expr.entries.map(({ key }) => key));
      const values = valuesOf(expr.entries.map(({ value }) => value));
      return keys && values && mapOf(keys, values);
    }
    case 'variant': {
      const inner = expr.value === undefined ? { literal: NULL, value: null } : valued(expr.value);
      return inner && variantOf(expr.tag, inner);
    }
    default:
      throw new Defect('only constants have a literal');
  }
}

function valuesOf(exprs: readonly Expr[]): readonly Valued[] | undefined {
  const values = exprs.map(valued);
  return values.includes(undefined) ? undefined : (values as Valued[]);
}

function recordOf(names: readonly string[], fields: readonly Valued[]): Valued {
  const at = (i: number): Valued => fields[i] as Valued;
  return {
    literal: { kind: 'record', fields: new Map(names.map((name, i) => [name, at(i).literal])) },
    value: new Map(names.map((name, i) => [name, at(i).value])),
  };
}

function sequenceOf(kind: 'list' | 'set', items: readonly Valued[]): Valued {
  const kept = kind === 'list' ? items : sorted(items, ({ value }) => value).distinct;
  return {
    literal: { kind, items: kept.map(({ literal }) => literal) },
    value: kept.map(({ value }) => value),
  };
}

function mapOf(keys: readonly Valued[], values: readonly Valued[]): Valued | undefined {
  const entries = keys.map((key, i) => ({ key, value: values[i] as Valued }));
  const { all, distinct } = sorted(entries, ({ key }) => key.value);
  if (distinct.length < all.length) return undefined;
  return {
    literal: {
      kind: 'map',
      entries: all.map(({ key, value }) => ({ key: key.literal, value: value.literal })),
    },
    value: new Map(all.map(({ key, value }) => [key.value, value.value])),
  };
}

function variantOf(tag: string, inner: Valued): Valued {
  const isUnit = inner.literal.kind === 'const' && inner.literal.type === 'unit';
  return {
    literal: { kind: 'variant', tag, value: isUnit ? undefined : inner.literal },
    value: new Map<Value, Value>([
      ['$tag', tag],
      ['$value', inner.value],
    ]),
  };
}

/** Items by the canonical bytes of a value each has; `distinct` keeps the first of equal ones. */
function sorted<T>(
  items: readonly T[],
  valueOfItem: (item: T) => Value,
): { readonly all: readonly T[]; readonly distinct: readonly T[] } {
  const keyed = items.map((item) => ({ item, bytes: encodeUntagged(valueOfItem(item)) }));
  keyed.sort((a, b) => compareBytes(a.bytes, b.bytes));
  const isNew = (i: number): boolean =>
    i === 0 || !bytesEqual((keyed[i] as Keyed).bytes, (keyed[i - 1] as Keyed).bytes);
  return {
    all: keyed.map(({ item }) => item),
    distinct: keyed.filter((_, i) => isNew(i)).map(({ item }) => item),
  };
}

interface Keyed {
  readonly bytes: Uint8Array;
}
