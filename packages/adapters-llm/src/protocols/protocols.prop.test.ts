/** Whatever providers send is an answer or a failure with a code, never an error of ours. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LlmFailure } from '../failure.js';
import { parseTurn, printTurn } from '../prompt/turn.js';
import { wellFormed } from '../well-formed.js';
import type { ProtocolName } from './protocol.js';
import { PROTOCOLS } from './protocol-table.js';

const NAMES = Object.keys(PROTOCOLS) as ProtocolName[];

/** Keys that mean something somewhere. */
const KEYS = [
  ...['type', 'error', 'message', 'code', 'id', 'model', 'index', 'output_index', 'item', 'name'],
  ...['choices', 'delta', 'content', 'refusal', 'tool_calls', 'function', 'arguments', 'usage'],
  ...['finish_reason', 'stop_reason', 'prompt_tokens', 'completion_tokens', 'input_tokens'],
  ...['output_tokens', 'input_tokens_details', 'cached_tokens', 'content_block', 'partial_json'],
  ...['text', 'thinking', 'signature', 'citation', 'input', 'output', 'status', 'response'],
  ...['incomplete_details', 'reason', 'call_id', '__proto__', 'constructor'],
];
const TYPES = [
  ...['message', 'text', 'tool_use', 'thinking', 'output_text', 'function_call', 'function'],
  ...['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop'],
  ...['message_delta', 'message_stop', 'text_delta', 'input_json_delta', 'thinking_delta'],
  ...['signature_delta', 'citations_delta', 'ping', 'error', 'response.completed'],
  ...['response.output_item.added', 'response.output_text.delta', 'response.failed'],
  ...['response.function_call_arguments.delta', 'stop', 'length', 'end_turn', 'completed'],
];

const leaf = fc.oneof(
  fc.constantFrom<unknown>(...TYPES, null, true, 0, 1, -1, 1.5, 2 ** 40),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('json'), { maxKeys: 6 }),
  ),
}));

/** What it gives, or the code of its failure; anything else is thrown on. */
function outcomeOf<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    if (error instanceof LlmFailure) return error.code;
    throw error;
  }
}

describe.each(NAMES)('%s', (name) => {
  const protocol = PROTOCOLS[name];

  test('reads any JSON as an answer, or says why it is none', () => {
    fc.assert(
      fc.property(json, (value) => {
        const outcome = outcomeOf(() => protocol.read(JSON.stringify(value)));
        if (typeof outcome === 'string') return;
        expect(() => JSON.parse(outcome.native)).not.toThrow();
        const { text, toolCalls, native } = outcome;
        const turn = { protocol: name, text: wellFormed(text), toolCalls: [], native };
        expect(parseTurn(printTurn(turn))).toEqual(turn);
        expect(toolCalls.every((call) => typeof call.arguments === 'string')).toBe(true);
      }),
    );
  });

  test('takes any events as the stream of an answer, or says why they are none', () => {
    fc.assert(
      fc.property(fc.array(json, { maxLength: 8 }), (events) => {
        const stream = protocol.openStream();
        outcomeOf(() => {
          for (const event of events) stream.take({ event: '', data: JSON.stringify(event) });
          return stream.answer();
        });
        expect(stream.usage === undefined || stream.usage.prompt >= 0).toBe(true);
      }),
    );
  });
});
