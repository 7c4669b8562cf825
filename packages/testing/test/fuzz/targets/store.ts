/**
 * The files of a store: segments, indexes and what is beside them, edited at will; the checks of
 * frames are made anew where the input says so.
 *
 * A damaged store is refused with a code, and stays as it is on the disk. One that opens has a
 * beginning of the records that were written, bit for bit, unless checks were forged; objects are
 * what their hashes say. A writer that takes it goes on, and what it wrote is there afterwards.
 * Where the records are those of a world, the independent verifier says the same of its bundle.
 */

import { crc32 } from 'node:zlib';
import { bytesEqual, sha256, toHex, utf8 } from '@aos/canon';
import {
  createWorldStore,
  type DiskStore,
  openWorldStore,
  type StoreFs,
  writeBundle,
} from '@aos/store';
import { SimDisk } from '@aos/testing';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { codeOf } from '../codes.js';
import { Draws, edited } from '../draws.js';
import { live, once } from '../golden-life.js';
import { agree, independent, verdictOn } from '../verdicts.js';

const FOLDER = '/w/journal';
const HEADER_BYTES = 40;
const genesis = utf8('genesis of a store');
const objectOf = (text: string) => ({ hash: sha256(utf8(text)), bytes: utf8(text) });
const texts = Array.from({ length: 12 }, (_, i) => utf8(`record ${i} ${'x'.repeat(i * 9)}`));
const OPTIONS = { segmentBytes: 900, preallocateBytes: 0, copyBytes: 512 };

type Files = ReadonlyMap<string, Uint8Array>;

interface Original {
  readonly files: Files;
  readonly records: readonly Uint8Array[];
  readonly isWorld: boolean;
}

/** A store that was closed, one whose process was killed, and one that is a world. */
const originals = once(async () => [...(await storesOfTexts()), await storeOfWorld()]);

async function storesOfTexts(): Promise<readonly Original[]> {
  const disk = new SimDisk(1);
  const store = await createWorldStore('/w', genesis, [objectOf('first')], {
    ...{ ...OPTIONS, fs: disk.fs, salt: new Uint8Array(16) },
  });
  for (const [i, record] of texts.entries()) {
    await store.append({ records: [record], objects: [objectOf(`object ${i}`)] });
    if (i === 6) {
      const hash = objectOf('object 3').hash;
      await store.append({ records: [], objects: [], marks: [{ kind: 'snapshot', seq: 6, hash }] });
    }
  }
  const killed = filesOn(disk.fs);
  await store.close();
  return [filesOn(disk.fs), killed].map((files) => ({ files, records: texts, isWorld: false }));
}

async function storeOfWorld(): Promise<Original> {
  const { recording, recorder } = live('effects');
  const nodes = [...recording.definition.nodes.values()];
  const modules = ['p/Keyed@1', 'p/Plain@1'].map((module) => utf8(`puppet ${module}`));
  const objects = [...nodes, ...modules].map((bytes) => ({ hash: sha256(bytes), bytes }));
  const disk = new SimDisk(1);
  const store = await createWorldStore('/w', recording.genesis, objects, {
    ...{ ...OPTIONS, segmentBytes: 2000, fs: disk.fs, salt: new Uint8Array(16) },
  });
  const records = recorder.records.slice(0, 12);
  await store.append({ records: [], objects: recorder.objects });
  for (const record of records) await store.append({ records: [record], objects: [] });
  await store.close();
  return { files: filesOn(disk.fs), records, isWorld: true };
}

export const target: FuzzTarget = {
  name: 'store',
  maxBytes: 160,
  limitMs: 5000,
  seeds: () => [0, 1, 2].flatMap((i) => [Uint8Array.of(i, 0), Uint8Array.of(i, 1, 0, 0, 1, 0, 40)]),
  async run(bytes) {
    const draws = new Draws(bytes);
    const original = draws.pick(await originals());
    const { files, isForged } = bent(original.files, draws);
    const disk = await diskOf(files);
    const mode = draws.pick(['read', 'write'] as const);
    const check = draws.pick(['all', 'last'] as const);
    const opening = { mode, check, original, isForged };
    if (original.isWorld && mode === 'read') {
      await compare(disk.fs, opening);
      return;
    }
    const found = await look(disk.fs, opening);
    if (found === 'refused') checkUnchanged(files, filesOn(disk.fs));
    else if (found !== 'opened' && mode === 'write')
      await goOn(disk.fs, { found, check }, isForged);
  },
};

function checkUnchanged(before: Files, after: Files): void {
  for (const [name, content] of after) {
    const isSame = bytesEqual(before.get(name) ?? new Uint8Array(), content);
    holds(isSame || !name.endsWith('.log'), 'a store that is refused stays as it is');
  }
}

interface Opening {
  readonly mode: 'read' | 'write';
  readonly check: 'all' | 'last';
  readonly original: Original;
  readonly isForged: boolean;
}

/** A world that is read: what the runtime and the verifier say of it. */
async function compare(fs: StoreFs, { check, original, isForged }: Opening): Promise<void> {
  let store: DiskStore | undefined;
  try {
    store = await openWorldStore('/w', { ...OPTIONS, fs, mode: 'read', check });
    readAll(store, original, isForged);
    if (store.head < 0) return;
    const verdict = verdictOn(store);
    const isTaken = verdict.chain === undefined && verdict.replay === undefined;
    const bundle = await bundleOf(store, fs);
    holds(bundle !== undefined || !isTaken, 'a world that is taken has a bundle');
    if (bundle !== undefined) agree(verdict, (await independent())(bundle));
  } catch (error) {
    codeOf(error);
  } finally {
    await store?.close().catch(codeOf);
  }
}

async function bundleOf(store: DiskStore, fs: StoreFs): Promise<Buffer | undefined> {
  try {
    await writeBundle(store, '/bundle', { seq: store.head, fs });
  } catch (error) {
    codeOf(error);
    return undefined;
  }
  const file = fs.open('/bundle', 'read');
  const bytes = Buffer.alloc(file.sizeBytes());
  file.readSync(bytes, 0);
  file.close();
  return bytes;
}

/** The records of a store that opens and is read to its end; else whether it opened. */
async function look(fs: StoreFs, { mode, check, original, isForged }: Opening) {
  let store: DiskStore | undefined;
  try {
    store = await openWorldStore('/w', { ...OPTIONS, fs, mode, check });
    const found = readAll(store, original, isForged);
    if (mode === 'write') await store.append({ records: [utf8('next')], objects: [] });
    return found;
  } catch (error) {
    codeOf(error);
    return store === undefined ? 'refused' : 'opened';
  } finally {
    await store?.close().catch(codeOf);
  }
}

function readAll(
  store: DiskStore,
  { records }: Original,
  isForged: boolean,
): readonly Uint8Array[] {
  const found = [...store.records(0)].map((record) => record.slice());
  holds(found.length === store.head + 1, 'there are as many records as the head says');
  for (const [i, record] of found.entries()) {
    const isSame = bytesEqual(record, records[i] ?? new Uint8Array());
    holds(isForged || isSame, 'records are those that were written');
  }
  for (const hash of store.objects()) {
    const object = store.object(hash);
    holds(object !== undefined && toHex(sha256(object)) === toHex(hash), 'objects are whole');
  }
  return found;
}

interface Taken {
  readonly found: readonly Uint8Array[];
  readonly check: Opening['check'];
}

/** Looked at as the writer did: what an index covers is read when it is asked for. */
async function goOn(fs: StoreFs, { found: before, check }: Taken, isForged: boolean) {
  let store: DiskStore;
  try {
    store = await openWorldStore('/w', { ...OPTIONS, fs, mode: 'read', check });
  } catch (error) {
    holds(isForged, 'what a writer took opens again', () => codeOf(error));
    return;
  }
  const found = [...store.records(0)];
  holds(found.length === before.length + 1, 'what a writer wrote is there');
  holds(bytesEqual(found.at(-1) as Uint8Array, utf8('next')), 'what a writer wrote is the last');
  await store.close();
}

/** Files cut, edited, exchanged, doubled or taken away. */
function bent(original: Files, draws: Draws): { files: Files; isForged: boolean } {
  const files = new Map(original);
  let isForged = false;
  for (let left = draws.byte() % 5; left > 0; left--) {
    const names = [...files.keys()].sort();
    const name = draws.pick(names);
    const content = files.get(name) as Uint8Array;
    const kind = draws.byte() % 8;
    if (kind === 0) files.set(name, content.slice(0, draws.u16() % (content.length + 1)));
    else if (kind === 1) files.delete(name);
    else if (kind === 2) files.set(name, files.get(draws.pick(names)) as Uint8Array);
    else if (kind === 3) files.set(draws.pick(otherNames), content);
    else if (kind === 4 && name.endsWith('.log')) {
      isForged = true;
      files.set(name, forged(content, draws));
    } else files.set(name, edited(content, draws, 3));
    if (files.size === 0) break;
  }
  return { files, isForged };
}

const otherNames = [
  '0000000001.log',
  '0000000009.log',
  '0000000001.idx',
  'strange',
  '0000000000.log',
];

/** A frame with other bytes in its header or payload, and checks that fit. */
function forged(segment: Uint8Array, draws: Draws): Uint8Array {
  const bytes = Buffer.from(segment);
  const first = bytes.length < HEADER_BYTES ? 0 : bytes.readUInt32LE(4);
  const seed = crc32(bytes.subarray(HEADER_BYTES, HEADER_BYTES + first), 0);
  const offsets: number[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    offsets.push(at);
    at += HEADER_BYTES + Math.ceil(bytes.readUInt32LE(at + 4) / 8) * 8;
  }
  const at = draws.pick(offsets);
  const size = at === undefined ? bytes.length : bytes.readUInt32LE(at + 4);
  if (at === undefined || at + HEADER_BYTES + size > bytes.length) return bytes;
  const span = HEADER_BYTES + Math.ceil(size / 8) * 8;
  const payload = edited(bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + size), draws, 2);
  const kept =
    payload.length === size ? payload : bytes.subarray(at + HEADER_BYTES).subarray(0, size);
  const header = Buffer.from(edited(bytes.subarray(at, at + HEADER_BYTES), draws, 1));
  if (header.length !== HEADER_BYTES) return bytes;
  const frameSeed = at === 0 ? 0 : (seed ^ (at / 8)) >>> 0;
  header.writeUInt32LE(crc32(kept, frameSeed), 8);
  header.writeUInt32LE(crc32(header.subarray(0, 36), frameSeed), 36);
  const padding = Buffer.alloc(Math.max(0, span - HEADER_BYTES - kept.length));
  const before = bytes.subarray(0, at);
  return Buffer.concat([before, header, kept, padding, bytes.subarray(at + span)]);
}

function filesOn(fs: StoreFs): Files {
  const names = fs.list(FOLDER) ?? [];
  return new Map(
    names.map((name) => {
      const file = fs.open(`${FOLDER}/${name}`, 'read');
      const bytes = new Uint8Array(file.sizeBytes());
      file.readSync(bytes, 0);
      file.close();
      return [name, bytes] as const;
    }),
  );
}

async function diskOf(files: Files): Promise<SimDisk> {
  const disk = new SimDisk(1);
  const { fs } = disk;
  for (const path of ['/w', FOLDER]) if (!fs.has(path)) fs.makeDirectory(path);
  for (const [name, bytes] of files) {
    const file = fs.open(`${FOLDER}/${name}`, 'create');
    for (let at = 0; at < bytes.length; ) at += await file.write(bytes.subarray(at), at);
    file.close();
  }
  return disk;
}
