/** Index files that are not what they should be: none is believed, and none is missed. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode, sha256 } from '@aos/canon';
import { createWorldStore, openWorldStore, type StoreOptions } from '@aos/store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeTempRoot } from './temp-world.js';

const root = makeTempRoot();
const OPTIONS: StoreOptions = { preallocateBytes: 0, segmentBytes: 6000, copyBytes: 0 };
const RECORDS = 160;
const world = join(root, 'world');
let names: string[] = [];

const objectOf = (seq: number) => {
  const bytes = encode({ object: seq });
  return { hash: sha256(bytes), bytes };
};

beforeAll(async () => {
  const store = await createWorldStore(world, encode('a genesis'), [], OPTIONS);
  for (let seq = 0; seq < RECORDS; seq++) {
    await store.append({ records: [encode({ record: seq })], objects: [objectOf(seq)] });
  }
  await store.close();
  const files = readdirSync(join(world, 'journal'));
  names = files.filter((name) => name.endsWith('.index')).sort();
  expect(names.length).toBeGreaterThan(2);
});
afterAll(() => rmSync(root, { recursive: true }));

async function expectWhole(damage: (journal: string) => void): Promise<void> {
  const copy = join(root, 'copy');
  rmSync(copy, { recursive: true, force: true });
  cpSync(world, copy, { recursive: true });
  damage(join(copy, 'journal'));
  const store = await openWorldStore(copy, { ...OPTIONS, mode: 'read' });
  for (const from of [0, 65]) {
    const expected = Array.from({ length: RECORDS - from }, (_, n) => encode({ record: from + n }));
    expect([...store.records(from)]).toEqual(expected);
  }
  for (let seq = 0; seq < RECORDS; seq += 7) {
    expect(store.object(objectOf(seq).hash)).toEqual(objectOf(seq).bytes);
  }
  expect(store.object(objectOf(RECORDS).hash)).toBeUndefined();
  await store.close();
}

it('with any byte changed, or of any length, an index hides and invents nothing', async () => {
  const [name = ''] = names;
  const bytes = readFileSync(join(world, 'journal', name));
  for (let at = 0; at < bytes.length; at += 97) {
    const damaged = Buffer.from(bytes);
    damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << (at % 8)), at);
    await expectWhole((journal) => writeFileSync(join(journal, name), damaged));
  }
  for (const length of [0, 7, 100, bytes.length - 1]) {
    await expectWhole((journal) => writeFileSync(join(journal, name), bytes.subarray(0, length)));
  }
});

it('of another segment, or no file at all, it is as if it were not there', async () => {
  const [first = '', second = ''] = names;
  await expectWhole((journal) => cpSync(join(journal, second), join(journal, first)));
  await expectWhole((journal) => {
    for (const name of names) rmSync(join(journal, name));
  });
  await expectWhole((journal) => {
    rmSync(join(journal, first));
    mkdirSync(join(journal, first));
  });
});
