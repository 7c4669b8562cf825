/** Corpora: one file per target, one input per line in base64, shortest first. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { CorpusInput } from './fuzz-loop.js';

const MAX_CORPUS_INPUTS = 50;

/** The inputs of a corpus file; none where there is no file. */
export function readCorpus(path: string): Uint8Array[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => new Uint8Array(Buffer.from(line, 'base64')));
}

/** Keeps those that reached most, up to the bound. */
export function writeCorpus(path: string, inputs: readonly CorpusInput[]): void {
  const most = [...inputs].sort((a, b) => b.newBlocks - a.newBlocks).slice(0, MAX_CORPUS_INPUTS);
  const kept = most.map(({ input }) => input).sort((a, b) => a.length - b.length);
  const lines = kept.map((input) => Buffer.from(input).toString('base64'));
  writeFileSync(path, `# Kept by \`npm run fuzz -- --keep\`.\n${lines.join('\n')}\n`);
}
