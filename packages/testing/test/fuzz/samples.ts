/** A value of a type, each part of it there once. */
import type { TypeExpr } from '@aos/air';
import type { Encodable } from '@aos/canon';

const primitives: { readonly [name: string]: Encodable } = {
  ...{ bool: true, int: -1, nat: 1, dec128: '1.5', bytes: Uint8Array.of(1, 2), text: 'a' },
  ...{ time: 1, duration: 1, unit: null, hash: `sha256:${'0a'.repeat(32)}` },
  uuid: '123e4567-e89b-12d3-a456-426614174000',
};

type TypeOf = (name: string) => TypeExpr | undefined;

/** References are followed a few levels. */
export function sampleOf(type: TypeExpr | undefined, typeOf: TypeOf, depth = 6): Encodable {
  if (type === undefined || depth === 0) return null;
  const inner = (each: TypeExpr) => sampleOf(each, typeOf, depth - 1);
  if ('ref' in type) return inner(typeOf(type.ref as string) as TypeExpr);
  if ('record' in type) {
    const fields = Object.entries(type.record as { readonly [name: string]: TypeExpr });
    return Object.fromEntries(fields.map(([name, each]) => [name, inner(each)]));
  }
  if ('variant' in type) {
    const arms = Object.entries(type.variant as { readonly [name: string]: TypeExpr });
    const [$tag, each] = arms[0] as [string, TypeExpr];
    return { $tag, $value: inner(each) };
  }
  if ('option' in type) return inner(type.option as TypeExpr);
  if ('list' in type) return [inner(type.list as TypeExpr)];
  if ('set' in type) return [inner(type.set as TypeExpr)];
  if ('map' in type) {
    const { key, value } = type.map as { readonly key: TypeExpr; readonly value: TypeExpr };
    return new Map([[inner(key), inner(value)]]);
  }
  return primitives[Object.keys(type)[0] as string] ?? null;
}
