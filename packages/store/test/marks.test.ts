import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { encode, utf8 } from '@aos/canon';
import type { Batch, StoreMark } from '@aos/protocol';
import { createWorldStore, openWorldStore, type StoreOptions } from '@aos/store';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeFrame, type FrameContent, frameSeed, spanOf } from '../src/log/frame.js';
import { decodeSegmentHeader, segmentSeed } from '../src/log/segment.js';
import {
  batchOf,
  copyWorld,
  GENESIS,
  makeTempRoot,
  objectOf,
  readSegment,
  recordsOf,
  segmentNames,
  writeSegment,
} from './temp-world.js';

const root = makeTempRoot();
afterAll(() => rmSync(root, { recursive: true }));

const OPTIONS: StoreOptions = { preallocateBytes: 0 };
const FRAME_BYTES = 40;

function marked(record: string, marks: readonly StoreMark[], object?: string): Batch {
  return { ...batchOf(record, object), marks };
}

const snapshotAt = (seq: number, object: string): StoreMark => ({
  kind: 'snapshot',
  seq,
  hash: objectOf(object).hash,
});

const halt = (seq: number): StoreMark => ({ kind: 'halt', seq, code: 'defect', detail: 'why' });

async function marksOf(directory: string, mode: 'read' | 'write' = 'read') {
  const store = await openWorldStore(directory, { ...OPTIONS, mode });
  const { snapshot, halt, head } = store;
  await store.close();
  return { snapshot, halt, head };
}

describe('marks of a world', () => {
  it('are cut with the batch that brought them, wherever a crash cuts', async () => {
    const whole = join(root, 'whole');
    const store = await createWorldStore(whole, GENESIS, [], OPTIONS);
    const created = readSegment(whole).length;
    const sizes: number[] = [];
    const batches = [
      marked('zero', [snapshotAt(0, 'first')], 'first'),
      marked('one', [halt(1)]),
      { records: [], objects: [], marks: [{ kind: 'halt-cleared', seq: 1 }] as const },
      marked('two', [snapshotAt(2, 'second')], 'second'),
    ];
    for (const batch of batches) {
      await store.append(batch);
      sizes.push(readSegment(whole).length);
    }
    const bytes = readSegment(whole);
    const subject = join(root, 'cut');
    copyWorld(whole, subject);
    await store.close();
    for (let size = bytes.length; size >= created; size--) {
      writeSegment(subject, bytes.subarray(0, size));
      const found = await marksOf(subject);
      const second = size >= (sizes[3] as number);
      const first = size >= (sizes[0] as number);
      expect(found.snapshot?.seq).toBe(second ? 2 : first ? 0 : undefined);
      const isHalted = size >= (sizes[1] as number) && size < (sizes[2] as number);
      expect(found.halt?.seq).toBe(isHalted ? 1 : undefined);
      // whatever a mark speaks of is there
      expect(found.head).toBeGreaterThanOrEqual(found.snapshot?.seq ?? -1);
    }
  });

  it('stay when a writer takes the world over and its segments change', async () => {
    const directory = join(root, 'over');
    const options = { ...OPTIONS, segmentBytes: 512 };
    const store = await createWorldStore(directory, GENESIS, [], options);
    await store.append(marked('zero', [snapshotAt(0, 'state'), halt(0)], 'state'));
    for (let i = 1; i < 20; i++) await store.append(batchOf(`record ${i}`));
    await store.close();
    expect(segmentNames(directory).length).toBeGreaterThan(2);
    for (const mode of ['read', 'write', 'read'] as const) {
      const found = await marksOf(directory, mode);
      expect(found).toMatchObject({ snapshot: { seq: 0 }, halt: { seq: 0, code: 'defect' } });
      expect(found.snapshot?.hash).toEqual(objectOf('state').hash);
    }
  });

  it('of an unknown name are passed over', async () => {
    const directory = await worldWith('later', { name: 'later', below: 1 });
    expect(await marksOf(directory)).toEqual({ snapshot: undefined, halt: undefined, head: 0 });
    const store = await openWorldStore(directory, OPTIONS);
    await store.append(batchOf('one'));
    expect(recordsOf(store)).toEqual(['zero', 'one']);
    await store.close();
  });

  it.each([
    ['of a form of its own', 'form', { name: 'snapshot', seq: 0 }],
    ['of a record that is not there', 'ahead', { name: 'halt-cleared', seq: 1 }],
  ])('%s are damage', async (_, name, payload) => {
    const directory = await worldWith(name, payload);
    const opened = openWorldStore(directory, { mode: 'read' });
    await expect(opened).rejects.toMatchObject({ code: 'world-damaged', segment: 0, seq: 1 });
  });

  it('of a snapshot without its object mean nothing', async () => {
    const { hash } = objectOf('never stored');
    const directory = await worldWith('absent', { name: 'snapshot', seq: 0, hash });
    expect(await marksOf(directory)).toMatchObject({ snapshot: undefined, head: 0 });
  });

  it('are refused when they speak of what is not there', async () => {
    const store = await createWorldStore(join(root, 'refused'), GENESIS, [], OPTIONS);
    await expect(store.append(marked('zero', [halt(1)]))).rejects.toThrow('mark of record 1');
    await expect(store.append(marked('zero', [halt(-2)]))).rejects.toThrow('mark of record -2');
    const absent = store.append(marked('zero', [snapshotAt(0, 'absent')]));
    await expect(absent).rejects.toThrow('without its object');
    expect(store.head).toBe(-1);
    await store.close();
  });
});

/** A killed world with one record and a marker frame of any payload behind it. */
async function worldWith(name: string, payload: Parameters<typeof encode>[0]): Promise<string> {
  const directory = join(root, name);
  const source = join(root, `${name}-source`);
  const store = await createWorldStore(source, GENESIS, [], OPTIONS);
  await store.append({ records: [utf8('zero')], objects: [] });
  copyWorld(source, directory);
  await store.close();
  const bytes = readSegment(directory);
  const header = decodeSegmentHeader(payloadOf(bytes));
  if (header === undefined) throw new Error('no segment header');
  const content: FrameContent = { kind: 'marker', payload: encode(payload) };
  const frame = Buffer.alloc(spanOf(content));
  const seed = frameSeed(segmentSeed(header), bytes.length);
  encodeFrame(frame, seed, { epoch: 1, durable: -1, flushed: 0 }, content);
  writeSegment(directory, Buffer.concat([bytes, frame]));
  return directory;
}

/** The payload of the first frame. */
function payloadOf(bytes: Buffer): Uint8Array {
  return bytes.subarray(FRAME_BYTES, FRAME_BYTES + bytes.readUInt32LE(4));
}
