// `npm run verify`: every check there is, a line each; what a failing one printed follows its line.
import { join } from 'node:path';
import { capture, ready, root } from './workspace.mjs';

/** @param {string} path @param {...string} args @returns {[string, string[]]} */
const node = (path, ...args) => [process.execPath, [join(root, path), ...args]];
const biome = 'node_modules/@biomejs/biome/bin/biome';

/** @type {Record<string, [string, string[]]>} */
const checks = {
  format: node(biome, 'check', '--linter-enabled=false', '.'),
  lint: node(biome, 'lint', '--error-on-warnings', '.'),
  types: node('node_modules/typescript/bin/tsc', '-b', 'tsconfig.json'),
  arrows: node('tooling/arrows.mjs'),
  knip: node('node_modules/knip/bin/knip.js', '--no-progress'),
  packaging: node('tooling/packaging.mjs'),
  tests: node('tooling/test.mjs'),
};

/** @param {string} name */
function check(name) {
  const startedAt = performance.now();
  const [command, args] = checks[name] ?? [];
  if (command === undefined || args === undefined) throw new Error(`no check ${name}`);
  const { status, stdout, stderr } = capture(command, args);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const last = stdout.trim().split('\n').at(-1);
  const word = status === 0 ? 'ok    ' : 'FAILED';
  console.log(
    `${word} ${name.padEnd(10)} ${seconds.padStart(6)} s  ${name === 'tests' ? last : ''}`,
  );
  if (status !== 0) process.stderr.write(`${stdout}${stderr}\n`);
  return status === 0;
}

ready();
const asked = process.argv.slice(2);
const failed = (asked.length > 0 ? asked : Object.keys(checks)).filter((name) => !check(name));
if (failed.length > 0) console.log(`verify: failed: ${failed.join(', ')}`);
else console.log('verify: all ok');
process.exitCode = failed.length > 0 ? 1 : 0;
