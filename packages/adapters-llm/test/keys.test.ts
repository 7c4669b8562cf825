/** Keys: where they go, and where they never are. */
import { inspect } from 'node:util';
import { EffectStage } from '@aos/protocol/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpProvider, KeyRule, ProtocolName } from '../src/index.js';
import {
  blobText,
  closeAdapters,
  failureOf,
  literal,
  messageOf,
  openProvider,
  params2,
  receiptOf,
  secret,
  startCall,
} from './calls.js';
import { CERTIFICATE } from './certificate.js';
import {
  chatAnswer,
  closeServers,
  giveJson,
  startProvider,
  startSecureProvider,
} from './servers.js';

afterEach(async () => {
  await closeAdapters();
  await closeServers();
});

const KEY = 'sk-live-3f9a';

const ANSWERS: Readonly<Record<ProtocolName, object>> = {
  'openai-chat': chatAnswer('ok'),
  'openai-responses': { status: 'completed', output: [] },
  'anthropic-messages': { content: [], stop_reason: 'end_turn' },
};

async function ask(key: KeyRule, apiKey: unknown, protocol: ProtocolName = 'openai-chat') {
  const server = await startProvider((response) => giveJson(response, ANSWERS[protocol]));
  const stage = new EffectStage();
  stage.secrets.set({ alias: 'llm/key', version: 1 }, KEY);
  stage.secrets.set({ alias: 'llm/file', version: 1 }, `${KEY}\n`);
  const adapter = openProvider({ baseUrl: server.baseUrl, key, protocol });
  const params = params2({ provider: 'it', api_key: apiKey as never });
  return { stage, asked: server.asked, outcome: await startCall(adapter, params, stage) };
}

test('a model has the name that its provider gives it', async () => {
  const prices = { small: { prompt: '1', completion: '1' } };
  const server = await startProvider((response) => giveJson(response, ANSWERS['openai-chat']));
  const models = { small: 'model-of-today' };
  const adapter = openProvider({ baseUrl: server.baseUrl, models, prices });
  const { model } = receiptOf(
    await startCall(adapter, params2({ provider: 'it', model: 'small' })),
  );
  expect(JSON.parse(server.asked[0]?.body ?? '').model).toBe('model-of-today');
  expect(model).toBe('m-1-today');
});

describe('a provider over TLS', () => {
  const ask = async (tls: HttpProvider['tls']) => {
    const server = await startSecureProvider();
    const options = { baseUrl: server.baseUrl, key: 'required' as const, ...(tls && { tls }) };
    const params = params2({ provider: 'it', api_key: literal(KEY) });
    return { outcome: await startCall(openProvider(options), params), asked: server.asked };
  };

  test('is asked where its certificate is trusted', async () => {
    expect(receiptOf((await ask({ ca: CERTIFICATE })).outcome).text).toBe('in private');
  });

  test('hears no key where it is not', async () => {
    const { outcome, asked } = await ask(undefined);
    expect([failureOf(outcome), asked.length]).toEqual(['error llm-tls-failed never', 0]);
  });

  test('that speaks none hears no key', async () => {
    const server = await startProvider((response) => giveJson(response, chatAnswer('x')));
    const baseUrl = server.baseUrl.replace('http:', 'https:');
    const params = params2({ provider: 'it', api_key: literal(KEY) });
    const outcome = await startCall(openProvider({ baseUrl, key: 'required' }), params);
    expect([failureOf(outcome), server.asked.length]).toEqual(['error llm-tls-failed never', 0]);
  });
});

describe('a key', () => {
  test.each<[ProtocolName, string, string]>([
    ['openai-chat', 'authorization', `Bearer ${KEY}`],
    ['openai-responses', 'authorization', `Bearer ${KEY}`],
    ['anthropic-messages', 'x-api-key', KEY],
  ])('of %s goes into the header %s and nowhere else', async (protocol, header, value) => {
    const { asked, stage, outcome } = await ask('required', secret('llm/key'), protocol);
    const [request] = asked;
    expect(request?.headers[header]).toBe(value);
    const others = { ...request?.headers, [header]: '' };
    expect(JSON.stringify([others, request?.body, request?.path])).not.toContain(KEY);
    const receipt = receiptOf(outcome);
    const stored = [receipt.request_ref, receipt.response_ref, receipt.turn_ref].map((ref) =>
      blobText(stage, ref),
    );
    expect(stored[0]).toBe(request?.body);
    expect(`${stored}${inspect(receipt)}`).not.toContain(KEY);
  });

  test.each<[string, KeyRule, unknown, string]>([
    ['that is missing', 'required', null, 'error llm-key-missing never'],
    ['that nobody knows', 'required', secret('llm/other'), 'error secret-unavailable never'],
    ['with a line end', 'required', secret('llm/file'), 'error llm-key-malformed never'],
    ['with a blank', 'required', literal('a b'), 'error llm-key-malformed never'],
    ['that is empty', 'required', literal(''), 'error llm-key-malformed never'],
    [
      'for another provider',
      { aliases: ['a'] },
      secret('llm/key'),
      'error llm-key-not-accepted never',
    ],
    [
      'in clear where secrets are wanted',
      { aliases: ['a'] },
      literal(KEY),
      'error llm-key-not-accepted never',
    ],
  ])('%s is not sent', async (_, rule, apiKey, expected) => {
    const { outcome, asked } = await ask(rule, apiKey);
    expect([failureOf(outcome), asked.length]).toEqual([expected, 0]);
    expect(messageOf(outcome)).not.toContain(KEY);
  });

  test.each<[string, KeyRule, unknown, string | undefined]>([
    ['a literal where any will do', 'required', literal(KEY), `Bearer ${KEY}`],
    ['one of the aliases', { aliases: ['llm/key'] }, secret('llm/key'), `Bearer ${KEY}`],
    ['none where none is wanted', 'none', secret('llm/other'), undefined],
  ])('is %s', async (_, rule, apiKey, header) => {
    const { asked } = await ask(rule, apiKey);
    expect(asked[0]?.headers.authorization).toBe(header);
  });
});
