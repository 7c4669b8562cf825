import { encode } from '@aos/canon';
import { signStreamFrame, signVerb, verifyWorld } from '@aos/host';
import { decodeRecord, type Verb, type WorldStore } from '@aos/protocol';
import { type MemoryStore, openMemoryStore } from '@aos/store';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  DEADLINE_NS,
  newOrderStore,
  openOrders,
  order,
  orderEngine,
  sumOf,
  TestKeys,
  tallyOf,
} from './order-world.js';
import { add, ManualClock, must, SCHEMA, settle } from './stage.js';

const keys = new TestKeys();
let store: WorldStore;
beforeEach(() => {
  store = newOrderStore(keys);
});

const reopen = () => {
  store = openMemoryStore(store as MemoryStore);
  return openOrders(store);
};

type Host = ReturnType<typeof openOrders>['host'];
const worldOf = (host: Host) => host.read((world) => world);
const sum = async (host: Host) => sumOf(await worldOf(host));

async function say(host: Host, verb: Verb, as = 'operator') {
  return host.submit(signVerb(keys.signer(as), await worldOf(host), verb));
}

/** The one intent that is open. */
async function openIntent(host: Host) {
  const [intent, ...others] = await host.openIntents();
  if (intent === undefined || others.length > 0) throw new Error('not one open intent');
  return intent;
}

const kinds = () => [...store.records(0)].map((bytes) => must(decodeRecord(bytes)).input.kind);

describe('events', () => {
  it('through an inbox reach its reducer alone, in the cell that their key names', async () => {
    const { host } = openOrders(store);
    const key = { json: 'anna' };
    must(await host.submit({ ...add(4), source: 'desk', key }));
    must(await host.submit({ ...add(5), source: 'desk', key: encode('anna') }));
    const world = await worldOf(host);
    expect([tallyOf(world, 'anna'), tallyOf(world, 'bert'), sumOf(world)]).toEqual([9, 0, 0]);
  });

  it('of one dedup id get one acknowledgement, in flight and over openings', async () => {
    const { host } = openOrders(store);
    const event = { ...add(4), dedup: 'once' };
    const [first, second] = await Promise.all([host.submit(event), host.submit(event)]);
    expect(must(first)).toMatchObject({ seq: 0, entries: 1 });
    expect(second).toEqual(first);
    expect(await host.submit({ schema: 't/Add@1', json: {}, dedup: 'once' })).toEqual(first);
    await host.close();
    const again = reopen();
    expect(await again.host.submit(event)).toEqual(first);
    expect(await sum(again.host)).toBe(4);
  });

  it('of one dedup id tell the faults that the first one met', async () => {
    const { host } = openOrders(store);
    const event = { ...add(13), dedup: 'trap' };
    const first = await host.submit(event);
    expect(must(first).faults).toEqual([{ reducer: 't/Sum@1', code: 'module-trap' }]);
    expect(await host.submit(event)).toEqual(first);
  });
});

describe('receipts', () => {
  it('settle what was asked, and plans go on with them', async () => {
    const { host } = openOrders(store);
    must(await host.submit(order(7)));
    const intent = await openIntent(host);
    expect(intent).toMatchObject({ effect: 'ask', state: 'released' });
    must(await host.submit(answer(keys, await worldOf(host), intent, { n: 70 })));
    expect(await sum(host)).toBe(70);
    expect(await host.openIntents()).toEqual([]);
  });

  it('are found again after an opening, by whoever is to answer them', async () => {
    const { host } = openOrders(store);
    must(await host.submit(order(7)));
    const before = await openIntent(host);
    await host.close();
    const again = reopen();
    expect(await openIntent(again.host)).toEqual(before);
  });

  it('that are not signed by the key they name leave no trace', async () => {
    const { host } = openOrders(store);
    must(await host.submit(order(7)));
    const world = await worldOf(host);
    const good = answer(keys, world, await openIntent(host));
    const changed = { ...good.receipt, costCents: 1n };
    const sig = good.sig.slice();
    sig[3] = (sig[3] as number) ^ 1;
    for (const forged of [
      { ...good, sig },
      { ...good, receipt: changed },
    ]) {
      const refused = { ok: false, refusal: { code: 'signature-invalid' } };
      expect(await host.submit(forged)).toMatchObject(refused);
    }
    expect(store.head).toBe(0);
    must(await host.submit(good));
  });

  it('of a key without the role are refused, and so is a second one', async () => {
    const { host } = openOrders(store);
    must(await host.submit(order(7)));
    const world = await worldOf(host);
    const intent = await openIntent(host);
    const byBoss = answer(keys, world, intent, { as: 'boss' });
    expect(await host.submit(byBoss)).toMatchObject({ refusal: { code: 'receipt-key' } });
    must(await host.submit(answer(keys, world, intent)));
    const late = await host.submit(answer(keys, world, intent, { n: 2 }));
    expect(late).toMatchObject({ refusal: { code: 'receipt-duplicate' } });
  });

  it('may be announced by frames, each with its number and signature', async () => {
    const { host } = openOrders(store);
    must(await host.submit(order(7)));
    const { worldId, epoch } = await worldOf(host);
    const { hash: intentHash, attempt } = await openIntent(host);
    const frame = (index: number) => {
      const unsigned = { worldId, epoch, intentHash, attempt, adapterId: 'test', index };
      return signStreamFrame(keys.signer('host'), unsigned, encode({ part: index }));
    };
    must(await host.submit(frame(0)));
    expect(await host.submit(frame(0))).toMatchObject({ refusal: { code: 'frame-duplicate' } });
    expect(await host.submit(frame(2))).toMatchObject({ refusal: { code: 'frame-gap' } });
    const forged = { ...frame(1), sig: frame(0).sig };
    expect(await host.submit(forged)).toMatchObject({ refusal: { code: 'signature-invalid' } });
    must(await host.submit(frame(1)));
    expect(kinds()).toEqual(['event', 'stream-frame', 'stream-frame']);
  });

  it('do not change with what their sender does to them after submitting', async () => {
    const { host } = openOrders(store);
    must(await host.submit(order(7)));
    const raw = answer(keys, await worldOf(host), await openIntent(host), { n: 3 });
    const waiting = host.submit(raw);
    raw.payload.fill(0);
    raw.sig.fill(0);
    must(await waiting);
    expect(await sum(host)).toBe(3);
  });
});

describe('time', () => {
  it('wakes a world with one timer, when its first deadline has come', async () => {
    const { host, clock, timer } = openOrders(store);
    expect(timer.delayMs).toBeUndefined();
    must(await host.submit(order(1)));
    must(await host.submit(order(2)));
    await settle();
    expect([timer.delayMs, timer.started]).toEqual([1000, 1]);
    clock.monotonic = DEADLINE_NS - 1n;
    timer.fire();
    await settle();
    expect(kinds()).toEqual(['event', 'event']);
    expect(timer.delayMs).toBe(1);
    clock.monotonic = DEADLINE_NS;
    timer.fire();
    await settle();
    expect(kinds()).toEqual(['event', 'event', 'tick']);
    expect(await host.openIntents()).toEqual([]);
    expect(timer.delayMs).toBeUndefined();
    await host.close();
    expect(verifyWorld(reopenedStore(), orderEngine())).toMatchObject({ ok: true, records: 3 });
  });

  it('that passed while a world was closed counts before any input', async () => {
    const { host } = openOrders(store);
    must(await host.submit(order(1)));
    await host.close();
    store = openMemoryStore(store as MemoryStore);
    const clock = new ManualClock();
    clock.wall += 2n * DEADLINE_NS;
    const again = openOrders(store, { clock });
    must(await again.host.submit(add(1)));
    expect(kinds()).toEqual(['event', 'tick', 'event']);
  });

  it('stands still for a paused world, and catches up', async () => {
    const { host, clock, timer } = openOrders(store);
    must(await host.submit(order(1)));
    must(await say(host, { verb: 'pause' }));
    await settle();
    expect(timer.delayMs).toBeUndefined();
    clock.monotonic = 5n * DEADLINE_NS;
    await settle();
    must(await say(host, { verb: 'resume' }));
    await settle();
    expect(kinds()).toEqual(['event', 'control', 'control', 'tick']);
  });

  it('is no reason to stay when a world is closed', async () => {
    const { host, timer } = openOrders(store);
    must(await host.submit(order(1)));
    await host.close();
    expect(timer.delayMs).toBeUndefined();
  });
});

describe('work beyond one record', () => {
  it('goes on in records of its own until none is left', async () => {
    const { host } = openOrders(store);
    must(await host.submit(add(304)));
    await settle();
    await host.close();
    const again = reopen();
    const all = kinds();
    expect(all.length).toBeGreaterThan(1);
    expect(new Set(all.slice(1))).toEqual(new Set(['continue']));
    expect((await worldOf(again.host)).pending).toEqual([]);
    const report = verifyWorld(store, orderEngine());
    expect(report).toMatchObject({ ok: true, records: all.length });
  });

  it('that never ends leaves room for events, and an operator can pause it', async () => {
    const { host } = openOrders(store);
    must(await host.submit(add(77)));
    const others = Array.from({ length: 5 }, () => host.submit(add(1)));
    for (const each of await Promise.all(others)) must(each);
    const paused = must(await say(host, { verb: 'pause' }));
    expect(await host.submit(add(1))).toMatchObject({ refusal: { code: 'world-paused' } });
    expect(store.head).toBe(paused.seq);
    expect((await worldOf(host)).pending.length).toBeGreaterThan(0);
    expect(kinds().length).toBeLessThan(200);
    await host.close();
  });

  it('that never ends does not keep a world from being closed', async () => {
    const { host } = openOrders(store);
    must(await host.submit(add(77)));
    await host.close();
    const again = reopen();
    expect(kinds().length).toBeLessThan(100);
    expect((await worldOf(again.host)).pending.length).toBeGreaterThan(0);
  });
});

describe('signed verbs', () => {
  it('go before what waits', async () => {
    const { host } = openOrders(store);
    const world = await worldOf(host);
    const events = [add(1), add(2)].map((each) => host.submit(each));
    const pause = host.submit(signVerb(keys.signer('operator'), world, { verb: 'pause' }));
    expect(must(await pause).seq).toBe(0);
    for (const each of await Promise.all(events)) {
      expect(each).toMatchObject({ ok: false, refusal: { code: 'world-paused' } });
    }
  });

  it('that pause a world let receipts in, which are delivered when it goes on', async () => {
    const { host } = openOrders(store);
    must(await host.submit(order(7)));
    must(await say(host, { verb: 'pause' }));
    must(await host.submit(answer(keys, await worldOf(host), await openIntent(host), { n: 6 })));
    expect(await sum(host)).toBe(0);
    must(await say(host, { verb: 'resume' }));
    await settle();
    expect(await sum(host)).toBe(6);
  });

  it('hold in the epoch they were signed in, also when it ends while they wait', async () => {
    const { host } = openOrders(store);
    const world = await worldOf(host);
    const sign = (verb: Verb) => host.submit(signVerb(keys.signer('operator'), world, verb));
    const [first, second] = await Promise.all([
      sign({ verb: 'epoch', epoch: 1 }),
      sign({ verb: 'pause' }),
    ]);
    expect(must(first).seq).toBe(0);
    expect(second).toMatchObject({ refusal: { code: 'signature-invalid' } });
    expect(await sign({ verb: 'drain' })).toMatchObject({ refusal: { code: 'signature-invalid' } });
    must(await say(host, { verb: 'drain' }));
  });

  it('cannot come back, and need a key with the role', async () => {
    const { host } = openOrders(store);
    const verb = signVerb(keys.signer('operator'), await worldOf(host), { verb: 'pause' });
    must(await host.submit(verb));
    must(await say(host, { verb: 'resume' }));
    expect(await host.submit(verb)).toMatchObject({ refusal: { code: 'verb-replayed' } });
    expect(await say(host, { verb: 'pause' }, 'boss')).toMatchObject({
      refusal: { code: 'verb-key' },
    });
  });

  it('add keys that sign from then on, and revoke them', async () => {
    const { host } = openOrders(store);
    const { publicKey, keyId } = keys.signer('adapter');
    must(await host.submit(order(7)));
    const intent = await openIntent(host);
    const receipt = answer(keys, await worldOf(host), intent, { as: 'adapter' });
    expect(await host.submit(receipt)).toMatchObject({ refusal: { code: 'receipt-key' } });
    const added = { verb: 'keyring-add', publicKey, name: 'a', roles: ['adapter'] } as const;
    must(await say(host, added));
    must(await say(host, { verb: 'keyring-revoke', keyId }));
    expect(await host.submit(receipt)).toMatchObject({ refusal: { code: 'receipt-key' } });
  });

  it('approve what waits for people, and what is approved goes out', async () => {
    const { host } = openOrders(store);
    must(await host.submit(order(7, 't/Dear@1')));
    const intent = await openIntent(host);
    expect(intent).toMatchObject({ state: 'waiting', approval: { role: 'approver' } });
    const early = answer(keys, await worldOf(host), intent);
    expect(await host.submit(early)).toMatchObject({ refusal: { code: 'receipt-not-released' } });
    const yes = { verb: 'approve-intent', intentHash: intent.hash, decision: 'approve' } as const;
    must(await say(host, yes, 'boss'));
    expect(await openIntent(host)).toMatchObject({ state: 'released' });
    must(await host.submit(answer(keys, await worldOf(host), intent, { n: 8 })));
    expect(await sum(host)).toBe(8);
  });

  it('are refused when they cannot even be copied', async () => {
    const { host } = openOrders(store);
    const verb = signVerb(keys.signer('operator'), await worldOf(host), { verb: 'pause' });
    const args = { get: () => undefined };
    const odd = [
      { ...verb, args },
      { ...verb, nonce: undefined },
      { ...verb, keyId: 7 },
    ];
    for (const raw of odd) expect((await host.submit(raw as never)).ok).toBe(false);
    expect(store.head).toBe(-1);
    must(await host.submit({ schema: SCHEMA, json: { by: 1 } }));
  });
});

function reopenedStore(): WorldStore {
  store = openMemoryStore(store as MemoryStore);
  return store;
}
