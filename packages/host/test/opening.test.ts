import { bytesEqual, decode, encode, type Hash, sha256, toHex, utf8, type Value } from '@aos/canon';
import {
  ensureHostKey,
  openWorld,
  signClearance,
  signReceipt,
  signVerb,
  verifyWorld,
} from '@aos/host';
import { admit, hashWorld, step } from '@aos/kernel';
import { encodeRecord, type JournalRecord, type StoreMark, type WorldStore } from '@aos/protocol';
import { type MemoryStore, openMemoryStore } from '@aos/store';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  newOrderStore,
  openOrders,
  order,
  orderEngine,
  sumOf,
  TestKeys,
} from './order-world.js';
import { add, must } from './stage.js';

const keys = new TestKeys();
let store: WorldStore;
beforeEach(() => {
  store = newOrderStore(keys);
});

function reopened(): WorldStore {
  store = openMemoryStore(store as MemoryStore);
  return store;
}

type Host = ReturnType<typeof openOrders>['host'];
const worldOf = (host: Host) => host.read((world) => world);
const mark = (...marks: StoreMark[]) => store.append({ records: [], objects: [], marks });

/** Orders, adds and cells, with a snapshot after some of them. */
async function live(host: Host): Promise<void> {
  must(await host.submit(order(3)));
  must(await host.submit({ ...add(4), source: 'desk', key: { json: 'anna' } }));
  must(await host.submit(add(5)));
}

/** The world as it opens from its snapshot, and as it opens without one. */
function bothWays() {
  const bare: WorldStore = Object.create(store, {
    snapshot: { value: undefined },
    genesis: { get: () => store.genesis },
    records: { value: store.records.bind(store) },
    object: { value: store.object.bind(store) },
  });
  const hashes = [store, bare].map((each) => hashWorld(openWorld(each, orderEngine()).world));
  return hashes.map(toHex);
}

describe('a snapshot', () => {
  it('opens as the world that genesis and all records lead to', async () => {
    const { host } = openOrders(store);
    await live(host);
    const { seq } = await host.snapshot();
    await live(host);
    const world = await worldOf(host);
    await host.close();
    reopened();
    expect(openWorld(store, orderEngine())).toMatchObject({ from: { seq: 2 }, replayed: 3 });
    expect(seq).toBe(2);
    expect(bothWays()).toEqual([toHex(hashWorld(world)), toHex(hashWorld(world))]);
    const again = openOrders(store);
    expect(again.host.opening).toMatchObject({ from: { seq: 2 }, replayed: 3 });
    await live(again.host);
    expect(verifyWorld(store, orderEngine())).toMatchObject({ ok: true, snapshot: 'same' });
  });

  it('is made by a close when the last one is far back, and not before', async () => {
    let { host } = openOrders(store, { snapshotRecords: 4 });
    await live(host);
    await host.close();
    expect(reopened().snapshot).toBeUndefined();
    ({ host } = openOrders(store, { snapshotRecords: 4 }));
    await live(host);
    await host.close();
    expect(reopened().snapshot).toMatchObject({ seq: 5 });
    ({ host } = openOrders(store, { snapshotRecords: 4 }));
    await live(host);
    await host.close();
    expect(reopened().snapshot).toMatchObject({ seq: 5 });
  });

  it('of a world before its first record opens, too', async () => {
    const { host } = openOrders(store);
    expect(await host.snapshot()).toMatchObject({ seq: -1 });
    await host.close();
    reopened();
    expect(openWorld(store, orderEngine())).toMatchObject({ from: { seq: -1 }, replayed: 0 });
    expect(new Set(bothWays()).size).toBe(1);
  });

  it('writes only what is new since the last one', async () => {
    const { host } = openOrders(store);
    for (let i = 0; i < 40; i++) {
      must(await host.submit({ ...add(1), source: 'desk', key: { json: `key ${i}` } }));
    }
    const count = () => [...store.objects()].length;
    const before = count();
    await host.snapshot();
    const first = count() - before;
    must(await host.submit({ ...add(1), source: 'desk', key: { json: 'key 7' } }));
    await host.snapshot();
    expect(count() - before - first).toBeLessThan(first);
    expect(new Set(bothWays()).size).toBe(1);
  });

  it.each([
    ['bytes that are no snapshot', utf8('no snapshot'), 'cbor-tag'],
    ['a snapshot of nothing', encode({ format: 1 }), 'snapshot-world'],
  ])('that is %s is passed over, and that is told', async (_, bytes, code) => {
    const { host } = openOrders(store);
    await live(host);
    const hash = sha256(bytes);
    const marks = [{ kind: 'snapshot', seq: 1, hash }] as const;
    await store.append({ records: [], objects: [{ hash, bytes }], marks });
    expect(openWorld(store, orderEngine())).toMatchObject({
      from: 'genesis',
      replayed: 3,
      passedOver: { code },
    });
    const report = verifyWorld(store, orderEngine());
    expect(report).toMatchObject({ ok: false, snapshot: 'different', records: 3 });
  });

  it('whose objects are gone is passed over', async () => {
    const { host } = openOrders(store);
    await live(host);
    const { hash } = await host.snapshot();
    const { object } = store;
    const lossy: WorldStore = Object.create(store, {
      object: {
        value: (wanted: Uint8Array) =>
          bytesEqual(wanted, hash) ? undefined : object.call(store, wanted as never),
      },
      snapshot: { get: () => store.snapshot },
      genesis: { get: () => store.genesis },
      records: { value: store.records.bind(store) },
    });
    const passedOver = { code: 'object-missing' };
    expect(openWorld(lossy, orderEngine())).toMatchObject({ from: 'genesis', passedOver });
  });

  /** The store without one object. */
  function without(lost: Uint8Array): WorldStore {
    const read = store.object.bind(store);
    return Object.create(store, {
      object: { value: (hash: Hash) => (bytesEqual(hash, lost) ? undefined : read(hash)) },
      snapshot: { get: () => store.snapshot },
      genesis: { get: () => store.genesis },
      durable: { get: () => store.durable },
      halt: { get: () => store.halt },
      records: { value: store.records.bind(store) },
      append: { value: store.append.bind(store) },
      close: { value: store.close.bind(store) },
    });
  }

  it('that lacks a part below its roots does not verify, and stops no replay', async () => {
    const { host } = openOrders(store);
    for (let i = 0; i < 40; i++) {
      must(await host.submit({ ...add(1), source: 'desk', key: { json: `key ${i}` } }));
    }
    const before = new Set([...store.objects()].map(toHex));
    await host.snapshot();
    // the head beside a snapshot is no part of it
    before.add(toHex(store.snapshot?.head as Uint8Array));
    const parts = [...store.objects()].filter((hash) => !before.has(toHex(hash)));
    must(await host.submit({ ...add(1), source: 'desk', key: { json: 'key 7' } }));
    const sane = hashWorld(openWorld(store, orderEngine(), 'genesis').world);
    expect(parts.length).toBeGreaterThan(3);
    const ways = parts.map((part) => {
      const lossy = without(part);
      const report = verifyWorld(lossy, orderEngine());
      expect(report).toMatchObject({ ok: false, snapshot: 'incomplete', records: 41 });
      const opened = openWorld(lossy, orderEngine());
      if (opened.from !== 'genesis') return 'snapshot';
      expect(opened.passedOver).toMatchObject({ code: 'object-missing' });
      expect(hashWorld(opened.world)).toEqual(sane);
      return 'genesis';
    });
    expect(new Set(ways)).toEqual(new Set(['genesis', 'snapshot']));
  });

  it('of another world is believed, and replaced by one from genesis', async () => {
    const { host } = openOrders(store);
    await live(host);
    const { hash, seq } = await host.snapshot();
    const decoded = decode(store.object(hash) as Uint8Array);
    const fields = (decoded.ok ? decoded.value : null) as ReadonlyMap<Value, Value>;
    const bytes = encode(new Map([...fields, ['epoch', 7]]));
    const forged = { hash: sha256(bytes), bytes };
    const marks = [{ kind: 'snapshot', seq, hash: forged.hash }] as const;
    await store.append({ records: [], objects: [forged], marks });
    expect(openWorld(store, orderEngine()).world.epoch).toBe(7);
    expect(verifyWorld(store, orderEngine())).toMatchObject({ ok: false, snapshot: 'different' });
    const again = openOrders(store, { from: 'genesis' }).host;
    expect((await again.snapshot()).hash).toEqual(hash);
    expect(verifyWorld(store, orderEngine())).toMatchObject({ ok: true, snapshot: 'same' });
  });

  it('at another place than its own is passed over', async () => {
    const { host } = openOrders(store);
    await live(host);
    const { hash } = await host.snapshot();
    await mark({ kind: 'snapshot', seq: 1, hash });
    const opened = openWorld(store, orderEngine());
    expect(opened).toMatchObject({ passedOver: { code: 'snapshot-inconsistent' } });
  });

  it('of another life of the world is passed over, and the journal decides', async () => {
    const other = newOrderStore(keys);
    const { host: elsewhere } = openOrders(other);
    must(await elsewhere.submit(add(1)));
    const { hash } = await elsewhere.snapshot();
    const foreign = [...other.objects()].map((each) => {
      return { hash: each, bytes: other.object(each) as Uint8Array };
    });
    const { host } = openOrders(store);
    must(await host.submit(add(2)));
    await store.append({
      records: [],
      objects: foreign,
      marks: [{ kind: 'snapshot', seq: 0, hash }],
    });
    const opened = openWorld(store, orderEngine());
    expect(opened).toMatchObject({ from: 'genesis', passedOver: { code: 'chain-broken' } });
    expect(sumOf(opened.world)).toBe(2);
  });

  it('can be trusted by whoever verifies, who then judges the rest', async () => {
    const { host } = openOrders(store);
    await live(host);
    await host.snapshot();
    await live(host);
    const report = verifyWorld(store, orderEngine(), { from: 'snapshot' });
    expect(report).toMatchObject({ ok: true, from: { seq: 2 }, records: 6, snapshot: 'trusted' });
    const { worldHash, chain } = verifyWorld(store, orderEngine());
    expect([report.worldHash, report.chain]).toEqual([worldHash, chain]);
  });
});

describe('a journal with an input that nobody signed', () => {
  it('opens, and does not verify', async () => {
    const { host } = openOrders(store);
    must(await host.submit(order(7)));
    const world = await worldOf(host);
    const [intent] = await host.openIntents();
    if (intent === undefined) throw new Error('no intent');
    const forged = { ...answer(keys, world, intent), sig: new Uint8Array(64) };
    const admission = admit(world, forged);
    if (admission.kind !== 'admitted') throw new Error('not admitted');
    const stamp = { nowNs: 2n, logicalNowNs: 2n ** 62n, entropy: new Uint8Array(32) };
    const engine = orderEngine();
    openWorld(store, engine);
    const outcome = step(world, admission.input, stamp, { engine });
    if (outcome.kind !== 'done') throw new Error('not done');
    await store.append({ records: [outcome.bytes], objects: outcome.objects });
    expect(openWorld(store, orderEngine()).replayed).toBe(2);
    const report = verifyWorld(store, orderEngine());
    expect(report).toMatchObject({
      ok: false,
      records: 1,
      difference: { kind: 'broken', code: 'signature-invalid' },
    });
    expect(report.explanation?.rows.length).toBeGreaterThan(0);
  });
});

describe('a journal with an input that no kernel would have written', () => {
  it('does not open, does not verify, and nothing is thrown but faults', async () => {
    const { host } = openOrders(store);
    const { worldId } = await worldOf(host);
    const verb = signVerb(keys.signer('operator'), { worldId, epoch: 0 }, { verb: 'pause' });
    const input = { ...verb, verb: 'halt' } as const;
    const stamp = { nowNs: 2n, logicalNowNs: 2n ** 62n, entropy: new Uint8Array(32) };
    const record = { seq: 0, prev: worldId, stamp, input, entries: [], fuel: 0 } as const;
    await store.append({ records: [encodeRecord(record as JournalRecord)], objects: [] });
    expect(() => openWorld(store, orderEngine())).toThrowError(
      expect.objectContaining({ code: 'world-diverged' }),
    );
    const report = verifyWorld(store, orderEngine());
    expect(report).toMatchObject({ ok: false, records: 0, difference: { kind: 'broken' } });
  });
});

describe('a defect', () => {
  /** A world that a defect has halted after record 0. */
  async function halted(): Promise<Host> {
    const { host } = openOrders(store);
    must(await host.submit(add(1)));
    await expect(host.submit(add(99))).rejects.toMatchObject({ code: 'world-halted' });
    return host;
  }

  it('is durable before anybody hears of it, and says where it happened', async () => {
    await halted();
    expect(store.halt).toMatchObject({ seq: 0, code: 'runtime-error' });
    expect(store.halt?.detail).toMatch(/^record 1, input event: Error: a defect/);
    expect(verifyWorld(store, orderEngine())).toMatchObject({ ok: true, records: 1 });
  });

  it('keeps the world halted over openings; it can still be read', async () => {
    await (await halted()).close();
    const { host } = openOrders(reopened());
    expect(host.halt).toMatchObject({ seq: 0 });
    await expect(host.submit(add(1))).rejects.toMatchObject({ code: 'world-halted' });
    await expect(host.snapshot()).rejects.toMatchObject({ code: 'world-halted' });
    expect(sumOf(await worldOf(host))).toBe(1);
    await host.close();
    expect(reopened().halt).toBeDefined();
  });

  it('runs nothing that has fallen due or was left over', async () => {
    const { host, clock } = openOrders(store);
    must(await host.submit(order(1)));
    await expect(host.submit(add(99))).rejects.toMatchObject({ code: 'world-halted' });
    await host.close();
    clock.wall += 10n ** 12n;
    const again = openOrders(reopened(), { clock });
    await again.host.close();
    expect(reopened().head).toBe(0);
  });

  it('is over when an operator says so, and the world goes on', async () => {
    await (await halted()).close();
    const { host } = openOrders(reopened());
    const { worldId } = await worldOf(host);
    const halt = host.halt as NonNullable<typeof host.halt>;
    const by = (name: string) => signClearance(keys.signer(name), worldId, halt);
    expect(await host.clearHalt(by('boss'))).toMatchObject({ code: 'key-role' });
    expect(await host.clearHalt(by('nobody'))).toMatchObject({ code: 'key-role' });
    const other = signClearance(keys.signer('operator'), worldId, { ...halt, seq: 7 });
    expect(await host.clearHalt(other)).toMatchObject({ code: 'signature-invalid' });
    expect(await host.clearHalt(by('operator'))).toBeUndefined();
    expect(await host.clearHalt(by('operator'))).toMatchObject({ code: 'halt-none' });
    must(await host.submit(add(2)));
    await host.close();
    const again = openOrders(reopened());
    expect(again.host.halt).toBeUndefined();
    expect(sumOf(await worldOf(again.host))).toBe(3);
  });

  it('does not hide a store that fails: then there is no mark, and that is told', async () => {
    const failing: WorldStore = Object.create(store, {
      append: {
        value: (batch: { marks?: unknown }) =>
          batch.marks === undefined
            ? store.append(batch as never)
            : Promise.reject(new Error('disk full')),
      },
      head: { get: () => store.head },
      halt: { get: () => store.halt },
      snapshot: { get: () => store.snapshot },
      genesis: { get: () => store.genesis },
      records: { value: store.records.bind(store) },
      object: { value: store.object.bind(store) },
      close: { value: store.close.bind(store) },
    });
    const { host } = openOrders(failing);
    await expect(host.submit(add(99))).rejects.toMatchObject({ code: 'world-halted' });
    await host.close();
    expect(reopened().halt).toBeUndefined();
  });
});

describe('keys of a host', () => {
  it('sign receipts that its worlds take', async () => {
    const entry = ensureHostKey(keys.home);
    expect(entry).toMatchObject({ name: 'host', roles: ['host'] });
    const { host } = openOrders(store);
    const { publicKey, keyId } = keys.signer('host');
    expect(entry).toMatchObject({ publicKey, keyId });
    must(await host.submit(order(7)));
    const [intent] = await host.openIntents();
    const { worldId, epoch } = await worldOf(host);
    if (intent === undefined) throw new Error('no intent');
    const { hash: intentHash, attempt } = intent;
    const body = { worldId, epoch, intentHash, attempt, adapterId: 'me', status: 'ok' } as const;
    must(await host.submit(signReceipt(keys.signer('host'), body, encode({ n: 1 }))));
    const verb = signVerb(keys.signer('host'), { worldId, epoch }, { verb: 'pause' });
    expect(await host.submit(verb)).toMatchObject({ refusal: { code: 'verb-key' } });
  });
});
