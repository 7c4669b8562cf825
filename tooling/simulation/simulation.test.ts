/** What the simulation is held to from outside: the same in every process, and cheap to break. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { mutate } from './broken.mjs';
import { makeBundle } from './bundle.mjs';
import { mutants } from './mutants.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Hashes of the traces of seeds, lived in this order in a process of its own. */
function hashesOf(bundle: string, seeds: readonly number[]): ReadonlyMap<number, string> {
  const script = `const { runSimulations } = await import(${JSON.stringify(bundle)});
    for (const from of ${JSON.stringify(seeds)})
      await runSimulations({ from, seeds: 1, onSeed: ({ hash }) => console.log(from, hash) });`;
  const args = ['--input-type=module', '--eval', script];
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8' });
  const lines = printed.trim().split('\n');
  return new Map(lines.map((line) => [Number(line.split(' ')[0]), line]));
}

it('a seed writes the same trace in another process, whatever was lived before', async () => {
  const bundle = await makeBundle('test');
  try {
    const once = hashesOf(bundle, [5, 10, 15]);
    expect(once.size).toBe(3);
    for (const [seed, line] of hashesOf(bundle, [15, 0, 10, 5])) {
      if (once.has(seed)) expect(line).toBe(once.get(seed));
    }
  } finally {
    rmSync(bundle);
  }
});

it.each(mutants)('$name breaks one place of the product', (mutant) => {
  const text = readFileSync(join(root, mutant.file), 'utf8');
  expect(mutate(text, mutant)).not.toBe(text);
});
