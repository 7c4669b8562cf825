/** Seeds and kept inputs of the targets of this package, once, and a canary of each. */
import { join } from 'node:path';
import { SignatureVerifier } from '@aos/host';
import { type FuzzTarget, fuzz, replayCorpus } from '@aos/testing/fuzz';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { target as keptFiles } from './targets/kept-files.js';
import { target as settings } from './targets/settings.js';

const targets: readonly FuzzTarget[] = [keptFiles, settings];

afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  for (const target of targets) await target.close?.();
});

describe.each(targets)('$name', (target) => {
  it('keeps its laws for all inputs of its corpus', async () => {
    const corpusFile = join(import.meta.dirname, 'corpora', `${target.name}.txt`);
    expect(await replayCorpus({ target, corpusFile })).toEqual([]);
  });
});

it.each([
  ['kept-files', 'both readers say the same', doubting],
  ['settings', 'what is taken is JSON', forgiving],
] as const)('of %s with a part that is broken the loop finds: %s', async (name, law, breakPart) => {
  const target = targets.find((each) => each.name === name) as FuzzTarget;
  breakPart();
  const run = { seed: 1, seconds: 60, executions: 500, findings: 1, blocks: () => 0 };
  const { findings } = await fuzz(target, run);
  expect(findings.map(({ key }) => key)).toEqual([law]);
});

/** No signature holds. */
function doubting(): void {
  vi.spyOn(SignatureVerifier.prototype, 'holds').mockReturnValue(false);
}

/** What is no JSON is an empty object, to the product alone. */
function forgiving(): void {
  const parse = JSON.parse.bind(JSON);
  vi.spyOn(JSON, 'parse').mockImplementation((text: string) => {
    try {
      return parse(text);
    } catch (error) {
      if ((error as Error).stack?.includes('readByPlatform')) throw error;
      return {};
    }
  });
}
