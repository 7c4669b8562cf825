import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RefusalError } from '@aos/canon';
import { connectWorld, controlFilePath, readControlFile, type WorldClient } from '@aos/client';
import { MessageReader, MessageWriter, REQUEST_LIMITS } from '@aos/client/wire';
import { AosFault, MAX_OPEN, type PlainRecord, type PlainValue } from '@aos/protocol';
import { afterEach, describe, expect, it } from 'vitest';

const WORLD = `sha256:${'1'.repeat(64)}`;
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

type Script = (message: PlainRecord, say: (answer: PlainRecord) => void, socket: Socket) => void;

/** A server that greets, and then does with each message what a test says. */
async function scripted(script: Script, greets: 'greets' | 'silent' = 'greets') {
  const path = join(mkdtempSync(join(tmpdir(), 'aos-client-')), 'control.sock');
  const server = createServer((socket) => {
    const reader = new MessageReader(REQUEST_LIMITS);
    const writer = new MessageWriter(REQUEST_LIMITS.bytes);
    const say = (answer: PlainRecord) => void socket.write(writer.write(answer, 'pack'));
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      reader.push(chunk);
      for (;;) {
        const message = reader.next() as PlainRecord | undefined;
        if (message === undefined) return;
        if (message.type !== 'hello') script(message, say, socket);
        else if (greets === 'greets') say({ type: 'welcome', v: 1, world: WORLD });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  closers.push(() => server.close());
  return { path, token: 'token', world: WORLD };
}

async function connected(script: Script): Promise<WorldClient> {
  const client = await connectWorld(await scripted(script));
  closers.push(() => void client.close());
  return client;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    const answer = (await promise) as { refusal?: { code: string } };
    return answer.refusal?.code ?? 'ok';
  } catch (error) {
    if (error instanceof AosFault || error instanceof RefusalError) return error.code;
    throw error;
  }
}

const head = (id: PlainValue | undefined) => {
  return { type: 'response', id: id ?? null, ok: true, result: { seq: 1, chain: WORLD } };
};
const error = { kind: 'fault', code: 'store-failed', at: '', message: 'm', retry: 'later' };

describe('a client', () => {
  it('finds answers by their ids, in whatever order they come', async () => {
    const held: PlainRecord[] = [];
    const client = await connected((message, say) => {
      held.push(message);
      if (held.length < 3) return;
      for (const { id } of held.reverse()) {
        say({ type: 'response', id: id ?? null, ok: true, result: { seq: id ?? null, chain: '' } });
      }
    });
    const answers = await Promise.all([1, 2, 3].map(() => client.call('journal.head', {})));
    expect(answers.map((answer) => answer.ok && answer.value.seq)).toEqual([1, 2, 3]);
  });

  it('tells refusals from faults and from defects', async () => {
    const kinds = ['refusal', 'fault', 'defect'];
    const client = await connected(({ id }, say) => {
      const kind = kinds.shift() ?? 'fault';
      say({ type: 'response', id: id ?? null, ok: false, error: { ...error, kind } });
    });
    const refused = await client.call('journal.head', {});
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'store-failed' } });
    for (const _ of [1, 2]) {
      const fault = await client.call('journal.head', {}).catch((caught: unknown) => caught);
      expect(fault).toMatchObject({ code: 'store-failed', retry: 'later' });
    }
  });

  it('opens no more than a server takes, and goes on as answers come', async () => {
    let open = 0;
    let most = 0;
    const client = await connected(({ id }, say) => {
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        say(head(id));
      });
    });
    const calls = Array.from({ length: 200 }, () => client.call('journal.head', {}));
    expect((await Promise.all(calls)).every(({ ok }) => ok)).toBe(true);
    expect(most).toBeLessThanOrEqual(MAX_OPEN.read);
  });

  it('lets what waits hold up nothing else, and cancels what it no longer waits for', async () => {
    const waiting: PlainRecord[] = [];
    const client = await connected(({ type, verb, id }, say) => {
      if (type === 'cancel') say(head(id));
      else if (verb === 'journal.head') say(head(id));
      else waiting.push({ id: id ?? null });
    });
    const left = new AbortController();
    const waits = Array.from({ length: MAX_OPEN.wait + 3 }, () =>
      client.call('plan.start', { plan: 't/p@1', value: null, wait: 'ended' }, left.signal),
    );
    for (let i = 0; i < 100; i++) expect(await codeOf(client.call('journal.head', {}))).toBe('ok');
    expect(waiting.length).toBe(MAX_OPEN.wait);
    left.abort();
    expect((await Promise.all(waits)).every(({ ok }) => ok)).toBe(true);
    expect(waiting.length).toBe(MAX_OPEN.wait + 3);
  });

  it('asks for more of a stream as it is read, and cancels what it leaves', async () => {
    const heard: PlainRecord[] = [];
    let id: PlainRecord[string] = 0;
    let sent = 0;
    const client = await connected((message, say) => {
      heard.push(message);
      if (message.type === 'request') id = message.id ?? null;
      const count = message.type === 'request' ? message.credit : message.count;
      for (let i = 0; i < Number(count ?? 0); i++) say({ type: 'item', id, item: { seq: sent++ } });
      if (message.type === 'cancel') say({ type: 'end', id, error: null });
    });
    let seen = 0;
    for await (const { seq } of client.stream('journal.tail', { from: 0 })) {
      expect(seq).toBe(seen);
      seen += 1;
      if (seen === 1000) break;
    }
    expect(heard[0]).toMatchObject({ verb: 'journal.tail', credit: 64 });
    expect(sent).toBeLessThan(1200);
    expect(heard.filter(({ type }) => type === 'pull').every(({ count }) => count === 32)).toBe(
      true,
    );
  });

  it('throws what ends a stream', async () => {
    const client = await connected(({ id }, say) => {
      say({ type: 'end', id: id ?? null, error: { ...error, kind: 'refusal' } });
    });
    const items = client.stream('journal.tail', {})[Symbol.asyncIterator]();
    expect(await codeOf(items.next())).toBe('store-failed');
  });

  it('refuses to send what is too large, and is none the worse for it', async () => {
    const client = await connected(({ id }, say) => say(head(id)));
    const large = { bytes: new Uint8Array(REQUEST_LIMITS.bytes) };
    expect(await codeOf(client.call('blob.put', large))).toBe('control-too-large');
    expect(await codeOf(client.call('journal.head', {}))).toBe('ok');
  });

  it('rejects what is open when the server is gone, and all that comes after', async () => {
    const client = await connected((_message, _say, socket) => socket.destroy());
    const items = client.stream('journal.tail', {})[Symbol.asyncIterator]();
    const calls = [client.call('journal.head', {}), client.call('status', {}), items.next()];
    expect(await Promise.all(calls.map(codeOf))).toEqual(calls.map(() => 'control-closed'));
    expect(await codeOf(client.call('journal.head', {}))).toBe('control-closed');
    expect(client.isOpen).toBe(false);
    await client.close();
  });

  it('gives up on what is no answer of this protocol', async () => {
    const odd = await connected((_message, say) => say({ type: 'surprise' }));
    expect(await codeOf(odd.call('journal.head', {}))).toBe('control-unreadable');
    const garbage = await connected((_message, _say, socket) => {
      socket.write(Buffer.from([0, 0, 0, 1, 0xc1]));
    });
    expect(await codeOf(garbage.call('journal.head', {}))).toBe('control-closed');
  });

  it('says why it was sent away', async () => {
    const client = await connected((_message, say, socket) => {
      say({ type: 'goodbye', error: { ...error, code: 'world-closed' } });
      socket.end();
    });
    expect(await codeOf(client.call('journal.head', {}))).toBe('world-closed');
  });

  it('does not wait for ever to be greeted', async () => {
    const place = await scripted(() => undefined, 'silent');
    expect(await codeOf(connectWorld(place, { timeoutMs: 5 }))).toBe('control-closed');
  });
});

describe('a control file', () => {
  it('that is absent, damaged or of something else means that there is no daemon', () => {
    const directory = mkdtempSync(join(tmpdir(), 'aos-client-'));
    const codes = [undefined, '', '{', 'null', '[]', '{"v":1}', '{"v":1,"path":1}'].map((text) => {
      mkdirSync(join(directory, '.aos'), { recursive: true });
      if (text !== undefined) writeFileSync(controlFilePath(directory), text);
      try {
        readControlFile(directory);
        return 'read';
      } catch (caught) {
        return (caught as AosFault).code;
      }
    });
    expect(new Set(codes)).toEqual(new Set(['daemon-absent']));
  });
});
