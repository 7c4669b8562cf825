/** Compiles the reducers of the example worlds, as far as they are out of date. */
import { ladder } from './ladder.js';
import { buildModules } from './runner/modules.js';

for (const rung of ladder) await buildModules(rung, (line) => process.stdout.write(`${line}\n`));
