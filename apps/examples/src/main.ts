/** `main.js [slug … | all] [--force-build]`: plays rungs of the ladder; without any, lists them. */
import { parseArgs } from 'node:util';
import { ladder } from './ladder.js';
import { buildModules } from './runner/modules.js';
import { playRung } from './runner/play.js';

const print = (line: string) => process.stdout.write(`${line}\n`);

const USAGE = 'usage: npm run ladder -- <slug … | all> [--force-build]';

const { values, positionals } = parseArgs({
  options: { 'force-build': { type: 'boolean', default: false } },
  allowPositionals: true,
});
const chosen = ladder.filter(({ slug }) =>
  positionals.some((name) => name === slug || name === 'all'),
);
const unknown = positionals.filter(
  (name) => name !== 'all' && !ladder.some(({ slug }) => slug === name),
);

if (chosen.length === 0 || unknown.length > 0) {
  for (const name of unknown) process.stderr.write(`no rung is called ${name}\n`);
  print(USAGE);
  for (const { slug, folder, title } of ladder) print(`  ${slug.padEnd(14)}${folder}  ${title}`);
  process.exitCode = unknown.length > 0 ? 2 : 0;
} else {
  const force = values['force-build'];
  for (const rung of chosen) {
    if (force) await buildModules(rung, print, { force });
    await playRung(rung, print);
  }
}
