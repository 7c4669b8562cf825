/** Operators that make or take apart texts and bytes, and the one that replaces a null. */
import { sha256, toHashText, utf8, type Value } from '@aos/canon';
import { optionType, SCALAR_TYPES } from '../../values/value-type.js';
import { never, type Typed } from './checker.js';
import { commonType } from './composites.js';
import { peel } from './fits.js';
import type { Run } from './frame.js';
import { boolean, type Rule } from './operation.js';

const { text, hash } = SCALAR_TYPES;

export const concat: Rule = {
  least: 2,
  most: 2,
  infer(operation) {
    const [a, b] = operation.checkAll(text) as [Run, Run];
    const run: Run = (frame) => {
      const [left, right] = [a(frame) as string, b(frame) as string];
      frame.spendUnits(left.length + right.length);
      return left + right;
    };
    return { type: text, run };
  },
};

export const affix = (test: (whole: string, part: string) => boolean): Rule => ({
  least: 2,
  most: 2,
  infer(operation) {
    const [a, b] = operation.checkAll(text) as [Run, Run];
    return boolean((frame) => {
      const part = b(frame) as string;
      frame.spendUnits(part.length);
      return test(a(frame) as string, part);
    });
  },
});

const TEXTUAL = ['bool', 'int', 'nat', 'dec128', 'text', 'time', 'duration', 'hash', 'uuid'];

/** Integers in decimal digits, booleans as words, texts as they are. */
export const toText: Rule = {
  least: 1,
  most: 1,
  infer(operation) {
    const { type, run } = operation.bareArg(0);
    if (type.kind === 'never') return never([{ type, run }]);
    if (!TEXTUAL.includes(type.kind)) return operation.mismatch(0, TEXTUAL.join(', '), type);
    return { type: text, run: (frame) => String(run(frame)) };
  },
};

/** SHA-256 of bytes, or of the UTF-8 bytes of a text. */
export const hashBytes: Rule = {
  least: 1,
  most: 1,
  infer(operation) {
    const { type, run } = operation.bareArg(0);
    if (type.kind === 'never') return never([{ type, run }]);
    if (!['bytes', 'text', 'hash', 'uuid'].includes(type.kind)) {
      return operation.mismatch(0, 'bytes or a text', type);
    }
    const digest: Run = (frame) => {
      const value = run(frame) as string | Uint8Array;
      frame.spendUnits(value.length * BLOCK_FACTOR);
      return toHashText(sha256(typeof value === 'string' ? utf8(value) : value));
    };
    return { type: hash, run: digest };
  },
};

/** Hashing costs more than reading: about ten times as much per byte. */
const BLOCK_FACTOR = 10;

/** The first argument that is not null; null when all are. */
export const coalesce: Rule = {
  least: 2,
  most: Number.POSITIVE_INFINITY,
  infer(operation) {
    const { checker, size, hint } = operation;
    const parts = operation.args(hint).map((typed, i) => [typed, operation.siteOf(i)] as const);
    const common = peel(commonType(checker, parts));
    const last = (parts.at(-1) as readonly [Typed, unknown])[0].type.kind;
    const type = last === 'option' || last === 'unit' ? optionType(common) : common;
    const runs = parts.map(([typed]) => checker.converted(typed, optionType(common)).run);
    const run: Run = (frame) => {
      let value: Value = null;
      for (let i = 0; i < size && value === null; i++) value = (runs[i] as Run)(frame);
      return value;
    };
    return { type, run };
  },
};
