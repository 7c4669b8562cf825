/** Operators that look into records, maps, lists, sets, texts and bytes. */
import type { Value } from '@aos/canon';
import { type MapType, SCALAR_TYPES, type ValueType } from '../../values/value-type.js';
import type { Integer } from '../integers.js';
import { never, type Typed } from './checker.js';
import { isSameValue } from './comparison.js';
import { isData, isSequence, TEXTS } from './fits.js';
import { type Frame, type Run, refuseValue } from './frame.js';
import { boolean, type Operation, type Rule } from './operation.js';
import { entryOf, member } from './references.js';
import { bytesContain, textContains } from './search.js';

export const get: Rule = {
  least: 2,
  most: 2,
  infer(operation) {
    const whole = operation.bareArg(0);
    const { type } = whole;
    if (type.kind === 'map') return getEntry(operation, whole, type);
    if (type.kind === 'list') return getItem(operation, whole, type.item);
    if (type.kind !== 'record' && type.kind !== 'variant' && type.kind !== 'never') {
      return operation.mismatch(0, 'a record, a map or a list', type);
    }
    const key = operation.argAt(1);
    if (key.kind === 'const' && typeof key.value === 'string' && key.type === 'text') {
      const site = type.kind === 'record' ? operation.siteOf(1) : operation.site;
      return member(operation.checker, whole, key.value, site);
    }
    const found = operation.checker.infer(key, operation.siteOf(1));
    if (type.kind === 'never') return never([whole, found]);
    return operation.mismatch(1, 'the name of a field as a constant text', found.type);
  },
};

function getEntry(operation: Operation, { run }: Typed, type: MapType): Typed {
  const key = operation.check(1, type.key);
  return { type: type.value, run: (frame) => entryOf(run(frame), key(frame)) };
}

function getItem(operation: Operation, whole: Typed, type: ValueType): Typed {
  const index = operation.bareArg(1);
  const { kind } = index.type;
  if (kind !== 'int' && kind !== 'nat' && kind !== 'never') {
    return operation.mismatch(1, 'an integer', index.type);
  }
  const run: Run = (frame) => {
    const list = whole.run(frame) as readonly Value[];
    const at = index.run(frame) as Integer;
    const item = typeof at === 'number' ? list[at] : undefined;
    return item === undefined ? noItem(at, list.length) : item;
  };
  return { type, run };
}

function noItem(index: Integer, length: number): never {
  return refuseValue('expr-index', `expected an index below ${length}, found ${index}`);
}

/** Whether a field, a key or an item is there. */
export const has: Rule = {
  least: 2,
  most: 2,
  infer(operation) {
    const whole = operation.bareArg(0);
    const { type, run } = whole;
    if (type.kind === 'record') {
      const name = operation.check(1, SCALAR_TYPES.text);
      return boolean((frame) => (run(frame) as ReadonlyMap<Value, Value>).has(name(frame)));
    }
    if (type.kind === 'map') return hasKey(operation, whole, type);
    if (isSequence(type)) return hasItem(operation, whole, type.item);
    if (type.kind === 'never') return never([whole, operation.bareArg(1)]);
    return operation.mismatch(0, 'a record, a map, a list or a set', type);
  },
};

/** Like `has` for items and keys; also a text in a text, bytes in bytes. */
export const contains: Rule = {
  least: 2,
  most: 2,
  infer(operation) {
    const whole = operation.bareArg(0);
    const { type, run } = whole;
    if (TEXTS.includes(type.kind)) {
      const part = operation.check(1, SCALAR_TYPES.text);
      return boolean((frame) => {
        const [text, wanted] = [run(frame) as string, part(frame) as string];
        frame.spendUnits(text.length + wanted.length);
        return textContains(text, wanted);
      });
    }
    if (type.kind === 'bytes') {
      const part = operation.check(1, SCALAR_TYPES.bytes);
      return boolean((frame) => {
        const [bytes, wanted] = [run(frame) as Uint8Array, part(frame) as Uint8Array];
        frame.spendUnits(bytes.length + wanted.length);
        return bytesContain(bytes, wanted);
      });
    }
    if (type.kind === 'map') return hasKey(operation, whole, type);
    if (isSequence(type)) return hasItem(operation, whole, type.item);
    if (type.kind === 'never') return never([whole, operation.bareArg(1)]);
    return operation.mismatch(0, 'a text, bytes, a list, a set or a map', type);
  },
};

/** A key that the map could not have is not in it; that is no mistake when it is a number. */
function hasKey(operation: Operation, { run }: Typed, type: MapType): Typed {
  const key = comparable(operation, type.key);
  return boolean((frame) => (run(frame) as ReadonlyMap<Value, Value>).has(key(frame)));
}

function hasItem(operation: Operation, { run }: Typed, type: ValueType): Typed {
  const wanted = comparable(operation, type);
  return boolean((frame) => {
    const list = run(frame) as readonly Value[];
    const value = wanted(frame);
    return list.some((item) => isSameValue(item, value, frame));
  });
}

/** The second argument, of a type that has values in common with the given one. */
function comparable(operation: Operation, type: ValueType): Run {
  const typed = operation.checker.infer(operation.argAt(1), operation.siteOf(1));
  if (!operation.checker.relations.isComparable(typed.type, type)) {
    operation.mismatch(1, `a ${type.kind}`, typed.type);
  }
  return typed.run;
}

type Measure = (value: Value, frame: Frame) => number;

const itemCount: Measure = (value) => (value as readonly Value[]).length;
const entryCount: Measure = (value) => (value as ReadonlyMap<Value, Value>).size;

const MEASURES: { readonly [kind: string]: Measure } = {
  list: itemCount,
  set: itemCount,
  map: entryCount,
  record: entryCount,
  bytes: (value) => (value as Uint8Array).length,
  text: countCharacters,
  hash: countCharacters,
  uuid: countCharacters,
};

/** Items, entries, fields, bytes, or Unicode characters. */
export const len: Rule = {
  least: 1,
  most: 1,
  infer(operation) {
    const { type, run } = operation.bareArg(0);
    const measure = MEASURES[type.kind];
    if (type.kind === 'never') return never([{ type, run }]);
    if (measure === undefined || !isData(type)) {
      return operation.mismatch(0, 'a text, bytes, a list, a set, a map or a record', type);
    }
    return { type: SCALAR_TYPES.nat, run: (frame) => measure(run(frame), frame) };
  },
};

/** A pair of surrogates is one character. */
function countCharacters(value: Value, frame: Frame): number {
  const text = value as string;
  frame.spendUnits(text.length);
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) count -= 1;
  }
  return count;
}
