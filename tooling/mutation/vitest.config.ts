// How vitest runs the tests of one target against mutants.
import { defineConfig, type Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { alias } from '../../vitest.config.js';
import { keptThread } from './kept-thread.js';
import { TARGET_VARIABLE, targets } from './targets.mjs';

const target = targets[process.env[TARGET_VARIABLE] ?? ''];

/** Examples first, since most mutants fail the first of them; properties and drills last. */
class ExamplesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const weight = ({ moduleId }: TestSpecification) => (/\.(prop|drill)\./.test(moduleId) ? 1 : 0);
    return files.sort((a, b) => weight(a) - weight(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

const { mostCases = Number.POSITIVE_INFINITY } = target ?? {};

/** Laws have fewer cases, always the same, and look for no smaller one when they fail. */
const shortProperties: Plugin = {
  name: 'short-properties',
  enforce: 'pre',
  transform(code, id) {
    if (!/\.test\.ts$/.test(id) || !code.includes("from 'fast-check';")) return undefined;
    const capped = code.replace(/\bnumRuns: ([\d_]+)/g, (_, runs: string) => {
      return `numRuns: ${Math.min(Number(runs.replaceAll('_', '')), mostCases)}`;
    });
    const settings = `{ seed: 20_251, numRuns: ${Math.min(100, mostCases)}, endOnFailure: true }`;
    return { code: `${capped}\nfc.configureGlobal(${settings});\n`, map: null };
  },
};

/** Stryker insists on threads of vitest's own. */
const keptThreads: Plugin = {
  name: 'kept-threads',
  configureVitest({ project }) {
    project.config.pool = keptThread.name;
    project.config.poolRunner = keptThread;
  },
};

export default defineConfig({
  plugins: [shortProperties, keptThreads],
  resolve: { alias },
  test: {
    name: 'mutation',
    root: new URL('../..', import.meta.url).pathname,
    include: target?.tests ?? [],
    exclude: ['**/node_modules/**', '**/*conformance.test.ts'],
    // The code under test keeps nothing between calls: its modules are loaded once for all files.
    isolate: false,
    // Machines that are busy or paused fail no test; loops without end are for Stryker to count.
    testTimeout: 0,
    sequence: { sequencer: ExamplesFirst },
  },
});
