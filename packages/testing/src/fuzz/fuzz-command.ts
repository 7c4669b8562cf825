/** One target in a process of its own: what `npm run fuzz` starts, and what it is told. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readCorpus, writeCorpus } from './corpus.js';
import { type CountBlocks, errorOf, type FuzzReport, fuzz } from './fuzz-loop.js';
import { watchForHangs } from './hang-watch.js';
import type { FuzzTarget } from './target.js';

const MAX_INPUT_BYTES = 1 << 20;

/** Where a target's inputs are: its corpus, and what was found lately. */
export interface FuzzPlace {
  readonly target: FuzzTarget;
  readonly corpusFile: string;
}

/** Prints one line of JSON. */
export async function runFuzzCommand(
  places: readonly FuzzPlace[],
  blocks: CountBlocks,
  args: readonly string[],
): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      target: { type: 'string' },
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      findings: { type: 'string', default: '.' },
      keep: { type: 'boolean', default: false },
    },
  });
  const place = places.find(({ target }) => target.name === values.target);
  if (place === undefined) throw new Error(`no target ${values.target}`);
  const { target, corpusFile } = place;
  mkdirSync(values.findings, { recursive: true });
  const fileOf = (what: string) => join(values.findings, `${target.name}-${what}`);
  const watch = watchForHangs(fileOf('hang'), MAX_INPUT_BYTES);
  const report = await fuzz(target, {
    seed: Number(values.seed),
    seconds: Number(values.seconds),
    corpus: readCorpus(corpusFile),
    blocks,
    onInput: watch.begin,
  });
  report.findings.forEach(({ input }, i) => {
    writeFileSync(fileOf(String(i + 1)), input);
  });
  if (values.keep) writeCorpus(corpusFile, report.corpus);
  await watch.stop();
  await target.close?.();
  console.log(JSON.stringify(summaryOf(report)));
}

function summaryOf(report: FuzzReport): object {
  const findings = report.findings.map(({ key, message, input }) => ({
    ...{ key, message },
    input: Buffer.from(input).toString('base64'),
  }));
  return { ...report, corpus: report.corpus.length, findings };
}

/** Every seed and every kept input once, as tests do. Answers with what was thrown, by input. */
export async function replayCorpus({ target, corpusFile }: FuzzPlace): Promise<string[]> {
  const problems: string[] = [];
  for (const input of [...(await target.seeds()), ...readCorpus(corpusFile)]) {
    const error = await errorOf(target, input);
    if (error === undefined) continue;
    const told = error instanceof Error ? error.stack : String(error);
    problems.push(`${Buffer.from(input).toString('base64')}\n${told}`);
  }
  return problems;
}
