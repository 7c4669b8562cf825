/** `main.js <slug|all>`: plays rungs of the ladder; without an argument it lists them. */
import { counter } from './counter.js';
import { playRung, type Rung } from './rung.js';

const ladder: readonly Rung[] = [counter];
const print = (line: string) => process.stdout.write(`${line}\n`);

const wanted = process.argv[2];
const chosen = wanted === 'all' ? ladder : ladder.filter(({ slug }) => slug === wanted);

if (chosen.length === 0) {
  print('usage: npm run ladder -- <slug|all>');
  for (const { slug, folder, title } of ladder) print(`  ${slug.padEnd(12)}${folder}  ${title}`);
  process.exitCode = wanted === undefined ? 0 : 2;
}
for (const rung of chosen) await playRung(rung, print);
