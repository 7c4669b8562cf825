import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWorldStore, openWorldStore } from '@aos/store';
import { afterAll, describe, expect, it } from 'vitest';
import {
  batchOf,
  copyWorld,
  GENESIS,
  makeTempRoot,
  objectOf,
  readSegment,
  recordsOf,
  segmentNames,
} from './temp-world.js';

const root = makeTempRoot();
afterAll(() => rmSync(root, { recursive: true }));

const fault = (code: string) => expect.objectContaining({ name: 'AosFault', code });

describe('creating a world', () => {
  it('makes missing directories, for the owner alone', async () => {
    const directory = join(root, 'a', 'b', 'world');
    await (await createWorldStore(directory, GENESIS, [])).close();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'journal')).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'journal', '0000000000.log')).mode & 0o777).toBe(0o600);
  });

  it('refuses an existing world and leaves it as it is', async () => {
    const directory = join(root, 'existing');
    const store = await createWorldStore(directory, GENESIS, []);
    await store.append(batchOf('one'));
    await expect(createWorldStore(directory, GENESIS, [])).rejects.toEqual(fault('world-locked'));
    await store.close();
    const before = readSegment(directory);
    await expect(createWorldStore(directory, GENESIS, [])).rejects.toEqual(fault('world-exists'));
    expect(readSegment(directory)).toEqual(before);
    await (await openWorldStore(directory)).close();
  });

  it('takes the place of a creation that did not finish', async () => {
    const directory = join(root, 'unfinished');
    const staging = join(directory, 'journal.creating');
    mkdirSync(staging, { recursive: true });
    writeFileSync(join(staging, '0000000000.log'), Buffer.alloc(5000, 'x'));
    await expect(openWorldStore(directory)).rejects.toEqual(fault('world-not-found'));
    const store = await createWorldStore(directory, GENESIS, [objectOf('definition')]);
    expect(store.object(objectOf('definition').hash)).toEqual(objectOf('definition').bytes);
    await store.close();
  });

  it('leaves other files of the directory alone', async () => {
    const directory = join(root, 'with-files');
    mkdirSync(directory);
    writeFileSync(join(directory, 'manifest.air.json'), '{}');
    await (await createWorldStore(directory, GENESIS, [])).close();
    expect(statSync(join(directory, 'manifest.air.json')).size).toBe(2);
  });

  it('fails as a fault where nothing can be made', async () => {
    writeFileSync(join(root, 'file'), '');
    const directory = join(root, 'file', 'world');
    await expect(createWorldStore(directory, GENESIS, [])).rejects.toEqual(fault('store-failed'));
  });
});

describe('opening a directory', () => {
  it('that is missing, empty or a file finds no world', async () => {
    mkdirSync(join(root, 'empty'));
    writeFileSync(join(root, 'plain'), '');
    for (const name of ['missing', 'empty', 'plain']) {
      for (const mode of ['read', 'write'] as const) {
        const opened = openWorldStore(join(root, name), { mode });
        await expect(opened, name).rejects.toEqual(fault('world-not-found'));
      }
    }
  });

  it('for reading needs no lock, changes nothing and takes no append', async () => {
    const directory = join(root, 'read');
    const writer = await createWorldStore(directory, GENESIS, [], { preallocateBytes: 0 });
    await writer.append(batchOf('one', 'object'));
    const before = readSegment(directory);
    const reader = await openWorldStore(directory, { mode: 'read' });
    expect(recordsOf(reader)).toEqual(['one']);
    expect(reader.object(objectOf('object').hash)).toBeDefined();
    await expect(reader.append(batchOf('two'))).rejects.toEqual(fault('store-read-only'));
    await writer.append(batchOf('two'));
    expect(recordsOf(reader)).toEqual(['one']);
    await reader.close();
    expect(readSegment(directory).subarray(0, before.length)).toEqual(before);
    await writer.close();
    const later = await openWorldStore(directory, { mode: 'read' });
    expect([later.head, later.durable]).toEqual([1, 1]);
    await later.close();
    expect(() => later.records(0)).toThrow(fault('store-closed'));
  });

  it('for reading sees a whole log at any moment of a writer at work', async () => {
    const directory = join(root, 'busy');
    const options = { segmentBytes: 2 ** 16 };
    const writer = await createWorldStore(directory, GENESIS, [], options);
    const count = 4000;
    let next = 0;
    const work = Array.from({ length: 64 }, async () => {
      while (next < count) await writer.append(batchOf(`${next++}`.padEnd(150)));
    });
    const heads: number[] = [];
    while (writer.durable < count - 1) {
      const reader = await openWorldStore(directory, { mode: 'read' });
      const texts = recordsOf(reader);
      texts.forEach((text, seq) => {
        if (text.trim() !== `${seq}`) throw new Error(`record ${seq} is ${text}`);
      });
      heads.push(reader.head);
      await reader.close();
      await writer.append({ records: [], objects: [] });
    }
    await Promise.all(work);
    await writer.close();
    expect(heads).toEqual([...heads].sort((a, b) => a - b));
    expect(heads.length).toBeGreaterThan(3);
  });

  it('finds the lock free after a refused opening', async () => {
    const directory = join(root, 'refused');
    await (await createWorldStore(directory, GENESIS, [])).close();
    const broken = join(root, 'refused-broken');
    copyWorld(directory, broken);
    rmSync(join(broken, 'journal', '0000000000.log'));
    for (let i = 0; i < 2; i++) {
      await expect(openWorldStore(broken)).rejects.toEqual(fault('world-damaged'));
    }
  });
});

describe('a log of several segments', () => {
  it('is read across them, and only its last one grows', async () => {
    const directory = join(root, 'segments');
    const options = { segmentBytes: 4096, preallocateBytes: 1024 };
    let store = await createWorldStore(directory, GENESIS, [], options);
    const expected = Array.from({ length: 300 }, (_, i) => `record ${i} ${'.'.repeat(i % 40)}`);
    const appends = expected.slice(0, 200).map((text) => store.append(batchOf(text, text)));
    expect(recordsOf(store)).toEqual(expected.slice(0, 200));
    await Promise.all(appends);
    await store.close();
    const sealed = readSegment(directory, 0);
    store = await openWorldStore(directory, options);
    for (const text of expected.slice(200)) await store.append(batchOf(text, text));
    expect(recordsOf(store)).toEqual(expected);
    for (const text of expected) expect(store.object(objectOf(text).hash)).toBeDefined();
    await store.close();
    expect(segmentNames(directory).length).toBeGreaterThan(5);
    expect(readSegment(directory, 0)).toEqual(sealed);
  });

  it('gives an append that is too large for a segment one of its own', async () => {
    const directory = join(root, 'large');
    const options = { segmentBytes: 1024 };
    const store = await createWorldStore(directory, GENESIS, [], options);
    const expected = ['small', 'large'.repeat(1000), 'small again'];
    for (const text of expected) await store.append(batchOf(text));
    await store.close();
    const again = await openWorldStore(directory, options);
    expect(recordsOf(again)).toEqual(expected);
    await again.close();
    expect(segmentNames(directory)).toHaveLength(3);
  });

  it('is scanned in pieces', async () => {
    const directory = join(root, 'pieces');
    const store = await createWorldStore(directory, GENESIS, []);
    const expected = Array.from({ length: 6000 }, (_, i) => `${i}`.padEnd(300, '+'));
    await Promise.all(expected.map((text) => store.append(batchOf(text))));
    await store.close();
    const again = await openWorldStore(directory, { mode: 'read' });
    expect(recordsOf(again)).toEqual(expected);
    await again.close();
  });
});

describe('an object that is there already', () => {
  it('takes no more room', async () => {
    const directory = join(root, 'objects');
    const store = await createWorldStore(directory, GENESIS, [objectOf('first')], {
      preallocateBytes: 0,
    });
    await store.append({ records: [], objects: [objectOf('first'), objectOf('second')] });
    const before = readSegment(directory).length;
    await store.append({ records: [], objects: [objectOf('second'), objectOf('first')] });
    expect(readSegment(directory).length).toBe(before);
    await store.close();
  });
});
