/** Every seed and every kept input of every target, once: what was found stays found. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type FuzzTarget, replayCorpus } from '@aos/testing/fuzz';
import { afterAll, expect, it } from 'vitest';

const folder = import.meta.dirname;
const names = readdirSync(join(folder, 'targets')).map((file) => basename(file, '.ts'));
const opened: FuzzTarget[] = [];

afterAll(async () => {
  for (const target of opened) await target.close?.();
});

it.each(names)('%s keeps its laws for all inputs of its corpus', async (name) => {
  const { target } = (await import(`./targets/${name}.ts`)) as { target: FuzzTarget };
  opened.push(target);
  expect(target.name).toBe(name);
  const corpusFile = join(folder, 'corpora', `${name}.txt`);
  expect(existsSync(corpusFile)).toBe(true);
  expect(await replayCorpus({ target, corpusFile })).toEqual([]);
});
