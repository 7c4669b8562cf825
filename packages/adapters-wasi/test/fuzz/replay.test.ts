/** Seeds and kept inputs of the target of this package, once: what was found stays found. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { target } from './targets/wasi-calls.js';

const corpus = readFileSync(new URL('./corpora/wasi-calls.txt', import.meta.url), 'utf8');
const lines = corpus.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const kept = lines.map((line) => new Uint8Array(Buffer.from(line, 'base64')));

it('keeps its laws for all inputs of the corpus', async () => {
  expect(kept.length).toBeGreaterThan(0);
  for (const input of [...target.seeds(), ...kept]) await target.run(input);
});
