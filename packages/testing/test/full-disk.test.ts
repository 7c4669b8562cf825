/** A disk that is full: a clear fault, nothing acknowledged is lost, and more room is enough. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Hash, toHex } from '@aos/canon';
import { openWorldHost, verifyWorld } from '@aos/host';
import { type Adapter, AosFault, type EffectCall, okOutcome, type WorldStore } from '@aos/protocol';
import { createWorldStore, nodeFs, openWorldStore, type StoreFs } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { afterAll, describe, expect, it } from 'vitest';
import { answerAsked, foundAsking, order } from './asking-world.js';
import { makeSigner, operator } from './counter-world.js';

const root = mkdtempSync(join(tmpdir(), 'aos-full-disk-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The disk of this machine with only so much room: a write may take a part of what it is given. */
class SmallDisk {
  leftBytes = Number.POSITIVE_INFINITY;
  isReadable = true;

  readonly fs: StoreFs = {
    ...nodeFs,
    open: (path, mode) => {
      const file = nodeFs.open(path, mode);
      const write = async (bytes: Uint8Array, position: number) => {
        const count = Math.min(bytes.length, this.leftBytes);
        this.leftBytes -= count;
        if (count > 0) await file.write(bytes.subarray(0, count), position);
        if (count === 0 && bytes.length > 0)
          throw failed('ENOSPC: no space left on device, write', 'ENOSPC');
        return count;
      };
      return new Proxy(file, {
        get: (target, name) => {
          if (name === 'write') return write;
          if (name === 'readSync' && !this.isReadable) throw failed('EIO: i/o error, read', 'EIO');
          const value = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    },
  };
}

function failed(message: string, code: string): Error {
  return Object.assign(new Error(message), { code, errno: -5 });
}

/** Counts what it was asked; it has done what it answers. */
class Counting implements Adapter {
  readonly id = 'counting';
  readonly kinds = ['ask'];
  readonly intents: string[] = [];
  async start(call: EffectCall) {
    this.intents.push(toHex(call.intentHash));
    return answerAsked(call);
  }
  async close() {}
}

const signer = makeSigner();

function open(store: WorldStore, adapter: Adapter) {
  const effects = { adapters: [adapter], signer, operator };
  return openWorldHost({ store, engine: new WasmEngine(), effects });
}

/** Orders until the world fails; answers with those that were acknowledged, and the fault. */
async function orderUntilFull(host: ReturnType<typeof open>) {
  const acknowledged: number[] = [];
  for (let n = 0; ; n++) {
    try {
      const answer = await host.submit(order(n));
      if (!answer.ok) throw new Error(answer.refusal.code);
      acknowledged.push(answer.value.seq);
    } catch (fault) {
      if (!(fault instanceof AosFault)) throw fault;
      return { acknowledged, fault };
    }
  }
}

describe('a full disk', () => {
  it.each([
    ['in the middle of a record', 20_001],
    ['at once', 0],
    ['where room is made ahead', 100_000],
  ])('%s stops the world with a clear fault, and loses nothing', async (name, roomBytes) => {
    const dir = join(root, name);
    const { genesis, objects } = foundAsking();
    await (await createWorldStore(dir, genesis, objects)).close();
    const disk = new SmallDisk();
    const store = await openWorldStore(dir, { mode: 'write', fs: disk.fs });
    const adapter = new Counting();
    const host = open(store, adapter);
    await host.untilQuiescent();
    disk.leftBytes = roomBytes;
    const { acknowledged, fault } = await orderUntilFull(host);
    expect(fault).toMatchObject({ code: 'store-failed', retry: 'later' });
    expect(fault.message).toMatch(/no space left|short write.*see to the disk/);
    const { blockers } = await host.untilQuiescent();
    expect(blockers[0]).toEqual({ kind: 'world', code: 'store-failed' });
    await expect(host.submit(order(1))).rejects.toMatchObject({ code: 'store-failed' });
    const started = adapter.intents.length;
    await host.close().catch(() => undefined);
    expect(adapter.intents.length).toBe(started);

    disk.leftBytes = Number.POSITIVE_INFINITY;
    const again = open(await openWorldStore(dir, { mode: 'write', fs: disk.fs }), adapter);
    expect(await again.untilQuiescent({ timers: 'wait' })).toEqual({ blockers: [], unlisted: 0 });
    await again.close();
    const read = await openWorldStore(dir, { mode: 'read' });
    expect(read.head).toBeGreaterThanOrEqual(acknowledged.at(-1) ?? -1);
    expect(verifyWorld(read, new WasmEngine())).toMatchObject({ ok: true });
    await read.close();
    expect(new Set(adapter.intents).size).toBeGreaterThanOrEqual(2 * acknowledged.length);
  });

  it('that fails a blob stops the world before anybody hears of it', async () => {
    const dir = join(root, 'blob');
    const { genesis, objects } = foundAsking();
    const disk = new SmallDisk();
    const store = await createWorldStore(dir, genesis, objects, { fs: disk.fs });
    const codes: unknown[] = [];
    const adapter: Adapter = {
      id: 'storing',
      kinds: ['ask'],
      async start(call, { blobs }) {
        disk.leftBytes = 1000;
        const chunk = new Uint8Array(1 << 16);
        await blobs.put(chunks(chunk), 1 << 20).catch((fault) => codes.push(fault.code));
        return codes.length > 0 ? answerAsked(call) : okOutcome(null);
      },
      async close() {},
    };
    const host = open(store, adapter);
    await host.submit(order(1));
    const { blockers } = await host.untilQuiescent();
    expect(blockers[0]).toEqual({ kind: 'world', code: 'store-failed' });
    expect(codes).toEqual(['store-failed']);
    await host.close().catch(() => undefined);
    disk.leftBytes = Number.POSITIVE_INFINITY;
    const counting = new Counting();
    const again = open(await openWorldStore(dir, { mode: 'write', fs: disk.fs }), counting);
    await again.untilQuiescent();
    expect(counting.intents.length).toBe(2);
    await again.close();
  });
});

describe('a disk that cannot be read', () => {
  it('is told as such: as a fault that may pass, not as damage or a defect', async () => {
    const dir = join(root, 'unreadable');
    const { genesis, objects } = foundAsking();
    const disk = new SmallDisk();
    const store = await createWorldStore(dir, genesis, objects, { fs: disk.fs });
    await store.append({ records: [new Uint8Array(9)], objects: [] });
    const [object] = objects;
    const fault = expect.objectContaining({ code: 'store-failed', retry: 'later' });
    disk.isReadable = false;
    expect(() => store.object(object?.hash as Hash)).toThrow(fault);
    expect(() => [...store.records(0)]).toThrow(fault);
    disk.isReadable = true;
    expect([...store.records(0)]).toHaveLength(1);
    await store.close();
  });
});

async function* chunks(bytes: Uint8Array) {
  yield bytes;
}
