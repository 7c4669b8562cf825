import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ladder } from '../src/ladder.js';
import { buildModules } from '../src/runner/modules.js';
import { playRung } from '../src/runner/play.js';
import { authoredOf } from '../src/runner/rung.js';

// whoever runs the tests may have a language model of that name, and a key for it
beforeEach(() => {
  vi.stubEnv('AOS_HOME', '/nowhere');
  vi.stubEnv('LLM_API_KEY', undefined);
  return () => vi.unstubAllEnvs();
});

describe.each(ladder)('$folder', (rung) => {
  beforeAll(async () => {
    for (const part of authoredOf(rung)) await buildModules(part, () => {});
  }, 60_000);

  test('plays to its end and replays to itself', async () => {
    const lines: string[] = [];
    await playRung(rung, (line) => lines.push(line));
    if (process.env.AOS_SHOW === '1') process.stdout.write(`${lines.join('\n')}\n`);
    expect(lines.at(-1)).toMatch(/^ {3}replay check: OK/);
  });
});
