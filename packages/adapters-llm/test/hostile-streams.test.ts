/** Streams that stall, break off, go on for ever, or are none. */
import { afterEach, describe, expect, test } from 'vitest';
import { blobText, closeAdapters, failureOf, framesOf, messageOf, receiptOf } from './calls.js';
import { type Answer, ask, endOf, hello, stop } from './hostile.js';
import { chatAnswer, chatChunk, closeServers, giveEvents, giveJson } from './servers.js';

afterEach(async () => {
  await closeAdapters();
  await closeServers();
});

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

  test.each(['end', 'reset', 'stall'] as const)(
    'that says why it ended and no more (%s) is an answer that nobody counted',
    async (after) => {
      const give: Answer = (response) => {
        giveEvents(response, [hello, stop]);
        if (after === 'end') response.end();
        if (after === 'reset') setTimeout(() => response.socket?.resetAndDestroy(), 10);
      };
      const { outcome } = await ask(give, streamed, { bounds: { idleTimeoutMs: 60 } });
      expect(receiptOf(outcome)).toMatchObject({
        ...{ text: 'Hello', finish: 'stop' },
        token_usage: { is_counted: false },
      });
    },
  );

  test('whose content comes in parts has the texts among them', async () => {
    const parts = [
      { type: 'thinking', thinking: [] },
      { type: 'text', text: 'Hello' },
    ];
    const events = [chatChunk({ content: parts }), stop, '[DONE]'];
    const { outcome } = await ask((response) => giveEvents(response, events), streamed);
    expect(receiptOf(outcome).text).toBe('Hello');
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

describe('a block of a streamed message', () => {
  const protocol = 'anthropic-messages';
  const start = (index: number, content_block: object) => ({
    ...{ type: 'content_block_start', index, content_block },
  });
  const piece = (index: number, text: string) => ({
    ...{ type: 'content_block_delta', index, delta: { type: 'text_delta', text } },
  });
  const end = [
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } },
    { type: 'message_stop' },
  ];

  test('that is no text says nothing, in frames as in the answer', async () => {
    const give: Answer = (response) => {
      const blocks = [start(0, { type: 'odd', text: 'a' }), piece(0, 'b')];
      const said = [start(1, { type: 'text', text: '' }), piece(1, 'heard')];
      giveEvents(response, [...blocks, ...said, ...end]);
      response.end();
    };
    const { outcome, stage } = await ask(give, { stream: true }, { protocol });
    expect(receiptOf(outcome).text).toBe('heard');
    const frames = framesOf(stage).map(({ text }) => text);
    expect(frames.join('')).toBe('heard');
  });

  test('that begins twice is malformed', async () => {
    const give: Answer = (response) => {
      const text = { type: 'text', text: '' };
      giveEvents(response, [start(0, text), piece(0, 'gone'), start(0, text), ...end]);
      response.end();
    };
    const outcome = endOf(give, { stream: true }, { protocol });
    expect(await outcome).toBe('error llm-response-malformed never');
  });
});
