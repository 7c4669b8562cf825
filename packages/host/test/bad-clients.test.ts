import { connectWorld, readControlFile, type WorldClient } from '@aos/client';
import type { PlainRecord, PlainValue } from '@aos/protocol';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LooseClient, makeWorld, type StartedDaemon, startDaemon } from './daemon-stage.js';

let directory: string;
let started: StartedDaemon;
let witness: WorldClient;

beforeAll(async () => {
  ({ directory } = await makeWorld());
  started = await startDaemon([directory]);
  witness = await connectWorld(directory);
});

afterAll(async () => {
  await witness.close();
  await started.daemon.close();
});

const add = (by: number) => ({ schema: 't/Add@1', value: { by } });
const request = (id: number, verb: string, args: PlainValue) => ({
  type: 'request',
  id,
  verb,
  args,
});

/** Whatever a client did: others are served, and no defect was met. */
afterEach(async () => {
  const sent = await witness.call('event.send', add(1));
  expect(sent.ok).toBe(true);
  expect(started.events.map(({ kind }) => kind)).toEqual(['opened']);
});

const responses = ({ heard }: LooseClient) => heard.filter(({ type }) => type === 'response');
const stranger = () => LooseClient.open(readControlFile(directory));
const greeted = () => LooseClient.greeted(directory);

describe('a stranger', () => {
  const cases: readonly (readonly [what: string, code: string, change: object])[] = [
    ['with a wrong token', 'control-token', { token: 'x' }],
    ['with the token of another length', 'control-token', { token: 'a'.repeat(64) }],
    ['of another version', 'control-version', { v: 2 }],
    ['who means another world', 'control-world', { world: `sha256:${'0'.repeat(64)}` }],
    ['with a hello of more', 'control-message', { more: 1 }],
    ['who asks before the hello', 'control-hello', { type: 'cancel', id: 1 }],
  ];
  it.each(cases)('%s is told so and sent away', async (_, code, change) => {
    for (const framing of ['pack', 'json'] as const) {
      const client = await stranger();
      const { token, world } = readControlFile(directory);
      const hello: PlainRecord = { type: 'hello', v: 1, token, world, ...change };
      const isOther = hello.type !== 'hello';
      client.say(isOther ? { type: 'cancel', id: 1 } : hello, framing);
      expect(await client.farewell()).toBe(code);
    }
  });

  it('who announces much is sent away before it comes', async () => {
    for (const bytes of [
      [0xff, 0xff, 0xff, 0xff],
      [0, 1, 0, 0],
    ]) {
      const client = await stranger();
      client.socket.write(Buffer.from(bytes));
      expect(await client.farewell()).toBe('control-too-large');
    }
    const endless = await stranger();
    endless.socket.write(Buffer.alloc(5000, 0x7b));
    expect(await endless.farewell()).toBe('control-too-large');
  });

  it('who goes at once, or in the middle of a hello, leaves nothing', async () => {
    const { token, world } = readControlFile(directory);
    const whole = (await stranger()).bytesOf({ type: 'hello', v: 1, token, world });
    for (const sizeBytes of [0, 1, 4, 20, whole.length - 1]) {
      const client = await stranger();
      client.socket.end(whole.subarray(0, sizeBytes));
      await client.farewell();
    }
  });
});

describe('a client', () => {
  it('that sends half a message and goes leaves nothing', async () => {
    const client = await greeted();
    const whole = client.bytesOf(request(1, 'event.send', add(1000)));
    client.socket.end(whole.subarray(0, whole.length >> 1));
    await client.farewell();
    expect(client.heard).toEqual([]);
  });

  it('that sends garbage is told so and sent away', async () => {
    const client = await greeted();
    client.socket.write(Buffer.from([0, 0, 0, 2, 0xc1, 0xc1]));
    expect(await client.farewell()).toBe('control-frame');
    const other = await greeted();
    other.socket.write(Buffer.from([1, 0, 0, 1]));
    expect(await other.farewell()).toBe('control-too-large');
    const third = await greeted();
    third.say({ type: 'request', id: -1, verb: 'status' });
    expect(await third.farewell()).toBe('control-message');
  });

  it('that uses an id twice is sent away', async () => {
    const client = await greeted();
    client.say(request(1, 'quiesce', { timeout_ms: 60_000, timers: 'wait' }));
    client.say(request(1, 'journal.tail', { from: 1_000_000, follow: true }));
    client.say(request(1, 'journal.tail', { from: 1_000_000, follow: true }));
    expect(await client.farewell()).toBe('control-message');
  });

  it('that asks for what is not there is answered', async () => {
    const client = await greeted();
    client.say(request(1, 'no.such.verb', {}));
    client.say(request(2, '__proto__', {}));
    client.say(request(3, 'state.get', { reducer: 't/Sum@1', more: 1 }));
    client.say({ type: 'pull', id: 77, count: 5 });
    client.say({ type: 'cancel', id: 78 });
    client.say(request(4, 'journal.head', {}));
    await client.until((each) => responses(each).length === 4);
    const codes = responses(client).map(({ error }) => (error as PlainRecord | undefined)?.code);
    expect(codes).toEqual(['control-verb', 'control-verb', 'control-args', undefined]);
    client.socket.destroy();
  });

  it('that closes its side still gets its answers, line by line', async () => {
    const { token, world } = readControlFile(directory);
    const client = await stranger();
    const hello = JSON.stringify({ type: 'hello', v: 1, token, world });
    const asked = JSON.stringify(request(1, 'event.send', add(0)));
    client.socket.end(`${hello}\n${asked}\n`);
    let text = '';
    client.socket.removeAllListeners('data');
    client.socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    await client.until(({ isClosed }) => isClosed);
    const [welcome, response] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect([welcome.type, response.ok, response.result.wait]).toEqual(['welcome', true, 'durable']);
  });

  it('that sends 10,000 events at once gets 10,000 answers', async () => {
    const client = await greeted();
    const many = Array.from({ length: 10_000 }, (_, id) => {
      return client.bytesOf(request(id, 'event.send', add(0)));
    });
    client.socket.write(Buffer.concat(many));
    await client.until((each) => each.heard.length === 10_000);
    const answered = responses(client);
    expect(answered.every(({ ok }) => ok === true)).toBe(true);
    expect(new Set(answered.map(({ id }) => id)).size).toBe(10_000);
    client.socket.destroy();
  });

  it('that vanishes with requests and streams open takes its streams along', async () => {
    const client = await greeted();
    for (let id = 0; id < 500; id++) client.say(request(id, 'event.send', add(0)));
    client.say(request(900, 'journal.tail', { from: 0, follow: true }));
    client.say(request(901, 'journal.tail', { from: 1_000_000, follow: true }));
    await client.until(({ heard }) => heard.length > 0);
    client.socket.destroy();
    await client.farewell();
  });

  it('gets no more of a stream than it asked for', async () => {
    const client = await greeted();
    await Promise.all(Array.from({ length: 20 }, () => witness.call('event.send', add(0))));
    client.say({ ...request(1, 'journal.tail', { from: 0, count: 12 }), credit: 3 });
    await client.until(({ heard }) => heard.length === 3);
    client.say(request(2, 'journal.head', {}));
    await client.until(({ heard }) => heard.length === 4);
    expect(client.heard.at(-1)?.type).toBe('response');
    client.say({ type: 'pull', id: 1, count: 4 });
    await client.until(({ heard }) => heard.length === 8);
    client.say({ type: 'cancel', id: 1 });
    await client.until(({ heard }) => heard.length === 9);
    expect(client.heard.at(-1)).toEqual({ type: 'end', id: 1, error: null });
    client.socket.destroy();
  });

  it('that does not read is not read from, and holds up nobody', async () => {
    const put = await witness.call('blob.put', { bytes: new Uint8Array(1 << 22) });
    const hash = put.ok ? put.value.hash : '';
    const client = await greeted();
    client.socket.pause();
    const before = process.memoryUsage().arrayBuffers;
    for (let id = 0; id < 400; id++) client.say(request(id, 'blob.get', { hash }));
    for (let i = 0; i < 50; i++) await witness.call('event.send', add(0));
    // 400 answers of 1 MiB: those that were begun may be there, and no more
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 2 ** 20);
    client.socket.destroy();
    await client.farewell();
  });

  it('that opens more streams and waits than it may is told so, and served otherwise', async () => {
    const client = await greeted();
    for (let id = 0; id < 40; id++) {
      client.say(request(id, 'journal.tail', { from: 1_000_000, follow: true }));
    }
    for (let id = 100; id < 1130; id++) {
      client.say(request(id, 'state.get', { reducer: 't/Sum@1', at: 'at_least:1000000' }));
    }
    client.say(request(99, 'journal.head', {}));
    client.say({ type: 'cancel', id: 100 });
    client.say({ type: 'cancel', id: 0 });
    await client.until(({ heard }) => heard.length === 8 + 6 + 3);
    const codes = client.heard.map(({ id, error }) => {
      return [id, (error as PlainRecord | null | undefined)?.code];
    });
    expect(codes.filter(([, code]) => code === 'control-waits')).toHaveLength(14);
    expect(codes).toContainEqual([99, undefined]);
    expect(codes).toContainEqual([100, 'record-awaited']);
    expect(codes).toContainEqual([0, undefined]);
    client.socket.destroy();
    await client.farewell();
  });

  it('beyond as many as there may be is turned away', async () => {
    const clients = await Promise.all(Array.from({ length: 127 }, () => stranger()));
    expect(await (await stranger()).farewell()).toBe('control-busy');
    for (const each of clients) each.socket.destroy();
    await Promise.all(clients.map((each) => each.farewell()));
  });
});

describe('any bytes', () => {
  it('end in an answer or a goodbye, whatever they are', async () => {
    const { token, world } = readControlFile(directory);
    const isHello = fc.constantFrom('pack' as const, 'json' as const, 'none' as const);
    const body = fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), known()), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(isHello, body, async (hello, parts) => {
        const client = await stranger();
        if (hello !== 'none') client.say({ type: 'hello', v: 1, token, world }, hello);
        for (const part of parts) {
          if (part instanceof Uint8Array) client.socket.write(part);
          else client.say(part, hello === 'json' ? 'json' : 'pack');
        }
        client.socket.end();
        await client.until(({ isClosed }) => isClosed);
      }),
      { numRuns: 100 },
    );
  });
});

/** Messages that are nearly right. */
function known(): fc.Arbitrary<PlainRecord> {
  const id = fc.integer({ min: -1, max: 5 });
  const args = fc.dictionary(
    fc.constantFrom('reducer', 'from', 'count', 'schema', 'value', 'limit', 'hash', 'at', 'what'),
    fc.oneof(fc.integer({ min: -3, max: 9 }), fc.string(), fc.constant(null), fc.uint8Array()),
  );
  const verb = fc.constantFrom(
    'status',
    'event.send',
    'state.get',
    'cells.list',
    'journal.tail',
    'why',
    'trace',
    'blob.get',
    'receipt.send',
    'audit',
  );
  return fc.oneof(
    fc.record({ type: fc.constant('request'), id, verb, args }),
    fc.record({ type: fc.constantFrom('pull', 'cancel', 'hello', 'end'), id, count: id }),
  ) as fc.Arbitrary<PlainRecord>;
}
