/** Compiles the reducers of the example worlds, as far as they are out of date. */
import { ladder } from './ladder.js';
import { buildModules } from './runner/modules.js';
import { authoredOf } from './runner/rung.js';

for (const authored of ladder.flatMap(authoredOf)) {
  await buildModules(authored, (line) => process.stdout.write(`${line}\n`));
}
