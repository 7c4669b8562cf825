import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createWorldStore, nodeFs, openWorldStore, type StoreOptions } from '@aos/store';
import { afterAll, describe, expect, it } from 'vitest';
import {
  batchOf,
  copyWorld,
  GENESIS,
  makeTempRoot,
  readSegment,
  recordsOf,
  segmentNames,
  writeSegment,
} from './temp-world.js';

const root = makeTempRoot();
afterAll(() => rmSync(root, { recursive: true }));

const OPTIONS: StoreOptions = { preallocateBytes: 0 };
/** The `closed` marker: a header and 16 bytes. */
const MARKER_BYTES = 56;

/** A closed world with two records. */
async function closedWorld(name: string): Promise<string> {
  const directory = join(root, name);
  const store = await createWorldStore(directory, GENESIS, [], OPTIONS);
  await store.append(batchOf('zero'));
  await store.append(batchOf('one'));
  await store.close();
  return directory;
}

async function tailOf(directory: string, mode: 'read' | 'write' = 'read') {
  const store = await openWorldStore(directory, { ...OPTIONS, mode });
  const { tail, head } = store;
  await store.close();
  return { ...tail, head };
}

function journalNames(directory: string, prefix: string): string[] {
  return readdirSync(join(directory, 'journal')).filter((name) => name.startsWith(prefix));
}

describe('the tail of a log', () => {
  it('is clean after a close, also when it is reopened often', async () => {
    const directory = await closedWorld('clean');
    const clean = { clean: true, ignoredBytes: 0, head: 1 };
    for (const mode of ['read', 'write', 'write', 'read'] as const) {
      expect(await tailOf(directory, mode)).toEqual(clean);
    }
    expect(journalNames(directory, 'cut-')).toEqual([]);
    expect(journalNames(directory, 'writer-')).toHaveLength(1);
    expect(journalNames(directory, 'draft-')).toEqual([]);
  });

  it('tells of a world that was not closed, and of zeroes as nothing', async () => {
    const directory = await closedWorld('killed');
    const bytes = readSegment(directory);
    const zeroes = Buffer.alloc(5000);
    writeSegment(directory, Buffer.concat([bytes.subarray(0, -MARKER_BYTES), zeroes]));
    expect(await tailOf(directory)).toEqual({ clean: false, ignoredBytes: 0, head: 1 });
    writeSegment(directory, Buffer.concat([bytes, zeroes]));
    expect(await tailOf(directory)).toEqual({ clean: true, ignoredBytes: 0, head: 1 });
    await tailOf(directory, 'write');
    expect(journalNames(directory, 'cut-')).toEqual([]);
  });

  it('that a writer cuts is kept byte for byte', async () => {
    const directory = await closedWorld('shifted');
    const bytes = readSegment(directory);
    const record = bytes.indexOf('one') - 40;
    const shifted = Buffer.concat([
      bytes.subarray(0, record),
      Buffer.of(7),
      bytes.subarray(record),
    ]);
    writeSegment(directory, shifted.subarray(0, -MARKER_BYTES));
    const ignored = shifted.subarray(record, -MARKER_BYTES);
    const ignoredBytes = ignored.findLastIndex((byte) => byte !== 0) + 1;
    const expected = { clean: false, ignoredBytes, head: 0 };
    expect(await tailOf(directory)).toEqual(expected);
    expect(await tailOf(directory, 'write')).toEqual(expected);
    expect(await tailOf(directory)).toEqual({ clean: true, ignoredBytes: 0, head: 0 });
    const [name = ''] = journalNames(directory, 'cut-');
    const kept = readFileSync(join(directory, 'journal', name));
    expect(kept).toEqual(ignored.subarray(0, ignoredBytes));
  });
});

it('a large closed segment is left as it is, and gets a successor', async () => {
  const directory = await closedWorld('successor');
  const before = readSegment(directory);
  const store = await openWorldStore(directory, { ...OPTIONS, copyBytes: 0 });
  await store.append(batchOf('two'));
  expect(recordsOf(store)).toEqual(['zero', 'one', 'two']);
  await store.close();
  expect(readSegment(directory)).toEqual(before);
  expect(segmentNames(directory)).toHaveLength(2);
  expect(await tailOf(directory)).toEqual({ clean: true, ignoredBytes: 0, head: 2 });
});

it('a successor in which nothing stands yet is not clean, and is gone on in', async () => {
  const directory = await closedWorld('begun');
  const options = { ...OPTIONS, copyBytes: 0 };
  await (await openWorldStore(directory, options)).close();
  const successor = readSegment(directory, 1);
  writeSegment(directory, successor.subarray(0, -2 * MARKER_BYTES), 1);
  const store = await openWorldStore(directory, options);
  expect(store.tail).toEqual({ clean: false, ignoredBytes: 0 });
  await store.append(batchOf('two'));
  expect(recordsOf(store)).toEqual(['zero', 'one', 'two']);
  await store.close();
  expect(segmentNames(directory)).toHaveLength(2);
});

describe('a writer without the lock of another', () => {
  const fs = { ...nodeFs, lock: async () => ({ release: async () => undefined }) };

  it('takes the world over, and the other may not append', async () => {
    const directory = join(root, 'over');
    const older = await createWorldStore(directory, GENESIS, [], { fs });
    await older.append(batchOf('first'));
    const newer = await openWorldStore(directory, { fs });
    await newer.append(batchOf('second'));
    await expect(older.append(batchOf('lost'))).rejects.toMatchObject({
      code: 'writer-fenced',
      retry: 'never',
    });
    await older.close();
    expect(recordsOf(newer)).toEqual(['first', 'second']);
    await newer.close();
    expect(await tailOf(directory)).toEqual({ clean: true, ignoredBytes: 0, head: 1 });
  });

  it('goes above the epochs of a log whose claims were not copied', async () => {
    const directory = await closedWorld('copied');
    for (let i = 0; i < 3; i++) await tailOf(directory, 'write');
    const copy = join(root, 'copy');
    copyWorld(directory, copy);
    for (const name of journalNames(copy, 'writer-')) rmSync(join(copy, 'journal', name));
    const store = await openWorldStore(copy, OPTIONS);
    await store.append(batchOf('two'));
    await store.close();
    expect(journalNames(copy, 'writer-')).toEqual(['writer-5']);
    expect((await tailOf(copy)).head).toBe(2);
  });
});

it('a world that cannot be made is not advised to be closed', async () => {
  const failure = Object.assign(new Error('full'), { errno: -1, code: 'ENOSPC' });
  const fs = {
    ...nodeFs,
    rename: () => {
      throw failure;
    },
  };
  const error = await createWorldStore(join(root, 'unmade'), GENESIS, [], { fs }).catch((e) => e);
  expect(error).toMatchObject({ code: 'store-failed' });
  expect(error.message).not.toContain('close');
});
