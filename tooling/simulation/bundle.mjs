/** The simulation and the product under it as one file, made from source. */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readMembers } from '../members.mjs';
import { cacheDir, root } from '../workspace.mjs';

const folder = join(cacheDir, 'simulation');

/**
 * Takes what loads sources in another way, and answers with the path of the file.
 * @param {string} name @param {readonly object[]} [plugins]
 */
export async function makeBundle(name, plugins = []) {
  mkdirSync(folder, { recursive: true });
  // esbuild belongs to the package that all of this tests
  const require = createRequire(join(root, 'packages/testing/package.json'));
  /** @type {{ build(options: object): Promise<unknown> }} */
  const { build } = require('esbuild');
  const doors = readMembers(root).flatMap((member) => Object.entries(member.doors));
  const alias = Object.fromEntries(doors.map(([door, file]) => [door, join(root, file)]));
  const outfile = join(folder, `${name}-${process.pid}.mjs`);
  await build({
    entryPoints: [join(root, 'packages/testing/src/simulation/runs.ts')],
    alias: { ...alias, '#platform': join(root, 'packages/canon/src/platform-node.ts') },
    ...{ plugins, outfile, absWorkingDir: root },
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' },
  });
  return outfile;
}
