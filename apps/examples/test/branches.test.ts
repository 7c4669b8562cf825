import { openTestWorld, type TestWorld } from '@aos/testing';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ladder } from '../src/ladder.js';
import { exampleFolder } from '../src/places.js';
import { buildModules } from '../src/runner/modules.js';

/** What the stories on the ladder do not come to: the same worlds, with a scripted outside. */
let world: TestWorld;

async function openExample(folder: string): Promise<void> {
  world = await openTestWorld({ folder: exampleFolder(folder) });
}

beforeAll(async () => {
  for (const rung of ladder) await buildModules(rung, () => {});
}, 60_000);

afterEach(() => world.close());

const answer = (status: number) => ({
  ...{ status, url: '', headers: {}, body_ref: null, body_size: 0, truncated: false },
  ...{ redirects: [], address: '', tls: null, adapter_id: 'script' },
  timings: { start_ns: 0, headers_ns: 0, end_ns: 0 },
});

describe('the blob echo', () => {
  const start = (namespace: string) =>
    world.send('demo/BlobEchoEvent@1', { Start: { namespace, text: 'hello' } });

  test('is discarded as a whole in a namespace that is not granted', async () => {
    await openExample('02-blob-echo');
    const { faults } = await start('other');
    expect(faults).toEqual([{ reducer: 'demo/BlobEcho@1', code: 'namespace-not-allowed' }]);
    expect(await world.state('demo/BlobEcho@1')).toBeUndefined();
  });

  test('says why when the blob cannot be stored', async () => {
    await openExample('02-blob-echo');
    world.effects.fail('blob.write', 'blob-not-stored');
    await start('demo');
    await world.settle();
    expect(await world.state('demo/BlobEcho@1')).toMatchObject({
      pc: { $tag: 'Failed' },
      error: 'blob-not-stored',
    });
  });
});

describe('the fetcher', () => {
  test('is denied a path beside the grant, and nobody is asked', async () => {
    await openExample('03-fetch-notify');
    await world.send('demo/FetchNotifyEvent@1', { Start: { url: 'http://127.0.0.1/private' } });
    await world.settle();
    expect(world.plans('demo/fetch_plan@1')).toMatchObject([
      { status: 'error', code: 'path-not-allowed' },
    ]);
    expect(world.effects.calls('http.request')).toEqual([]);
  });
});

describe('the saga', () => {
  const services = { payments: 'http://127.0.0.1:1', warehouse: 'http://127.0.0.1:2', mail: '' };

  /** Answers with the status of the first path that fits, else 200; 0 is no answer. */
  async function play(statuses: Readonly<Record<string, number>>): Promise<unknown> {
    await openExample('05-chain-comp');
    world.effects.on('http.request', (call) => {
      const { url } = call.params as { readonly url: string };
      const [, status] = Object.entries(statuses).find(([path]) => url.includes(path)) ?? ['', 200];
      return status === 0 ? call.fail('http-connect-failed') : call.ok(answer(status));
    });
    const mail = 'http://127.0.0.1:3';
    const start = { order_id: 'order-9', services: { ...services, mail } };
    await world.send('demo/OrderEvent@1', { Start: start });
    expect(await world.settle()).toEqual({ blockers: [], unlisted: 0 });
    return world.state('demo/OrderSaga@1', 'order-9');
  }

  const asked = () =>
    world.effects.calls('http.request').map(({ params }) => (params as { url: string }).url);

  test('goes no further when the charge fails', async () => {
    expect(await play({ charges: 402 })).toMatchObject({
      phase: { $tag: 'Rejected' },
      charge: 402,
    });
    expect(asked()).toEqual(['http://127.0.0.1:1/charges/order-9']);
  });

  test('takes no answer at all for a failure', async () => {
    const state = await play({ reservations: 0 });
    expect(state).toMatchObject({ phase: { $tag: 'Refunded' }, reserve: 0, refund: 200 });
  });

  test('stands without its letter', async () => {
    expect(await play({ mails: 500 })).toMatchObject({ phase: { $tag: 'Done' }, notify: 500 });
  });

  test('is for people when the refund fails as well', async () => {
    const state = await play({ reservations: 503, refunds: 500 });
    expect(state).toMatchObject({ phase: { $tag: 'Stuck' }, refund: 500 });
  });
});

describe('the retries', () => {
  const start = { req_id: 'r', url: 'http://127.0.0.1/work' };
  const state = () => world.state('demo/Retry@1', 'r');

  test('wait twice as long each time, and stop at the third failure', async () => {
    await openExample('08-retry-backoff');
    world.effects.on('http.request', (call) => call.ok(answer(503)));
    await world.send('demo/RetryStart@1', start);
    await world.settle();
    const attempts: unknown[] = [];
    for (const wait of ['19ms', '1ms', '39ms', '1ms', '1h'] as const) {
      await world.advance(wait);
      const { pc, attempts: count } = (await state()) as { pc: { $tag: string }; attempts: number };
      attempts.push(`${wait} ${pc.$tag} ${count}`);
    }
    expect(attempts).toEqual([
      '19ms Waiting 1',
      '1ms Waiting 2',
      '39ms Waiting 2',
      '1ms Failed 3',
      '1h Failed 3',
    ]);
  });

  test('go on over a night in which the world was closed', async () => {
    await openExample('08-retry-backoff');
    world.effects
      .once('http.request', (call) => call.ok(answer(503)))
      .on('http.request', (call) => call.ok(answer(200)));
    await world.send('demo/RetryStart@1', start);
    await world.settle();
    await world.reopen('8h');
    await world.settle();
    expect(await state()).toMatchObject({ pc: { $tag: 'Done' }, attempts: 2, status: 200 });
  });
});

describe('the notebooks', () => {
  const note = (notebook: string, line: string) => world.send('demo/Noted@1', { notebook, line });
  const state = (notebook: string) => world.state('demo/Notebook@1', notebook);
  const versions = async (reducer: string, key: string): Promise<number> => {
    const found = (await world.state(reducer, key)) as { versions: ReadonlyMap<number, unknown> };
    return found?.versions.size ?? 0;
  };

  async function finish(notebook: string): Promise<void> {
    await world.send('demo/Finish@1', { notebook });
    expect(await world.settle()).toEqual({ blockers: [], unlisted: 0 });
  }

  test('go on behind a report, and have another one', async () => {
    await openExample('09-notebook');
    await note('a', 'one');
    await finish('a');
    await note('a', 'two');
    expect(await state('a')).toMatchObject({ phase: { $tag: 'Open' }, version: 1 });
    await finish('a');
    expect(await state('a')).toMatchObject({ phase: { $tag: 'Kept' }, version: 2 });
    expect(await versions('sys/ObjectCatalog@1', 'reports/a')).toBe(2);
    expect(await versions('sys/Workspace@1', 'notes')).toBe(2);
  });

  test('have names that files can have', async () => {
    await openExample('09-notebook');
    const { faults } = await note('../a', 'one');
    expect(faults).toEqual([{ reducer: 'demo/Notebook@1', code: 'module-trap' }]);
    expect(await state('../a')).toBeUndefined();
  });

  test('try again when somebody else was quicker, and say so when that goes on', async () => {
    await openExample('09-notebook');
    world.effects.once('workspace.commit', (call) => call.fail('workspace-head-stale'));
    await note('a', 'one');
    await finish('a');
    expect(await state('a')).toMatchObject({ phase: { $tag: 'Kept' }, tries: 2, version: 1 });
    world.effects.fail('workspace.commit', 'workspace-head-stale');
    await note('b', 'one');
    await finish('b');
    const failed = { phase: { $tag: 'Failed' }, tries: 5, error: 'workspace-head-stale' };
    expect(await state('b')).toMatchObject(failed);
    expect(await versions('sys/ObjectCatalog@1', 'reports/b')).toBe(0);
  });
});
