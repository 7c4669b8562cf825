import { decode, type Encodable, encode, RefusalError } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  exactBytes,
  hash,
  list,
  literal,
  nat,
  natOrGenesis,
  oneOf,
  optional,
  orNull,
  type Shape,
  struct,
  text,
  u64,
  union,
} from './shape.js';

interface Part {
  readonly someName: number;
  readonly more?: string;
}

const part = struct<Part>({ someName: nat, more: optional(text) });

type Either = { readonly kind: 'a'; readonly n: number } | { readonly kind: 'b' };

const either = union<Either>({
  a: struct<Extract<Either, { kind: 'a' }>>({ kind: literal('a'), n: nat }),
  b: struct<Extract<Either, { kind: 'b' }>>({ kind: literal('b') }),
});

/** Through bytes, as a snapshot goes. */
function read<T>(shape: Shape<T>, written: Encodable): T {
  const value = decode(encode(written));
  if (!value.ok) throw new Error(value.refusal.code);
  return shape.decode(value.value, '');
}

function placeOfRefusal<T>(shape: Shape<T>, written: Encodable): string {
  try {
    read(shape, written);
  } catch (error) {
    if (error instanceof RefusalError) return `${error.code} ${error.refusal.at}`;
    throw error;
  }
  return 'read';
}

describe('a shape', () => {
  it.each<[string, Shape<never>, Encodable]>([
    ['a number', nat as Shape<never>, 7],
    ['genesis', natOrGenesis as Shape<never>, -1],
    ['a text', text as Shape<never>, 'a'],
    ['bytes', bytes as Shape<never>, Uint8Array.of(1)],
    ['a hash', hash as Shape<never>, new Uint8Array(32)],
    ['a large number', u64 as Shape<never>, 2n ** 64n - 1n],
    ['nothing', orNull(nat) as Shape<never>, null],
    ['a list', list(nat, 2) as Shape<never>, [1, 2]],
    ['a part', part as Shape<never>, { some_name: 1 }],
    ['a whole part', part as Shape<never>, { some_name: 1, more: 'b' }],
    ['one of two', either as Shape<never>, { kind: 'b' }],
  ])('reads what it wrote: %s', (_, shape, written) => {
    expect(encode(shape.encode(read(shape, written)))).toEqual(encode(written));
  });

  it.each<[string, Shape<never>, Encodable]>([
    ['snapshot-shape ', nat as Shape<never>, -1],
    ['snapshot-shape ', nat as Shape<never>, 2n ** 53n],
    ['snapshot-shape ', natOrGenesis as Shape<never>, -2],
    ['snapshot-shape ', text as Shape<never>, 1],
    ['snapshot-shape ', hash as Shape<never>, new Uint8Array(31)],
    ['snapshot-shape ', exactBytes(2) as Shape<never>, new Uint8Array(3)],
    ['snapshot-shape ', u64 as Shape<never>, -1],
    ['snapshot-shape ', oneOf('a', 'b') as Shape<never>, 'c'],
    ['snapshot-shape ', list(nat, 2) as Shape<never>, [1, 2, 3]],
    ['snapshot-shape /1', list(nat, 2) as Shape<never>, [1, 'b']],
    ['snapshot-shape /some_name', part as Shape<never>, {}],
    ['snapshot-shape /more', part as Shape<never>, { some_name: 1, more: null }],
    ['snapshot-shape ', part as Shape<never>, { some_name: 1, less: 1 }],
    ['snapshot-shape ', part as Shape<never>, [1]],
    ['snapshot-shape /kind', either as Shape<never>, { kind: 'c' }],
    ['snapshot-shape /kind', either as Shape<never>, { kind: 'toString' }],
    ['snapshot-shape ', either as Shape<never>, { kind: 'b', n: 1 }],
    ['snapshot-shape /n', either as Shape<never>, { kind: 'a' }],
  ])('refuses the rest: %s', (place, shape, written) => {
    expect(placeOfRefusal(shape, written)).toBe(place);
  });

  it('of a struct does not compile without one of its fields', () => {
    // @ts-expect-error someName is missing
    struct<Part>({ more: optional(text) });
    // @ts-expect-error a field that may be absent needs an optional shape
    struct<Part>({ someName: nat, more: text });
    expect(part.encode({ someName: 1 })).toEqual({ some_name: 1 });
  });
});
