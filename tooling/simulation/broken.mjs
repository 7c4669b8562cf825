// `npm run sim -- --broken [<name> …] [--seeds 200] [--from 0]`: the simulation against products
// that are broken in one place each (mutants.mjs). Prints the first seed in which each was found
// and the rule that found it; fails when one never was. Nothing of the tree is changed: the place
// is exchanged while the product is made into one bundle.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { root } from '../workspace.mjs';
import { makeBundle } from './bundle.mjs';
import { mutants } from './mutants.mjs';

/** @typedef {import('./mutants.mjs').Mutant} Mutant */
/**
 * @typedef {object} Finding
 * @property {number} seed
 * @property {string} problem
 */

/** A seed takes a fraction of a second; what takes so much longer never ends. */
const SEED_MS = 300_000;
/** Seeds that the product as it is has to pass, or what was found below says nothing. */
const SOUND_SEEDS = 20;

/**
 * @param {readonly string[]} names all of them where there is none
 * @param {{ from: number, seeds: number, jobs: number }} run
 */
export async function runBroken(names, { from, seeds, jobs }) {
  const strange = names.filter((name) => !mutants.some((mutant) => mutant.name === name));
  if (strange.length > 0) {
    console.error(`sim: there is no mutant ${strange.join(', ')}`);
    console.error(mutants.map(({ name }) => name).join('\n'));
    return 1;
  }
  const sound = await search(await makeBundle('sound'), { from, seeds: SOUND_SEEDS });
  if (sound !== undefined) {
    console.log(`the product as it is fails in seed ${sound.seed}: ${sound.problem}`);
    return 1;
  }
  const left = mutants.filter(({ name }) => names.length === 0 || names.includes(name));
  let missed = 0;
  const work = async () => {
    for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
      const found = await search(await makeBundle(mutant.name, [exchange(mutant)]), {
        from,
        seeds,
      });
      if (found === undefined) missed += 1;
      const where = found === undefined ? `in none of ${seeds} seeds` : `seed ${found.seed}`;
      console.log(`${mutant.name} | ${mutant.what} | ${where} | ${found?.problem ?? ''}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  console.log(missed === 0 ? 'sim: all were found' : `sim: ${missed} were never found`);
  return missed === 0 ? 0 : 1;
}

/** @param {Mutant} mutant */
function exchange(mutant) {
  const path = join(root, mutant.file);
  const contents = mutate(readFileSync(path, 'utf8'), mutant);
  const filter = new RegExp(`${mutant.file.replace(/[.]/g, '\\.')}$`);
  return {
    name: 'mutant',
    /** @param {{ onLoad(of: object, load: () => object): void }} build */
    setup: (build) => build.onLoad({ filter }, () => ({ contents, loader: 'ts' })),
  };
}

/** The text with what is exchanged. @param {string} text @param {Mutant} mutant */
export function mutate(text, { name, file, from, to }) {
  const parts = text.split(from);
  if (parts.length === 2) return parts.join(to);
  throw new Error(`${name}: ${file} has its text ${parts.length - 1} times; say it anew`);
}

/**
 * The first seed in which something is found.
 * @param {string} bundle @param {{ from: number, seeds: number }} range
 * @returns {Promise<Finding | undefined>}
 */
function search(bundle, range) {
  return new Promise((resolve) => {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { bundle, range },
      argv: [],
    });
    let seed = range.from;
    const end = (/** @type {Finding | undefined} */ found) => {
      clearTimeout(timer);
      worker.terminate();
      resolve(found);
    };
    const tooLong = () => end({ seed, problem: 'never ends' });
    let timer = setTimeout(tooLong, SEED_MS);
    worker.on('error', (error) => end({ seed, problem: `the process dies: ${error.message}` }));
    worker.on('message', (message) => {
      if (typeof message !== 'number') return end(message.found);
      seed = message + 1;
      clearTimeout(timer);
      timer = setTimeout(tooLong, SEED_MS);
    });
  });
}

if (workerData?.bundle !== undefined) {
  const { bundle, range } = workerData;
  const { runSimulations } = await import(bundle);
  let found;
  for (let seed = range.from; seed < range.from + range.seeds && !found; seed++) {
    const { failed } = await runSimulations({ from: seed, seeds: 1 });
    if (failed.length > 0) found = { seed, problem: failed[0].problems[0] };
    parentPort?.postMessage(seed);
  }
  parentPort?.postMessage({ found });
}
