// `npm run fuzz -- [target …] [--seconds 60] [--seed 1] [--keep]`: targets in test/fuzz/targets/
// of the packages, one after another, each in a process of its own. `--keep` adds to the corpora.
// All of the product is one bundle without dependencies left outside, in which blocks are marked.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { withMarks } from './fuzz-blocks.mjs';
import { readMembers } from './members.mjs';
import { cacheDir, installed, root } from './workspace.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

installed();
const members = readMembers(root);
const files = members.flatMap(({ dir }) => {
  const folder = join(root, dir, 'test/fuzz/targets');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => ({ folder, name: basename(name, '.ts') }));
});
const names = files.map(({ name }) => name);
const strange = positionals.filter((name) => !names.includes(name));
if (values.list || strange.length > 0) {
  if (strange.length > 0) console.error(`fuzz: there is no target ${strange.join(', ')}`);
  console.log(names.join('\n'));
  process.exit(strange.length > 0 ? 1 : 0);
}

const isChosen = (/** @type {{ name: string }} */ { name }) =>
  positionals.length === 0 || positionals.includes(name);
const chosen = files.filter(isChosen);
const outDir = join(cacheDir, 'fuzz');
const findingsDir = join(outDir, 'findings');
// by itself: another run may make its own meanwhile
const bundle = join(outDir, `fuzz-${process.pid}.mjs`);
mkdirSync(outDir, { recursive: true });
await makeBundle();
let failed = 0;
for (const { name } of chosen) failed += run(name);
rmSync(bundle);
console.log(failed === 0 ? 'fuzz: no findings' : `fuzz: ${failed} findings`);
process.exitCode = failed === 0 ? 0 : 1;

async function makeBundle() {
  // esbuild belongs to the package that all of this tests
  const require = createRequire(join(root, 'packages/testing/package.json'));
  /** @type {{ build(options: object): Promise<{ outputFiles: { text: string }[] }> }} */
  const { build } = require('esbuild');
  const doors = members.flatMap((member) => Object.entries(member.doors));
  const alias = Object.fromEntries(doors.map(([name, file]) => [name, join(root, file)]));
  const line = "import { createRequire as requireFrom } from 'node:module';";
  const { outputFiles } = await build({
    stdin: { contents: entry(), resolveDir: join(root, 'packages/testing'), loader: 'js' },
    alias: { ...alias, '#platform': join(root, 'packages/canon/src/platform-node.ts') },
    banner: { js: `${line}\nconst require = requireFrom(import.meta.url);` },
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' },
    ...{ write: false, absWorkingDir: root, external: ['esbuild', 'vitest'] },
  });
  writeFileSync(bundle, withMarks(outputFiles[0]?.text ?? ''));
}

function entry() {
  const imports = chosen.map(({ folder, name }, i) => {
    return `import { target as target${i} } from ${JSON.stringify(join(folder, `${name}.ts`))};`;
  });
  const places = chosen.map(({ folder, name }, i) => {
    const corpusFile = join(folder, '../corpora', `${name}.txt`);
    return `{ target: target${i}, corpusFile: ${JSON.stringify(corpusFile)} }`;
  });
  return `import { runFuzzCommand } from '@aos/testing/fuzz';
${imports.join('\n')}
await runFuzzCommand([${places.join(', ')}], globalThis.aosBlocks, process.argv.slice(2));
process.exit();`;
}

/** One target; how many findings it has. @param {string} name */
function run(name) {
  const { seconds, seed } = values;
  const args = ['--target', name, '--seconds', seconds, '--seed', seed, '--findings', findingsDir];
  const flags = ['--max-old-space-size=768', '--no-flush-bytecode', '--no-warnings'];
  const kept = values.keep ? ['--keep'] : [];
  const child = spawnSync(process.execPath, [...flags, bundle, ...args, ...kept], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const line = child.stdout.trimEnd().split('\n').at(-1) ?? '';
  if (child.status !== 0 || !line.startsWith('{')) {
    console.log(`${name}: died (${child.signal ?? child.status}) with seed ${seed}`);
    return 1;
  }
  const { executions, corpus, seedBlocks, blocks, findings, mutants, cpuMs } = JSON.parse(line);
  const gained = `${blocks} blocks (${blocks - seedBlocks} beyond the seeds)`;
  const rate = Math.round((1000 * mutants) / Math.max(1, cpuMs));
  console.log(
    `${name}: ${executions} executions (${rate} per second of a processor), corpus ${corpus}, ` +
      `${gained}, ${findings.length} findings`,
  );
  for (const { message, input } of findings) {
    console.log(`  ${message.split('\n').join('\n    ')}\n    input (base64): ${input}`);
  }
  writeFileSync(join(outDir, `${name}.json`), line);
  return findings.length;
}
