// `npm run sim -- --awaits [--seeds 1000] [--from 0]`: at which awaits of host and store processes
// have died. Every await of their sources is counted as it is met, as it lasts beyond a turn of the
// event loop, and as a life ends there by a crash. Fails when one lasted often and no process died.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { parseSync } from 'oxc-parser';
import { root } from '../workspace.mjs';
import { makeBundle } from './bundle.mjs';

/** Who waits so often somewhere has also died there. */
const ENOUGH_WAITS = 500;

/**
 * @typedef {object} Await
 * @property {string} place    file and line
 * @property {number} met
 * @property {number} lasted   beyond a turn of the event loop
 * @property {number} diedAt
 */

/** @param {{ from: number, seeds: number, jobs: number }} run */
export async function runAwaits({ from, seeds, jobs }) {
  /** @type {Await[]} */
  const awaits = [];
  const bundle = await makeBundle('awaits', [counting(awaits)]);
  const each = Math.ceil(seeds / jobs);
  const shards = Array.from({ length: jobs }, (_, i) => ({ from: from + i * each, seeds: each }));
  for (const counts of await Promise.all(shards.map((range) => count(bundle, range)))) {
    counts.forEach(([met, lasted, diedAt], i) => {
      const at = /** @type {Await} */ (awaits[i]);
      at.met += met;
      at.lasted += lasted;
      at.diedAt += diedAt;
    });
  }
  return report(awaits, seeds);
}

/** @param {readonly Await[]} awaits @param {number} seeds */
function report(awaits, seeds) {
  const met = awaits.filter((each) => each.met > 0);
  console.log('   met  lasted  died at');
  for (const { place, ...counts } of met) {
    const columns = [counts.met, counts.lasted, counts.diedAt].map((n) => String(n).padStart(7));
    console.log(`${columns.join(' ')}  ${place}`);
  }
  const files = awaits.filter((each) => each.met === 0).map(({ place }) => place.split(':')[0]);
  console.log(`\nnever met: ${files.length} awaits, in`);
  for (const file of new Set(files)) console.log(`  ${file}`);
  const died = met.filter(({ diedAt }) => diedAt > 0).length;
  const lasting = met.filter(({ lasted }) => lasted > 0);
  const survived = lasting.filter(({ lasted, diedAt }) => diedAt === 0 && lasted >= ENOUGH_WAITS);
  console.log(
    `\nsim: ${seeds} seeds met ${met.length} of ${awaits.length} awaits; ` +
      `${lasting.length} lasted, at ${died} a process died`,
  );
  for (const { place } of survived) console.log(`  never died at ${place}`);
  return survived.length === 0 ? 0 : 1;
}

/** Has every await of host and store tell of itself. @param {Await[]} awaits */
function counting(awaits) {
  return {
    name: 'awaits',
    /** @param {{ onLoad(of: object, load: (file: { path: string }) => object): void }} build */
    setup: (build) =>
      build.onLoad({ filter: /packages\/(host|store)\/src\/.*\.ts$/ }, ({ path }) => ({
        contents: withCounts(path, readFileSync(path, 'utf8'), awaits),
        loader: 'ts',
      })),
  };
}

/** @param {string} path @param {string} text @param {Await[]} awaits */
function withCounts(path, text, awaits) {
  let [written, at] = ['', 0];
  const found = awaitsIn(parseSync(path, text).program).sort((a, b) => a.start - b.start);
  /** @type {{ at: number, insert: string }[]} */
  const inserts = found.flatMap(({ start, end }) => {
    const line = text.slice(0, start).split('\n').length;
    const id = awaits.push({ ...NONE, place: `${relative(root, path)}:${line}` }) - 1;
    return [
      { at: start, insert: `__awaited(${id}, (` },
      { at: end, insert: '))' },
    ];
  });
  for (const { at: next, insert } of inserts.sort((a, b) => a.at - b.at)) {
    written += text.slice(at, next) + insert;
    at = next;
  }
  return written + text.slice(at);
}

const NONE = { met: 0, lasted: 0, diedAt: 0 };

/** What is awaited. @param {unknown} node @returns {{ start: number, end: number }[]} */
function awaitsIn(node) {
  if (typeof node !== 'object' || node === null) return [];
  const within = Object.values(node).flatMap(awaitsIn);
  const { type, argument } = /** @type {{ type?: string, argument?: any }} */ (node);
  return type === 'AwaitExpression' ? [argument, ...within] : within;
}

/**
 * Counts in a thread of its own: met, lasted and died at, by number of the await.
 * @param {string} bundle @param {{ from: number, seeds: number }} range
 * @returns {Promise<[number, number, number][]>}
 */
function count(bundle, range) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { bundle, range },
      argv: [],
    });
    worker.on('error', reject);
    worker.on('message', resolve);
  });
}

/** @param {string} bundle @param {{ from: number, seeds: number }} range */
async function countHere(bundle, range) {
  /** @type {[number, number, number][]} */
  const counts = [];
  /** Of this life, that have not ended. @type {Map<object, number>} */
  const open = new Map();
  let turns = 0;
  const { setImmediate } = globalThis;
  Object.assign(globalThis, {
    /** @param {(...given: unknown[]) => void} run @param {unknown[]} given */
    setImmediate: (run, ...given) =>
      setImmediate(() => {
        turns += 1;
        run(...given);
      }),
    /** @param {number} id @param {unknown} value */
    __awaited: (id, value) => {
      const of = counts[id] ?? [0, 0, 0];
      counts[id] = of;
      of[0] += 1;
      if (!(value instanceof Promise)) return value;
      const [begun, token] = [turns, {}];
      open.set(token, id);
      const end = () => {
        if (open.delete(token) && turns > begun) of[1] += 1;
      };
      value.then(end, end);
      return value;
    },
  });
  const { runSimulations } = await import(bundle);
  /** @param {string} end */
  const lifeEnded = (end) => {
    for (const id of end === 'crashed' ? new Set(open.values()) : []) {
      const of = /** @type {[number, number, number]} */ (counts[id]);
      of[1] += 1;
      of[2] += 1;
    }
    open.clear();
  };
  const { failed } = await runSimulations({ ...range, parts: { lifeEnded } });
  if (failed.length > 0) throw new Error(`seed ${failed[0].seed}: ${failed[0].problems[0]}`);
  parentPort?.postMessage(Array.from(counts, (each) => each ?? [0, 0, 0]));
}

if (workerData?.bundle !== undefined) await countHere(workerData.bundle, workerData.range);
