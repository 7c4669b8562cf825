// `npm run matrix [-- 22 …]`: the tests from source, and the built ladder, under every supported
// line of Node. Binaries come from the npm package `node`, outside the lockfile, into a cache.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { resultsDir, runVitest, summary } from './vitest.mjs';
import { cacheDir, capture, npm, quietly, ready, root } from './workspace.mjs';

/** The floor itself, and one release of each later even line. @type {Record<string, string>} */
const versions = { 20: '20.19.0', 22: '22.23.3', 24: '24.21.0', 26: '26.10.0' };

/** @param {string} major */
function nodeBinary(major) {
  const dir = join(cacheDir, '../aos-matrix', major);
  const binary = join(dir, 'node_modules/node/bin/node');
  const wanted = `v${versions[major]}\n`;
  if (existsSync(binary) && capture(binary, ['--version']).stdout === wanted) return binary;
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'package.json'), '{ "private": true }\n');
  const options = ['--prefix', dir, '--no-audit', '--no-fund', '--no-package-lock'];
  quietly(`fetching Node ${major}`, ...npm('install', ...options, `node@${versions[major]}`));
  const { stdout } = capture(binary, ['--version']);
  if (stdout !== wanted) throw new Error(`expected Node ${wanted.trim()}, found ${stdout.trim()}`);
  return binary;
}

/** One line per version; what failed follows it. @param {string} major */
function check(major) {
  const node = nodeBinary(major);
  const env = {
    PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
    AOS_CONFORMANCE: undefined,
  };
  const run = runVitest({ name: `matrix-${major}`, node, env, quiet: true });
  const ladder = capture(node, [join(root, 'apps/examples/dist/main.js'), 'all'], env);
  const rung = ladder.status === 0 ? 'ladder ok' : 'ladder failed';
  console.log(`node ${versions[major]}: ${summary(run)}, ${rung}`);
  if (run.status !== 0) process.stderr.write(run.output);
  if (ladder.status !== 0) process.stderr.write(`${ladder.stdout}${ladder.stderr}`);
  return run.status === 0 && ladder.status === 0;
}

const asked = process.argv.slice(2);
const unknown = asked.filter((major) => versions[major] === undefined);
if (unknown.length > 0) {
  console.error(
    `matrix: no Node ${unknown.join(', ')}; known: ${Object.keys(versions).join(', ')}`,
  );
  process.exit(2);
}
ready();
mkdirSync(resultsDir, { recursive: true });
const outcomes = (asked.length > 0 ? asked : Object.keys(versions)).map(check);
process.exitCode = outcomes.every(Boolean) ? 0 : 1;
