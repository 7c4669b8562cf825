/** Random expressions, most of them well typed, over random surroundings. */
import { toBase64 } from '@aos/canon';
import fc from 'fast-check';
import type { JsonValue, TypeExpr } from '../src/index.js';
import type { Given, Surroundings } from './expressions.js';
import { plainlyNamed, type TypedValue } from './typed-values.js';

export interface Sample {
  readonly around: Surroundings;
  readonly expr: JsonValue;
  readonly expected: TypeExpr | undefined;
}

type Name = { readonly ref: string; readonly type: TypeExpr };
type Draw = fc.GeneratorValue;

const scalar = (word: string): TypeExpr => ({ [word]: {} }) as never;
const BOOL = scalar('bool');
const NUMBERS = ['int', 'nat', 'dec128', 'time', 'duration'];

const FITTING: { readonly [word: string]: readonly string[] } = {
  int: ['nat', 'time'],
  nat: ['int', 'duration'],
  time: ['nat', 'duration'],
  text: ['hash', 'uuid'],
  hash: ['text'],
  uuid: ['text', 'hash'],
};

const SCALAR_JSON: { readonly [word: string]: fc.Arbitrary<JsonValue> } = {
  bool: fc.boolean().map((bool) => ({ bool })),
  int: fc
    .oneof(fc.integer({ min: -5, max: 9 }), fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n)))
    .map((int) => ({ int })),
  nat: fc.oneof(fc.nat({ max: 9 }), fc.constantFrom(2n ** 64n - 1n)).map((nat) => ({ nat })),
  dec128: fc
    .tuple(fc.integer(), fc.integer({ min: -40, max: 20 }))
    .map(([c, e]) => ({ dec128: Math.abs(e) > 34 ? '0.5' : `${c}e${e}` })),
  bytes: fc.uint8Array({ maxLength: 4 }).map((bytes) => ({ bytes_b64: toBase64(bytes) })),
  text: fc.constantFrom('', 'a', 'b', 'ab', 'é👋').map((text) => ({ text })),
  time: fc.nat().map((time_ns) => ({ time_ns })),
  duration: fc.integer().map((duration_ns) => ({ duration_ns })),
  hash: fc.constantFrom('0', 'f').map((digit) => ({ hash: `sha256:${digit.repeat(64)}` })),
  uuid: fc.constant({ uuid: '00000000-0000-0000-0000-000000000000' }),
  unit: fc.constant({ null: {} }),
};

const WORDS = Object.keys(SCALAR_JSON);

/** Composites with few values, so that equal items, empty options and shared keys are frequent. */
const SMALL: readonly TypeExpr[] = [
  { set: BOOL },
  { set: { option: BOOL } },
  { list: { option: scalar('nat') } },
  { map: { key: { nat: {} }, value: BOOL } },
  { record: { a: { option: scalar('text') }, b: scalar('nat') } },
  { variant: { A: scalar('nat'), B: scalar('unit') } },
];

/** Draws expressions of a type; now and then of another one, which the checker must notice. */
class Drawing {
  constructor(
    private readonly draw: Draw,
    private readonly names: readonly Name[],
  ) {}

  expr(type: TypeExpr, depth: number): JsonValue {
    if (this.oneIn(40)) return this.expr(this.anyType(), depth);
    if (this.oneIn(10)) return this.expr(this.fitting(type), depth);
    const ref = this.reference(type);
    if (ref !== undefined && this.oneIn(2)) return ref;
    if (depth === 0) return this.literal(type, 0);
    switch (this.draw(fc.integer, { min: 0, max: 6 })) {
      case 0:
        return {
          if: {
            cond: this.expr(BOOL, depth - 1),
            // biome-ignore lint/suspicious/noThenProperty: the language calls it so
            then: this.expr(type, depth - 1),
            else: this.expr(type, depth - 1),
          },
        };
      case 1:
        return this.let(type, depth);
      case 2:
        return this.match(type, depth) ?? this.literal(type, depth);
      case 3:
        return {
          op: 'coalesce@1',
          args: [this.expr({ option: type }, depth - 1), this.expr(type, depth - 1)],
        };
      case 4:
        return this.literal(type, depth);
      default:
        return this.operation(type, depth);
    }
  }

  /** A type whose values fit, some of them not. */
  private fitting(type: TypeExpr): TypeExpr {
    const word = Object.keys(type)[0] as string;
    const others = FITTING[word];
    if (others !== undefined && this.oneIn(2)) return scalar(this.pick(others));
    return 'option' in type ? type.option : { option: type };
  }

  private oneIn(count: number): boolean {
    return this.draw(fc.nat, { max: count - 1 }) === 0;
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.draw(fc.nat, { max: items.length - 1 })] as T;
  }

  private anyType(): TypeExpr {
    if (this.oneIn(3)) return this.pick(SMALL);
    return this.oneIn(2) ? scalar(this.pick(WORDS)) : this.pick(this.names).type;
  }

  private reference(type: TypeExpr): JsonValue | undefined {
    const wanted = JSON.stringify(type);
    const isSame = (each: Name): boolean => JSON.stringify(each.type) === wanted;
    const fitting = this.names.flatMap((name) => [name, ...membersOf(name)]).filter(isSame);
    return fitting.length === 0 ? undefined : { ref: this.pick(fitting).ref };
  }

  private literal(type: TypeExpr, depth: number): JsonValue {
    const inner = (each: TypeExpr): JsonValue =>
      depth === 0 ? this.literal(each, 0) : this.expr(each, depth - 1);
    const some = <T>(make: () => T): T[] =>
      Array.from({ length: this.draw(fc.nat, { max: 3 }) }, make);
    if ('record' in type) {
      return { record: mapObject(type.record, (field) => inner(field)) };
    }
    if ('variant' in type) {
      const [tag, arm] = this.pick(Object.entries(type.variant));
      return { variant: 'unit' in arm ? { tag } : { tag, value: inner(arm) } };
    }
    if ('list' in type) return { list: some(() => inner(type.list)) };
    if ('set' in type) return { set: some(() => inner(type.set)) };
    if ('option' in type) return this.oneIn(3) ? { null: {} } : inner(type.option);
    if ('map' in type) {
      return {
        map: some(() => ({ key: inner(type.map.key as TypeExpr), value: inner(type.map.value) })),
      };
    }
    return this.draw(() => SCALAR_JSON[Object.keys(type)[0] as string] as fc.Arbitrary<JsonValue>);
  }

  private let(type: TypeExpr, depth: number): JsonValue {
    const name = this.pick(['x', 'y']);
    const bound = this.anyType();
    return {
      let: {
        name,
        value: this.expr(bound, depth - 1),
        in: this.with(name, bound).expr(type, depth - 1),
      },
    };
  }

  private match(type: TypeExpr, depth: number): JsonValue | undefined {
    const variants = this.names.filter((each) => 'variant' in each.type);
    if (variants.length === 0) return undefined;
    const { ref, type: on } = this.pick(variants);
    const arms = mapObject((on as { variant: { [tag: string]: TypeExpr } }).variant, (arm) => ({
      bind: 'm',
      // biome-ignore lint/suspicious/noThenProperty: the language calls it so
      then: this.with('m', arm).expr(type, depth - 1),
    }));
    return { match: { on: { ref }, arms } };
  }

  private with(name: string, type: TypeExpr): Drawing {
    const others = this.names.filter(({ ref }) => ref !== `@local:${name}`);
    return new Drawing(this.draw, [...others, { ref: `@local:${name}`, type }]);
  }

  private operation(type: TypeExpr, depth: number): JsonValue {
    const of = (each: TypeExpr): JsonValue => this.expr(each, depth - 1);
    const op = (name: string, ...args: JsonValue[]): JsonValue => ({ op: name, args });
    const each = (name: string, over: TypeExpr, item: TypeExpr, body: TypeExpr): JsonValue => ({
      op: name,
      over: of(over),
      as: 'z',
      do: this.with('z', item).expr(body, depth - 1),
    });
    if ('bool' in type) return this.predicate(of, op, each);
    const word = Object.keys(type)[0] as string;
    if (word === 'int' || word === 'nat') {
      const verb = this.pick(['add', 'sub', 'mul', 'div', 'mod']);
      const sides = [this.pick(['int', 'nat']), word].map(scalar);
      if (this.oneIn(4))
        return op('len', of(this.pick([scalar('text'), { list: this.anyType() }])));
      return op(verb, ...sides.map(of));
    }
    if (word === 'dec128') {
      return op(
        this.pick(['add', 'sub', 'mul', 'div']),
        of(type),
        of(scalar(this.pick(['dec128', 'int']))),
      );
    }
    if (word === 'time') return op('add', of(type), of(scalar('duration')));
    if (word === 'duration') return op(this.pick(['add', 'sub', 'mod']), of(type), of(type));
    if (word === 'text') {
      if (this.oneIn(2))
        return op('to_text@1', of(scalar(this.pick([...NUMBERS, 'bool', 'uuid']))));
      return op('concat', of(type), of(type));
    }
    if (word === 'hash') return op('hash_bytes@1', of(scalar(this.pick(['bytes', 'text']))));
    if ('list' in type) {
      if (this.oneIn(2)) return each('filter@1', type, type.list, BOOL);
      const item = this.anyType();
      return each('map@1', { list: item }, item, type.list);
    }
    if ('set' in type) {
      const item = this.anyType();
      return each('map@1', { set: item }, item, type.set);
    }
    return op('get', of({ list: type }), of(scalar('nat')));
  }

  private predicate(
    of: (type: TypeExpr) => JsonValue,
    op: (name: string, ...args: JsonValue[]) => JsonValue,
    each: (name: string, over: TypeExpr, item: TypeExpr, body: TypeExpr) => JsonValue,
  ): JsonValue {
    const type = this.anyType();
    switch (this.draw(fc.nat, { max: 5 })) {
      case 0:
        return op(this.pick(['eq', 'ne']), of(type), of(type));
      case 1: {
        const sides = this.oneIn(3) ? ['text', 'text'] : [this.pick(NUMBERS), this.pick(NUMBERS)];
        return op(this.pick(['lt', 'le', 'gt', 'ge']), ...sides.map((side) => of(scalar(side))));
      }
      case 2:
        return op(this.pick(['and', 'or']), of(BOOL), of(BOOL));
      case 3:
        return op(this.pick(['has', 'contains']), of({ set: type }), of(type));
      case 4:
        return op(this.pick(['starts_with', 'contains']), of(scalar('text')), of(scalar('text')));
      default:
        return each(this.pick(['any@1', 'all@1']), { list: type }, type, BOOL);
    }
  }
}

const SEGMENT = /^[A-Za-z0-9_$-]+$/;

/** What can be reached from a name by a path of one field. */
function membersOf({ ref, type }: Name): readonly Name[] {
  const inner = 'option' in type ? type.option : type;
  if (!('record' in inner)) return [];
  return Object.entries(inner.record)
    .filter(([name]) => SEGMENT.test(name))
    .map(([name, field]) => ({ ref: `${ref}.${name}`, type: field }));
}

function mapObject<T, U>(object: { readonly [key: string]: T }, make: (each: T) => U) {
  const made = Object.create(null) as { [key: string]: U };
  for (const [key, each] of Object.entries(object)) made[key] = make(each);
  return made;
}

const NO_NUMBER: Given = [{ option: scalar('nat') }, null];
const NO_TEXT: Given = [{ option: scalar('text') }, null];

export const samples: fc.Arbitrary<Sample> = fc
  .tuple(fc.gen(), fc.array(plainlyNamed, { minLength: 5, maxLength: 5 }))
  .map(([draw, givens]) => {
    const given = (index: number) => {
      const { type, sugar } = givens[index] as TypedValue;
      const isNull = 'option' in type && index % 2 === 0;
      return [type, isNull ? null : sugar] as const;
    };
    const around: Surroundings = {
      input: given(0),
      event: given(1),
      vars: { v: given(2), 'v.w': given(3), none: NO_NUMBER, blank: NO_TEXT },
      steps: { s: given(4) },
    };
    const refs = ['@plan.input', '@event', '@var:v', '@var:v.w', '@step:s'];
    const names = [
      ...refs.map((ref, i) => ({ ref, type: given(i)[0] })),
      { ref: '@var:none', type: NO_NUMBER[0] },
      { ref: '@var:blank', type: NO_TEXT[0] },
    ];
    const drawing = new Drawing(draw, names);
    const type = draw(() =>
      fc.constantFrom(...names.map((each) => each.type), ...WORDS.map(scalar), ...SMALL),
    );
    const expected = draw(fc.boolean) ? type : undefined;
    return { around, expr: drawing.expr(type, 4), expected };
  });
