/** `add`, `sub`, `mul`, `div`, `mod`: exact, or refused. */
import {
  addDec128,
  divideDec128,
  multiplyDec128,
  type Refused,
  type Result,
  subtractDec128,
  type Value,
} from '@aos/canon';
import { SCALAR_TYPES, type ValueType } from '../../values/value-type.js';
import { INT_RANGE, type Integer, isWithin, NAT_RANGE, toInteger } from '../integers.js';
import { never, type Typed } from './checker.js';
import { typeText } from './findings.js';
import { peel } from './fits.js';
import { type Run, refuseValue } from './frame.js';
import type { Operation, Rule } from './operation.js';

type Verb = 'add' | 'sub' | 'mul' | 'div' | 'mod';
type Combine = (a: Integer, b: Integer) => Integer;
type Kind = 'int' | 'nat' | 'time' | 'duration';

const COMBINE: { readonly [V in Verb]: Combine } = {
  add: (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') {
      const sum = a + b;
      if (Number.isSafeInteger(sum)) return sum;
    }
    return toInteger(BigInt(a) + BigInt(b));
  },
  sub: (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') {
      const difference = a - b;
      if (Number.isSafeInteger(difference)) return difference;
    }
    return toInteger(BigInt(a) - BigInt(b));
  },
  mul: (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') {
      const product = a * b;
      if (Number.isSafeInteger(product)) return product + 0;
    }
    return toInteger(BigInt(a) * BigInt(b));
  },
  div: (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return (a - (a % b)) / b + 0;
    return toInteger(BigInt(a) / BigInt(b));
  },
  mod: (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return (a % b) + 0;
    return toInteger(BigInt(a) % BigInt(b));
  },
};

const DECIMAL: { readonly [V in Verb]?: (a: string, b: string) => Result<string> } = {
  add: addDec128,
  sub: subtractDec128,
  mul: multiplyDec128,
  div: divideDec128,
};

/** What comes of times and durations; a pair that is not here has no meaning. */
const CLOCK: { readonly [combination: string]: Kind } = {
  'time add duration': 'time',
  'duration add time': 'time',
  'time sub duration': 'time',
  'time sub time': 'duration',
  'duration add duration': 'duration',
  'duration sub duration': 'duration',
  'duration mul int': 'duration',
  'duration mul nat': 'duration',
  'int mul duration': 'duration',
  'nat mul duration': 'duration',
  'duration div int': 'duration',
  'duration div nat': 'duration',
  'duration div duration': 'int',
  'duration mod duration': 'duration',
};

export const arithmetic = (verb: Verb): Rule => ({
  least: 2,
  most: 2,
  infer(operation) {
    const [a, b] = operation.bareArgs() as [Typed, Typed];
    if (a.type.kind === 'never' || b.type.kind === 'never') return never([a, b]);
    if (isDecimal(a.type, b.type)) return decimal(operation, verb, [a, b]);
    const kind = resultKind(verb, [a.type, b.type], operation.hint);
    if (kind !== undefined) {
      return { type: SCALAR_TYPES[kind], run: integers(COMBINE[verb], [a.run, b.run], kind) };
    }
    const message = `expected two numbers that ${verb} has a meaning for`;
    const found = `found ${typeText(a.type)} and ${typeText(b.type)}`;
    return operation.checker.fail('expr-type', operation.site, `${message}, ${found}`);
  },
});

/** The type of whole numbers that the place expects; without one, nat if nothing is negative. */
function resultKind(
  verb: Verb,
  [a, b]: readonly [ValueType, ValueType],
  hint: ValueType | undefined,
): Kind | undefined {
  if (!isInteger(a) || !isInteger(b)) return CLOCK[`${a.kind} ${verb} ${b.kind}`];
  const wanted = hint === undefined ? undefined : peel(hint).kind;
  if (wanted === 'int' || wanted === 'nat') return wanted;
  return a.kind === 'nat' && b.kind === 'nat' && verb !== 'sub' ? 'nat' : 'int';
}

function integers(combine: Combine, [a, b]: readonly [Run, Run], kind: Kind): Run {
  const divides = combine === COMBINE.div || combine === COMBINE.mod;
  const range = kind === 'nat' ? NAT_RANGE : INT_RANGE;
  const least = kind === 'nat' ? 0 : Number.MIN_SAFE_INTEGER;
  return (frame) => {
    const left = a(frame) as Integer;
    const right = b(frame) as Integer;
    if (divides && right === 0) refuseValue('division-by-zero', 'expected no zero divisor');
    const result = combine(left, right);
    if (typeof result === 'number' && result >= least) return result;
    if (isWithin(result, range)) return result;
    return refuseValue('expr-overflow', `expected the result in the range of ${kind}`);
  };
}

function decimal(operation: Operation, verb: Verb, [a, b]: readonly [Typed, Typed]): Typed {
  const combine = DECIMAL[verb];
  if (combine === undefined) {
    return operation.checker.mismatch(operation.site, 'integers or durations', SCALAR_TYPES.dec128);
  }
  const run: Run = (frame) => {
    const result = combine(String(a.run(frame)), String(b.run(frame)));
    return result.ok ? result.value : refuseAs(result);
  };
  return { type: SCALAR_TYPES.dec128, run };
}

function refuseAs({ refusal: { code, detail } }: Refused): Value {
  return refuseValue(code, detail);
}

/** Two decimals, or a decimal and an integer, which is one exactly. */
export function isDecimal(a: ValueType, b: ValueType): boolean {
  const isEither = a.kind === 'dec128' || b.kind === 'dec128';
  return isEither && [a, b].every((type) => type.kind === 'dec128' || isInteger(type));
}

function isInteger(type: ValueType): boolean {
  return type.kind === 'int' || type.kind === 'nat';
}
