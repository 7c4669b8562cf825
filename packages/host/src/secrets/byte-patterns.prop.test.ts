import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BytePatterns, FOUND, START } from './byte-patterns.js';

/** Few letters, so that strings begin in each other. */
const bytes = (minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(...Buffer.from('aab c')), { minLength, maxLength }).map(Buffer.from);

describe('byte patterns', () => {
  test('are found wherever one stands, and nowhere else', () => {
    fc.assert(
      fc.property(fc.array(bytes(1, 6), { maxLength: 5 }), bytes(0, 40), (patterns, text) => {
        const found = new BytePatterns(patterns).read(START, text) === FOUND;
        expect(found).toBe(patterns.some((each) => text.includes(each)));
      }),
      { numRuns: 500 },
    );
  });

  test('are found over any borders of chunks, and with bytes left out', () => {
    const skip = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 0x20 ? 1 : 0));
    const patterns = fc.array(bytes(1, 6), { maxLength: 5 });
    fc.assert(
      fc.property(patterns, bytes(0, 40), fc.nat(40), (each, text, at) => {
        const machine = new BytePatterns(each);
        const first = machine.read(START, text.subarray(0, at), skip);
        const last = first === FOUND ? FOUND : machine.read(first, text.subarray(at), skip);
        const squeezed = Buffer.from(text.toString('latin1').replaceAll(' ', ''), 'latin1');
        expect(last === FOUND).toBe(each.some((pattern) => squeezed.includes(pattern)));
      }),
      { numRuns: 500 },
    );
  });

  test('know how much of one has begun', () => {
    fc.assert(
      fc.property(fc.array(bytes(1, 14), { maxLength: 5 }), bytes(0, 20), (patterns, text) => {
        const machine = new BytePatterns(patterns);
        const state = machine.read(START, text);
        if (state === FOUND) return;
        const begun = patterns.flatMap((each) => {
          const least = Math.min(6, Math.ceil(each.length / 2));
          const sizes = [...each.keys()].filter((size) => size > 0 && size <= text.length);
          const heads = sizes.filter((size) => text.subarray(-size).equals(each.subarray(0, size)));
          return heads.map((size) => (size >= least ? 2 : Number(size >= 4)));
        });
        expect(machine.begunAt(state)).toBe(Math.max(0, ...begun));
      }),
      { numRuns: 500 },
    );
  });
});
