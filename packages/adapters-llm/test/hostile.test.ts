/** Providers that break off, stall, lie about what was used, or send what is no answer. */
import { EffectStage } from '@aos/protocol/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpProvider, ProtocolName } from '../src/index.js';
import {
  blobText,
  closeAdapters,
  failureOf,
  messageOf,
  openProvider,
  params2,
  receiptOf,
  startCall,
  tool,
  type Wishes,
} from './calls.js';
import {
  chatAnswer,
  chatChunk,
  closeServers,
  giveEvents,
  giveJson,
  startProvider,
} from './servers.js';

afterEach(async () => {
  await closeAdapters();
  await closeServers();
});

type Answer = Parameters<typeof startProvider>[0];

const prices = { 'm-1': { prompt: '1000000', completion: '1000000' } };
const once = { retries: { requests: 1 } };

async function ask(answer: Answer, wishes: Wishes = {}, more: Partial<HttpProvider> = {}) {
  const server = await startProvider(answer);
  const stage = new EffectStage();
  const adapter = openProvider({ baseUrl: server.baseUrl, prices, ...once, ...more });
  const outcome = await startCall(adapter, params2({ provider: 'it', ...wishes }), stage);
  return { outcome, stage, asked: server.asked };
}

const endOf = async (answer: Answer, wishes: Wishes = {}, more: Partial<HttpProvider> = {}) =>
  failureOf((await ask(answer, wishes, more)).outcome);

const hello = chatChunk({ content: 'Hello' });
const stop = chatChunk({}, 'stop');
const usage = (usage: unknown) => ({ id: 'chat-1', model: 'm-1', choices: [], usage });

describe('a stream', () => {
  const streamed = { stream: true };

  test('that stalls is a timeout, kept as far as it came', async () => {
    const bounds = { idleTimeoutMs: 60 };
    const give: Answer = (response) => giveEvents(response, [hello]);
    const { outcome, stage } = await ask(give, streamed, { bounds });
    expect(failureOf(outcome)).toBe('timeout llm-idle-timeout never');
    const [ref] = /sha256:[0-9a-f]{64}/.exec(messageOf(outcome)) ?? [];
    expect(blobText(stage, ref ?? '')).toContain('Hello');
  });

  test('that stalls before its first event is a timeout', async () => {
    const bounds = { idleTimeoutMs: 60 };
    const give: Answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
    };
    expect(await endOf(give, streamed, { bounds })).toBe('timeout llm-idle-timeout never');
  });

  test('that trickles for ever ends with the time of the call', async () => {
    const give: Answer = (response) => {
      giveEvents(response, [hello]);
      const timer = setInterval(() => response.write(`data: ${JSON.stringify(hello)}\n\n`), 10);
      response.on('close', () => clearInterval(timer));
    };
    const wishes = { ...streamed, timeout_ns: 150_000_000 };
    expect(await endOf(give, wishes)).toBe('timeout llm-timeout never');
  });

  test.each<[string, readonly unknown[]]>([
    ['before any event', []],
    ['before it says why', [hello]],
    ['inside an event', [hello, 'raw:data: {"choices":']],
    ['with nothing but comments', ['raw:: keep-alive\n\n']],
  ])('that ends %s is no answer', async (_, events) => {
    const give: Answer = (response) => {
      giveEvents(response, events);
      response.end();
    };
    expect(await endOf(give, streamed)).toMatch(
      /^error llm-response-(incomplete|malformed) never$/,
    );
  });

  test('that breaks off is incomplete', async () => {
    const give: Answer = (response) => {
      giveEvents(response, [hello]);
      setTimeout(() => response.socket?.resetAndDestroy(), 10);
    };
    expect(await endOf(give, streamed)).toBe('error llm-response-incomplete never');
  });

  test('that breaks off behind its end is an answer', async () => {
    const give: Answer = (response) => {
      giveEvents(response, [hello, stop, '[DONE]']);
      setTimeout(() => response.socket?.resetAndDestroy(), 10);
    };
    const { outcome } = await ask(give, streamed);
    expect(receiptOf(outcome)).toMatchObject({ text: 'Hello', finish: 'stop' });
  });

  test('that goes on behind its end is an answer, and is left', async () => {
    const give: Answer = (response) => giveEvents(response, [hello, stop, '[DONE]', hello]);
    const { outcome } = await ask(give, streamed);
    expect(receiptOf(outcome)).toMatchObject({ text: 'Hello', finish: 'stop' });
  });

  test('of more than the bound is refused', async () => {
    const give: Answer = (response) => {
      giveEvents(response, [hello]);
      const piece = `data: ${'x'.repeat(65_536)}`;
      const send = () => {
        while (response.writable && response.write(piece));
      };
      response.on('drain', send);
      send();
    };
    const bounds = { responseBytes: 1 << 20 };
    expect(await endOf(give, streamed, { bounds })).toBe('error llm-response-too-large never');
  });

  test.each<[string, unknown]>([
    ['no JSON', 'nonsense'],
    ['half of it', '{"choices":[{"delta":'],
  ])('with data that is %s is malformed', async (_, event) => {
    const give: Answer = (response) => giveEvents(response, [hello, event, stop, '[DONE]']);
    expect(await endOf(give, streamed)).toBe('error llm-response-malformed never');
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['a number', 7],
    ['a list', [1]],
    ['choices that are none', { choices: 'x' }],
    ['a choice that is none', { choices: [null] }],
    ['a delta that is none', { choices: [{ delta: 'x' }] }],
    ['content that is no text', { choices: [{ delta: { content: { a: 1 } } }] }],
    ['calls that are none', { choices: [{ delta: { tool_calls: [null, 'x'] } }] }],
    ['a prototype', '{"__proto__":{"x":1},"choices":[{"delta":{"constructor":1}}]}'],
  ])('survives %s', async (_, event) => {
    const give: Answer = (response) => {
      giveEvents(response, [hello, event === null ? 'null' : event, stop, '[DONE]']);
      response.end();
    };
    const { outcome } = await ask(give, streamed);
    expect(receiptOf(outcome)).toMatchObject({ text: 'Hello' });
  });

  test('with calls without end is malformed', async () => {
    const calls = Array.from({ length: 200 }, (_, index) => ({ index, id: `c${index}` }));
    const give: Answer = (response) => giveEvents(response, [chatChunk({ tool_calls: calls })]);
    expect(await endOf(give, streamed)).toBe('error llm-response-malformed never');
  });

  test('that fails before a word is tried again; after one it is not', async () => {
    const error = { error: { type: 'overloaded_error', message: 'Overloaded' } };
    const more = { retries: { requests: 2, firstMs: 1 } };
    const first: Answer = (response, turn) =>
      giveEvents(response, turn === 0 ? [error] : [hello, stop, '[DONE]']);
    const { outcome, asked } = await ask(first, streamed, more);
    expect([receiptOf(outcome).requests, asked.length]).toEqual([2, 2]);
    const late = await ask((response) => giveEvents(response, [hello, error]), streamed, more);
    expect(failureOf(late.outcome)).toBe('error llm-response-failed never');
    expect(late.asked).toHaveLength(1);
  });

  test('that is asked for and comes whole is read whole', async () => {
    const { outcome } = await ask((response) => giveJson(response, chatAnswer('Whole.')), streamed);
    expect(receiptOf(outcome).text).toBe('Whole.');
  });
});

describe('an answer', () => {
  test.each<[string, ProtocolName, unknown]>([
    ['no JSON', 'openai-chat', '<html>'],
    ['nothing', 'openai-chat', ''],
    ['null', 'openai-chat', 'null'],
    ['without choices', 'openai-chat', { usage: {} }],
    ['with empty choices', 'openai-chat', { choices: [] }],
    ['no JSON', 'openai-responses', '{'],
    ['without outputs', 'openai-responses', { status: 'completed' }],
    ['no JSON', 'anthropic-messages', 'x'],
    ['without contents', 'anthropic-messages', { type: 'message' }],
    [
      'of bottomless contents',
      'anthropic-messages',
      `{"content":[{"type":"thinking","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}]}`,
    ],
  ])('that is %s (%s) is malformed', async (_, protocol, body) => {
    const give: Answer = (response) => giveJson(response, body);
    expect(await endOf(give, {}, { protocol })).toBe('error llm-response-malformed never');
  });

  test('that says it failed has failed', async () => {
    const body = { status: 'failed', error: { code: 'weird', message: 'x' }, output: [] };
    const give: Answer = (response) => giveJson(response, body);
    const end = await endOf(give, {}, { protocol: 'openai-responses' });
    expect(end).toBe('error llm-response-failed never');
  });

  test('that never begins is a timeout', async () => {
    const bounds = { headersTimeoutMs: 60 };
    expect(await endOf(() => undefined, {}, { bounds })).toBe('timeout llm-headers-timeout never');
  });

  test.each([200, 400])('that is packed (%d) is not looked at', async (status) => {
    const give: Answer = (response) => {
      response.setHeader('content-encoding', 'gzip');
      giveJson(response, chatAnswer('echo'), status);
    };
    const { outcome, asked } = await ask(give);
    expect(failureOf(outcome)).toBe(
      status === 200 ? 'error llm-response-encoded never' : 'error llm-request-rejected never',
    );
    expect(messageOf(outcome)).not.toContain('echo');
    expect(asked[0]?.headers['accept-encoding']).toBe('identity');
  });

  test('that is a redirect is followed nowhere', async () => {
    const elsewhere = await startProvider((response) => giveJson(response, chatAnswer('x')));
    const give: Answer = (response) => {
      response.writeHead(307, { location: `${elsewhere.baseUrl}/chat/completions` }).end();
    };
    expect(await endOf(give)).toBe('error llm-response-unexpected never');
    expect(elsewhere.asked).toEqual([]);
  });

  test('with half of a character is read as a mark in its place', async () => {
    const body = `{"choices":[{"message":{"content":"a\\ud83d"},"finish_reason":"stop"}]}`;
    const { outcome } = await ask((response) => giveJson(response, body));
    expect(receiptOf(outcome).text).toBe('a\uFFFD');
  });

  test('with much text has it in a blob', async () => {
    const text = 'é'.repeat(5000);
    const give: Answer = (response) => giveJson(response, chatAnswer(text));
    const { outcome, stage } = await ask(give, {}, { bounds: { receiptBytes: 9_999 } });
    const receipt = receiptOf(outcome);
    expect(receipt.text).toBe(null);
    expect(blobText(stage, receipt.output_ref)).toBe(text);
  });

  test('with names of any length is cut to what names are', async () => {
    const long = 'n'.repeat(1_000_000);
    const more = { id: long, model: long };
    const { outcome } = await ask((response) => giveJson(response, chatAnswer('x', more)));
    const { model, response_id } = receiptOf(outcome);
    expect([model.length, response_id?.length]).toEqual([256, 256]);
  });
});

describe('a call of a tool', () => {
  const calling = (...written: readonly string[]) => {
    const calls = written.map((each, i) => {
      const [name = '', args = ''] = each.split('=');
      return { id: `c${i}`, type: 'function', function: { name, arguments: args } };
    });
    const message = { role: 'assistant', content: null, tool_calls: calls };
    return chatAnswer('', { choices: [{ message, finish_reason: 'tool_calls' }] });
  };
  const callsOf = async (...written: readonly string[]) => {
    const give: Answer = (response) => giveJson(response, calling(...written));
    const bounds = { receiptBytes: 1000 };
    const { outcome } = await ask(give, { tools: [tool('search')] }, { bounds });
    return receiptOf(outcome).tool_calls;
  };

  test.each([
    ['is sound', 'search={"q":1}', null],
    ['has integers of any size in 64 bits', 'search={"id":9007199254740993}', null],
    ['has no JSON', 'search={"q":', 'llm-arguments-invalid'],
    ['has nothing', 'search=', 'llm-arguments-invalid'],
    ['has no object', 'search=[1]', 'llm-arguments-invalid'],
    ['says a field twice', 'search={"q":1,"q":2}', 'llm-arguments-invalid'],
    ['is of a tool that nobody offered', 'rm={}', 'llm-tool-unknown'],
  ])('that %s says so', async (_, written, error) => {
    const [call] = await callsOf(written);
    expect(call).toMatchObject({ arguments: written.slice(written.indexOf('=') + 1), error });
  });

  test('with more than a receipt carries says so', async () => {
    const long = `search={"q":"${'x'.repeat(600)}"}`;
    const calls = await callsOf(long, long, 'search={}');
    expect(calls.map(({ error }) => error)).toEqual([null, 'llm-arguments-too-large', null]);
    expect(calls[1]?.arguments).toBe('');
  });
});

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
      undefined,
    ]);
  });
});
