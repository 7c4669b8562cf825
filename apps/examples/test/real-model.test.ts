import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { llmSummarizer } from '../src/rungs/llm-summarizer.js';
import { type Loopback, serve } from '../src/runner/loopback.js';
import { buildModules } from '../src/runner/modules.js';
import { playRung } from '../src/runner/play.js';

const home = mkdtempSync(join(tmpdir(), 'aos-settings-'));
const KEY = 'sk-of-a-real-provider';
let provider: Loopback;

beforeAll(() => buildModules(llmSummarizer, () => {}), 60_000);

afterEach(async () => {
  vi.unstubAllEnvs();
  await provider.close();
  rmSync(home, { recursive: true });
});

test('summaries come from a real provider where the settings of the user name one', async () => {
  const asked: { readonly key: unknown; readonly model: unknown }[] = [];
  provider = await serve(({ headers, body }) => {
    asked.push({ key: headers.authorization, model: JSON.parse(body).model });
    const message = { role: 'assistant', content: 'It is about worlds.' };
    const answer = {
      ...{ id: 'a-1', object: 'chat.completion', created: 1, model: 'm-real' },
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage: { prompt_tokens: 9000, completion_tokens: 1000, total_tokens: 10_000 },
    };
    return { status: 200, body: JSON.stringify(answer) };
  });
  const summarizer = {
    protocol: 'openai-chat',
    baseUrl: `${provider.url}/v1`,
    models: { small: 'm-real' },
    key: { aliases: ['demo/llm_key'] },
    prices: { small: { prompt: '100', completion: '400' } },
  };
  const settings = JSON.stringify({ llm: { providers: { summarizer } } });
  writeFileSync(join(home, 'settings.json'), settings);
  vi.stubEnv('AOS_HOME', home);
  vi.stubEnv('LLM_API_KEY', KEY);

  const lines: string[] = [];
  await playRung(llmSummarizer, (line) => lines.push(line.trim()));

  expect(asked).toEqual([{ key: `Bearer ${KEY}`, model: 'm-real' }]);
  expect(lines).toContain('summary: It is about worlds.');
  // 9,000 × 100 + 1,000 × 400 cents for a million tokens, rounded up to a cent
  expect(lines).toContain('stop, 9000 + 1000 tokens, 2 ct');
  expect(lines).toContain('the summary is in the files of the world, the key is not');
});
