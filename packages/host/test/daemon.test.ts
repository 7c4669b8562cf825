import {
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RefusalError } from '@aos/canon';
import { connectWorld, controlFilePath, readControlFile, type WorldClient } from '@aos/client';
import { listDaemons } from '@aos/host';
import {
  AosFault,
  type Batch,
  type ControlArgs,
  type ControlResult,
  type ControlVerb,
  type WorldStore,
} from '@aos/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { makeWorld, type StartedDaemon, startDaemon, type WrapStore } from './daemon-stage.js';
import { ManualClock, REDUCER } from './stage.js';

const started: StartedDaemon[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map(({ daemon }) => daemon.close()));
});

async function serve(directory: string, more: Parameters<typeof startDaemon>[1] = {}) {
  const daemon = await startDaemon([directory], more);
  started.push(daemon);
  return daemon;
}

async function must<V extends ControlVerb>(
  client: WorldClient,
  verb: V,
  args: ControlArgs<V>,
): Promise<ControlResult<V>> {
  const answer = await client.call(verb, args);
  if (answer.ok) return answer.value;
  throw new RefusalError(answer.refusal);
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

const add = (by: number) => ({ schema: 't/Add@1', value: { by } });

describe('a daemon', () => {
  it('serves a world to clients, many requests at once', async () => {
    const { directory } = await makeWorld();
    await serve(directory);
    const client = await connectWorld(directory);
    const sent = await Promise.all(
      Array.from({ length: 3000 }, (_, i) => must(client, 'event.send', add(i % 2))),
    );
    expect(sent.map(({ ack }) => ack?.seq)).toEqual(sent.map((_, i) => i));
    const { state } = await must(client, 'state.get', { reducer: REDUCER });
    expect(state).toEqual({ n: 1500 });
    expect(await codeOf(client.call('event.send', add(-1)))).toBe('value-range');
    const other = await connectWorld(directory, { framing: 'json' });
    const { live } = await must(other, 'status', {});
    expect(live?.mode).toBe('running');
    await Promise.all([client.close(), other.close()]);
  });

  it('gives streams item by item, and ends them when they are left', async () => {
    const { directory } = await makeWorld();
    await serve(directory);
    const client = await connectWorld(directory);
    for (let i = 0; i < 300; i++) void client.call('event.send', add(1));
    await must(client, 'event.send', add(1));
    const seqs: number[] = [];
    for await (const { seq } of client.stream('journal.tail', { from: 0, follow: true })) {
      seqs.push(seq);
      if (seq === 300) void client.call('event.send', add(1));
      if (seq === 301) break;
    }
    expect(seqs).toEqual(Array.from({ length: 302 }, (_, i) => i));
    const wrong = client.stream('journal.tail', { from: -1 });
    const first = wrong[Symbol.asyncIterator]().next();
    expect(await codeOf(first)).toBe('control-args');
    await client.close();
  });

  it('tells its owner alone where it is, and leaves nothing behind', async () => {
    const { directory } = await makeWorld();
    const { daemon } = await serve(directory);
    const place = readControlFile(directory);
    expect(dirname(place.path)).toBe(join(directory, '.aos'));
    expect(lstatSync(controlFilePath(directory)).mode & 0o777).toBe(0o600);
    expect(lstatSync(join(directory, '.aos')).mode & 0o777).toBe(0o700);
    expect(lstatSync(place.path).mode & 0o777).toBe(0o600);
    expect(listDaemons().filter((each) => each.directory === directory)).toMatchObject([
      { pid: process.pid, world: place.world },
    ]);
    await daemon.close();
    expect([existsSync(place.path), existsSync(controlFilePath(directory))]).toEqual([
      false,
      false,
    ]);
    expect(listDaemons().filter((each) => each.directory === directory)).toEqual([]);
    expect(await codeOf(connectWorld(directory))).toBe('daemon-absent');
  });

  it('puts the socket of a deep folder where its path is short', async () => {
    const { directory } = await makeWorld(`${'deep/'.repeat(30)}world`);
    await serve(directory);
    const { path } = readControlFile(directory);
    expect(Buffer.byteLength(path)).toBeLessThan(100);
    expect(lstatSync(join(path, '..')).mode & 0o077).toBe(0);
    const client = await connectWorld(directory);
    expect((await must(client, 'event.send', add(1))).ack?.seq).toBe(0);
    await client.close();
  });

  it('is alone on its world', async () => {
    const { directory } = await makeWorld();
    await serve(directory);
    expect(await codeOf(startDaemon([directory]))).toBe('world-locked');
    const client = await connectWorld(directory);
    expect((await must(client, 'event.send', add(1))).ack?.seq).toBe(0);
    await client.close();
  });

  it('takes the place of one that was killed', async () => {
    const { directory } = await makeWorld();
    const first = await serve(directory);
    const file = readFileSync(controlFilePath(directory));
    const { path } = readControlFile(directory);
    await first.daemon.close();
    // what a killed process leaves: a file that names it, and a socket nobody listens on
    writeFileSync(controlFilePath(directory), file);
    writeFileSync(path, '');
    expect(await codeOf(connectWorld(directory))).toBe('daemon-absent');
    await serve(directory);
    expect(existsSync(path)).toBe(false);
    const client = await connectWorld(directory);
    expect((await must(client, 'journal.head', {})).seq).toBe(-1);
    await client.close();
  });

  it('is not found through a copy of its world', async () => {
    const { directory } = await makeWorld();
    await serve(directory);
    const copy = mkdtempSync(join(tmpdir(), 'aos-daemon-copy-'));
    const filter = (path: string) => !path.endsWith('.sock');
    cpSync(directory, copy, { recursive: true, filter });
    expect(existsSync(controlFilePath(copy))).toBe(true);
    expect(await codeOf(connectWorld(copy))).toBe('daemon-absent');
    await serve(copy);
    const [one, other] = await Promise.all([directory, copy].map((each) => connectWorld(each)));
    await must(other as WorldClient, 'event.send', add(1));
    expect((await must(one as WorldClient, 'journal.head', {})).seq).toBe(-1);
    await Promise.all([one?.close(), other?.close()]);
  });

  it('is still found after one of a world that was there before has gone', async () => {
    for (const under of ['', `${'deep/'.repeat(30)}world`]) {
      const [gone, made] = await Promise.all([makeWorld(under), makeWorld()]);
      const { daemon } = await startDaemon([gone.directory]);
      rmSync(join(gone.directory, '.aos'), { recursive: true });
      renameSync(join(made.directory, '.aos'), join(gone.directory, '.aos'));
      await serve(gone.directory);
      await daemon.close();
      const client = await connectWorld(gone.directory);
      expect((await must(client, 'event.send', add(1))).ack?.seq).toBe(0);
      await client.close();
    }
  });

  it.each([
    ['deleted', (directory: string) => rmSync(directory, { recursive: true })],
    ['moved away', (directory: string) => renameSync(directory, `${directory}-elsewhere`)],
  ])('lets a world go that was %s', async (_, take) => {
    const [gone, stays] = [await makeWorld(), await makeWorld()];
    const { daemon, told } = await startDaemon([gone.directory, stays.directory]);
    take(gone.directory);
    await told('gone');
    await told('closed');
    expect(daemon.directories).toEqual([stays.directory]);
    expect(listDaemons().map(({ directory }) => directory)).not.toContain(gone.directory);
    await daemon.close();
  });

  it('lets several worlds live, and goes when the last was let go', async () => {
    const [a, b] = await Promise.all([makeWorld(), makeWorld()]);
    const { daemon } = await startDaemon([a.directory, b.directory]);
    const [one, two] = await Promise.all([a, b].map(({ directory }) => connectWorld(directory)));
    await must(one as WorldClient, 'event.send', add(1));
    expect(await must(one as WorldClient, 'shutdown', {})).toEqual({ stopping: true });
    expect((await must(two as WorldClient, 'journal.head', {})).seq).toBe(-1);
    await must(two as WorldClient, 'shutdown', {});
    await daemon.ended;
    expect(await codeOf((two as WorldClient).call('journal.head', {}))).toBe('world-closed');
  });

  it('answers what was asked before it goes', async () => {
    const { directory } = await makeWorld();
    const { daemon } = await serve(directory);
    const client = await connectWorld(directory);
    await must(client, 'journal.head', {});
    const sent = Array.from({ length: 200 }, () => codeOf(client.call('event.send', add(1))));
    const follow = client
      .stream('journal.tail', { from: 900, follow: true })
      [Symbol.asyncIterator]();
    const waiting = codeOf(follow.next());
    await must(client, 'journal.head', {});
    await daemon.close();
    expect(new Set(await Promise.all(sent))).toEqual(new Set(['ok']));
    expect(await waiting).toBe('world-closed');
    expect(await codeOf(client.call('journal.head', {}))).toBe('world-closed');
  });
});

/** A disk whose appends fail when it is told so. */
function failingDisk(): { wrap: WrapStore; fail(times: number): void } {
  let left = 0;
  const wrap: WrapStore = (store) =>
    new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name, target) as unknown;
        if (name === 'append') {
          return (batch: Batch) => {
            if (left === 0) return target.append(batch);
            left -= 1;
            return Promise.reject(new AosFault('store-failed', 'full', { retry: 'later' }));
          };
        }
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
      },
    }) as WorldStore;
  return {
    wrap,
    fail: (times) => {
      left = times;
    },
  };
}

describe('a clock that is set back', () => {
  it('holds up neither the daemon nor the time of its world', async () => {
    const { directory } = await makeWorld();
    const clock = new ManualClock();
    const times: bigint[] = [];
    for (const wall of [5_000_000_000n, 1_000_000_000n, 0n]) {
      clock.wall = wall;
      const { daemon } = await startDaemon([directory], { clock });
      const client = await connectWorld(directory);
      for (const step of [1n, -500n, 2n]) {
        clock.wall += step;
        clock.monotonic += 10n;
        expect((await must(client, 'event.send', add(1))).ack?.faults).toEqual([]);
        const { live } = await must(client, 'status', {});
        times.push(BigInt(live?.logical_now_ns ?? -1));
      }
      await client.close();
      await daemon.close();
    }
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : 1)));
  });
});

describe('a world whose disk fails', () => {
  it('is opened again while its clients stay, and nothing acknowledged is lost', async () => {
    const { directory } = await makeWorld();
    const disk = failingDisk();
    const { told, events } = await serve(directory, { wrap: disk.wrap });
    const client = await connectWorld(directory);
    expect((await must(client, 'event.send', add(1))).ack?.seq).toBe(0);
    const follow = client.stream('journal.tail', { from: 1, follow: true })[Symbol.asyncIterator]();
    const waiting = codeOf(follow.next());
    await must(client, 'journal.head', {});
    disk.fail(1);
    expect(await codeOf(client.call('event.send', add(1)))).toBe('store-failed');
    expect(await waiting).toBe('store-failed');
    expect(await codeOf(client.call('event.send', add(1)))).toBe('control-retry');
    await told('opened', 2);
    expect((await must(client, 'event.send', add(1))).ack?.seq).toBe(1);
    expect(events.map(({ kind }) => kind)).toEqual(['opened', 'stopped', 'opened']);
    await client.close();
  });

  it('is opened as often as it fails', async () => {
    const { directory } = await makeWorld();
    const disk = failingDisk();
    const { told } = await serve(directory, { wrap: disk.wrap });
    const client = await connectWorld(directory);
    for (const times of [2, 3, 4]) {
      disk.fail(1);
      expect(await codeOf(client.call('event.send', add(1)))).toBe('store-failed');
      await told('opened', times);
    }
    expect((await must(client, 'event.send', add(1))).ack?.seq).toBe(0);
    await client.close();
  });

  it('is tried again when it does not open', async () => {
    const { directory } = await makeWorld();
    const disk = failingDisk();
    let opens = 0;
    const wrap: WrapStore = (store) => {
      opens += 1;
      if (opens !== 2) return disk.wrap(store);
      void store.close();
      throw new AosFault('store-failed', 'full', { retry: 'later' });
    };
    const { told } = await serve(directory, { wrap });
    const client = await connectWorld(directory);
    disk.fail(1);
    expect(await codeOf(client.call('event.send', add(1)))).toBe('store-failed');
    await told('not-opened');
    await told('opened', 2);
    expect((await must(client, 'event.send', add(1))).ack?.seq).toBe(0);
    await client.close();
  });
});
