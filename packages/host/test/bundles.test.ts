/** Bundles that are not what they should be: each is refused, and leaves no world. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode, sha256, utf8, type Value } from '@aos/canon';
import {
  draftFork,
  ensureKey,
  foundWorld,
  openWorldHost,
  type VerifyReport,
  verifyWorld,
} from '@aos/host';
import { chainOf, decodeGenesis, decodeRecord, encodeGenesis, encodeRecord } from '@aos/protocol';
import {
  checkImported,
  createWorldStore,
  forkWorldStore,
  importBundle,
  openWorldStore,
  type StoreFs,
  writeBundle,
} from '@aos/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock, must, noEntropy, plan, SCHEMA, sumEngine } from './stage.js';

const root = mkdtempSync(join(tmpdir(), 'aos-bundles-'));
afterAll(() => rmSync(root, { recursive: true }));
const at = (name: string) => join(root, name);
const signer = ensureKey(at('home'), 'operator');

interface Frame {
  readonly kind: number;
  readonly payload: Uint8Array;
}

const [HEAD, GENESIS, OBJECT, RECORD, COUNTS] = [1, 2, 3, 4, 5];
const MAGIC_BYTES = 12;

/** The frames of a bundle but its end. */
function framesOf(bundle: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let offset = MAGIC_BYTES; offset < bundle.length; ) {
    const size = bundle.readUInt32BE(offset + 1);
    const payload = bundle.subarray(offset + 5, offset + 5 + size);
    frames.push({ kind: bundle.readUInt8(offset), payload });
    offset += 5 + size;
  }
  return frames.slice(0, -1);
}

/** A file whose end is the hash of what is before it, whatever that is. */
function bundleOf(frames: readonly Frame[], more: readonly Buffer[] = []): Buffer {
  const parts = [Buffer.from('AOSBUNDL\0\0\0\x01'), ...frames.map(frameBytes), ...more];
  const covered = Buffer.concat([...parts, Buffer.from([6, 0, 0, 0, 32])]);
  return Buffer.concat([covered, createHash('sha256').update(covered).digest()]);
}

function frameBytes({ kind, payload }: Frame): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

let bundle = Buffer.alloc(0);
let frames: Frame[] = [];

/** All that an importer does with a file. */
async function take(bytes: Uint8Array): Promise<VerifyReport> {
  writeFileSync(at('file'), bytes);
  const folder = at('taken');
  rmSync(folder, { recursive: true, force: true });
  await importBundle(at('file'), folder);
  await checkImported(folder);
  const store = await openWorldStore(folder, { mode: 'read' });
  try {
    return verifyWorld(store, sumEngine());
  } finally {
    await store.close();
  }
}

const codeOf = (taking: Promise<VerifyReport>): Promise<string> =>
  taking.then(
    ({ ok, difference }) => (ok ? 'taken' : (difference?.code ?? 'snapshot')),
    (error) => error.code ?? String(error),
  );

async function newWorld(name: string, amounts: readonly number[]) {
  const ports = { engine: sumEngine(), clock: new ManualClock(), fillEntropy: noEntropy };
  const operator = { ...signer, name: 'operator', roles: ['operator'] as const };
  const founded = foundWorld({ ...plan, keyring: [operator] }, ports);
  if (!founded.ok) throw new Error('not founded');
  const { genesis, objects } = founded.founded;
  const store = await createWorldStore(at(name), genesis, objects);
  const host = openWorldHost({ store, engine: sumEngine() });
  for (const by of amounts) await host.submit({ kind: 'event', schema: SCHEMA, json: { by } });
  await host.snapshot();
  await host.close();
  return store;
}

beforeAll(async () => {
  await newWorld('parent', [1, 2, 3]);
  const store = await openWorldStore(at('parent'), { mode: 'read' });
  const draft = draftFork({ store, engine: sumEngine(), signer });
  await forkWorldStore(store, at('fork'), draft);
  await store.close();
  const fork = await openWorldStore(at('fork'), { mode: 'read' });
  await writeBundle(fork, at('bundle'), { seq: fork.head });
  await fork.close();
  bundle = readFileSync(at('bundle'));
  frames = framesOf(bundle);
});

describe('a bundle', () => {
  it('is taken as it is, with the worlds that it is a fork of', async () => {
    expect(bundleOf(frames).equals(bundle)).toBe(true);
    expect(await take(bundle)).toMatchObject({ ok: true, records: 4, snapshot: 'same' });
  });

  it('is refused with any byte changed, at any length, and with anything behind', async () => {
    const codes = new Set<string>();
    const look = async (bytes: Buffer) => {
      const reading = importBundle('file', at('never'), { fs: fileOf(bytes) });
      codes.add(
        await reading.then(
          () => 'taken',
          ({ code }) => code,
        ),
      );
    };
    for (let i = 0; i < bundle.length; i++) {
      const changed = Buffer.from(bundle);
      changed[i] = (changed[i] as number) ^ (1 << (i % 8));
      await look(changed);
    }
    for (let length = 0; length < bundle.length; length++) await look(bundle.subarray(0, length));
    await look(Buffer.concat([bundle, Buffer.alloc(1)]));
    expect([...codes].sort()).toEqual(['bundle-damaged', 'bundle-format']);
    expect(readdirSync(root)).not.toContain('never');
  });

  it('is refused without any one of its objects', async () => {
    const codes = new Set<string>();
    for (const n of of(OBJECT).keys()) codes.add(await codeOf(take(without(isKind(OBJECT), n))));
    expect([...codes]).toContain('object-missing');
    expect([...codes]).not.toContain('taken');
  });
});

/** A file system of one file, which is only read. */
function fileOf(bytes: Buffer): StoreFs {
  const file = {
    sizeBytes: () => bytes.length,
    readSync: (target: Uint8Array, position: number) => {
      const part = bytes.subarray(position, position + target.length);
      target.set(part);
      return part.length;
    },
    close: () => undefined,
  };
  return { open: () => file } as unknown as StoreFs;
}

const forged: readonly (readonly [what: string, code: string, forge: () => Buffer])[] = [
  ['a snapshot that is not there', 'object-missing', () => without(isSnapshot, 0)],
  ['a snapshot of another state', 'snapshot', () => otherSnapshot()],
  ['one object more', 'bundle-extra', () => recounted([...before(RECORD), extra, ...from(RECORD)])],
  [
    'an object twice',
    'bundle-shape',
    () => recounted([...before(RECORD), first(OBJECT), ...from(RECORD)]),
  ],
  ['one record less', 'bundle-chain', () => without(isKind(RECORD), 1)],
  ['the last record less', 'bundle-head', () => without(isKind(RECORD), 3)],
  [
    'a record twice',
    'bundle-chain',
    () => recounted([...before(RECORD), first(RECORD), ...from(RECORD)]),
  ],
  ['another world in its head', 'bundle-head', () => withHead({ world_id: sha256(utf8('x')) })],
  ['another end in its head', 'bundle-head', () => withHead({ seq: 2 })],
  ['another chain in its head', 'bundle-head', () => withHead({ chain: sha256(utf8('x')) })],
  ['more worlds in its head', 'bundle-head', () => withHead({ worlds: 3 })],
  ['a head of another shape', 'bundle-shape', () => withHead({ more: 1 })],
  ['another genesis', 'bundle-chain', () => replaced(GENESIS, 0, otherGenesis)],
  ['another genesis of the fork', 'bundle-chain', () => replaced(GENESIS, 1, otherGenesis)],
  ['no genesis of the fork', 'bundle-chain', () => without(isKind(GENESIS), 1)],
  [
    'the genesis of the fork first',
    'bundle-genesis',
    () => replaced(GENESIS, 0, () => forkGenesis()),
  ],
  [
    'records before objects',
    'bundle-chain',
    () => recounted([...before(OBJECT), ...of(RECORD), ...of(OBJECT), last()]),
  ],
  ['other counts', 'bundle-shape', () => bundleOf([...frames.slice(0, -1), counts(1, 1)])],
  ['something behind its counts', 'bundle-shape', () => bundleOf([...frames, first(OBJECT)])],
  [
    'a frame of no kind',
    'bundle-shape',
    () => bundleOf(frames.slice(0, -1), [Buffer.from([9, 0, 0, 0, 0])]),
  ],
  [
    'a length of four gigabytes',
    'bundle-shape',
    () => bundleOf(frames.slice(0, 3), [Buffer.from([3, 255, 255, 255, 255])]),
  ],
  [
    'a length just beyond its end',
    'bundle-shape',
    () => bundleOf(frames.slice(0, 3), [Buffer.from([3, 0, 0, 0, 38])]),
  ],
  ['nothing in it', 'bundle-shape', () => bundleOf([])],
  ['a record that says something else', 'replay-difference', () => rewritten()],
];

describe('a forged bundle whose end holds', () => {
  it.each(forged)('with %s is refused', async (_, code, forge) => {
    expect(await codeOf(take(forge()))).toBe(code);
  });
});

const isKind = (kind: number | undefined) => (frame: Frame) => frame.kind === kind;
const of = (kind: number | undefined) => frames.filter(isKind(kind));
const first = (kind: number | undefined) => of(kind)[0] as Frame;
const last = () => frames.at(-1) as Frame;
const before = (kind: number | undefined) => frames.slice(0, frames.findIndex(isKind(kind)));
const from = (kind: number | undefined) => frames.slice(frames.findIndex(isKind(kind)));
const extra: Frame = { kind: 3, payload: utf8('an object that nothing names') };
const head = () => must(decode(first(HEAD).payload)) as Map<string, Value>;

function isSnapshot({ kind, payload }: Frame): boolean {
  const { hash } = Object.fromEntries(head().get('snapshot') as Map<string, Value>);
  return kind === OBJECT && Buffer.compare(sha256(payload), hash as Uint8Array) === 0;
}

function counts(objects: number, records: number): Frame {
  return { kind: COUNTS as number, payload: encode({ objects, records }) };
}

function recounted(changed: readonly Frame[]): Buffer {
  const body = changed.filter(({ kind }) => kind !== COUNTS);
  const count = (kind: number | undefined) => body.filter(isKind(kind)).length;
  return bundleOf([...body, counts(count(OBJECT), count(RECORD))]);
}

/** The n-th of those that are meant is left out. */
function without(isMeant: (frame: Frame) => boolean, n: number): Buffer {
  const gone = frames.filter(isMeant)[n];
  return recounted(frames.filter((frame) => frame !== gone));
}

function withHead(fields: Readonly<Record<string, unknown>>): Buffer {
  const payload = encode({ ...Object.fromEntries(head()), ...fields } as never);
  return bundleOf([{ kind: HEAD as number, payload }, ...frames.slice(1)]);
}

function replaced(
  kind: number | undefined,
  n: number,
  by: (bytes: Uint8Array) => Uint8Array,
): Buffer {
  const meant = of(kind)[n] as Frame;
  return bundleOf(
    frames.map((frame) => (frame === meant ? { ...frame, payload: by(frame.payload) } : frame)),
  );
}

const otherGenesis = (bytes: Uint8Array) =>
  encodeGenesis({ ...must(decodeGenesis(bytes)), nonce: new Uint8Array(16).fill(9) });
const forkGenesis = () => (of(GENESIS)[1] as Frame).payload;

/** The snapshot says another epoch, and the head names it. */
function otherSnapshot(): Buffer {
  const named = Object.fromEntries(head().get('snapshot') as Map<string, Value>);
  const fields = must(decode((frames.find(isSnapshot) as Frame).payload)) as Map<string, Value>;
  const payload = encode(new Map([...fields, ['epoch', 7]]));
  const snapshot = { ...named, hash: sha256(payload) };
  const all = encode({ ...Object.fromEntries(head()), snapshot } as never);
  return bundleOf(
    frames.map((frame) => {
      if (isSnapshot(frame)) return { ...frame, payload };
      return frame.kind === HEAD ? { ...frame, payload: all } : frame;
    }),
  );
}

/** The last record with one unit of fuel more, and a head that agrees with it. */
function rewritten(): Buffer {
  const record = of(RECORD).at(-1) as Frame;
  const decoded = must(decodeRecord(record.payload));
  const payload = encodeRecord({ ...decoded, fuel: decoded.fuel + 1 });
  const fields = { ...Object.fromEntries(head()), chain: chainOf(payload) };
  return bundleOf(
    frames.map((frame) => {
      if (frame === record) return { ...frame, payload };
      return frame.kind === HEAD ? { ...frame, payload: encode(fields as never) } : frame;
    }),
  );
}
