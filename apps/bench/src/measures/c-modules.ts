/** The counter from C: a module that holds nothing but the counter. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Measure } from '../measure.js';
import { exampleDir } from './counter-world.js';
import { callMeasures } from './module-calls.js';
import { withScratchDir } from './scratch.js';

function compileCounter(): Promise<Uint8Array> {
  return withScratchDir((dir) => {
    const target = join(dir, 'counter.wasm');
    const script = join(exampleDir, 'reducer-c/build.sh');
    const { status, stderr } = spawnSync('sh', [script, target], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return readFileSync(target);
  });
}

export const measures: readonly Measure[] = callMeasures('modules.c', compileCounter);
