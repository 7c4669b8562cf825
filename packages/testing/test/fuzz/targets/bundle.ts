/**
 * Bundles: whole worlds as one file, edited below the hash at their end, which is made anew.
 *
 * The importer takes a bundle or refuses it with a code, and then there is no world. What it takes
 * opens. The verifier that shares no code with the runtime comes to the same about every input.
 */
import { createHash } from 'node:crypto';
import { decode, encode, type Hash, sha256, utf8, type Value } from '@aos/canon';
import { decodeRecord, encodeRecord } from '@aos/protocol';
import {
  checkImported,
  createWorldStore,
  importBundle,
  openWorldStore,
  type StoreFs,
  writeBundle,
} from '@aos/store';
import { SimDisk } from '@aos/testing';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { codeOf } from '../codes.js';
import { Draws, edited } from '../draws.js';
import { live, once, SCENARIO_NAMES } from '../golden-life.js';
import { agree, independent, verdictOn } from '../verdicts.js';

interface Frame {
  readonly kind: number;
  readonly payload: Uint8Array;
}

const [HEAD, GENESIS, RECORD] = [1, 2, 4];
const MAGIC_BYTES = 12;
const END_BYTES = 37;
const SALT = new Uint8Array(16);

const bundles = once(() => Promise.all(SCENARIO_NAMES.slice(1, 4).map(bundleOf)));

async function bundleOf(name: string): Promise<Buffer> {
  const life = live(name);
  const { recording, recorder } = life;
  const modules = ['p/Keyed@1', 'p/Plain@1'].map((module) => utf8(`puppet ${module}`));
  const objects = [...recording.definition.nodes.values(), ...modules].map((bytes) => {
    return { hash: sha256(bytes), bytes };
  });
  const disk = new SimDisk(1);
  const records = recorder.records.slice(0, 12);
  const needed = recorder.objects;
  const store = await createWorldStore('/w', recording.genesis, objects, {
    fs: disk.fs,
    salt: SALT,
  });
  await store.append({ records, objects: needed });
  await writeBundle(store, '/bundle', { seq: records.length - 1, fs: disk.fs });
  await store.close();
  return fileOn(disk, '/bundle');
}

function fileOn(disk: SimDisk, path: string): Buffer {
  const file = disk.fs.open(path, 'read');
  const bytes = Buffer.alloc(file.sizeBytes());
  file.readSync(bytes, 0);
  file.close();
  return bytes;
}

export const target: FuzzTarget = {
  name: 'bundle',
  maxBytes: 128,
  limitMs: 5000,
  seeds: () => [0, 1, 2].map((i) => Uint8Array.of(i, 0)),
  async run(bytes) {
    const draws = new Draws(bytes);
    const original = draws.pick(await bundles());
    const bundle = bent(original, draws);
    const findings = (await independent())(bundle);
    const disk = new SimDisk(1);
    await write(disk, bundle);
    const taken = await take(disk);
    if (typeof taken === 'object') {
      agree(taken.verdict, findings, taken.extra);
      return;
    }
    holds(disk.fs.list('/w/journal') === undefined, 'what is refused leaves no world');
    holds(findings.length > 0, 'both refuse', () => taken);
  },
};

async function write(disk: SimDisk, bytes: Buffer): Promise<void> {
  const file = disk.fs.open('/bundle', 'create');
  await file.write(bytes, 0);
  file.close();
}

async function take(disk: SimDisk) {
  const { fs } = disk;
  try {
    await importBundle('/bundle', '/w', { fs, salt: SALT });
  } catch (error) {
    return codeOf(error);
  }
  const store = await openWorldStore('/w', { fs, mode: 'read' });
  const verdict = verdictOn(store);
  await store.close();
  return { verdict, extra: await isExtra(fs) };
}

/** Whether something is stored that does not belong to the world. */
async function isExtra(fs: StoreFs): Promise<boolean> {
  try {
    await checkImported('/w', { fs });
    return false;
  } catch (error) {
    codeOf(error);
    return true;
  }
}

/** Frames left out, doubled, exchanged or edited; sizes and the end follow, mostly. */
function bent(original: Buffer, draws: Draws): Buffer {
  let frames = framesOf(original);
  const steps = draws.byte() % 5;
  for (let left = steps; left > 0; left--) {
    const at = draws.byte() % frames.length;
    const frame = frames[at] as Frame;
    const kind = draws.byte() % 6;
    const other = draws.byte() % frames.length;
    if (kind === 0) frames = frames.toSpliced(at, 1);
    else if (kind === 1) frames = frames.toSpliced(other, 0, frame);
    else if (kind === 2) frames = frames.with(at, frames[other] as Frame).with(other, frame);
    else if (kind === 3) frames = frames.with(at, { ...frame, kind: draws.byte() % 8 });
    else frames = frames.with(at, { ...frame, payload: edited(frame.payload, draws, 3) });
    if (frames.length === 0) break;
  }
  if (draws.byte() % 2 === 1) frames = rechained(frames);
  const magic = original.subarray(0, MAGIC_BYTES);
  const isMagicBent = draws.byte() % 16 === 15;
  const start = isMagicBent ? Buffer.from(edited(magic, draws, 1)) : magic;
  const whole = Buffer.concat([start, ...frames.map(frameBytes), Buffer.from([6, 0, 0, 0, 32])]);
  const end = createHash('sha256').update(whole).digest();
  const isEndBent = draws.byte() % 16 === 15;
  return Buffer.concat([whole, isEndBent ? Buffer.from(edited(end, draws, 1)) : end]);
}

/** As a forger would: each record follows from the one before, and the head says so. */
function rechained(frames: readonly Frame[]): Frame[] {
  let chain: Uint8Array = sha256(frames.find(({ kind }) => kind === GENESIS)?.payload ?? SALT);
  let seq = -1;
  const linked = frames.map((frame) => {
    const record = frame.kind === RECORD ? decodeRecord(frame.payload) : undefined;
    if (!record?.ok) return frame;
    seq += 1;
    const payload = encodeRecord({ ...record.value, seq, prev: chain as Hash });
    chain = sha256(payload);
    return { ...frame, payload };
  });
  return linked.map((frame) => {
    const head = frame.kind === HEAD ? decode(frame.payload) : undefined;
    if (!head?.ok || !(head.value instanceof Map)) return frame;
    const fields = new Map<Value, Value>(head.value).set('chain', chain).set('seq', seq);
    return { ...frame, payload: encode(fields) };
  });
}

function framesOf(bundle: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = MAGIC_BYTES; at < bundle.length - END_BYTES; ) {
    const size = bundle.readUInt32BE(at + 1);
    frames.push({ kind: bundle.readUInt8(at), payload: bundle.subarray(at + 5, at + 5 + size) });
    at += 5 + size;
  }
  return frames;
}

function frameBytes({ kind, payload }: Frame): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}
