/**
 * When a value of one type may stand where another is expected, and what they have in common.
 *
 * Integers fit by value; an option fits where its inner type is expected, and a text where a hash
 * or a UUID is: with a check when the value is there. Nothing else is converted.
 */
import {
  listType,
  mapType,
  NEVER,
  optionType,
  recordType,
  SCALAR_TYPES,
  setType,
  type ValueType,
  variantType,
} from '../../values/value-type.js';
import { TypePairs } from './type-pairs.js';

/**
 * `same`: as it is. `checked`: after a check, or with options filled. `doubtful`: the same, but
 * it is worth a warning. `none`: not at all.
 */
export type Fit = 'same' | 'checked' | 'doubtful' | 'none';

const GRADES: readonly Fit[] = ['same', 'checked', 'doubtful', 'none'];

export const NUMBERS: readonly string[] = ['int', 'nat', 'time', 'duration'];
export const TEXTS: readonly string[] = ['text', 'hash', 'uuid'];
const INTEGERS: readonly string[] = ['int', 'nat'];

export class TypeRelations {
  private readonly fits = new TypePairs<Fit>((from, to) => this.findFit(from, to));
  private readonly joins = new TypePairs<ValueType | undefined>((a, b) => this.findJoin(a, b));
  private readonly comparisons = new TypePairs<boolean>((a, b) => this.findComparable(a, b));

  fit(from: ValueType, to: ValueType): Fit {
    return from === to ? 'same' : this.fits.get(from, to);
  }

  /** The least type that both fit without a warning; undefined when there is none. */
  join(a: ValueType, b: ValueType): ValueType | undefined {
    return a === b ? a : this.joins.get(a, b);
  }

  /** True when values of both may be equal: numbers and texts by value, others by their parts. */
  isComparable(a: ValueType, b: ValueType): boolean {
    return a === b ? isData(a) : this.comparisons.get(a, b);
  }

  private findFit(from: ValueType, to: ValueType): Fit {
    if (from.kind === 'never' || to.kind === 'never') return 'same';
    if (to.kind === 'option') {
      if (from.kind === 'unit') return 'same';
      return this.fit(from.kind === 'option' ? from.inner : from, to.inner);
    }
    if (from.kind === 'option') return worse('doubtful', this.fit(from.inner, to));
    return from.kind === to.kind ? this.fitInside(from, to) : fitScalars(from.kind, to.kind);
  }

  private fitInside(from: ValueType, to: ValueType): Fit {
    if (isSequence(from) && isSequence(to)) return this.fit(from.item, to.item);
    if (from.kind === 'map' && to.kind === 'map') {
      return worse(this.fit(from.key, to.key), this.fit(from.value, to.value));
    }
    if (from.kind === 'record' && to.kind === 'record') {
      return this.fitFields(from.fields, to.fields);
    }
    if (from.kind === 'variant' && to.kind === 'variant') return this.fitArms(from.arms, to.arms);
    if (from.kind !== 'handle' || to.kind !== 'handle') return 'same';
    return from.of === to.of && this.fit(from.result, to.result) === 'same' ? 'same' : 'none';
  }

  private fitFields(from: ReadonlyMap<string, ValueType>, to: ReadonlyMap<string, ValueType>): Fit {
    let fit: Fit = [...from.keys()].every((name) => to.has(name)) ? 'same' : 'none';
    for (const [name, type] of to) {
      const given = from.get(name);
      const missing = type.kind === 'option' ? 'checked' : 'none';
      fit = worse(fit, given === undefined ? missing : this.fit(given, type));
    }
    return fit;
  }

  private fitArms(from: ReadonlyMap<string, ValueType>, to: ReadonlyMap<string, ValueType>): Fit {
    let fit: Fit = 'same';
    for (const [tag, type] of from) {
      const arm = to.get(tag);
      fit = worse(fit, arm === undefined ? 'none' : this.fit(type, arm));
    }
    return fit;
  }

  private findJoin(a: ValueType, b: ValueType): ValueType | undefined {
    if (a.kind === 'never') return b;
    if (b.kind === 'never') return a;
    if (a.kind === 'unit' || b.kind === 'unit') return joinUnit(a, b);
    if (a.kind === 'option' || b.kind === 'option') {
      const inner = this.join(peel(a), peel(b));
      return inner && optionType(inner);
    }
    if (a.kind !== b.kind) return joinScalars(a.kind, b.kind);
    return this.joinInside(a, b);
  }

  private joinInside(a: ValueType, b: ValueType): ValueType | undefined {
    if (isSequence(a) && isSequence(b)) {
      const item = this.join(a.item, b.item);
      return item && (a.kind === 'list' ? listType(item) : setType(item));
    }
    if (a.kind === 'map' && b.kind === 'map') {
      const key = this.join(a.key, b.key);
      const value = this.join(a.value, b.value);
      return key && value && mapType(key, value);
    }
    if (a.kind === 'record' && b.kind === 'record') {
      const fields = a.fields.size === b.fields.size ? this.joinAll(a.fields, b.fields) : undefined;
      return fields?.size === a.fields.size ? recordType(fields) : undefined;
    }
    if (a.kind === 'variant' && b.kind === 'variant') {
      const arms = this.joinAll(a.arms, b.arms);
      return arms && variantType(arms);
    }
    return this.fit(a, b) === 'same' ? a : undefined;
  }

  /** Every name of either, those of both with their join; undefined when one has none. */
  private joinAll(
    a: ReadonlyMap<string, ValueType>,
    b: ReadonlyMap<string, ValueType>,
  ): ReadonlyMap<string, ValueType> | undefined {
    const all = new Map(a);
    for (const [name, type] of b) {
      const other = a.get(name);
      const joined = other === undefined ? type : this.join(other, type);
      if (joined === undefined) return undefined;
      all.set(name, joined);
    }
    return all;
  }

  private findComparable(a: ValueType, b: ValueType): boolean {
    if (!isData(a) || !isData(b)) return false;
    if (a.kind === 'never' || b.kind === 'never') return true;
    if (a.kind === 'option' || b.kind === 'option') {
      const isNull = a.kind === 'unit' || b.kind === 'unit';
      return isNull || this.isComparable(peel(a), peel(b));
    }
    if (isSequence(a) && a.kind === b.kind) return this.isComparable(a.item, b.item);
    if (a.kind === 'map' && b.kind === 'map') {
      return this.isComparable(a.key, b.key) && this.isComparable(a.value, b.value);
    }
    if (a.kind === 'record' && b.kind === 'record') {
      const isSameSet = [...a.fields.keys()].every((name) => b.fields.has(name));
      return a.fields.size === b.fields.size && isSameSet && this.areComparable(a.fields, b.fields);
    }
    if (a.kind === 'variant' && b.kind === 'variant') {
      return this.areComparable(a.arms, b.arms);
    }
    return a.kind === b.kind || areBoth(NUMBERS, a, b) || areBoth(TEXTS, a, b);
  }

  /** The types under the names that both have. */
  private areComparable(
    a: ReadonlyMap<string, ValueType>,
    b: ReadonlyMap<string, ValueType>,
  ): boolean {
    return [...a].every(([name, type]) => {
      const other = b.get(name);
      return other === undefined || this.isComparable(type, other);
    });
  }
}

/** What is there when an option is not null. */
export function peel(type: ValueType): ValueType {
  return type.kind === 'option' ? peel(type.inner) : type;
}

/** Handles are no data: they are only waited for. */
export function isData(type: ValueType): boolean {
  if (type.kind === 'option') return isData(type.inner);
  return isSequence(type) ? isData(type.item) : type.kind !== 'handle';
}

export function isSequence(type: ValueType): type is Extract<ValueType, { item: ValueType }> {
  return type.kind === 'list' || type.kind === 'set';
}

export function areBoth(kinds: readonly string[], a: ValueType, b: ValueType): boolean {
  return kinds.includes(a.kind) && kinds.includes(b.kind);
}

function fitScalars(from: string, to: string): Fit {
  if (INTEGERS.includes(from) && INTEGERS.includes(to)) return 'checked';
  if (NUMBERS.includes(from) && NUMBERS.includes(to)) return 'doubtful';
  if (!TEXTS.includes(from) || !TEXTS.includes(to)) return 'none';
  return to === 'text' ? 'same' : 'doubtful';
}

function joinScalars(a: string, b: string): ValueType | undefined {
  if (INTEGERS.includes(a) && INTEGERS.includes(b)) return SCALAR_TYPES.int;
  return TEXTS.includes(a) && TEXTS.includes(b) ? SCALAR_TYPES.text : undefined;
}

function joinUnit(a: ValueType, b: ValueType): ValueType {
  if (a.kind === b.kind) return a;
  const other = a.kind === 'unit' ? b : a;
  return other.kind === 'option' ? other : optionType(other);
}

function worse(a: Fit, b: Fit): Fit {
  return GRADES[Math.max(GRADES.indexOf(a), GRADES.indexOf(b))] as Fit;
}

/** The type of an expression with an error: it fits everywhere, so one mistake is one finding. */
export const UNKNOWN: ValueType = NEVER;
