/** Seeds and kept inputs of the target of this package, once, and a canary. */
import { readFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { OutputStream } from '../../src/system/descriptors.js';
import { target } from './targets/wasi-calls.js';

const corpus = readFileSync(new URL('./corpora/wasi-calls.txt', import.meta.url), 'utf8');
const lines = corpus.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const kept = lines.map((line) => new Uint8Array(Buffer.from(line, 'base64')));

it('keeps its laws for all inputs of the corpus', async () => {
  expect(kept.length).toBeGreaterThan(0);
  for (const input of [...target.seeds(), ...kept]) await target.run(input);
});

afterEach(() => vi.restoreAllMocks());

it('has a canary: output without a bound', async () => {
  const said = vi.spyOn(OutputStream.prototype, 'said');
  said.mockReturnValue(new Uint8Array(1_000_000));
  const [first] = target.seeds();
  await expect(target.run(first as Uint8Array)).rejects.toThrow('output has a bound');
});
