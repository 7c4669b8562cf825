/** Storms of refusals, what providers ask for in them, and what is never sent twice. */
import { EffectStage } from '@aos/protocol/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpProvider } from '../src/index.js';
import {
  blobText,
  closeAdapters,
  failureOf,
  messageOf,
  openAdapter,
  openProvider,
  params2,
  receiptOf,
  startCall,
} from './calls.js';
import { chatAnswer, closeServers, giveJson, startProvider } from './servers.js';

afterEach(async () => {
  await closeAdapters();
  await closeServers();
});

type Headers = Readonly<Record<string, string>>;

/** A provider that refuses some requests first. */
function refusing(status: number, times: number, headers: Headers = {}) {
  return startProvider((response, turn) => {
    if (turn >= times) return giveJson(response, chatAnswer('At last.'));
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    giveJson(response, { error: { message: `no ${turn}` } }, status);
  });
}

const ask = (wishes = {}) => params2({ provider: 'it', ...wishes });

describe('a refusal', () => {
  test.each([429, 500, 502, 503, 504, 529, 408, 409])(
    'of %d is asked again, with the same bytes and the same key',
    async (status) => {
      const server = await refusing(status, 2);
      const outcome = await startCall(openProvider({ baseUrl: server.baseUrl }), ask());
      expect(receiptOf(outcome)).toMatchObject({ text: 'At last.', requests: 3 });
      expect(new Set(server.asked.map(({ body }) => body)).size).toBe(1);
      expect(new Set(server.asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    },
  );

  test.each([
    [400, 'error llm-request-rejected never'],
    [401, 'error llm-key-rejected never'],
    [402, 'error llm-quota-exhausted never'],
    [413, 'error llm-context-exceeded never'],
  ])('of %d is final', async (status, expected) => {
    const server = await refusing(status, 9);
    const outcome = await startCall(openProvider({ baseUrl: server.baseUrl }), ask());
    expect([failureOf(outcome), server.asked.length]).toEqual([expected, 1]);
  });

  test.each([
    [429, 'error llm-rate-limited later'],
    [500, 'error llm-provider-failed later'],
    [529, 'error llm-overloaded later'],
  ])('of %d without end is left to the host, with what was said', async (status, expected) => {
    const server = await refusing(status, 9);
    const stage = new EffectStage();
    const outcome = await startCall(openProvider({ baseUrl: server.baseUrl }), ask(), stage);
    expect([failureOf(outcome), server.asked.length]).toEqual([expected, 3]);
    const [ref] = /sha256:[0-9a-f]{64}/.exec(messageOf(outcome)) ?? [];
    expect(blobText(stage, ref ?? '')).toBe('{"error":{"message":"no 2"}}');
  });
});

describe('a provider', () => {
  const retries = { requests: 3, firstMs: 60_000, mostMs: 60_000 };

  test.each<[string, Headers]>([
    ['milliseconds', { 'retry-after-ms': '5' }],
    ['seconds', { 'retry-after': '0' }],
    ['a fraction of a second', { 'retry-after': '0.005' }],
    ['a time that has passed', { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }],
  ])('that says how long in %s is asked again then', async (_, headers) => {
    const server = await refusing(429, 1, headers);
    const adapter = openProvider({ baseUrl: server.baseUrl, retries });
    expect(receiptOf(await startCall(adapter, ask())).requests).toBe(2);
  });

  test('that asks for more time than a start has is left to the host at once', async () => {
    const server = await refusing(429, 1, { 'retry-after': '3600' });
    const adapter = openProvider({ baseUrl: server.baseUrl, retries });
    const outcome = await startCall(adapter, ask());
    expect([failureOf(outcome), server.asked.length]).toEqual(['error llm-rate-limited later', 1]);
  });

  test('that asks for time beyond the deadline is left to the host at once', async () => {
    const server = await refusing(429, 1, { 'retry-after': '20' });
    const adapter = openProvider({ baseUrl: server.baseUrl, retries });
    const stage = new EffectStage();
    const deadlineNs = stage.clock.logicalNowNs() + 10_000_000_000n;
    const outcome = await startCall(adapter, ask(), stage, { deadlineNs });
    expect([failureOf(outcome), server.asked.length]).toEqual(['error llm-rate-limited later', 1]);
  });

  test('that cannot be reached is left to the host', async () => {
    const adapter = openProvider({ baseUrl: 'http://127.0.0.1:1/v1' });
    expect(failureOf(await startCall(adapter, ask()))).toBe('error llm-connect-failed later');
  });

  test('that hangs up is asked again', async () => {
    const server = await startProvider((response, turn) => {
      if (turn === 0) response.socket?.resetAndDestroy();
      else giveJson(response, chatAnswer('Back.'));
    });
    const outcome = await startCall(openProvider({ baseUrl: server.baseUrl }), ask());
    expect(receiptOf(outcome)).toMatchObject({ text: 'Back.', requests: 2 });
  });

  test('that has answered is never asked again, whatever became of the answer', async () => {
    const server = await startProvider((response) => giveJson(response, 'nonsense'));
    const outcome = await startCall(openProvider({ baseUrl: server.baseUrl }), ask());
    expect([failureOf(outcome), server.asked.length]).toEqual([
      'error llm-response-malformed never',
      1,
    ]);
  });
});

describe('calls of one provider', () => {
  async function crowd(count: number, more: Partial<HttpProvider>) {
    let running = 0;
    let most = 0;
    const server = await startProvider((response) => {
      running += 1;
      most = Math.max(most, running);
      setTimeout(() => {
        running -= 1;
        giveJson(response, chatAnswer('ok'));
      }, 5);
    });
    const adapter = openProvider({ baseUrl: server.baseUrl, ...more });
    const starts = Array.from({ length: count }, (_, i) => {
      return startCall(adapter, ask(), new EffectStage(), { intent: `${i}` });
    });
    return { outcomes: await Promise.all(starts), most };
  }

  test('run so many at once', async () => {
    const { outcomes, most } = await crowd(12, { limits: { concurrent: 3 } });
    expect([outcomes.every(({ status }) => status === 'ok'), most]).toEqual([true, 3]);
  });

  test('beyond those that may wait are left to the host', async () => {
    const { outcomes } = await crowd(6, { limits: { concurrent: 1, waiting: 2 } });
    const ends = outcomes.map((each) => (each.status === 'ok' ? 'ok' : failureOf(each)));
    expect(ends.filter((end) => end === 'error llm-busy later')).toHaveLength(3);
    expect(ends.filter((end) => end === 'ok')).toHaveLength(3);
  });

  test('do not wait for those of another', async () => {
    const slow = await startProvider(() => undefined);
    const fast = await startProvider((response) => giveJson(response, chatAnswer('ok')));
    const common = { protocol: 'openai-chat', key: 'none', limits: { concurrent: 1 } } as const;
    const adapter = openAdapter({
      providers: {
        slow: { ...common, baseUrl: slow.baseUrl },
        fast: { ...common, baseUrl: fast.baseUrl },
      },
    });
    const stage = new EffectStage();
    const waiting = startCall(adapter, params2({ provider: 'slow' }), stage);
    expect(receiptOf(await startCall(adapter, params2({ provider: 'fast' }))).text).toBe('ok');
    stage.cancel.cancel();
    expect(failureOf(await waiting)).toBe('cancelled llm-cancelled never');
  });
});
