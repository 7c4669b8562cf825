/** Worlds in threads of their own, reached through message ports. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { connectPort } from '@aos/client';
import { verifyWorld } from '@aos/host';
import { createWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CountingServer } from '../effect-kills/counting-server.js';
import { foundRequests } from '../effect-kills/request-world.js';

const program = new URL('./threaded-world.mjs', import.meta.url);
const root = mkdtempSync(join(tmpdir(), 'aos-threads-'));
const server = new CountingServer();
let url = '';
beforeAll(async () => {
  url = await server.open();
});
afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

const placeOf = (name: string) => ({ dir: join(root, name), home: join(root, 'home') });

async function found(name: string): Promise<void> {
  const { dir, home } = placeOf(name);
  const { genesis, objects } = foundRequests(home);
  await (await createWorldStore(dir, genesis, objects)).close();
}

function startThread(name: string) {
  const { port1, port2 } = new MessageChannel();
  const workerData = { ...placeOf(name), port: port2 };
  const worker = new Worker(program, { workerData, transferList: [port2] });
  return { worker, client: connectPort(port1) };
}

type Thread = ReturnType<typeof startThread>;

async function order({ client }: Thread, name: string, wait: 'accepted' | 'quiescent') {
  const value = { one: `${url}/${name}/one`, two: `${url}/${name}/two` };
  const answer = await client.call('event.send', { schema: 'd/Order@1', value, wait });
  if (!answer.ok) throw new Error(answer.refusal.detail);
}

async function stop({ client, worker }: Thread): Promise<void> {
  const ended = once(worker, 'exit');
  await client.call('shutdown', {});
  await ended;
}

async function verify(name: string) {
  const store = await openWorldStore(placeOf(name).dir, { mode: 'read' });
  const { ok } = verifyWorld(store, new WasmEngine());
  await store.close();
  return ok;
}

const asked = (name: string) =>
  server.requests.filter(({ path }) => path.startsWith(`/${name}/`)).map(({ path }) => path);

describe('worlds in threads of their own', () => {
  it('run side by side, and answer through their ports', async () => {
    await Promise.all([found('a'), found('b')]);
    const [a, b] = [startThread('a'), startThread('b')];
    await Promise.all([order(a, 'a', 'quiescent'), order(b, 'b', 'quiescent')]);
    expect([asked('a'), asked('b')]).toEqual([
      ['/a/one', '/a/two'],
      ['/b/one', '/b/two'],
    ]);
    const status = await a.client.call('status', {});
    expect(status.ok).toBe(true);
    await Promise.all([stop(a), stop(b)]);
    expect([await verify('a'), await verify('b')]).toEqual([true, true]);
  });

  it('that are terminated go on in another thread', async () => {
    await found('c');
    const first = startThread('c');
    const requested = new Promise<void>((resolve) => {
      server.moments = { requested: resolve, responded: () => undefined };
    });
    const sent = order(first, 'c', 'accepted').catch(() => undefined);
    await requested;
    await first.worker.terminate();
    await sent;
    server.moments = undefined;
    const second = startThread('c');
    await second.client.call('quiesce', {});
    expect(new Set(asked('c'))).toEqual(new Set(['/c/one', '/c/two']));
    await stop(second);
    expect(await verify('c')).toBe(true);
  });
});
