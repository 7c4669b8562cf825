/** Both versions of the parameters, what they refuse, and the scripted provider. */
import { encode, toHashText } from '@aos/canon';
import { EffectStage } from '@aos/protocol/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import type { Script, ScriptReply } from '../src/index.js';
import {
  blobText,
  checkSchema,
  closeAdapters,
  failureOf,
  framesOf,
  literal,
  message,
  messageOf,
  openAdapter,
  params1,
  params2,
  plainOf,
  receiptOf,
  startCall,
  tool,
  type Wishes,
} from './calls.js';

afterEach(closeAdapters);

const scripted = (reply: ScriptReply | Script, more: object = {}) => {
  const script = typeof reply === 'function' ? reply : () => reply;
  return openAdapter({ providers: { scripted: { protocol: 'scripted', script, ...more } } });
};

const chat = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'What is a world?' },
];
const search = { name: 'search', description: 'x', parameters: { type: 'object' } };

describe('version 1', () => {
  const ask = async (document: unknown, wishes: Wishes = {}, adapter = openAdapter()) => {
    const stage = new EffectStage();
    const outcome = await startCall(adapter, params1(stage, document, wishes), stage);
    return { outcome, stage };
  };

  test('takes a chat and gives a text', async () => {
    const { outcome, stage } = await ask(chat);
    expect(checkSchema('sys/LlmGenerateReceipt@1', outcome.payload)).toBe(undefined);
    const receipt = plainOf(outcome.payload);
    expect(receipt).toMatchObject({ provider_id: 'scripted', cost_cents: 0 });
    expect(blobText(stage, String(receipt.output_ref))).toBe('What is a world?');
  });

  test.each<[string, unknown]>([
    ['no JSON', 'Hello'],
    ['no chat', '7'],
    ['without messages', []],
    ['with a message that is none', ['x']],
    ['with another role', [{ role: 'tool ', content: 'x' }]],
    ['with content that is none', [{ role: 'user', content: 7 }]],
    ['with a part that is none', [{ role: 'user', content: [{ type: 'video' }] }]],
    ['with fields that nobody reads', [{ role: 'user', content: 'x', name: 'me' }]],
    ['with calls of a user', [{ role: 'user', content: 'x', tool_calls: [] }]],
    ['with a result of no call', [{ role: 'tool', content: 'x' }]],
    ['with a result of a user', [{ role: 'user', content: 'x', tool_call_id: 'a' }]],
    ['with a model', { messages: chat, model: 'm-9' }],
    ['with a tool that is none', { messages: chat, tools: [{ name: 'a b', parameters: {} }] }],
    ['with a tool without parameters', { messages: chat, tools: [{ name: 'a' }] }],
    [
      'with arguments that are none',
      [
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'a', function: { name: 'f', arguments: '[' } }],
        },
      ],
    ],
  ])('refuses a chat %s', async (_, document) => {
    expect(failureOf((await ask(document)).outcome)).toBe('error llm-input-invalid never');
  });

  test('refuses a chat that is no text', async () => {
    const stage = new EffectStage();
    const ref = toHashText(stage.blobs.store(Uint8Array.of(0xff, 0xfe)));
    const params = params1(stage, chat, { input_ref: ref });
    expect(failureOf(await startCall(openAdapter(), params, stage))).toBe(
      'error llm-input-invalid never',
    );
  });

  test('refuses a chat that is too large', async () => {
    const adapter = scripted({ text: 'x' }, { bounds: { inputBytes: 100 } });
    const { outcome } = await ask([{ role: 'user', content: 'x'.repeat(100) }], {}, adapter);
    expect(failureOf(outcome)).toBe('error llm-input-too-large never');
  });

  test('offers the tools that it names, and gives the message with the calls', async () => {
    const offered: (readonly string[])[] = [];
    const adapter = scripted(({ tools }) => {
      offered.push(tools);
      return { toolCalls: [{ name: 'search', arguments: '{"q":1}' }] };
    });
    const document = { messages: chat, tools: [search, { ...search, name: 'rm' }] };
    const { outcome, stage } = await ask(document, { tools: ['search'] }, adapter);
    expect(offered).toEqual([['search']]);
    const output = JSON.parse(blobText(stage, String(plainOf(outcome.payload).output_ref)));
    expect(output.tool_calls).toEqual([
      { id: 'call_0', type: 'function', function: { name: 'search', arguments: '{"q":1}' } },
    ]);
    const results = [{ role: 'tool', tool_call_id: 'call_0', content: '3' }];
    const next = { messages: [...chat, output, ...results], tools: [search] };
    const again = await ask(next, { tools: ['search'] });
    expect(again.outcome.status).toBe('ok');
  });

  test('refuses tools that the chat does not have', async () => {
    const { outcome } = await ask(chat, { tools: ['search'] });
    expect(failureOf(outcome)).toBe('error llm-params-invalid never');
  });
});

describe('version 2', () => {
  const end = async (wishes: Wishes) => failureOf(await startCall(openAdapter(), params2(wishes)));
  const user = (...parts: Parameters<typeof message>[1][]) => [message('user', ...parts)];

  test.each<[string, Wishes]>([
    ['no messages', { messages: [] }],
    ['no tokens', { max_tokens: 0 }],
    ['another role', { messages: [message('tool', 'x')] }],
    ['a part that is none', { messages: user({ video: 'x' }) }],
    [
      'an image that is none',
      { messages: user({ image: { blob_ref: 'x', media_type: 'text/html' } }) },
    ],
    [
      'arguments that are none',
      { messages: user({ tool_call: { id: 'a', name: 'f', arguments: 'x' } }) },
    ],
    ['a tool twice', { tools: [tool('a'), tool('a')] }],
    ['a tool whose name is none', { tools: [tool('a b')] }],
    [
      'a tool whose parameters are none',
      { tools: [{ name: 'a', description: '', parameters: '[]' }] },
    ],
    ['a choice of no tool', { tool_choice: { $tag: 'tool', $value: 'a' } }],
    ['an output that is none', { output: { name: 'a', schema: '7' } }],
    ['options that are none', { options: '[]' }],
    ['a negative temperature', { temperature: '-1' }],
    ['a key that is none', { api_key: { $tag: 'secret', $value: 'x' } }],
  ])('refuses %s', async (_, wishes) => {
    expect(await end(wishes)).toBe('error llm-params-invalid never');
  });

  test.each([
    ...['model', 'messages', 'max_tokens', 'max_completion_tokens', 'tools', 'tool_choice'],
    ...['functions', 'temperature', 'stream', 'n', 'web_search_options', 'models', 'plugins'],
    ...['service_tier', 'store', 'response_format', '__proto__'],
  ])('lets no option say %s', async (name) => {
    expect(await end({ options: `{${JSON.stringify(name)}:1}` })).toBe(
      'error llm-params-invalid never',
    );
  });

  test.each<[string, Wishes, string]>([
    ['a provider that nobody configured', { provider: 'x' }, 'error llm-provider-unknown never'],
    [
      'a turn that is none',
      { messages: user({ turn_ref: `sha256:${'0'.repeat(64)}` }) },
      'error llm-input-missing never',
    ],
  ])('fails for %s', async (_, wishes, expected) => {
    expect(await end(wishes)).toBe(expected);
  });

  test.each([
    ...['x', '{}', '{"format":"aos/llm-turn/1"}'],
    '{"format":"aos/llm-turn/1","protocol":"p","text":"","tool_calls":[],"native":1,"native":[]}',
    '{"format":"aos/llm-turn/1","protocol":"p","text":"","tool_calls":[], "native":null}',
    '{"format":"aos/llm-turn/1","protocol":"p","text":"","tool_calls":[1],"native":null}',
  ])('takes no turn that was not made here: %s', async (text) => {
    const stage = new EffectStage();
    const ref = toHashText(stage.blobs.store(Buffer.from(text)));
    const params = params2({ messages: [message('assistant', { turn_ref: ref })] });
    expect(failureOf(await startCall(openAdapter(), params, stage))).toBe(
      'error llm-input-invalid never',
    );
  });

  test('refuses a model without a price, and asks nobody', async () => {
    let asked = 0;
    const prices = { 'm-2': { prompt: '1', completion: '1' } };
    const adapter = scripted(() => ({ text: `${asked++}` }), { prices });
    expect(failureOf(await startCall(adapter, params2()))).toBe('error llm-model-unpriced never');
    expect(asked).toBe(0);
  });

  test('refuses what might cost more than it may, and asks nobody', async () => {
    let asked = 0;
    const prices = { 'm-1': { prompt: '0', completion: '1000000' } };
    const adapter = scripted(() => ({ text: `${asked++}` }), { prices });
    const end = await startCall(adapter, params2({ max_tokens: 5, max_cost_cents: 4 }));
    expect([failureOf(end), asked]).toEqual(['error llm-cost-exceeded never', 0]);
    const sound = params2({ max_tokens: 5, max_cost_cents: 5 });
    expect((await startCall(adapter, sound)).status).toBe('ok');
  });

  test('takes texts from blobs', async () => {
    const stage = new EffectStage();
    const ref = toHashText(stage.blobs.store(Buffer.from('<html>A page.</html>')));
    const seen: unknown[] = [];
    const adapter = scripted(({ messages }) => {
      seen.push(messages);
      return { text: 'ok' };
    });
    const messages = [
      message('system', 'Summarize.'),
      message('user', 'Page: ', { text_ref: ref }),
    ];
    receiptOf(await startCall(adapter, params2({ messages }), stage));
    expect(seen).toEqual([
      [
        { role: 'system', text: 'Summarize.' },
        { role: 'user', text: 'Page: <html>A page.</html>' },
      ],
    ]);
  });

  test.each([false, true])('tells refusals apart (streamed: %s)', async (stream) => {
    const adapter = scripted({ refusal: 'I would rather not.' });
    const receipt = receiptOf(await startCall(adapter, params2({ stream })));
    expect([receipt.finish, receipt.text]).toEqual(['refusal', 'I would rather not.']);
  });

  test('is of either version by all of its fields', async () => {
    const none = encode({ provider: 'scripted', model: 'm-1' });
    const outcome = await startCall(openAdapter(), none);
    expect(failureOf(outcome)).toBe('error llm-params-invalid never');
    expect(messageOf(outcome)).toContain('sys/LlmGenerateParams@1 or @2');
  });
});

describe('the scripted provider', () => {
  const long = `A world is ${'very '.repeat(100)}small.`;

  test('needs no options and no key, and says the same to the same question', async () => {
    const ask = async (text: string) => {
      const stage = new EffectStage();
      const params = params2({ messages: [message('user', text)], api_key: literal('unused') });
      const receipt = receiptOf(await startCall(openAdapter(), params, stage));
      return { ...receipt, request: blobText(stage, receipt.request_ref) };
    };
    const [first, second, other] = [await ask(long), await ask(long), await ask(`${long}!`)];
    expect(first.text).toMatch(/^A world is (very )+ve… |^A world is .{109} … [0-9a-f]{8}$/);
    expect([second.text, second.request, second.response_ref]).toEqual([
      ...[first.text, first.request, first.response_ref],
    ]);
    expect(other.text).not.toBe(first.text);
    expect(first.token_usage).toMatchObject({
      completion: Math.ceil((first.text?.length ?? 0) / 4 + 0.5),
      is_counted: true,
    });
  });

  test('ends at the tokens that it may use', async () => {
    const receipt = receiptOf(await startCall(openAdapter(), params2({ max_tokens: 2 })));
    expect(receipt).toMatchObject({ finish: 'length', text: 'What is ' });
    expect(receipt.token_usage.completion).toBe(2);
  });

  test('gives JSON where JSON is asked for', async () => {
    const output = { name: 'answer', schema: '{"type":"object"}' };
    const receipt = receiptOf(await startCall(openAdapter(), params2({ output })));
    expect(JSON.parse(receipt.text ?? '')).toEqual({ text: 'What is a world?' });
  });

  test('streams what it says', async () => {
    const stage = new EffectStage();
    const messages = [message('user', long)];
    const params = params2({ stream: true, messages });
    const adapter = scripted({ text: long }, { frames: { bytes: 100 } });
    const receipt = receiptOf(await startCall(adapter, params, stage));
    const frames = framesOf(stage);
    expect(frames.length).toBeGreaterThan(1);
    expect(frames.map(({ text }) => text).join('')).toBe(receipt.text);
  });

  test('fails as it is told to', async () => {
    const error = { status: 429, code: 'rate_limit_exceeded', message: 'slow down' };
    const adapter = scripted({ error: { ...error, retryAfterSeconds: 3600 } });
    const outcome = await startCall(adapter, params2());
    expect(failureOf(outcome)).toBe('error llm-rate-limited later');
    expect(messageOf(outcome)).toContain('rate_limit_exceeded: slow down');
  });

  test('costs what its table says', async () => {
    const prices = { 'm-1': { prompt: '250000', completion: '1000000' } };
    const adapter = scripted({ text: 'x', usage: { prompt: 6, completion: 3 } }, { prices });
    const outcome = await startCall(adapter, params2());
    expect(receiptOf(outcome)).toMatchObject({ cost_cents: 5, cost_nanocents: 4_500_000_000 });
    expect(outcome.costCents).toBe(5n);
  });
});
