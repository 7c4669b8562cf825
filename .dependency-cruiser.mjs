// For the command line of dependency-cruiser, say to draw a graph. `npm run verify` and the tests
// cruise through tooling/arrows.mjs, which holds the rules and also resolves @aos names to sources.
import { fileURLToPath } from 'node:url';
import { arrowRules } from './tooling/arrows.mjs';

export default {
  forbidden: arrowRules(fileURLToPath(new URL('.', import.meta.url))),
  options: { tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' } },
};
