/** Answers that are none, and calls of tools that cannot be carried out. */
import { afterEach, describe, expect, test } from 'vitest';
import type { ProtocolName } from '../src/index.js';
import { blobText, closeAdapters, failureOf, messageOf, receiptOf, tool } from './calls.js';
import { type Answer, ask, endOf } from './hostile.js';
import { chatAnswer, closeServers, giveJson, startProvider } from './servers.js';

afterEach(async () => {
  await closeAdapters();
  await closeServers();
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
