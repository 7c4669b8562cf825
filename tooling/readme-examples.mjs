// Lets tests import the first example of a package's README as a module: `readme-example:canon`.
// It stands where the package stands, so its imports resolve as in the package's own tests.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const scheme = 'readme-example:';
const moduleName = 'README.example.ts';

/** The first block fenced as `ts`, if there is one. @param {string} markdown */
export function firstExample(markdown) {
  return /^```ts\n(.*?)^```$/ms.exec(markdown)?.[1];
}

/** @param {string} packagesDir @returns {import('vitest/config').Plugin} */
export function readmeExamples(packagesDir) {
  return {
    name: 'readme-examples',
    enforce: 'pre',
    resolveId(source) {
      const name = source.startsWith(scheme) ? source.slice(scheme.length) : packageOf(source);
      return name === undefined ? undefined : join(packagesDir, name, moduleName);
    },
    load(id) {
      const name = packageOf(id);
      if (name === undefined) return undefined;
      return firstExample(readFileSync(join(packagesDir, name, 'README.md'), 'utf8'));
    },
  };
}

/**
 * Which package's example a path stands for; vite also asks with the root cut off.
 * @param {string} id
 */
function packageOf(id) {
  return id.endsWith(`/${moduleName}`) ? id.split('/').at(-2) : undefined;
}
