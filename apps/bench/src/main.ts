/**
 * `npm run bench -- <suite> [--json] [name prefix …]`
 * `npm run bench -- peers [--json] [--quick] [--save <file>] [system prefix …]`
 *
 * Standard output carries the result and nothing else: a table, or with --json one array of
 * `{ name, value, unit, runs, min, max, load }`. Progress and errors go to standard error. `--save`
 * writes the whole comparison, with machine and versions, as `<file>.json` and `<file>.svg`.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { MIN_RUNS, type Row, runMeasures } from './measure.js';
import { comparePeers } from './peers/main.js';
import { drawReport } from './peers/picture.js';
import type { PeerRow } from './peers/rows.js';
import { formatTable } from './report.js';
import { suites } from './suites/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    save: { type: 'string' },
  },
});
const [suite = '', ...prefixes] = positionals;
const tell = (what: string) => console.error(`bench: ${what}`);

const PEERS = 'peers';

async function measure(): Promise<readonly (Row | PeerRow)[]> {
  if (suite === PEERS) return measurePeers();
  const known = [...Object.keys(suites), PEERS].join(', ');
  const all = suites[suite];
  if (all === undefined) throw new Error(`expected a suite (${known}), found '${suite}'`);
  const asked = all.filter(
    ({ name }) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)),
  );
  if (asked.length === 0)
    throw new Error(`no measure of ${suite} begins so: ${prefixes.join(', ')}`);
  tell(`${asked.length} measures of ${suite}, warming up`);
  return runMeasures(asked, MIN_RUNS, (round) => tell(`round ${round}`));
}

async function measurePeers(): Promise<readonly (Row | PeerRow)[]> {
  const report = await comparePeers({ isQuick: values.quick, prefixes, tell });
  if (values.save !== undefined) {
    writeFileSync(`${values.save}.json`, `${JSON.stringify(report, null, 2)}\n`);
    writeFileSync(`${values.save}.svg`, drawReport(report));
  }
  return report.rows;
}

try {
  const rows = await measure();
  console.log(values.json ? JSON.stringify(rows, null, 2) : formatTable(rows));
} catch (error) {
  tell(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
