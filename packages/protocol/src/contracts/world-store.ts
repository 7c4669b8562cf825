/**
 * The contract of the WorldStore port. Each case gets a fixture with a world nobody has touched.
 */
import { bytesEqual, type Hash, sha256, toHashText, utf8 } from '@aos/canon';
import type { ContractCase } from './case.js';
import {
  batch,
  expect,
  expectFault,
  expectObject,
  expectPlaces,
  expectRecords,
  GENESIS,
  object,
  range,
  record,
  rejectionOf,
  type StoreFixture,
} from './store-checks.js';
import { markCases } from './store-marks.js';

/** Larger than any buffer an implementation is likely to collect small appends in. */
const LARGE_BYTES = 2 ** 20 + 1;

const newWorld: ContractCase<StoreFixture> = {
  name: 'a new world holds its genesis, its first objects and no record',
  async run(fixture) {
    const first = object('a definition');
    const store = await fixture.create(GENESIS, [first, object('another')]);
    expect(bytesEqual(store.genesis, GENESIS), 'the genesis bytes');
    expectPlaces(store, -1, -1);
    expectRecords(store, 0, 0);
    expectObject(store, first);
    expect([...store.objects()].length === 2, 'two objects');
    await store.close();
  },
};

const acknowledged: ContractCase<StoreFixture> = {
  name: 'an append moves the head at once and is durable when it resolves',
  async run(fixture) {
    const store = await fixture.create(GENESIS, []);
    const done = store.append(range(0, 1));
    expect(store.head === 0, 'head 0 right after the call');
    await done;
    expectPlaces(store, 0, 0);
    await store.append(range(1, 5));
    expectPlaces(store, 4, 4);
    expectRecords(store, 0, 5);
    await store.close();
  },
};

const inFlight: ContractCase<StoreFixture> = {
  name: 'appends in flight become durable in the order of their calls',
  async run(fixture) {
    const store = await fixture.create(GENESIS, []);
    const order: number[] = [];
    const appends = Array.from({ length: 100 }, async (_, seq) => {
      await store.append(range(seq, seq + 1));
      expect(store.durable >= seq, `record ${seq} durable when its append resolves`);
      order.push(seq);
    });
    expect(store.head === 99, 'head 99 while all are in flight');
    await Promise.all(appends);
    expect(
      order.every((seq, i) => seq === i),
      'one acknowledgement after the other',
    );
    expectRecords(store, 0, 100);
    await store.close();
  },
};

const readWhileWriting: ContractCase<StoreFixture> = {
  name: 'records are read from any place up to the head at the time of the call',
  async run(fixture) {
    const store = await fixture.create(GENESIS, []);
    await store.append(range(0, 200));
    const pending = store.append(range(200, 210));
    expectRecords(store, 0, 210);
    for (const from of [1, 63, 64, 65, 199, 200, 205, 209]) expectRecords(store, from, 210);
    expectRecords(store, 210, 210);
    expectRecords(store, 500, 500);
    const early = store.records(205);
    const later = store.append(range(210, 220));
    expect([...early].length === 5, 'an iterable that later appends do not lengthen');
    expect([...early].length === 5, 'an iterable that can be read again');
    await Promise.all([pending, later]);
    expectRecords(store, 190, 220);
    await store.close();
  },
};

const objectsWithRecords: ContractCase<StoreFixture> = {
  name: 'objects are there with their batch, once, and only under their hash',
  async run(fixture) {
    const [one, two] = [object('one'), object('two')];
    const store = await fixture.create(GENESIS, [one]);
    await store.append(batch([record(0)], [two, one, two]));
    await store.append(batch([], [one, two]));
    expectPlaces(store, 0, 0);
    expectObject(store, one);
    expectObject(store, two);
    const hashes = [...store.objects()].map(toHashText).sort();
    const expected = [one, two].map(({ hash }) => toHashText(hash)).sort();
    expect(hashes.join() === expected.join(), 'each object listed once');
    expect(store.object(object('three').hash) === undefined, 'nothing under an unknown hash');
    await store.close();
  },
};

const wrongHash: ContractCase<StoreFixture> = {
  name: 'an object that is not what its hash says is refused with its whole batch',
  async run(fixture) {
    const store = await fixture.create(GENESIS, []);
    const forged = { hash: object('other').hash, bytes: utf8('forged') };
    const thrown = await rejectionOf(() => store.append(batch([record(0)], [forged])));
    expect(thrown instanceof Error, 'a rejection');
    expectPlaces(store, -1, -1);
    expect(store.object(forged.hash) === undefined, 'no such object');
    await store.append(range(0, 1));
    expectRecords(store, 0, 1);
    await store.close();
  },
};

const ownBytes: ContractCase<StoreFixture> = {
  name: 'bytes given and bytes received are not shared with the store',
  async run(fixture) {
    const store = await fixture.create(GENESIS, []);
    const given = record(0);
    const body = object('body');
    const stored = { hash: body.hash.slice() as Hash, bytes: body.bytes.slice() };
    const done = store.append(batch([given], [stored]));
    given.fill(0);
    stored.hash.fill(0);
    stored.bytes.fill(0);
    await done;
    for (const bytes of store.records(0)) bytes.fill(0);
    store.object(body.hash)?.fill(0);
    store.genesis.fill(0);
    expectRecords(store, 0, 1);
    expectObject(store, body);
    expect(bytesEqual(store.genesis, GENESIS), 'the genesis bytes');
    await store.close();
  },
};

const emptyBatch: ContractCase<StoreFixture> = {
  name: 'an empty batch waits for everything before it',
  async run(fixture) {
    const store = await fixture.create(GENESIS, []);
    await store.append(batch([]));
    expectPlaces(store, -1, -1);
    const before = store.append(range(0, 3));
    await store.append(batch([]));
    expectPlaces(store, 2, 2);
    await before;
    await store.close();
  },
};

const anySize: ContractCase<StoreFixture> = {
  name: 'records and objects may be empty, and larger than any buffer',
  async run(fixture) {
    const store = await fixture.create(GENESIS, []);
    const large = new Uint8Array(LARGE_BYTES).map((_, i) => i % 251);
    const objects = [large, new Uint8Array()].map((bytes) => ({ hash: sha256(bytes), bytes }));
    const records = [new Uint8Array(), large, record(2)];
    const done = store.append(batch(records, objects));
    for (const when of ['while in flight', 'when durable']) {
      const found = [...store.records(0)];
      const same = records.every((bytes, i) => bytesEqual(bytes, found[i] ?? GENESIS));
      expect(same && found.length === 3, `three records ${when}`);
      for (const expected of objects) expectObject(store, expected);
      await done;
    }
    await store.close();
  },
};

const reopen: ContractCase<StoreFixture> = {
  name: 'a world opens again as it was closed and goes on',
  async run(fixture) {
    const [one, two] = [object('one'), object('two')];
    let store = await fixture.create(GENESIS, [one]);
    await store.append(batch([record(0), record(1)], [two]));
    for (let to = 3; to < 6; to++) {
      await store.close();
      store = await fixture.open();
      expect(bytesEqual(store.genesis, GENESIS), 'the genesis bytes');
      expectPlaces(store, to - 2, to - 2);
      expectObject(store, one);
      expectObject(store, two);
      await store.append(range(to - 1, to));
      expectRecords(store, 0, to);
    }
    await store.close();
  },
};

const closing: ContractCase<StoreFixture> = {
  name: 'closing waits for appends in flight, and may be done again',
  async run(fixture) {
    const store = await fixture.create(GENESIS, []);
    const appends = [store.append(range(0, 10)), store.append(range(10, 20))];
    const early = store.records(0);
    await store.close();
    await store.close();
    await Promise.all(appends);
    await expectFault(() => [...early], 'store-closed');
    await expectFault(() => store.records(0), 'store-closed');
    await expectFault(() => store.append(range(20, 21)), 'store-closed');
    const again = await fixture.open();
    expectRecords(again, 0, 20);
    await again.close();
  },
};

const oneWriter: ContractCase<StoreFixture> = {
  name: 'a second writer is refused until the first has closed',
  async run(fixture) {
    const store = await fixture.create(GENESIS, []);
    await store.append(range(0, 1));
    await expectFault(() => fixture.open(), 'world-locked');
    await store.append(range(1, 2));
    await store.close();
    const next = await fixture.open();
    expectRecords(next, 0, 2);
    await next.close();
  },
};

/** Every store passes all of these. */
export const worldStoreContract: readonly ContractCase<StoreFixture>[] = [
  newWorld,
  acknowledged,
  inFlight,
  readWhileWriting,
  objectsWithRecords,
  wrongHash,
  ownBytes,
  emptyBatch,
  anySize,
  reopen,
  closing,
  oneWriter,
  ...markCases,
];
