/** Answers of an independent fake provider, read by us and by the official clients. */

import { EffectStage } from '@aos/protocol/contracts';
import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProtocolName } from '../src/index.js';
import {
  blobText,
  closeAdapters,
  framesOf,
  literal,
  message,
  openProvider,
  params2,
  receiptOf,
  startCall,
  tool,
  type Wishes,
} from './calls.js';
import { readOfficially } from './official-clients.js';

const fake = new LLMock({ port: 0, chunkSize: 5 });

beforeAll(async () => {
  fake.onMessage('plain', { content: 'A world is a state and its journal.' });
  fake.onMessage('glyphs', { content: 'é漢字 👩‍👩‍👧 “quoted” \u0000 \\ {"json":1}\r\n\ttab' });
  fake.onMessage('call one', {
    toolCalls: [{ name: 'search', arguments: '{"query":"worlds","most":3}' }],
  });
  fake.onMessage('call two', {
    content: 'Let me look.',
    toolCalls: [
      { name: 'search', arguments: '{"query":"a"}' },
      { name: 'open', arguments: '{"path":"/b","lines":[1,2]}' },
    ],
  });
  fake.onMessage('think', { content: 'Forty-two.', reasoning: 'Let me think about it first.' });
  fake.onMessage('cut', { content: 'Once upon', finishReason: 'length' });
  fake.onMessage('counted', {
    content: 'Some words.',
    usage: { prompt_tokens: 1234, completion_tokens: 56, input_tokens: 1234, output_tokens: 56 },
  } as never);
  await fake.start();
});

afterAll(async () => {
  await closeAdapters();
  await fake.stop();
});

const PROTOCOLS: readonly (readonly [ProtocolName, string])[] = [
  ['openai-chat', '/v1'],
  ['openai-responses', '/v1'],
  ['anthropic-messages', ''],
];
const QUESTIONS = ['plain', 'glyphs', 'call one', 'call two', 'think', 'cut', 'counted'];

/** Our words for the reasons of providers. */
const FINISHES: Readonly<Record<string, string>> = {
  ...{ stop: 'stop', end_turn: 'stop', completed: 'stop' },
  ...{ length: 'length', max_tokens: 'length', incomplete: 'length' },
  ...{ tool_calls: 'tool-calls', tool_use: 'tool-calls' },
};

async function ask(protocol: ProtocolName, base: string, wishes: Wishes) {
  const stage = new EffectStage();
  const adapter = openProvider({ protocol, baseUrl: `${fake.url}${base}`, key: 'required' });
  const params = params2({ provider: 'it', api_key: literal('sk-test'), ...wishes });
  return { stage, receipt: receiptOf(await startCall(adapter, params, stage)) };
}

describe.each(PROTOCOLS)('an answer of %s', (protocol, base) => {
  describe.each([false, true])('(streamed: %s)', (isStream) => {
    test.each(QUESTIONS)('to "%s" is read as the official client reads it', async (question) => {
      const { stage, receipt } = await ask(protocol, base, {
        messages: [message('system', 'Be brief.'), message('user', question)],
        tools: [tool('search'), tool('open')],
        stream: isStream,
      });
      const bytes = blobText(stage, receipt.response_ref);
      const official = await readOfficially(protocol, bytes, isStream);
      const calls = receipt.tool_calls.map(({ id, name, arguments: written, error }) => {
        expect(error).toBe(null);
        const isObject = protocol === 'anthropic-messages';
        return { id, name, arguments: isObject ? JSON.parse(String(written)) : written };
      });
      const { text, finish, token_usage: usage } = receipt;
      const isCalling = calls.length > 0 && protocol === 'openai-responses';
      expect({
        ...{ text, toolCalls: calls, finish },
        ...{ prompt: usage.prompt, completion: usage.completion },
      }).toEqual({
        ...official,
        finish: isCalling ? 'tool-calls' : FINISHES[official.finish ?? ''],
      });
      expect(blobText(stage, receipt.output_ref)).toBe(text);
    });

    test.each(['glyphs', 'call two'])(
      'to "%s" comes in frames that say all of it',
      async (question) => {
        const { stage, receipt } = await ask(protocol, base, {
          messages: [message('user', question)],
          tools: [tool('search'), tool('open')],
          stream: isStream,
        });
        const frames = framesOf(stage);
        expect(frames.length > 0).toBe(isStream);
        if (!isStream) return;
        expect(frames.map(({ first }) => first)).toEqual(frames.map((_, i) => i === 0));
        expect(frames.map(({ text }) => text).join('')).toBe(receipt.text);
        const pieces = frames.flatMap((frame) => frame.tool_calls as readonly Piece[]);
        const places = [...new Set(pieces.map(({ index }) => index))];
        const joined = places.map((place) => {
          const own = pieces.filter(({ index }) => index === place);
          return own.map((each) => each.arguments).join('');
        });
        expect(joined).toEqual(receipt.tool_calls.map((call) => call.arguments));
      },
    );
  });

  test('goes on from a turn, as the fake sees it', async () => {
    const first = await ask(protocol, base, {
      messages: [message('user', 'call one')],
      tools: [tool('search')],
    });
    const [call] = first.receipt.tool_calls;
    const match = { toolCallId: String(call?.id) };
    fake.prependFixture({ match, response: { content: 'There are three worlds.' } });
    const stage = first.stage;
    const adapter = openProvider({ protocol, baseUrl: `${fake.url}${base}` });
    const turn = message('assistant', { turn_ref: first.receipt.turn_ref });
    const result = message('user', {
      tool_result: { id: String(call?.id), content: '3', is_error: false },
    });
    const messages = [message('user', 'call one'), turn, result];
    const params = params2({ provider: 'it', messages, tools: [tool('search')] });
    const receipt = receiptOf(await startCall(adapter, params, stage));
    expect(receipt.text).toBe('There are three worlds.');
  });
});

interface Piece {
  readonly index: number;
  readonly arguments: string;
}
