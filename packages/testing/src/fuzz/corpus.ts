/** Corpora: one file per target, one input per line in base64, shortest first. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { CorpusInput } from './fuzz-loop.js';

const MAX_CORPUS_INPUTS = 100;

/** The inputs of a corpus file; none where there is no file. */
export function readCorpus(path: string): Uint8Array[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => new Uint8Array(Buffer.from(line, 'base64')));
}

/** What is kept stays: it may be there for what was found. Those that reached most join it. */
export function writeCorpus(path: string, inputs: readonly CorpusInput[]): void {
  const most = [...inputs].sort((a, b) => b.newBlocks - a.newBlocks).map(({ input }) => input);
  const kept = new Set([...readCorpus(path), ...most].map(toLine).slice(0, MAX_CORPUS_INPUTS));
  const lines = [...kept].sort((a, b) => a.length - b.length);
  writeFileSync(path, `# Kept by \`npm run fuzz -- --keep\`.\n${lines.join('\n')}\n`);
}

const toLine = (input: Uint8Array): string => Buffer.from(input).toString('base64');
