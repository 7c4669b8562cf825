/** Plays rungs of the ladder; without any, lists them. */
import { parseArgs } from 'node:util';
import { LOG_LEVELS, parseLogLevel } from '@aos/host';
import { ladder } from './ladder.js';
import { buildModules } from './runner/modules.js';
import { playRung } from './runner/play.js';
import { authoredOf, type Rung } from './runner/rung.js';

const USAGE = `usage: npm run ladder -- <rung … | all> [options]

  <rung>          its name, or its number
  --times <n>     plays so often, until it does not come out as it should
  --seed <n>      decides what is left to chance, and counts on with each time
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
      seed: { type: 'string' },
      times: { type: 'string', default: '1' },
    },
    allowPositionals: true,
  });
  const log = values.log === undefined ? undefined : parseLogLevel(values.log);
  const [times, first] = [countOf('times', values.times) ?? 1, countOf('seed', values.seed)];
  const unknown = positionals.filter((name) => name !== 'all' && !ladder.some(isCalled(name)));
  for (const name of unknown) process.stderr.write(`no rung is called ${name}\n`);
  if (positionals.length === 0 || unknown.length > 0) {
    list();
    return unknown.length > 0 ? 2 : 0;
  }
  const isAll = positionals.includes('all');
  const chosen = ladder.filter((rung) => isAll || positionals.some((name) => isCalled(name)(rung)));
  for (const rung of chosen) {
    const parts = values['force-build'] ? authoredOf(rung) : [];
    for (const part of parts) await buildModules(part, print, { force: true });
    for (let n = 0; n < times; n++) {
      const seed = first === undefined ? {} : { seed: first + n };
      await playRung(rung, print, { log, keep: values.keep, ...seed });
    }
    if (times > 1) print(`${rung.slug}: ${times} times in a row`);
  }
  return 0;
}

const isCalled =
  (name: string) =>
  ({ slug, folder }: Rung): boolean =>
    slug === name || folder.startsWith(`${name.padStart(2, '0')}-`);

function countOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw new Error(`expected a natural number as --${option}, found ${text}`);
}

process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  return 1;
});
