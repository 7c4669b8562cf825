/** Answers of language models in worlds: through the gate, in frames, in budgets, and replayed. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLlmAdapter, type LlmProvider, type Script } from '@aos/adapters-llm';
import { ok, utf8 } from '@aos/canon';
import { openTestWorld, type TestWorld } from '@aos/testing';
import { afterEach, describe, expect, test } from 'vitest';
import agent, { ask, lookUp, question } from './agent-world.js';

const KEY = 'sk-agent-4711-secret';
const prices = { small: { prompt: '10000', completion: '40000' } };
const secrets = { resolve: async () => ok(utf8(KEY)) };

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function openAgent(acme: LlmProvider): Promise<TestWorld> {
  const adapter = createLlmAdapter({ providers: { acme } });
  const world = await openTestWorld({
    definition: agent,
    adapters: [adapter],
    effects: { secrets },
  });
  closing.push(
    () => adapter.close(),
    () => world.close(),
  );
  return world;
}

/** Looks up what it is asked about, and then tells. */
const script: Script = ({ messages }) => {
  const last = messages.at(-1);
  const call = { name: 'look_up', arguments: '{"about":"worlds"}' };
  return last?.role === 'tool'
    ? { text: `It says: ${last.text}`, usage: { prompt: 500, completion: 80 } }
    : { toolCalls: [call], usage: { prompt: 300, completion: 50 } };
};

const scripted = (more: Partial<LlmProvider> = {}): LlmProvider =>
  ({ protocol: 'scripted', script, prices, key: { aliases: ['llm/acme'] }, ...more }) as never;

describe('a world that asks a model', () => {
  test('carries out the tool that the model calls, and tells it what came of it', async () => {
    const world = await openAgent(scripted());
    world.effects.on(lookUp, (call) => call.ok({ text: `found for ${call.params.arguments}` }));
    await world.send(question, { text: 'What are worlds?' });
    expect((await world.settle()).blockers).toEqual([]);
    const text = 'It says: found for {"about":"worlds"}';
    expect(world.plans(ask)).toMatchObject([{ status: 'ok', result: { text, cents: 9 } }]);
    expect(world.receipts('llm.generate').map(({ cents }) => cents)).toEqual([5n, 9n]);
  });

  test('has the answer in frames before it has the receipt', async () => {
    const world = await openAgent(scripted());
    world.effects.on(lookUp, (call) => call.ok({ text: 'nothing' }));
    await world.send(question, { text: 'What are worlds?' });
    await world.settle();
    const inputs = world.records().map(({ input }) => input.kind);
    expect(inputs.filter((kind) => kind === 'stream-frame').length).toBeGreaterThan(0);
  });

  test('is denied by its budget before the model is asked', async () => {
    let asked = 0;
    const costly: Script = () => {
      asked += 1;
      return { text: 'ok', usage: { prompt: 1000, completion: 1000 } };
    };
    const dear = { small: { prompt: '40000', completion: '40000' } };
    const world = await openAgent(scripted({ script: costly, prices: dear } as never));
    for (let i = 0; i < 3; i++) {
      await world.send(question, { text: `${i}` });
      await world.settle();
    }
    expect(asked).toBe(1);
    expect(world.plans(ask).map(({ status }) => status)).toEqual(['ok', 'error', 'error']);
  });
});

/** A provider that says the key of whoever asks, in one answer or in a stream. */
async function startEcho(): Promise<string> {
  const server = createServer((request, response) => {
    const said = `your key is ${request.headers.authorization}`;
    response.setHeader('content-type', 'text/event-stream');
    for (const piece of said.match(/.{1,7}/g) ?? []) {
      const choices = [{ index: 0, delta: { content: piece }, finish_reason: null }];
      response.write(`data: ${JSON.stringify({ choices })}\n\n`);
    }
    const choices = [{ index: 0, delta: {}, finish_reason: 'stop' }];
    response.end(`data: ${JSON.stringify({ choices })}\n\ndata: [DONE]\n\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

/** All of a value as text, bytes included. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value !== 'object' || value === null) return String(value);
  const parts = value instanceof Map ? [...value].flat() : Object.values(value);
  return parts.map(textOf).join('\n');
}

describe('a provider that says the key aloud', () => {
  test('fails the effect, and the key is nowhere in the journal', async () => {
    const baseUrl = await startEcho();
    const frames = { bytes: 16, intervalMs: 1000 };
    const world = await openAgent({ protocol: 'openai-chat', baseUrl, prices, frames });
    await world.send(question, { text: 'What is my key?' });
    await world.settle();
    expect(world.receipts('llm.generate')).toMatchObject([
      { status: 'error', error: { code: 'secret-echoed' } },
    ]);
    const told = textOf(world.records());
    expect(told).toContain('secret-echoed');
    expect(told).not.toContain(KEY);
  });
});
