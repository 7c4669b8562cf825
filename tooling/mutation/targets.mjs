// What is mutated, and which tests have to notice: those that are about it, not all that reach it.

/**
 * @typedef {object} Target
 * @property {string[]} mutate   globs of sources
 * @property {string[]} tests    globs of test files
 * @property {number} [mostCases]   of a law: enough to tell a mutant, where a case is a whole world
 * @property {string} [keepsState]  folder of what keeps state between calls, and is loaded anew
 */

/** @type {Readonly<Record<string, Target>>} */
export const targets = {
  canon: {
    mutate: ['packages/canon/src/**/*.ts'],
    tests: ['packages/canon/{src,test}/**/*.test.ts'],
    // The writer that is lent out again and again.
    keepsState: 'packages/canon/src',
  },
  replay: {
    mutate: ['packages/kernel/src/replay/*.ts'],
    tests: [
      'packages/kernel/src/replay/*.test.ts',
      'packages/kernel/test/{replay,replay-inputs,explain}.test.ts',
    ],
    mostCases: 20,
  },
  gate: {
    mutate: ['packages/kernel/src/gate/**/*.ts'],
    tests: [
      'packages/kernel/src/gate/**/*.test.ts',
      'packages/kernel/test/{limits,receipts,reducer-effects}.test.ts',
    ],
    mostCases: 20,
  },
};

/** Names the target to the vitest configuration. */
export const TARGET_VARIABLE = 'AOS_MUTATION_TARGET';
