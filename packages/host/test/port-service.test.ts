import { MessageChannel } from 'node:worker_threads';
import { connectPort } from '@aos/client';
import { openControl, serveControlPort } from '@aos/host';
import { AosFault, type PlainValue } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { newOrderStore, openOrders, orderEngine, TestKeys } from './order-world.js';
import { REDUCER } from './stage.js';

function connected() {
  const store = newOrderStore(new TestKeys());
  const { host } = openOrders(store);
  const service = openControl({ store, engine: orderEngine(), host });
  const { port1, port2 } = new MessageChannel();
  const defects: unknown[] = [];
  serveControlPort(service, port1, { onDefect: (cause) => defects.push(cause) });
  return { client: connectPort(port2), host, defects, port2 };
}

const add = (by: PlainValue) => ({ schema: 't/Add@1', value: { by } });

describe('a world behind a message port', () => {
  it('answers as it does in this process', async () => {
    const { client, host } = connected();
    const sent = await Promise.all(
      Array.from({ length: 2000 }, () => client.call('event.send', add(1))),
    );
    expect(sent.every(({ ok }) => ok)).toBe(true);
    const found = await client.call('state.get', { reducer: REDUCER, cbor: true });
    expect(found).toMatchObject({ ok: true, value: { state: { n: 2000 } } });
    const seqs: number[] = [];
    for await (const { seq } of client.stream('journal.tail', { count: 200 })) seqs.push(seq);
    expect([seqs.length, seqs.at(-1)]).toEqual([200, 1999]);
    await client.call('event.send', { schema: 't/Order@1', value: { n: 2n ** 64n - 1n } });
    const open = await client.call('intents.list', {});
    expect(open).toMatchObject({ value: { intents: [{ params: { n: 2n ** 64n - 1n } }] } });
    const refused = await client.call('event.send', add(-1));
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'value-range' } });
    await client.close();
    await host.close();
  });

  it('ends what is open when the port is closed', async () => {
    const { client, port2 } = connected();
    const follow = client.stream('journal.tail', { from: 0, follow: true })[Symbol.asyncIterator]();
    const waiting = follow.next().catch((error: AosFault) => error.code);
    await client.call('journal.head', {});
    port2.close();
    expect(await waiting).toBe('control-closed');
    const after = await client.call('journal.head', {}).catch((error: unknown) => error);
    expect(after).toBeInstanceOf(AosFault);
  });

  it('says that it met a defect, and not which', async () => {
    const { client, defects, host } = connected();
    const broken = new Error('a defect');
    host.read = () => Promise.reject(broken);
    const code = await client.call('manifest.get', {}).catch((error: AosFault) => error.code);
    expect([code, defects]).toEqual(['control-defect', [broken]]);
    await client.close();
  });
});
