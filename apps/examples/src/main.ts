/** Plays rungs of the ladder; without any, lists them. */
import { parseArgs } from 'node:util';
import { LOG_LEVELS, parseLogLevel } from '@aos/host';
import { ladder } from './ladder.js';
import { buildModules } from './runner/modules.js';
import { playRung } from './runner/play.js';
import { authoredOf } from './runner/rung.js';

const USAGE = `usage: npm run ladder -- <slug … | all> [--force-build] [--keep] [--log <level>]

  --force-build   compiles the reducers anew
  --keep          leaves the worlds, and says how to look at them
  --log <level>   writes the logs of the worlds to standard error: ${LOG_LEVELS.join(', ')}

rungs:`;

const print = (line: string) => process.stdout.write(`${line}\n`);

function list(): void {
  print(USAGE);
  for (const { slug, folder, title } of ladder) {
    print(`  ${slug.padEnd(16)}${folder.padEnd(20)}${title}`);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      'force-build': { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      log: { type: 'string' },
    },
    allowPositionals: true,
  });
  const log = values.log === undefined ? undefined : parseLogLevel(values.log);
  const known = ['all', ...ladder.map(({ slug }) => slug)];
  const unknown = positionals.filter((name) => !known.includes(name));
  for (const name of unknown) process.stderr.write(`no rung is called ${name}\n`);
  if (positionals.length === 0 || unknown.length > 0) {
    list();
    return unknown.length > 0 ? 2 : 0;
  }
  const isChosen = (slug: string) => positionals.includes('all') || positionals.includes(slug);
  for (const rung of ladder.filter(({ slug }) => isChosen(slug))) {
    const parts = values['force-build'] ? authoredOf(rung) : [];
    for (const part of parts) await buildModules(part, print, { force: true });
    await playRung(rung, print, { log, keep: values.keep });
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  return 1;
});
