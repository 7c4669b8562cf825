/** Operators that answer with a boolean about whole values: equality, order, logic. */
import type { Value } from '@aos/canon';
import { SCALAR_TYPES } from '../../values/value-type.js';
import { isDecimal } from './arithmetic.js';
import { never, type Typed } from './checker.js';
import {
  type Compare,
  compareDecimals,
  compareIntegers,
  compareTexts,
  isSameValue,
} from './comparison.js';
import { typeText } from './findings.js';
import { areBoth, NUMBERS, peel, TEXTS } from './fits.js';
import type { Frame } from './frame.js';
import { boolean, type Operation, type Rule } from './operation.js';

/** `eq` and `ne`: by value, where the types have values in common. */
export const equality = (expected: boolean): Rule => ({
  least: 2,
  most: 2,
  infer(operation) {
    const [a, b] = operation.args() as [Typed, Typed];
    if (isDecimal(peel(a.type), peel(b.type))) {
      return boolean((frame) => isSameDecimal(a.run(frame), b.run(frame)) === expected);
    }
    if (!operation.checker.relations.isComparable(a.type, b.type)) return unlike(operation, [a, b]);
    return boolean((frame) => isSameValue(a.run(frame), b.run(frame), frame) === expected);
  },
});

/** An integer is written as the decimal that equals it. */
function isSameDecimal(a: Value, b: Value): boolean {
  return a === null || b === null ? a === b : String(a) === String(b);
}

/** `lt`, `le`, `gt`, `ge`: numbers by value, texts by code points. */
export const order = (holds: (sign: number) => boolean): Rule => ({
  least: 2,
  most: 2,
  infer(operation) {
    const [a, b] = operation.bareArgs() as [Typed, Typed];
    if (a.type.kind === 'never' || b.type.kind === 'never') return never([a, b]);
    const compare = comparison(a, b);
    if (compare === undefined) return unlike(operation, [a, b]);
    return boolean((frame) => holds(compare(a.run(frame), b.run(frame), frame)));
  },
});

function comparison(a: Typed, b: Typed): Compare | undefined {
  if (areBoth(NUMBERS, a.type, b.type)) return compareIntegers;
  if (isDecimal(a.type, b.type)) return compareDecimals;
  return areBoth(TEXTS, a.type, b.type) ? compareTexts : undefined;
}

function unlike({ checker, site }: Operation, [a, b]: readonly [Typed, Typed]): Typed {
  const found = `found ${typeText(a.type)} and ${typeText(b.type)}`;
  return checker.fail('expr-type', site, `expected two values that can be compared, ${found}`);
}

/** `and` and `or`: the first argument that decides ends the evaluation. */
export const connective = (decisive: boolean): Rule => ({
  least: 2,
  most: Number.POSITIVE_INFINITY,
  infer(operation) {
    const runs = operation.checkAll(SCALAR_TYPES.bool);
    const decides = (frame: Frame): boolean => runs.some((run) => run(frame) === decisive);
    return boolean((frame) => decides(frame) === decisive);
  },
});

export const negation: Rule = {
  least: 1,
  most: 1,
  infer(operation) {
    const run = operation.check(0, SCALAR_TYPES.bool);
    return boolean((frame) => run(frame) !== true);
  },
};
