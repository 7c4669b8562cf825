import { describe, expect, test } from 'vitest';
import { createLlmAdapter } from './llm-adapter.js';
import { parseProviders } from './provider-config.js';

const parse = (value: unknown) =>
  parseProviders(typeof value === 'string' ? value : JSON.stringify(value));
const problemOf = (value: unknown) => {
  const read = parse(value);
  return read.ok ? undefined : `${read.refusal.code}: ${read.refusal.detail}`;
};

const acme = { protocol: 'openai-chat', baseUrl: 'https://api.example/v1' };
const whole = {
  ...acme,
  key: { aliases: ['llm/acme'] },
  prices: { small: { prompt: '15', completion: '60', cacheRead: '7.5', cacheWrite: '15' } },
  models: { small: 'm-1' },
  headers: { 'x-team': 'worlds' },
  options: ['top_k'],
  idempotencyHeader: null,
  limitField: 'max_tokens',
  limits: { concurrent: 2, waiting: 9, requestsPerMinute: 60, tokensPerMinute: 9000 },
  retries: { requests: 2, firstMs: 10, mostMs: 100 },
  bounds: { totalTimeoutMs: 1000, receiptBytes: 1000 },
  frames: { bytes: 1000, intervalMs: 100 },
};

describe('a document of providers', () => {
  test.each([[{}], [{ acme }], [{ acme: whole, other: { protocol: 'scripted', key: 'none' } }]])(
    'may be %j',
    async (document) => {
      const read = parse(document);
      expect(read).toEqual({ ok: true, value: document });
      if (read.ok) await createLlmAdapter({ providers: read.value }).close();
    },
  );

  test.each<[string, unknown, string]>([
    ['no JSON', '{', 'JSON'],
    ['a list', [], 'an object at providers'],
    ['a provider that is none', { a: 1 }, 'an object at providers/a'],
    ['no protocol', { a: { baseUrl: acme.baseUrl } }, 'openai-chat'],
    ['another protocol', { a: { ...acme, protocol: 'x' } }, 'openai-chat'],
    ['a protocol of objects', { a: { ...acme, protocol: 'constructor' } }, 'openai-chat'],
    ['no address', { a: { protocol: 'openai-chat' } }, 'a URL at providers/a/baseUrl'],
    ['another address', { a: { ...acme, baseUrl: 'ftp://x' } }, 'a URL of http'],
    ['a key in the address', { a: { ...acme, baseUrl: 'https://u:p@x' } }, 'a URL of http'],
    ['a key', { a: { ...acme, key: 'sk-123' } }, 'none, required at providers/a/key'],
    ['a field that nobody knows', { a: { ...acme, timeout: 5 } }, 'no field but'],
    ['a limit that nobody knows', { a: { ...acme, limits: { concurent: 5 } } }, 'no field but'],
    ['a limit that is none', { a: { ...acme, limits: { waiting: -1 } } }, 'a natural number'],
    [
      'a price that is none',
      { a: { ...acme, prices: { m: { prompt: '1e3', completion: '1' } } } },
      'prices as',
    ],
    ['half a price', { a: { ...acme, prices: { m: { prompt: '1' } } } }, 'prices as'],
    ['an address of a script', { a: { ...acme, protocol: 'scripted' } }, 'no field but'],
  ])('is refused with %s', (_, document, expected) => {
    expect(problemOf(document)).toMatch(/^llm-config-invalid: expected /);
    expect(problemOf(document)).toContain(expected);
  });
});
