/** Modules by themselves: the counter in every language, called by the engine; admission. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Measure } from '../measure.js';
import { measures as c } from '../measures/c-modules.js';
import { exampleDir } from '../measures/counter-world.js';
import { measures as admission } from '../measures/module-admission.js';
import { callMeasures } from '../measures/module-calls.js';
import { measures as script } from '../measures/script-modules.js';

const assemblyScript = () => readFileSync(join(exampleDir, 'modules/demo/CounterSM@1.wasm'));

export const measures: readonly Measure[] = [
  ...callMeasures('modules.as', assemblyScript),
  ...c,
  ...script,
  ...admission,
];
