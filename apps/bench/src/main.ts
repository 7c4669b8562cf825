/**
 * `npm run bench -- <suite> [--json] [name prefix …]`
 *
 * Standard output carries the result and nothing else: a table, or with --json one array of
 * `{ name, value, unit, runs, min, max, load }`. Progress and errors go to standard error.
 */
import { parseArgs } from 'node:util';
import { MIN_RUNS, type Row, runMeasures } from './measure.js';
import { formatTable } from './report.js';
import { suites } from './suites/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const [suite = '', ...prefixes] = positionals;

async function measure(): Promise<Row[]> {
  const known = Object.keys(suites).join(', ');
  const all = suites[suite];
  if (all === undefined) throw new Error(`expected a suite (${known}), found '${suite}'`);
  const asked = all.filter(
    ({ name }) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)),
  );
  if (asked.length === 0)
    throw new Error(`no measure of ${suite} begins so: ${prefixes.join(', ')}`);
  console.error(`bench: ${asked.length} measures of ${suite}, warming up`);
  return runMeasures(asked, MIN_RUNS, (round) => console.error(`bench: round ${round}`));
}

try {
  const rows = await measure();
  console.log(values.json ? JSON.stringify(rows, null, 2) : formatTable(rows));
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
