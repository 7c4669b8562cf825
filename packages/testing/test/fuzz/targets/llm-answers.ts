/**
 * Answers of servers of language models: whole ones, streams of events, errors, packed or not.
 *
 * The adapter answers with a receipt in its schema, or a failure with a code of its own, and the
 * same however the answer is cut. A receipt keeps the answer to the byte, costs what its tokens
 * cost, and says what the frames said. Of a whole chat the platform's JSON says the same text.
 */
import { createLlmAdapter } from '@aos/adapters-llm';
import { encode, type Value } from '@aos/canon';
import { EffectStage, stageCall } from '@aos/protocol/contracts';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { AnsweringServer } from '../answering-server.js';
import { once } from '../golden-life.js';
import { blobOf, type Fields, fieldsOf, receiptOf, schemaOf, told } from '../outcomes.js';
import { jsonTokens, texts } from '../tokens.js';

const PROTOCOLS = ['openai-chat', 'openai-responses', 'anthropic-messages'] as const;
const FORMS = ['json', 'events', 'events', 'packed'] as const;
const STATUSES = [200, 200, 200, 200, 400, 401, 429, 500, 529] as const;
const FLAGS = 3;
/** A cent for each token. */
const PRICES = { m: { prompt: '1000000', completion: '1000000' } };
const KEPT = /sha256:[0-9a-f]{64}/g;
const BOUNDS = { responseBytes: 3000, receiptBytes: 500 };

const receipts = once(() => schemaOf('sys/LlmGenerateReceipt@2'));
const frames = once(() => schemaOf('sys/LlmFrame@1'));
let server: Promise<AnsweringServer> | undefined;

const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
const chat = (content: string) => ({
  ...{ id: 'chat-1', model: 'm-today', usage },
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
});
const chunk = (delta: object, finish_reason: string | null = null) => ({
  ...{ id: 'chat-1', model: 'm-today', choices: [{ index: 0, delta, finish_reason }] },
});
const call = { index: 0, id: 'c', function: { name: 'look', arguments: '{"a":' } };
const text = { type: 'text', text: 'Hi' };
const events = (...all: readonly (readonly [string, object])[]) =>
  all.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('');
const data = (...all: readonly object[]) =>
  `${all.map((each) => `data: ${JSON.stringify(each)}\n\n`).join('')}data: [DONE]\n\n`;

/** By protocol and form; then the answer. */
const answers: readonly (readonly [number, number, string])[] = [
  [0, 0, JSON.stringify(chat('Hello \u00fc'))],
  [0, 0, JSON.stringify({ ...chat(''), choices: [{ message: { tool_calls: [call] } }] })],
  [0, 0, JSON.stringify({ error: { message: 'no', type: 't', code: 'rate_limit_exceeded' } })],
  [
    0,
    1,
    data(chunk({ content: 'Hel' }), chunk({ content: 'lo' }), { ...chunk({}, 'stop'), usage }),
  ],
  [0, 1, data(chunk({ tool_calls: [call] }), chunk({ content: 'x' }), chunk({}, 'tool_calls'))],
  [
    1,
    0,
    JSON.stringify({
      ...{ id: 'r', status: 'completed', usage: { input_tokens: 1, output_tokens: 2 } },
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hi' }] }],
    }),
  ],
  [
    1,
    1,
    events(
      ['response.output_text.delta', { type: 'response.output_text.delta', delta: 'Hi' }],
      [
        'response.completed',
        {
          type: 'response.completed',
          response: {
            ...{ id: 'r', status: 'completed', usage: { input_tokens: 1, output_tokens: 2 } },
            output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hi' }] }],
          },
        },
      ],
    ),
  ],
  [
    2,
    0,
    JSON.stringify({
      ...{ id: 'a', type: 'message', model: 'm', content: [text], stop_reason: 'end_turn' },
      usage: { input_tokens: 1, output_tokens: 2 },
    }),
  ],
  [
    2,
    1,
    events(
      [
        'message_start',
        {
          type: 'message_start',
          message: { id: 'a', model: 'm', usage: { input_tokens: 1, output_tokens: 1 } },
        },
      ],
      ['content_block_start', { type: 'content_block_start', index: 0, content_block: text }],
      [
        'content_block_delta',
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: ' there' } },
      ],
      ['content_block_stop', { type: 'content_block_stop', index: 0 }],
      [
        'message_delta',
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } },
      ],
      ['message_stop', { type: 'message_stop' }],
    ),
  ],
  [2, 1, events(['error', { type: 'error', error: { type: 'overloaded_error', message: 'x' } }])],
];

/** First the protocol, the form and the status, then how it is cut, then the body. */
export const target: FuzzTarget = {
  name: 'llm-answers',
  tokens: [
    ...jsonTokens,
    ...texts(
      ...[
        'data: ',
        'data:',
        'event: ',
        ': x\n',
        '\n\n',
        '\r\n\r\n',
        '\r',
        'data: [DONE]\n\n',
        '{}',
      ],
      ...['"choices":', '"delta":', '"content":', '"tool_calls":', '"finish_reason":', '"index":'],
      ...['"usage":', '"prompt_tokens":', '"completion_tokens":', '"input_tokens":', '"stop"'],
      ...['"output_tokens":', '"type":', '"error":', '"message":', '"function":', '"arguments":'],
      ...[
        '"cached_tokens":1',
        '"prompt_tokens_details":',
        '"cache_read_input_tokens":7',
        '"text":',
      ],
      ...['"length"', '"refusal":', '"end_turn"', '"thinking"', '"response.failed"', '1e21', '-5'],
      ...[
        '"message_stop"',
        '"message_delta"',
        '"content_block_delta"',
        '"partial_json":',
        '\u00fc',
      ],
    ),
  ],
  seeds: () =>
    answers.flatMap(([protocol, form, body]) =>
      [3, 0].map((cut) => Uint8Array.of(protocol + 3 * form, 0, cut, ...Buffer.from(body))),
    ),
  async run(bytes) {
    server ??= AnsweringServer.listen();
    const answering = await server;
    const [which = 0, status = 0, cut = 0] = bytes;
    const form = FORMS[Math.floor(which / 3) % FORMS.length] as string;
    const asked = {
      ...{ protocol: PROTOCOLS[which % 3] as (typeof PROTOCOLS)[number], form, answering },
      ...{ status: STATUSES[status % STATUSES.length] as number },
      body: Buffer.from(bytes.subarray(FLAGS)),
    };
    const whole = await ask(asked, 4096);
    const pieces = await ask(asked, 1 + cut);
    holds(whole === pieces, 'cuts change nothing', () => `${pieces} for ${whole}`);
  },
  async close() {
    const answering = await server;
    server = undefined;
    await answering?.close();
  },
};

interface Asked {
  readonly answering: AnsweringServer;
  readonly protocol: (typeof PROTOCOLS)[number];
  readonly form: string;
  readonly status: number;
  readonly body: Buffer;
}

/** What comes of a call, as a text; the answer comes in pieces of so many bytes. */
async function ask(asked: Asked, step: number): Promise<string> {
  const { answering, protocol, form } = asked;
  const baseUrl = `${answering.origin}/v1`;
  const retries = { requests: 1 };
  const adapter = createLlmAdapter({
    providers: { it: { protocol, baseUrl, key: 'none', retries, prices: PRICES, bounds: BOUNDS } },
  });
  answering.tell({ bytes: Buffer.concat([headOf(asked), asked.body]), step, after: 'ended' });
  const stage = new EffectStage();
  const params = paramsOf(form);
  try {
    const outcome = await adapter.start(stageCall({ effect: 'llm.generate', params }), stage);
    const receipt = receiptOf(outcome, receipts(), /^llm-/);
    if (receipt !== undefined) checkReceipt(receipt, stage, asked);
    for (const frame of stage.frames) {
      const normal = frames().normalizeCbor(frame);
      holds(normal.ok && normal.value === frame, 'a frame is canonical and in its schema');
    }
    // what a failure has kept ends where it was seen
    return outcome.status === 'ok' ? told(outcome) : told(outcome).replaceAll(KEPT, 'sha256:');
  } finally {
    await adapter.close();
    answering.hangUp();
  }
}

function headOf({ form, status, body }: Asked): Buffer {
  const type = form === 'events' ? 'text/event-stream' : 'application/json';
  const packed = form === 'packed' ? 'content-encoding: gzip\r\n' : '';
  const head = `HTTP/1.1 ${status} X\r\ncontent-type: ${type}\r\n${packed}`;
  return Buffer.from(`${head}content-length: ${body.length}\r\n\r\n`);
}

function paramsOf(form: string): Uint8Array {
  const question = { $tag: 'text', $value: 'What is a world?' };
  return encode({
    ...{ provider: 'it', model: 'm', temperature: null, max_tokens: 1000, max_cost_cents: null },
    messages: [{ role: { $tag: 'user', $value: null }, parts: [question] }],
    tools: [{ name: 'look', description: 'looks', parameters: '{"type":"object"}' }],
    ...{ tool_choice: null, output: null, options: null, timeout_ns: null, api_key: null },
    stream: form === 'events' ? true : null,
  });
}

function checkReceipt(receipt: Fields, stage: EffectStage, { protocol, form, body }: Asked): void {
  const kept = Buffer.from(blobOf(receipt.get('response_ref'), stage.blobs));
  holds(kept.equals(body), 'an answer is kept to the byte');
  for (const ref of ['output_ref', 'turn_ref', 'request_ref']) {
    blobOf(receipt.get(ref), stage.blobs);
  }
  const tokens = receipt.get('token_usage') as ReadonlyMap<Value, Value>;
  const used = BigInt(tokens.get('prompt') as bigint) + BigInt(tokens.get('completion') as bigint);
  const cents = BigInt(receipt.get('cost_cents') as bigint);
  holds(cents === used, 'a token costs a cent', () => `${cents} for ${used}`);
  const output = Buffer.from(blobOf(receipt.get('output_ref'), stage.blobs)).toString();
  const said = receipt.get('text');
  holds(said === null || said === output, 'the text is the output');
  // of responses that end with all of it, this is what counts
  if (protocol !== 'openai-responses' && stage.frames.length > 0) {
    // blocks may come by turns, and are put in order in the end
    const letters = (all: string) => [...all].sort().join('');
    const isSaid = letters(textOf(stage.frames)) === letters(output);
    holds(isSaid, 'frames say what the answer says', () => `${textOf(stage.frames)} for ${output}`);
  }
  if (form !== 'json' || protocol !== 'openai-chat') return;
  const theirs = chatText(body);
  holds(theirs === undefined || theirs === output, 'the platform reads the same text');
}

/** Frames begin anew where one says that it is the first. */
function textOf(payloads: readonly Uint8Array[]): string {
  return payloads.map(fieldsOf).reduce((text, frame) => {
    return `${frame.get('first') === true ? '' : text}${frame.get('text')}`;
  }, '');
}

/** The text of a chat that is nothing but a text. */
function chatText(body: Buffer): string | undefined {
  const { choices } = JSON.parse(body.toString('utf8')) as {
    readonly choices: readonly { readonly message?: { readonly [field: string]: unknown } }[];
  };
  const { content, refusal = null } = choices[0]?.message ?? {};
  return typeof content === 'string' && refusal === null ? `${Buffer.from(content)}` : undefined;
}
