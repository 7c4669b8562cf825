/**
 * Finds the references to secrets in the parameters of an effect, by their type.
 *
 * A reference is a value of `sys/SecretRef@1` anywhere, and a record of `alias` and `version` in an
 * arm called `secret`. What merely looks like one, such as text in a field that may hold anything,
 * is data: nobody resolves it.
 */
import type { ValueType } from '@aos/air';
import type { Value } from '@aos/canon';

export interface SecretUse {
  readonly alias: string;
  readonly version: number | bigint;
}

/** Adds the references in one decoded canonical value. */
export type SecretFinder = (value: Value, into: SecretUse[]) => void;

/** Finders of types that were looked at, by type; null where there can be none. */
type Known = Map<ValueType, SecretFinder | null>;

/** The finder of a type; null when its values cannot refer to secrets. */
export function compileSecretFinder(
  type: ValueType,
  secretRef: ValueType | undefined,
): SecretFinder | null {
  return finderOf(type, secretRef, new Map());
}

function finderOf(
  type: ValueType,
  secretRef: ValueType | undefined,
  known: Known,
): SecretFinder | null {
  if (type === secretRef) return readReference;
  const there = known.get(type);
  if (there !== undefined) return there;
  const inner = (each: ValueType) => finderOf(each, secretRef, known);
  const found = compose(type, inner);
  known.set(type, found);
  return found;
}

function compose(
  type: ValueType,
  inner: (type: ValueType) => SecretFinder | null,
): SecretFinder | null {
  switch (type.kind) {
    case 'option': {
      const find = inner(type.inner);
      return find && ((value, into) => (value === null ? undefined : find(value, into)));
    }
    case 'list':
    case 'set': {
      const find = inner(type.item);
      return find && ((value, into) => findEach(value as readonly Value[], find, into));
    }
    case 'map': {
      // keys are scalars
      const find = inner(type.value);
      const valuesOf = (value: Value) => (value as ReadonlyMap<Value, Value>).values();
      return find && ((value, into) => findEach(valuesOf(value), find, into));
    }
    case 'record':
      return byField(finders(type.fields, inner));
    case 'variant': {
      const arms = finders(type.arms, inner);
      const own = type.arms.get('secret');
      if (own !== undefined && isReference(own)) arms.set('secret', readReference);
      return byTag(arms);
    }
    default:
      return null;
  }
}

function findEach(values: Iterable<Value>, find: SecretFinder, into: SecretUse[]): void {
  for (const value of values) find(value, into);
}

function finders(
  types: ReadonlyMap<string, ValueType>,
  inner: (type: ValueType) => SecretFinder | null,
): Map<string, SecretFinder> {
  const found = new Map<string, SecretFinder>();
  for (const [name, type] of types) {
    const find = inner(type);
    if (find !== null) found.set(name, find);
  }
  return found;
}

function byField(fields: ReadonlyMap<string, SecretFinder>): SecretFinder | null {
  if (fields.size === 0) return null;
  return (value, into) => {
    const record = value as ReadonlyMap<Value, Value>;
    for (const [name, find] of fields) find(record.get(name) as Value, into);
  };
}

function byTag(arms: ReadonlyMap<string, SecretFinder>): SecretFinder | null {
  if (arms.size === 0) return null;
  return (value, into) => {
    const variant = value as ReadonlyMap<Value, Value>;
    arms.get(variant.get('$tag') as string)?.(variant.get('$value') as Value, into);
  };
}

/** Whether values of the type are records of an alias and a version, and of nothing else. */
function isReference(type: ValueType): boolean {
  if (type.kind !== 'record' || type.fields.size !== 2) return false;
  const { fields } = type;
  return fields.get('alias')?.kind === 'text' && fields.get('version')?.kind === 'nat';
}

function readReference(value: Value, into: SecretUse[]): void {
  const record = value as ReadonlyMap<Value, Value>;
  into.push({
    alias: record.get('alias') as string,
    version: record.get('version') as number | bigint,
  });
}
