/** The checks that let a value of one type stand as another: only where the types fit. */
import { compareBytes, encodeUntagged, parseHashText, type Value } from '@aos/canon';
import type { ValueType } from '../../values/value-type.js';
import { INT_RANGE, type Integer, isWithin, NAT_RANGE } from '../integers.js';
import { isSequence, type TypeRelations } from './fits.js';
import { type Frame, refuseValue } from './frame.js';
import { TypePairs } from './type-pairs.js';

/** Codes: `expr-null`, `expr-range`, `value-hash`, `value-uuid`, `expr-steps`. */
export type Convert = (value: Value, frame: Frame) => Value;

const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export class Conversions {
  private readonly known = new TypePairs<Convert | undefined>((from, to) => this.find(from, to));

  constructor(private readonly relations: TypeRelations) {}

  /** Undefined when the value stands as it is. For types that fit. */
  get(from: ValueType, to: ValueType): Convert | undefined {
    return this.relations.fit(from, to) === 'same' ? undefined : this.known.get(from, to);
  }

  private find(from: ValueType, to: ValueType): Convert | undefined {
    if (to.kind === 'option') {
      const inner = this.get(from.kind === 'option' ? from.inner : from, to.inner);
      return inner && ((value, frame) => (value === null ? null : inner(value, frame)));
    }
    if (from.kind === 'option') return present(this.get(from.inner, to));
    if (isSequence(from) && isSequence(to)) {
      return items(this.get(from.item, to.item), to.kind);
    }
    if (from.kind === 'map' && to.kind === 'map') {
      return entries(this.get(from.key, to.key), this.get(from.value, to.value));
    }
    if (from.kind === 'record' && to.kind === 'record') return this.record(from.fields, to.fields);
    if (from.kind === 'variant' && to.kind === 'variant') return this.variant(from.arms, to.arms);
    return scalar(to.kind);
  }

  private record(
    from: ReadonlyMap<string, ValueType>,
    to: ReadonlyMap<string, ValueType>,
  ): Convert {
    const fields = [...to].map(([name, type]) => {
      const given = from.get(name);
      return { name, convert: given && this.get(given, type) };
    });
    return (value, frame) => {
      const map = value as ReadonlyMap<Value, Value>;
      frame.spend(fields.length);
      return new Map<Value, Value>(
        fields.map(({ name, convert }) => {
          const field = map.get(name) ?? null;
          return [name, convert === undefined ? field : convert(field, frame)];
        }),
      );
    };
  }

  private variant(
    from: ReadonlyMap<string, ValueType>,
    to: ReadonlyMap<string, ValueType>,
  ): Convert {
    const arms = new Map(
      [...from].map(([tag, type]) => [tag, this.get(type, to.get(tag) as ValueType)]),
    );
    return (value, frame) => {
      const map = value as ReadonlyMap<Value, Value>;
      const convert = arms.get(map.get('$tag') as string);
      if (convert === undefined) return value;
      return makeVariant(map.get('$tag') as string, convert(map.get('$value') as Value, frame));
    };
  }
}

/** A canonical variant. */
export function makeVariant(tag: string, value: Value): Value {
  return new Map<Value, Value>([
    ['$tag', tag],
    ['$value', value],
  ]);
}

/** Items in canonical order, each once. */
export function makeSet(items: readonly Value[], frame: Frame): Value {
  frame.spend(items.length);
  const keyed = items.map((item) => ({ item, bytes: encodeUntagged(item) }));
  for (const { bytes } of keyed) frame.spendUnits(bytes.length);
  keyed.sort((a, b) => compareBytes(a.bytes, b.bytes));
  const distinct = keyed.filter(({ bytes }, i) => {
    const before = keyed[i - 1];
    return before === undefined || compareBytes(before.bytes, bytes) !== 0;
  });
  return distinct.map(({ item }) => item);
}

function present(convert: Convert | undefined): Convert {
  return (value, frame) => {
    if (value === null) return refuseValue('expr-null', 'expected a value, found null');
    return convert === undefined ? value : convert(value, frame);
  };
}

function items(convert: Convert | undefined, kind: 'list' | 'set'): Convert | undefined {
  if (convert === undefined) return undefined;
  return (value, frame) => {
    const list = value as readonly Value[];
    frame.spend(list.length);
    const converted = list.map((item) => convert(item, frame));
    return kind === 'set' ? makeSet(converted, frame) : converted;
  };
}

function entries(key: Convert | undefined, value: Convert | undefined): Convert {
  return (map, frame) => {
    const all = map as ReadonlyMap<Value, Value>;
    frame.spend(all.size);
    return new Map(
      [...all].map(([k, v]) => [
        key === undefined ? k : key(k, frame),
        value === undefined ? v : value(v, frame),
      ]),
    );
  };
}

function scalar(to: ValueType['kind']): Convert {
  if (to === 'hash') {
    return (value) => (parseHashText(value as string).ok ? value : refuseText('value-hash'));
  }
  if (to === 'uuid') {
    return (value) => (UUID_TEXT.test(value as string) ? value : refuseText('value-uuid'));
  }
  const range = to === 'nat' ? NAT_RANGE : INT_RANGE;
  return (value) => {
    if (isWithin(value as Integer, range)) return value;
    return refuseValue('expr-range', `expected an integer in the range of ${to}, found ${value}`);
  };
}

function refuseText(code: 'value-hash' | 'value-uuid'): never {
  return refuseValue(code, 'expected another form of text');
}
