/** A language model that gives its key back, piece by piece, in the real adapter. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLlmAdapter } from '@aos/adapters-llm';
import { encode } from '@aos/canon';
import { stageCall } from '@aos/protocol/contracts';
import { expect, onTestFinished, test } from 'vitest';
import { openCanaryWorld, type Telling } from './canary-world.js';

const VALUE = 'sk-canary/7+Qz=9w.Xk2tR_longer';
const MODEL = { provider: 'it', model: 'm', temperature: null, max_tokens: 100 };
const NOTHING = { tools: null, tool_choice: null, output: null, options: null, timeout_ns: null };
const KEY = { $tag: 'secret', $value: { alias: 'canary/key', version: 1 } };
const USAGE = { prompt_tokens: 5, completion_tokens: 7 };

function streamPieces(response: ServerResponse, deltas: readonly object[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (fields: object) => response.write(`data: ${JSON.stringify(fields)}\n\n`);
  for (const delta of deltas) send({ id: 'x', choices: [{ index: 0, delta }] });
  send({ id: 'x', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: USAGE });
  response.end('data: [DONE]\n\n');
}

const called = (written: string) => {
  return { tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: written } }] };
};

const ECHOES: Readonly<Record<string, (response: ServerResponse, key: string) => void>> = {
  text: (response, key) => {
    const deltas = [...key].map((content) => ({ content }));
    streamPieces(response, deltas);
  },
  'all but the last letter': (response, key) => {
    const deltas = [...key.slice(0, -1)].map((content) => ({ content }));
    streamPieces(response, deltas);
  },
  arguments: (response, key) => streamPieces(response, [...key].map(called)),
  'an error that is cut': (response, key) => {
    const size = 64 * 1024 - key.length + 1;
    response.writeHead(400).end(`${'x'.repeat(size)}${key} and more`);
  },
};

test.each(Object.entries(ECHOES))('nothing is kept of an echo in %s', async (_, echo) => {
  const server = createServer((request, response) => {
    echo(response, `${request.headers.authorization}`.replace('Bearer ', ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const llm = createLlmAdapter({ providers: { it: { protocol: 'openai-chat', baseUrl } } });
  onTestFinished(() => llm.close());
  const asked = { role: { $tag: 'user', $value: null }, parts: [{ $tag: 'text', $value: 'hi' }] };
  const params = encode({
    ...{ ...MODEL, ...NOTHING, messages: [asked] },
    ...{ stream: true, api_key: KEY, max_cost_cents: null },
  });
  const telling: Telling = async (_value, context) => {
    return llm.start(stageCall({ effect: 'llm.generate', params }), context);
  };
  const world = await openCanaryWorld(VALUE, new Map([['llm', telling]]));
  await world.send('Wish', { what: '<llm>' });
  await world.host.untilQuiescent();
  expect(world.host.deadLetters).toHaveLength(1);
  expect(world.host.deadLetters[0]?.code).toMatch(/^(secret-echoed|llm-request-rejected)$/);
  for (const [path, bytes] of world.filesOf()) {
    expect(bytes.includes('data: {"id"'), path).toBe(false);
    expect(bytes.includes(VALUE.slice(0, 9)), path).toBe(false);
  }
});
