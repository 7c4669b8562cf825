/**
 * Providers as a document of JSON, for composition roots that let their users write one.
 *
 * What it may say is what a provider of HTTP may be configured with, but for certificates; and
 * `{"protocol": "scripted"}`. Nothing is passed over: a field that nobody knows is refused, as it
 * may be a limit that somebody relies on. Keys have no place in it.
 */
import { type Result, refuse } from '@aos/canon';
import type { LlmProvider } from './options.js';
import { PROTOCOLS } from './protocols/protocol-table.js';
import { compilePrices } from './usage/price.js';

/** Says what is wrong with a value; undefined for a sound one. */
type Check = (value: unknown, at: string) => string | undefined;

const text: Check = (value, at) =>
  typeof value === 'string' && value !== '' ? undefined : `a text at ${at}`;

const natural: Check = (value, at) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : `a natural number at ${at}`;

const positive: Check = (value, at) =>
  natural(value, at) === undefined && value !== 0 ? undefined : `a number from 1 at ${at}`;

const texts: Check = (value, at) =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')
    ? undefined
    : `a list of texts at ${at}`;

const orNull =
  (check: Check): Check =>
  (value, at) =>
    value === null ? undefined : check(value, at);

const oneOf =
  (...words: readonly string[]): Check =>
  (value, at) =>
    words.includes(value as string) ? undefined : `${words.join(', ')} at ${at}`;

/** An object of these fields, any of which may be missing. */
const fields =
  (known: Readonly<Record<string, Check>>): Check =>
  (value, at) => {
    if (!isObject(value)) return `an object at ${at}`;
    for (const [name, each] of Object.entries(value)) {
      const check = Object.hasOwn(known, name) ? known[name] : undefined;
      if (check === undefined) return `no field but ${Object.keys(known).join(', ')} at ${at}`;
      const problem = check(each, `${at}/${name}`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };

const each =
  (check: Check): Check =>
  (value, at) => {
    if (!isObject(value)) return `an object at ${at}`;
    const problems = Object.entries(value).map(([name, item]) => check(item, `${at}/${name}`));
    return problems.find((problem) => problem !== undefined);
  };

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const key: Check = (value, at) =>
  isObject(value) ? fields({ aliases: texts })(value, at) : oneOf('none', 'required')(value, at);

const url: Check = (value, at) => {
  const isUrl = typeof value === 'string' && URL.canParse(value);
  const { protocol, username, password } = isUrl ? new URL(value) : new URL('none:');
  const isHttp = protocol === 'https:' || protocol === 'http:';
  return isHttp && username + password === ''
    ? undefined
    : `a URL of http or https without user information at ${at}`;
};

const prices: Check = (value, at) => {
  const price = { prompt: text, completion: text, cacheRead: text, cacheWrite: text };
  const problem = each(fields(price))(value, at);
  if (problem !== undefined) return problem;
  try {
    compilePrices(value as Parameters<typeof compilePrices>[0]);
    return undefined;
  } catch {
    return `prices as "7.5", of prompts and completions, at ${at}`;
  }
};

const COMMON = {
  key,
  prices,
  limits: fields({
    ...{ concurrent: positive, waiting: natural },
    ...{ requestsPerMinute: positive, tokensPerMinute: positive },
  }),
  retries: fields({ requests: positive, firstMs: natural, mostMs: natural }),
  bounds: fields({
    ...{ connectTimeoutMs: positive, headersTimeoutMs: positive, idleTimeoutMs: positive },
    ...{ totalTimeoutMs: positive, inputBytes: natural, responseBytes: natural },
    receiptBytes: natural,
  }),
  frames: fields({ bytes: natural, intervalMs: natural }),
};

const scripted = fields({ ...COMMON, protocol: oneOf('scripted') });
const served = fields({
  ...COMMON,
  protocol: oneOf(...Object.keys(PROTOCOLS)),
  baseUrl: url,
  models: each(text),
  headers: each(text),
  options: texts,
  idempotencyHeader: orNull(text),
  limitField: oneOf('max_tokens', 'max_completion_tokens'),
});

const provider: Check = (value, at) => {
  if (!isObject(value)) return `an object at ${at}`;
  if (value.protocol === 'scripted') return scripted(value, at);
  const problem = served(value, at) ?? oneOf(...Object.keys(PROTOCOLS))(value.protocol, at);
  return problem ?? (value.baseUrl === undefined ? `a URL at ${at}/baseUrl` : undefined);
};

/** Providers by name. Refusal: `llm-config-invalid`, with what was expected where. */
export function parseProviders(json: string): Result<Readonly<Record<string, LlmProvider>>> {
  const value = readJson(json);
  const problem = value === undefined ? 'JSON at providers' : each(provider)(value, 'providers');
  if (problem === undefined) return { ok: true, value: value as Record<string, LlmProvider> };
  return refuse('llm-config-invalid', '', `expected ${problem}, found something else`);
}

function readJson(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}
