// `npm run sim -- --seeds <n> [--from <seed>] [--jobs <n>] [--trace]`: worlds that are simulated
// from integers, on all cores. Prints how often each kind of thing has happened; fails when a rule
// was broken, or when a kind of fault never came up in 200 seeds or more. `--trace` prints each
// step of one seed. `--broken [<name> …]` looks whether broken products are found, `--awaits` where
// processes have died.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { runAwaits } from './simulation/awaits.mjs';
import { runBroken } from './simulation/broken.mjs';
import { installed, ready } from './workspace.mjs';

/** From so many seeds on every kind of fault has to come up. */
const ENOUGH_SEEDS = 200;
/** Seeds between two words of how far it is. */
const SEEDS_PER_WORD = 500;

const load = () => import('../packages/testing/dist/index.js');

/**
 * @typedef {object} Shard
 * @property {number} from
 * @property {number} seeds
 */
/**
 * @typedef {object} ShardResult
 * @property {ReadonlyMap<string, number>} counts
 * @property {readonly string[]} failures
 */

/** @param {Shard} shard @param {() => void} onSeed @returns {Promise<ShardResult>} */
async function runShard({ from, seeds }, onSeed) {
  const { describeFailure, runSimulations } = await load();
  const { events, failed } = await runSimulations({ from, seeds, onSeed });
  return { counts: events.counts, failures: failed.map(describeFailure) };
}

/** @param {Shard} shard @param {() => void} onSeed @returns {Promise<ShardResult>} */
function runInThread(shard, onSeed) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: shard, argv: [] });
    worker.on('error', reject);
    worker.on('message', (message) => (message === 'seed' ? onSeed() : resolve(message)));
  });
}

/** @param {Shard} all @param {number} jobs @returns {Shard[]} */
function shardsOf({ from, seeds }, jobs) {
  const each = Math.ceil(seeds / jobs);
  const shards = Array.from({ length: jobs }, (_, i) => {
    const start = from + i * each;
    return { from: start, seeds: Math.min(each, from + seeds - start) };
  });
  return shards.filter((shard) => shard.seeds > 0);
}

/** @param {number} seed */
async function showTrace(seed) {
  const { describeFailure, simulate } = await load();
  const report = await simulate(seed);
  console.log(report.trace.lines.join('\n'));
  console.log(`seed ${seed}: ${report.hash}`);
  if (report.problems.length === 0) return;
  console.log(describeFailure(report));
  process.exitCode = 1;
}

/** @param {Shard} all @param {number} jobs */
async function run(all, jobs) {
  const { Coverage, faultsMissing } = await load();
  const startedAt = performance.now();
  let done = 0;
  const onSeed = () => {
    done += 1;
    if (done % SEEDS_PER_WORD === 0) console.error(`sim: ${done} of ${all.seeds} seeds`);
  };
  const shards = shardsOf(all, jobs);
  const results = await Promise.all(
    shards.map((shard) => (shards.length > 1 ? runInThread : runShard)(shard, onSeed)),
  );
  const events = new Coverage();
  for (const { counts } of results) for (const [name, times] of counts) events.count(name, times);
  const failures = results.flatMap((result) => result.failures);
  const missing = all.seeds >= ENOUGH_SEEDS ? faultsMissing(events) : [];
  console.log(events.histogram());
  for (const failure of failures) console.log(`\n${failure}`);
  if (missing.length > 0) console.log(`\nnever came up: ${missing.join(', ')}`);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage();
  const cpuMs = ((user + system) / 1000 / Math.max(1, done)).toFixed(0);
  const last = all.from + all.seeds - 1;
  console.log(
    `sim: seeds ${all.from} to ${last}, ${failures.length} failed, in ${seconds.toFixed(0)} s, ` +
      `${cpuMs} ms of processor each`,
  );
  process.exitCode = failures.length + missing.length > 0 ? 1 : 0;
}

if (isMainThread) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string' },
      from: { type: 'string', default: '0' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      trace: { type: 'boolean', default: false },
      broken: { type: 'boolean', default: false },
      awaits: { type: 'boolean', default: false },
    },
  });
  const seeds = Number(values.seeds ?? (values.broken ? 200 : 1000));
  const all = { from: Number(values.from), seeds };
  const jobs = Math.max(1, Number(values.jobs));
  if (values.broken || values.awaits) installed();
  else ready();
  if (values.broken) process.exitCode = await runBroken(positionals, { ...all, jobs });
  else if (values.awaits) process.exitCode = await runAwaits({ ...all, jobs });
  else if (values.trace) await showTrace(all.from);
  else await run(all, jobs);
} else {
  const result = await runShard(workerData, () => parentPort?.postMessage('seed'));
  parentPort?.postMessage(result);
}
