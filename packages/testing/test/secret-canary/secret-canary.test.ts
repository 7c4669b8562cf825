import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { encode, sha256, toHashText } from '@aos/canon';
import { failedOutcome, okOutcome } from '@aos/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { openCanaryWorld, type Telling } from './canary-world.js';
import { FORMS } from './echo-forms.js';

const VALUE = 'Bearer sk-canary/7+Qz=9w"Xk\\2&tR';
const BARE = VALUE.slice('Bearer '.length);
const PIECE_BYTES = 1 << 22;

async function* chunksOf(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

/** Whatever an echo is made of, by where it is in the answer. */
const PLACES: Readonly<Record<string, (response: ServerResponse, echo: string) => unknown>> = {
  body: (response, echo) => response.end(`{"you sent": "${echo}"}`),
  error: (response, echo) => response.writeHead(500).end(`cannot use ${echo}`),
  header: (response, echo) => {
    return response.writeHead(200, { 'x-echo': echo.replace(/[\r\n]+/g, ' ') }).end('fine');
  },
  split: async (response, echo) => {
    for (const letter of echo) {
      response.write(letter);
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  },
};

async function startServer() {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    seen.push(`${request.headers.authorization}`);
    const [, place = '', form = ''] = `${request.url}`.split('/');
    const echo = FORMS[form]?.(`${request.headers.authorization}`) ?? 'no echo';
    if (place === 'location') {
      response.writeHead(302, { location: `/fine?token=${encodeURIComponent(echo)}` }).end();
    } else if (place === 'large') {
      response.end(Buffer.concat([Buffer.alloc(PIECE_BYTES - 10, 'x'), Buffer.from(echo)]));
    } else await (PLACES[place] ?? PLACES.body)?.(response, echo);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { seen, at: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** What an adapter could do wrong, each of them once. */
const TELLINGS: Readonly<Record<string, Telling>> = {
  receipt: async (value) => okOutcome({ texts: ['a', value] }),
  'receipt-split': async (value) => okOutcome({ texts: [value.slice(0, 9), value.slice(9)] }),
  invalid: async (value) => okOutcome({ other: value }),
  code: async (value) => failedOutcome({ status: 'error', code: value, message: '' }),
  message: async (value) => {
    return failedOutcome({ status: 'error', code: 'e', message: `no ${value}`, retry: 'later' });
  },
  cost: async (value) => okOutcome({ texts: [value] }, 7n),
  frame: async (value, context) => {
    await context.emitFrame(encode({ delta: value })).catch(() => undefined);
    return okOutcome({ texts: [] });
  },
  'frame-split': async (value, context) => {
    const deltas = ['before ', value.slice(0, 12), value.slice(12, 20), value.slice(20)];
    for (const delta of deltas) await context.emitFrame(encode({ n: 1, delta })).catch(() => 0);
    return okOutcome({ texts: [] });
  },
  'frame-cut': async (value, context) => {
    await context.emitFrame(encode({ delta: `answer: ${value.slice(0, -1)}` }));
    return okOutcome({ texts: [] });
  },
  'frame-and-receipt': async (value, context) => {
    await context.emitFrame(encode({ delta: value.slice(0, 16) }));
    return okOutcome({ texts: [value.slice(16)] });
  },
  'frame-many': async (value, context) => {
    const emit = (a: string, b: string) => context.emitFrame(encode({ a, b })).catch(() => 0);
    await emit(value.slice(0, 28), '');
    for (let i = 0; i < 300; i += 1) await emit('', `x${i}`);
    await emit(value.slice(28), '');
    return okOutcome({ texts: [] });
  },
  'receipt-cut': async (value) => okOutcome({ texts: [value.slice(0, -1), 'more'] }),
  throw: async (value) => {
    throw Object.assign(new Error(`cannot send ${value}`), { request: { authorization: value } });
  },
  'throw-parts': async (value) => {
    throw Object.assign(new TypeError('cannot send'), { cause: { headers: [value] } });
  },
  blob: async (value, { blobs }) => {
    await blobs.put(chunksOf('before ', value.slice(0, 5), value.slice(5)), 1000).catch(() => 0);
    return okOutcome({ texts: [] });
  },
  'blob-cut': async (value, { blobs }) => {
    await blobs.put(chunksOf(`you sent ${value.slice(0, -1)}`), 1000).catch(() => 0);
    return okOutcome({ texts: [] });
  },
  'blob-cut-escaped': async (value, { blobs }) => {
    const escaped = FORMS['json-units']?.(value) ?? '';
    await blobs.put(chunksOf(escaped.slice(0, -3)), 1000).catch(() => 0);
    return okOutcome({ texts: [] });
  },
  'blob-read': async (value, { blobs, secrets }) => {
    const events = async function* () {
      for (const letter of value) {
        secrets.shows(letter, 'delta');
        yield Buffer.from(`data: {"piece":${JSON.stringify(letter)}}\n\n`);
      }
    };
    await blobs.put(events(), 10_000).catch(() => 0);
    return okOutcome({ texts: [] });
  },
};

/** What the world says of itself, through every verb that tells. */
async function toldBy({
  host,
  control,
  defects,
  observed,
}: Awaited<ReturnType<typeof openCanaryWorld>>) {
  const said: unknown[] = [host.deadLetters, defects, await host.untilQuiescent()];
  said.push(observed());
  const verbs = ['status', 'intents.list', 'effects.list', 'receipts.list', 'plans.list'] as const;
  for (const verb of verbs) said.push(await control.call(verb, {}));
  said.push(await control.call('trace', {}), await control.call('dead-letters.list', {}));
  for await (const item of control.stream('journal.tail', { from: 0, cbor: true })) said.push(item);
  return Buffer.concat([...partsOf(said)]);
}

/** Texts and bytes of a value of any kind, also of errors and of what hangs on them. */
function* partsOf(value: unknown): Generator<Buffer> {
  if (value instanceof Uint8Array) yield Buffer.from(value);
  else if (typeof value !== 'object' || value === null) yield Buffer.from(`${String(value)}\n`);
  else {
    if (value instanceof Error) yield* partsOf([value.name, value.message, value.stack]);
    const entries = value instanceof Map ? value : Object.entries(value);
    for (const [key, inner] of entries) {
      yield* partsOf(`${key}`);
      yield* partsOf(inner);
    }
    if (value instanceof Error && value.cause !== undefined) yield* partsOf(value.cause);
  }
}

const allForms = Object.values(FORMS).flatMap((form) => [form(VALUE), form(BARE)]);

/** Which forms stand in a text or in bytes. */
const showingsIn = (bytes: Buffer) => allForms.filter((form) => bytes.includes(form));

test('no form of a secret gets anywhere that the world keeps or tells', async () => {
  const { seen, at } = await startServer();
  const world = await openCanaryWorld(VALUE, new Map(Object.entries(TELLINGS)));
  const places = Object.keys(PLACES).flatMap((place) => {
    return Object.keys(FORMS).map((form) => `/${place}/${form}`);
  });
  const paths = [...places, '/location/plain', '/location/base64-url', '/large/plain', '/fine'];
  for (const path of paths) await world.send('Address', { url: `${at}${path}` });
  const tellings = Object.keys(TELLINGS);
  for (const what of tellings) await world.send('Wish', { what: `<${what}>` });
  await world.host.untilQuiescent();
  await world.host.snapshot();

  expect(new Set(seen)).toEqual(new Set([VALUE]));
  const { host } = world;
  const codes = new Map<string, number>();
  for (const { code } of host.deadLetters) codes.set(code, (codes.get(code) ?? 0) + 1);
  expect(Object.fromEntries(codes)).toEqual({
    'secret-echoed': paths.length - 1 + tellings.length - 2,
    'adapter-failed': 2,
  });
  expect(seen).toHaveLength(paths.length + 2);
  for (const [path, bytes] of world.filesOf()) {
    expect(showingsIn(bytes), path).toEqual([]);
    expect(bytes.includes('data: {"piece"'), path).toBe(false);
    for (const part of [BARE.slice(0, 5), BARE.slice(-5)]) {
      expect(bytes.includes(part), `${path}: ${part}`).toBe(false);
    }
  }
  expect(showingsIn(await toldBy(world))).toEqual([]);
});

test('what an echoing effect cost is charged all the same', async () => {
  const world = await openCanaryWorld(VALUE, new Map(Object.entries(TELLINGS)));
  await world.send('Wish', { what: '<cost>' });
  await world.host.untilQuiescent();
  const receipts = await world.control.call('receipts.list', {});
  expect(inspect(receipts, { depth: 9 })).toMatch(/cost_cents: 7/);
});

test('the same looks find what is there: a value that comes in as data', async () => {
  const world = await openCanaryWorld(VALUE, new Map());
  await world.send('Wish', { what: VALUE });
  await world.host.untilQuiescent();
  const found = world.filesOf().flatMap(([, bytes]) => showingsIn(bytes));
  expect(found).toContain(VALUE);
  expect(showingsIn(await toldBy(world))).not.toEqual([]);
});

test('a secret that cannot be resolved fails the effect, with the code of why', async () => {
  const { seen, at } = await startServer();
  const telling: Telling = async (_, { secrets }) => {
    const found = await secrets.resolve({ alias: 'canary/other', version: 1 });
    const code = found.ok ? 'found' : found.refusal.code;
    return failedOutcome({ status: 'error', code, message: '' });
  };
  const empty = await openCanaryWorld(undefined, new Map());
  await empty.send('Address', { url: `${at}/fine` });
  await empty.host.untilQuiescent();
  const world = await openCanaryWorld(VALUE, new Map([['other', telling]]));
  await world.send('Wish', { what: '<other>' });
  await world.host.untilQuiescent();
  const codes = [empty, world].flatMap(({ host }) => host.deadLetters.map(({ code }) => code));
  expect(codes).toEqual(['secret-unavailable', 'secret-not-referred']);
  expect(seen).toEqual([]);
});

test('frames that only begin as a secret does come in, if later than others', async () => {
  const deltas = ['a Bear', 'd', ' and a Bearer', ' of news, Bearer sk-ca'];
  const telling: Telling = async (_, context) => {
    for (const delta of deltas) await context.emitFrame(encode({ delta }));
    return okOutcome({ texts: [] });
  };
  const world = await openCanaryWorld(VALUE, new Map([['frames', telling]]));
  await world.send('Wish', { what: '<frames>' });
  await world.host.untilQuiescent();
  const told = await toldBy(world);
  for (const delta of deltas) expect(told.includes(Buffer.from(encode({ delta })))).toBe(true);
  expect(world.host.deadLetters).toEqual([]);
});

test('a vault that others can read, or that is damaged, fails effects by name', async () => {
  const { seen, at } = await startServer();
  const { host, send, vaultFile } = await openCanaryWorld(VALUE, new Map());
  chmodSync(vaultFile, 0o644);
  await send('Address', { url: `${at}/fine` });
  await host.untilQuiescent();
  chmodSync(vaultFile, 0o600);
  writeFileSync(vaultFile, readFileSync(vaultFile).subarray(1));
  await send('Address', { url: `${at}/fine` });
  await send('Sealed', { sealed_ref: toHashText(sha256(new Uint8Array())) });
  await host.untilQuiescent();
  expect(host.deadLetters.map(({ code }) => code).sort()).toEqual([
    'secret-file-shared',
    'vault-damaged',
    'vault-sealed-missing',
  ]);
  expect(seen).toEqual([]);
});
