/** What is charged, whatever a provider says was used. */
import { afterEach, describe, expect, test } from 'vitest';
import { closeAdapters, failureOf, receiptOf, type Wishes } from './calls.js';
import { type Answer, ask, hello } from './hostile.js';
import { chatAnswer, closeServers, giveEvents, giveJson } from './servers.js';

afterEach(async () => {
  await closeAdapters();
  await closeServers();
});

const usage = (usage: unknown) => ({ id: 'chat-1', model: 'm-1', choices: [], usage });

describe('usage', () => {
  const costOf = async (said: unknown, wishes: Wishes = {}) => {
    const give: Answer = (response) => giveJson(response, chatAnswer('12345678', { usage: said }));
    const { outcome, asked } = await ask(give, { max_tokens: 5, ...wishes });
    const { token_usage, cost_cents } = receiptOf(outcome);
    expect(outcome.costCents).toBe(BigInt(cost_cents));
    return { token_usage, cost_cents, sentBytes: asked[0]?.body.length ?? 0 };
  };

  test('that was counted is charged as it was said', async () => {
    const { token_usage, cost_cents } = await costOf({ prompt_tokens: 7, completion_tokens: 3 });
    expect(token_usage).toMatchObject({ prompt: 7, completion: 3, is_counted: true });
    expect(cost_cents).toBe(10);
  });

  test.each<[string, unknown]>([
    ['missing', undefined],
    ['null', null],
    ['negative', { prompt_tokens: -7, completion_tokens: 3 }],
    ['no number', { prompt_tokens: '7', completion_tokens: 3 }],
    ['a fraction', { prompt_tokens: 7.5, completion_tokens: 3 }],
    ['half there', { prompt_tokens: 7 }],
    ['beyond all measure', { prompt_tokens: 7, completion_tokens: 1e300 }],
  ])('that is %s is charged by its bound', async (_, said) => {
    const { token_usage, cost_cents, sentBytes } = await costOf(said);
    expect(token_usage).toMatchObject({ prompt: sentBytes, completion: 5, is_counted: false });
    expect(cost_cents).toBe(sentBytes + 5);
  });

  test('of an answer that broke off is charged as far as it was said', async () => {
    const counted = usage({ prompt_tokens: 40, completion_tokens: 2 });
    const give: Answer = (response) => giveEvents(response, [hello, counted, 'nonsense']);
    const { outcome } = await ask(give, { stream: true });
    expect([failureOf(outcome), outcome.costCents]).toEqual([
      'error llm-response-malformed never',
      42n,
    ]);
  });

  test('of an answer that broke off uncounted is charged by its bound', async () => {
    const give: Answer = (response) => giveEvents(response, [hello, 'nonsense']);
    const { outcome, asked } = await ask(give, { stream: true, max_tokens: 3 });
    expect(outcome.costCents).toBe(BigInt((asked[0]?.body.length ?? 0) + 3));
  });

  test('of an answer that was called off is charged as well', async () => {
    const counted = usage({ prompt_tokens: 40, completion_tokens: 2 });
    const give: Answer = (response) => giveEvents(response, [hello, counted]);
    const { outcome } = await ask(give, { stream: true, timeout_ns: 100_000_000 });
    expect([failureOf(outcome), outcome.costCents]).toEqual(['timeout llm-timeout never', 42n]);
  });

  test('of what a provider refuses is none', async () => {
    const { outcome } = await ask((response) => giveJson(response, {}, 400));
    expect([failureOf(outcome), outcome.costCents]).toEqual([
      'error llm-request-rejected never',
      0n,
    ]);
  });

  test.each([
    [[7, 3], 'llm-response-malformed', 10n],
    [[0, 0], 'llm-response-malformed', undefined],
  ])('of %j in an answer that is none is charged, %s', async (said, code, cents) => {
    const [prompt_tokens, completion_tokens] = said;
    const { outcome } = await ask((response) =>
      giveJson(response, usage({ prompt_tokens, completion_tokens })),
    );
    expect([failureOf(outcome), outcome.costCents]).toEqual([`error ${code} never`, cents]);
  });

  test('of an answer that never came is known to nobody', async () => {
    const { outcome } = await ask((response) => response.destroy());
    expect(failureOf(outcome)).toBe('error llm-connection-lost later');
    expect(outcome.costCents).toBeUndefined();
  });
});
