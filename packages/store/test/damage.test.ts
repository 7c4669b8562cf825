import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from '@aos/canon';
import { createWorldStore, openWorldStore, type StoreOptions, WorldDamaged } from '@aos/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeFrame, spanOf } from '../src/log/frame.js';
import {
  batchOf,
  copyWorld,
  GENESIS,
  makeTempRoot,
  objectOf,
  readSegment,
  recordsOf,
  segmentNames,
  segmentPath,
  writeSegment,
} from './temp-world.js';

const root = makeTempRoot();
const OPTIONS: StoreOptions = { preallocateBytes: 0 };
/** An `opened` or `closed` marker: a header and 16 bytes. */
const MARKER_BYTES = 56;
const TEXTS = ['zero', 'one', 'two'];
const RECORDS_OF_MANY = Array.from({ length: 20 }, (_, i) => `record ${i}`);

/** Made once: a world whose process was killed, the same world closed, and one in segments. */
const killed = join(root, 'killed');
const closed = join(root, 'closed');
const many = join(root, 'many');
/** Sizes of the killed world's file after each step: creation, opening, and each record. */
const sizes: number[] = [];

beforeAll(async () => {
  const store = await createWorldStore(closed, GENESIS, [objectOf('definition')], OPTIONS);
  sizes.push(readSegment(closed).length);
  for (const text of TEXTS) {
    await store.append(batchOf(text, `object of ${text}`));
    sizes.push(readSegment(closed).length);
  }
  copyWorld(closed, killed);
  await store.close();
  const parts = await createWorldStore(many, GENESIS, [], { ...OPTIONS, segmentBytes: 600 });
  for (const text of RECORDS_OF_MANY) await parts.append(batchOf(text));
  await parts.close();
});

afterAll(() => rmSync(root, { recursive: true }));

type Check = 'all' | 'last';

/** Head as a reader finds it that checks all frames, or the code of the fault. */
async function outcome(directory: string, check: Check = 'all'): Promise<number | string> {
  try {
    const store = await openWorldStore(directory, { ...OPTIONS, mode: 'read', check });
    const { head } = store;
    expect(recordsOf(store)).toEqual(TEXTS.slice(0, head + 1));
    for (const text of TEXTS.slice(0, head + 1)) {
      expect(store.object(objectOf(`object of ${text}`).hash)).toBeDefined();
    }
    await store.close();
    return head;
  } catch (error) {
    if (error instanceof WorldDamaged) return error.code;
    throw error;
  }
}

/** As outcome, for worlds with other content. */
async function headOf(directory: string, check: Check = 'all'): Promise<number | string> {
  try {
    const store = await openWorldStore(directory, { ...OPTIONS, mode: 'read', check });
    const { head } = store;
    const records = recordsOf(store);
    expect(records).toHaveLength(head + 1);
    if (check === 'last') expect(records).toEqual(RECORDS_OF_MANY.slice(0, head + 1));
    await store.close();
    return head;
  } catch (error) {
    if (error instanceof WorldDamaged) return error.code;
    throw error;
  }
}

async function placeOfDamage(directory: string, check: Check = 'all'): Promise<unknown> {
  const error = await openWorldStore(directory, { ...OPTIONS, check }).catch(
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WorldDamaged)) return error;
  expect([error.code, error.retry]).toEqual(['world-damaged', 'never']);
  return { segment: error.segment, offset: error.offset, seq: error.seq };
}

/** Records that lie whole below a size, by the sizes after each append. */
function recordsBelow(size: number): number {
  return sizes.slice(1).filter((end) => end <= size).length;
}

describe('a log cut off at any byte', () => {
  it('opens with all records that are whole, but not below its creation', async () => {
    const subject = join(root, 'cut');
    copyWorld(killed, subject);
    const bytes = readSegment(killed);
    const created = (sizes[0] as number) - MARKER_BYTES;
    for (let size = bytes.length; size >= 0; size--) {
      writeSegment(subject, bytes.subarray(0, size));
      const expected = size < created ? 'world-damaged' : recordsBelow(size) - 1;
      expect(await outcome(subject), `size ${size}`).toBe(expected);
    }
  });

  it('goes on after a writer has cut the torn frame', async () => {
    const bytes = readSegment(killed);
    const [, , second = 0, third = 0] = sizes;
    for (let size = second + 1; size < third; size++) {
      const subject = join(root, `torn-${size}`);
      copyWorld(killed, subject);
      writeSegment(subject, bytes.subarray(0, size));
      const store = await openWorldStore(subject, OPTIONS);
      expect(store.head).toBe(1);
      await store.append(batchOf('two', 'object of two'));
      await store.close();
      expect(await outcome(subject), `size ${size}`).toBe(2);
      rmSync(subject, { recursive: true });
    }
  });

  it('is not damage only because bytes of a log were stored in it', async () => {
    const subject = join(root, 'nested');
    const store = await createWorldStore(subject, GENESIS, [], OPTIONS);
    for (const text of TEXTS) await store.append(batchOf(text));
    const before = readSegment(subject).length;
    await store.append({ records: [readSegment(subject)], objects: [] });
    const killedHere = join(root, 'nested-killed');
    copyWorld(subject, killedHere);
    await store.close();
    const bytes = readSegment(killedHere);
    bytes.fill(0, before, before + 40);
    writeSegment(killedHere, bytes);
    expect(await headOf(killedHere)).toBe(2);
  });
});

describe('a changed byte', () => {
  it('below the known durable place is damage, behind it is cut', async () => {
    const subject = join(root, 'flip');
    copyWorld(killed, subject);
    const bytes = readSegment(killed);
    const known = sizes.at(-2) as number;
    await forEachFlip(bytes, async (changed, at) => {
      writeSegment(subject, changed);
      expect(await outcome(subject), `byte ${at}`).toBe(at < known ? 'world-damaged' : 1);
    });
  });

  it('in a closed log is damage, and only in its last marker harmless', async () => {
    const subject = join(root, 'flip-closed');
    copyWorld(closed, subject);
    const bytes = readSegment(closed);
    const known = sizes.at(-1) as number;
    await forEachFlip(bytes, async (changed, at) => {
      writeSegment(subject, changed);
      expect(await outcome(subject), `byte ${at}`).toBe(at < known ? 'world-damaged' : 2);
    });
  });

  it('in any segment but the end of the last is damage', async () => {
    const names = segmentNames(many);
    expect(names.length).toBeGreaterThan(2);
    const subject = join(root, 'flip-many');
    copyWorld(many, subject);
    for (let segment = 0; segment < names.length; segment++) {
      const bytes = readSegment(many, segment);
      const known = segment < names.length - 1 ? bytes.length : bytes.length - MARKER_BYTES;
      await forEachFlip(bytes, async (changed, at) => {
        writeSegment(subject, changed, segment);
        const found = await headOf(subject);
        expect(found, `segment ${segment} byte ${at}`).toBe(at < known ? 'world-damaged' : 19);
        // with indexes it is found when it is read; nothing else than what was written is given out
        if (at % 7 === 0) expect(['world-damaged', 19]).toContain(await headOf(subject, 'last'));
      });
      writeSegment(subject, bytes, segment);
    }
  });
});

describe('damage', () => {
  it('names the place, and a writer refused by it changes nothing', async () => {
    const subject = join(root, 'place');
    copyWorld(killed, subject);
    const bytes = readSegment(subject);
    const offset = sizes[1] as number;
    bytes[offset + 41] = 255;
    writeSegment(subject, bytes);
    expect(await placeOfDamage(subject)).toEqual({ segment: 0, offset, seq: 1 });
    expect(readSegment(subject)).toEqual(bytes);
  });

  it('is a segment that is missing, shortened, lengthened or exchanged', async () => {
    const last = segmentNames(many).length - 1;
    const tamper: readonly [string, (directory: string) => void, number][] = [
      ['first', (directory) => rmSync(segmentPath(directory, 0)), 0],
      ['middle', (directory) => rmSync(segmentPath(directory, 1)), 1],
      ['shorter', (directory) => shorten(directory, 1), 2],
      ['longer', (directory) => lengthen(directory, 1), 1],
      ['empty', (directory) => writeSegment(directory, Buffer.alloc(0), 1), 1],
      ['exchanged', (directory) => writeSegment(directory, readSegment(many, 2), 1), 1],
      ['foreign', (directory) => writeSegment(directory, readSegment(closed), last), last],
    ];
    for (const [name, change, segment] of tamper) {
      const subject = join(root, name);
      copyWorld(many, subject);
      change(subject);
      for (const check of ['last', 'all'] as const) {
        expect(await placeOfDamage(subject, check), name).toMatchObject({ segment });
      }
    }
  });

  it('is a last segment without a header, when those before it are gone', async () => {
    const subject = join(root, 'alone');
    copyWorld(many, subject);
    const last = segmentNames(many).length - 1;
    for (let segment = 0; segment < last; segment++) rmSync(segmentPath(subject, segment));
    for (const left of [0, 20]) {
      writeSegment(subject, readSegment(many, last).subarray(0, left), last);
      for (const check of ['last', 'all'] as const) {
        expect(await placeOfDamage(subject, check)).toMatchObject({ segment: last - 1 });
      }
    }
  });

  it('is found by the read of an object or record that changed after opening', async () => {
    const subject = join(root, 'later');
    copyWorld(closed, subject);
    const store = await openWorldStore(subject, { mode: 'read' });
    const bytes = readSegment(subject);
    for (const end of sizes.slice(1)) bytes[end - 9] = 255;
    bytes.writeUInt8(255, bytes.indexOf('object of two'));
    writeFileSync(segmentPath(subject), bytes);
    expect(() => recordsOf(store)).toThrow(WorldDamaged);
    expect(() => store.object(objectOf('object of two').hash)).toThrow(WorldDamaged);
    expect(store.object(objectOf('object of one').hash)).toBeDefined();
    await store.close();
  });
});

it('a journal of another format is told from damage', async () => {
  const subject = join(root, 'format');
  copyWorld(closed, subject);
  const payload = encode({ format: 0 });
  const start = Buffer.alloc(spanOf({ kind: 'segment', payload }));
  encodeFrame(start, 0, { epoch: 1, durable: -1, flushed: 0 }, { kind: 'segment', payload });
  writeSegment(subject, start);
  const opening = openWorldStore(subject);
  await expect(opening).rejects.toEqual(expect.objectContaining({ code: 'world-format' }));
});

describe('a last segment without a whole header', () => {
  it('is begun again, wherever its creation was cut', async () => {
    const count = segmentNames(many).length;
    const start = readSegment(many, count - 1);
    for (const size of [0, 1, 39, 40, 100]) {
      const subject = join(root, `begun-${size}`);
      copyWorld(many, subject);
      writeSegment(subject, start.subarray(0, size), count - 1);
      const head = (await headOf(subject)) as number;
      expect(head).toBeLessThan(19);
      const store = await openWorldStore(subject, OPTIONS);
      await store.append(batchOf('again'));
      await store.close();
      expect(await headOf(subject), `size ${size}`).toBe(head + 1);
    }
  });
});

/** Calls back with the bytes changed in one place, for every place. */
async function forEachFlip(
  bytes: Buffer,
  look: (changed: Buffer, at: number) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] as number) ^ (1 << (at % 8));
    await look(changed, at);
  }
}

function shorten(directory: string, segment: number): void {
  const bytes = readSegment(directory, segment);
  writeSegment(directory, bytes.subarray(0, lastFrameOf(bytes)), segment);
}

function lengthen(directory: string, segment: number): void {
  writeSegment(
    directory,
    Buffer.concat([readSegment(directory, segment), Buffer.alloc(8)]),
    segment,
  );
}

/** Where the last frame starts, by the magic. */
function lastFrameOf(bytes: Buffer): number {
  return bytes.lastIndexOf('AOS');
}
