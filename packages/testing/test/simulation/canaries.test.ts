/** Every checker is shown something that is broken, and has to find it. */
import { describe, expect, it } from 'vitest';
import { CHECKERS } from '../../src/simulation/checkers/rules.js';
import { simulate } from '../../src/simulation/simulation.js';
import { BROKEN_PARTS } from './broken-parts.js';

/** Seeds within which it has to be found; most are found in the first few. */
const SEEDS = 60;

describe('canaries: a simulation finds', () => {
  it.each(BROKEN_PARTS)('$what', async ({ rule, ...parts }) => {
    const found: string[] = [];
    for (let seed = 0; seed < SEEDS && found.length === 0; seed++) {
      const { problems } = await simulate(seed, parts);
      found.push(...problems.filter((problem) => problem.startsWith(`${rule}: `)));
    }
    expect(found).not.toEqual([]);
  });

  it('something broken for every rule', () => {
    expect(BROKEN_PARTS.map(({ rule }) => rule).sort()).toEqual(Object.keys(CHECKERS).sort());
  });
});
