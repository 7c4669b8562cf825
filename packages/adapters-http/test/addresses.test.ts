import { afterEach, describe, expect, test } from 'vitest';
import type { HttpAdapterOptions } from '../src/index.js';
import {
  closeAdapters,
  failureOf,
  Host,
  messageOf,
  openAdapter,
  params1,
  params2,
  receiptOf,
  startCall,
} from './calls.js';
import { closeServers, startServer, type TestServer } from './servers.js';

afterEach(async () => {
  await closeAdapters();
  await closeServers();
});

const start = (address?: string) => startServer((_, response) => response.end('x'), address);

/** Names with the answers that a name server gives one after the other. */
function resolver(names: Record<string, readonly (readonly string[])[]>) {
  const asked: string[] = [];
  const options: HttpAdapterOptions = {
    resolve: async (name) => {
      const nth = asked.filter((each) => each === name).length;
      asked.push(name);
      const answers = names[name] ?? [];
      return answers[Math.min(nth, answers.length - 1)] ?? [];
    },
  };
  return { asked, options };
}

const ask = (server: TestServer, host: string) => params1({ url: server.url('/', host) });

describe('an address', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['[::1]', '0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1'],
    ['[::ffff:127.0.0.1]', '0.0.0.0.0.0.0.0.0.0.255.255.127.0.0.1'],
    ['[::ffff:7f00:1]', '0.0.0.0.0.0.0.0.0.0.255.255.127.0.0.1'],
  ])('that stands in a URL as %s is asked about, and not connected to', async (host, bytes) => {
    const server = await start();
    const stage = new Host();
    stage.deniedAddresses = /./;
    const outcome = await startCall(openAdapter(), ask(server, host), stage);
    expect(failureOf(outcome)).toBe('error http-address-denied never');
    expect(messageOf(outcome)).toMatch(/address-not-allowed at grant web/);
    expect(stage.addresses).toEqual([bytes]);
    expect(server.connections).toBe(0);
  });

  test('that a name stands for is asked about, and not connected to', async () => {
    const server = await start();
    const { options } = resolver({ 'inner.test': [['127.0.0.1']] });
    const stage = new Host();
    stage.deniedAddresses = /^127\./;
    const outcome = await startCall(openAdapter(options), ask(server, 'inner.test'), stage);
    expect(failureOf(outcome)).toBe('error http-address-denied never');
    expect([stage.addresses, server.connections]).toEqual([['127.0.0.1'], 0]);
  });

  test('that is permitted is connected to, whatever the name means a moment later', async () => {
    const server = await start();
    const { asked, options } = resolver({ 'rebind.test': [['127.0.0.1'], ['127.0.0.9']] });
    const stage = new Host();
    const params = params2({ url: server.url('/', 'rebind.test') });
    const outcome = await startCall(openAdapter(options), params, stage);
    expect(receiptOf(outcome).address).toBe('127.0.0.1');
    expect([asked, stage.addresses]).toEqual([['rebind.test'], ['127.0.0.1']]);
  });

  test('of several is only taken where it is permitted', async () => {
    const server = await start();
    const { options } = resolver({ 'mixed.test': [['127.0.0.9', '127.0.0.1', '::1']] });
    const stage = new Host();
    stage.deniedAddresses = /^127\.0\.0\.9$|^0\.0/;
    const params = params2({ url: server.url('/', 'mixed.test') });
    const outcome = await startCall(openAdapter(options), params, stage);
    expect(receiptOf(outcome).address).toBe('127.0.0.1');
    expect(stage.addresses).toHaveLength(3);
  });

  test('that does not answer leads to the next one', async () => {
    const server = await start();
    const { options } = resolver({ 'two.test': [['127.0.0.9', '127.0.0.1']] });
    const params = params2({ url: server.url('/', 'two.test') });
    expect(receiptOf(await startCall(openAdapter(options), params)).address).toBe('127.0.0.1');
  });

  test.each([[[]], [['not an address']]])('that is none is no address: %j', async (found) => {
    const server = await start();
    const { options } = resolver({ 'none.test': [found] });
    const outcome = await startCall(openAdapter(options), ask(server, 'none.test'));
    expect(failureOf(outcome)).toBe('error http-name-unknown never');
  });

  test.each([
    ['ENOTFOUND', 'error http-name-unknown never'],
    ['EAI_AGAIN', 'error http-name-unresolved later'],
    ['EAI_FAIL', 'error http-name-unresolved later'],
  ])('that is not found with %s is %s', async (code, expected) => {
    const server = await start();
    const resolve = () => Promise.reject(Object.assign(new Error(code), { code }));
    const outcome = await startCall(openAdapter({ resolve }), ask(server, 'lost.test'));
    expect(failureOf(outcome)).toBe(expected);
  });
});

describe('the hosts file', () => {
  test('is asked where nothing else is said', async () => {
    const server = await start();
    const stage = new Host();
    stage.deniedAddresses = /^0\.0/;
    receiptOf(await startCall(openAdapter(), ask(server, 'localhost'), stage));
    expect(stage.addresses).toContain('127.0.0.1');
  });
});

describe('a kept connection', () => {
  test('is not taken by a call whose grant denies the address it leads to', async () => {
    const server = await start();
    const { options } = resolver({ 'inner.test': [['127.0.0.1']] });
    const adapter = openAdapter(options);
    receiptOf(await startCall(adapter, ask(server, 'inner.test')));
    const narrow = new Host();
    narrow.deniedAddresses = /^127\./;
    const outcome = await startCall(adapter, ask(server, 'inner.test'), narrow);
    expect(failureOf(outcome)).toBe('error http-address-denied never');
    receiptOf(await startCall(adapter, ask(server, 'inner.test')));
    expect(server.connections).toBe(1);
  });

  test('is not resolved again', async () => {
    const server = await start();
    const { asked, options } = resolver({ 'inner.test': [['127.0.0.1'], ['127.0.0.9']] });
    const adapter = openAdapter(options);
    for (let i = 0; i < 3; i++) receiptOf(await startCall(adapter, ask(server, 'inner.test')));
    expect(asked).toEqual(['inner.test']);
  });
});
