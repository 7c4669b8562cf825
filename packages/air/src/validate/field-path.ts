/** Types of fields inside events, by dotted path. */
import type { TypeExpr, TypeFields } from '../forms/type-expr.js';
import type { SoundTypes } from './sound-types.js';

/**
 * The type at a dotted path of record fields. `$tag` of a variant is a text; `$value` of a variant
 * leads into its arms, which must agree on the type. Undefined when there is no such field, or
 * when the type is not sound.
 */
export function typeAtPath(
  type: TypeExpr,
  path: readonly string[],
  types: SoundTypes,
): TypeExpr | undefined {
  const [field, ...rest] = path;
  if ('ref' in type) {
    const target = types.typeOf(type.ref);
    return target === undefined ? undefined : typeAtPath(target, path, types);
  }
  if (field === undefined) return type;
  if ('record' in type) {
    const inner = Object.hasOwn(type.record, field) ? type.record[field] : undefined;
    return inner === undefined ? undefined : typeAtPath(inner, rest, types);
  }
  if (!('variant' in type)) return undefined;
  if (field === '$tag' && rest.length === 0) return { text: {} };
  return field === '$value' ? commonType(type.variant, rest, types) : undefined;
}

function commonType(
  arms: TypeFields,
  path: readonly string[],
  types: SoundTypes,
): TypeExpr | undefined {
  const [first, ...others] = Object.values(arms).map((arm) => typeAtPath(arm, path, types));
  if (first === undefined) return undefined;
  const id = types.identity.of(first);
  const agree = others.every((each) => each !== undefined && types.identity.of(each) === id);
  return agree ? first : undefined;
}

/** The fields that may stand first in a path into this type. */
export function fieldsOf(type: TypeExpr, types: SoundTypes): readonly string[] {
  if ('ref' in type) {
    const target = types.typeOf(type.ref);
    return target === undefined ? [] : fieldsOf(target, types);
  }
  if ('record' in type) return Object.keys(type.record);
  return 'variant' in type ? ['$tag', '$value'] : [];
}
