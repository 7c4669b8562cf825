/** Values that stand for what nobody knows: the least one of each type. */
import type { CompiledSchema, ValueType } from '@aos/air';
import { assert, type Encodable, encode, toHashText, ZERO_HASH } from '@aos/canon';

const NO_UUID = '00000000-0000-0000-0000-000000000000';

/** Canonical bytes of the least value: zeros, empty texts and lists, the first arm of a variant. */
export function leastValue(schema: CompiledSchema): Uint8Array {
  const normal = schema.normalizeCbor(encode(leastOf(schema.type)));
  assert(normal.ok, 'the least value of a type is of that type');
  return normal.value;
}

function leastOf(type: ValueType): Encodable {
  switch (type.kind) {
    case 'bool':
      return false;
    case 'int':
    case 'nat':
    case 'time':
    case 'duration':
      return 0;
    case 'dec128':
      return '0';
    case 'text':
      return '';
    case 'bytes':
      return new Uint8Array(0);
    case 'hash':
      return toHashText(ZERO_HASH);
    case 'uuid':
      return NO_UUID;
    case 'list':
    case 'set':
      return [];
    case 'map':
      return new Map();
    case 'record':
      return new Map([...type.fields].map(([name, field]) => [name, leastOf(field)]));
    case 'variant':
      return leastArm(type.arms);
    default:
      return null;
  }
}

function leastArm(arms: ReadonlyMap<string, ValueType>): Encodable {
  const [first] = arms;
  assert(first !== undefined, 'a variant has an arm');
  const [tag, inner] = first;
  return new Map<Encodable, Encodable>([
    ['$tag', tag],
    ['$value', leastOf(inner)],
  ]);
}
