/** The contract of the WorldStore port, as far as it is about marks. */
import { sha256, utf8 } from '@aos/canon';
import type { StoreMark } from '../mark.js';
import type { Batch } from '../ports.js';
import type { ContractCase } from './case.js';
import {
  expect,
  expectHalt,
  expectPlaces,
  expectRecords,
  expectSnapshot,
  GENESIS,
  object,
  range,
  rejectionOf,
  type StoreFixture,
} from './store-checks.js';

type Case = ContractCase<StoreFixture>;

const state = (seq: number) => object(`the world after record ${seq}`);
const snapshotAt = (seq: number): StoreMark => ({ kind: 'snapshot', seq, hash: state(seq).hash });
const haltAt = (seq: number): StoreMark => {
  return { kind: 'halt', seq, code: 'defect', detail: `found another hash · ${seq}` };
};
const clearedAt = (seq: number): StoreMark => ({ kind: 'halt-cleared', seq });

function marks(...given: readonly StoreMark[]): Batch {
  return { records: [], objects: [], marks: given };
}

const noMarks: Case = {
  name: 'a world without marks has no snapshot and no halt',
  async run(fixture) {
    let store = await fixture.create(GENESIS, []);
    await store.append(range(0, 3));
    for (let round = 0; round < 2; round++) {
      expectSnapshot(store, undefined);
      expectHalt(store, undefined);
      await store.close();
      store = await fixture.open();
    }
    await store.close();
  },
};

const latestSnapshot: Case = {
  name: 'the latest snapshot mark is in force, and found again',
  async run(fixture) {
    let store = await fixture.create(GENESIS, [state(-1)]);
    await store.append(marks(snapshotAt(-1)));
    expectSnapshot(store, snapshotAt(-1));
    await store.append({ ...range(0, 2), objects: [state(1)], marks: [snapshotAt(1)] });
    expectSnapshot(store, snapshotAt(1));
    const both = [state(2), state(3)];
    await store.append({ ...range(2, 5), objects: both, marks: [snapshotAt(2), snapshotAt(3)] });
    for (let round = 0; round < 3; round++) {
      expectSnapshot(store, snapshotAt(3));
      expectHalt(store, undefined);
      expectPlaces(store, 4 + round, 4 + round);
      expectRecords(store, 0, 5 + round);
      await store.close();
      store = await fixture.open();
      expectSnapshot(store, snapshotAt(3));
      await store.append(range(5 + round, 6 + round));
    }
    await store.close();
  },
};

const halts: Case = {
  name: 'a halt is found again until it is cleared',
  async run(fixture) {
    let store = await fixture.create(GENESIS, []);
    await store.append({ ...range(0, 1), marks: [haltAt(0)] });
    await store.append(range(1, 2));
    for (let round = 0; round < 2; round++) {
      expectHalt(store, haltAt(0));
      await store.close();
      store = await fixture.open();
    }
    await store.append(marks(clearedAt(1)));
    for (let round = 0; round < 2; round++) {
      expectHalt(store, undefined);
      expectRecords(store, 0, 2);
      await store.close();
      store = await fixture.open();
    }
    await store.append(marks(haltAt(1), clearedAt(1), haltAt(1)));
    await store.close();
    store = await fixture.open();
    expectHalt(store, haltAt(1));
    await store.close();
  },
};

const besideRecords: Case = {
  name: 'marks move no record, and stand behind all before them',
  async run(fixture) {
    const store = await fixture.create(GENESIS, []);
    const appends = [
      store.append({ ...range(0, 3), objects: [state(2)] }),
      store.append(marks(haltAt(2), snapshotAt(2))),
      store.append(range(3, 6)),
      store.append(marks(clearedAt(5))),
    ];
    await appends[1];
    expect(store.durable >= 2, 'the records before a mark durable when it is');
    await Promise.all(appends);
    expectPlaces(store, 5, 5);
    expectRecords(store, 0, 6);
    expectRecords(store, 3, 6);
    expectSnapshot(store, snapshotAt(2));
    expectHalt(store, undefined);
    await store.close();
    const again = await fixture.open();
    expectPlaces(again, 5, 5);
    expectRecords(again, 0, 6);
    expectSnapshot(again, snapshotAt(2));
    await again.close();
  },
};

const unfounded: Case = {
  name: 'a mark of what is not there is refused with its whole batch',
  async run(fixture) {
    const store = await fixture.create(GENESIS, []);
    const bad: readonly Batch[] = [
      { ...range(0, 1), marks: [haltAt(1)] },
      { ...range(0, 1), marks: [haltAt(-2)] },
      { ...range(0, 1), marks: [snapshotAt(0)] },
    ];
    for (const given of bad) {
      const thrown = await rejectionOf(() => store.append(given));
      expect(thrown instanceof Error, 'a rejection');
      expectPlaces(store, -1, -1);
      expectHalt(store, undefined);
      expectSnapshot(store, undefined);
    }
    await store.append(range(0, 1));
    expectRecords(store, 0, 1);
    await store.close();
  },
};

const ownMarks: Case = {
  name: 'marks given and marks received are not shared with the store',
  async run(fixture) {
    const store = await fixture.create(GENESIS, [state(-1)]);
    const hash = sha256(utf8('the world after record -1'));
    const done = store.append(marks({ kind: 'snapshot', seq: -1, hash }));
    hash.fill(0);
    await done;
    store.snapshot?.hash.fill(0);
    expectSnapshot(store, snapshotAt(-1));
    await store.close();
  },
};

/** Every store passes all of these. */
export const markCases: readonly Case[] = [
  noMarks,
  latestSnapshot,
  halts,
  besideRecords,
  unfounded,
  ownMarks,
];
