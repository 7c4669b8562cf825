/**
 * Journals that somebody has touched, as bundles whose last hash is right: `aos verify` finds them,
 * and so does the verifier in `tooling/`, which shares no code with it. Here it is about the
 * command; each way of touching a journal is in the tests of `@aos/testing`, `test/tamper`.
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aos, json, serve } from './cli-run.js';

interface IndependentVerifier {
  readonly Verifier: new (bytes: Buffer, kept?: string) => { readonly findings: string[] };
}
const VERIFIER = new URL('../../../tooling/verifier/verify.mjs', import.meta.url).href;
const EXAMPLE = fileURLToPath(new URL('../../../examples/00-counter', import.meta.url));
const EVENT = 'demo/CounterEvent@1';
const saved = { home: process.env.AOS_HOME, runtime: process.env.XDG_RUNTIME_DIR };

let root = '';
let independent: IndependentVerifier;
const at = (name: string) => join(root, name);
const on = (name: string, ...args: string[]) => json('--world', at(name), ...args);
const tick = (name: string) => on(name, 'event', 'send', EVENT, '{"Tick":null}');

/** What both say: the code of the runtime, or `ok`, and the codes of the other one. */
async function judge(file: string, ...kept: string[]) {
  const head = kept.flatMap((name) => ['--head', at(name)]);
  const said = await json('verify', at(file), ...head);
  const text = kept.map((name) => readFileSync(at(name), 'utf8'));
  const { findings } = new independent.Verifier(readFileSync(at(file)), ...text);
  const codes = new Set(findings.map((line) => line.slice(0, line.indexOf(' '))));
  return { runtime: said.ok ? 'ok' : said.error.code, other: [...codes] };
}

async function newWorld(name: string, home: string): Promise<void> {
  process.env.AOS_HOME = at(home);
  await json('init', at(name), '--from', EXAMPLE);
  const going = await serve(at(name));
  await going.stop();
  await on(name, 'event', 'send', EVENT, '{"Start":{"target":9}}');
  await tick(name);
}

/** Its definition gets one schema more. */
async function govern(name: string): Promise<void> {
  cpSync(EXAMPLE, at('change'), { recursive: true });
  const more = [{ $kind: 'defschema', name: 'demo/More@1', type: { nat: {} } }];
  writeFileSync(at('change/air/more.air.json'), JSON.stringify(more));
  const file = at('change/air/manifest.air.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  const schemas = [...manifest.schemas, { name: 'demo/More@1' }];
  writeFileSync(file, JSON.stringify({ ...manifest, schemas }));
  const proposed = await on(name, 'governance', 'propose', '--folder', at('change'), '-m', 'more');
  const { proposal } = proposed.data;
  await on(name, 'governance', 'shadow', `${proposal}`);
  await on(name, 'governance', 'approve', `${proposal}`, '--shadow', 'last');
  const applied = await on(name, 'governance', 'apply', `${proposal}`);
  expect(applied.ok, JSON.stringify([proposed, applied])).toBe(true);
}

/** A head of this moment, as a file. */
async function keep(name: string, file: string): Promise<void> {
  const { exitCode, out } = await aos('--json', '--world', at(name), 'head', '--sign');
  expect(exitCode, out).toBe(0);
  writeFileSync(at(file), out);
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'aos-tamper-'));
  process.env.XDG_RUNTIME_DIR = root;
  independent = await import(VERIFIER);
  await newWorld('other', 'other-home');
  await on('other', 'export', at('other.bundle'));
  await newWorld('world', 'home');
  cpSync(at('world'), at('rewritten'), { recursive: true });
  await on('world', 'keyring', 'add', 'more', '--role', 'approver');
  await tick('world');
  await on('world', 'snapshot');
  await keep('world', 'kept.json');
  await tick('world');
  await on('world', 'export', at('world.bundle'));
  frames = framesOf(readFileSync(at('world.bundle')));
  others = framesOf(readFileSync(at('other.bundle')));
}, 60_000);
afterAll(() => {
  for (const [name, value] of [
    ['AOS_HOME', saved.home],
    ['XDG_RUNTIME_DIR', saved.runtime],
  ] as const) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(root, { recursive: true, force: true });
});

interface Frame {
  readonly kind: number;
  readonly payload: Buffer;
}
const [HEAD, GENESIS, OBJECT, RECORD, COUNTS] = [1, 2, 3, 4, 5];
let frames: Frame[] = [];
let others: Frame[] = [];

function framesOf(bundle: Buffer): Frame[] {
  const found: Frame[] = [];
  for (let from = 12; from < bundle.length; ) {
    const size = bundle.readUInt32BE(from + 1);
    found.push({
      kind: bundle.readUInt8(from),
      payload: bundle.subarray(from + 5, from + 5 + size),
    });
    from += 5 + size;
  }
  return found.slice(0, -1);
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const of = (all: readonly Frame[], kind: number | undefined) =>
  all.filter((frame) => frame.kind === kind).map(({ payload }) => payload);

/** A bundle with other records or objects, whose head, counts and end agree with them. */
function write({
  records = of(frames, RECORD),
  objects = of(frames, OBJECT),
  head = of(frames, HEAD)[0] as Buffer,
}: {
  readonly records?: readonly Buffer[];
  readonly objects?: readonly Buffer[];
  readonly head?: Buffer;
}): string {
  const chain = sha256(records.at(-1) as Buffer);
  const told = withBytes(withNumber(head, 'seq', records.length - 1), 'chain', chain);
  const ends = Buffer.from(of(frames, COUNTS)[0] as Buffer);
  const counts = withNumber(withNumber(ends, 'objects', objects.length), 'records', records.length);
  const parts = [
    [HEAD, told],
    [GENESIS, of(frames, GENESIS)[0]],
    ...objects.map((each) => [OBJECT, each]),
    ...records.map((each) => [RECORD, each]),
    [COUNTS, counts],
  ].map(([kind, payload]) => frameBytes(kind as number, payload as Buffer));
  const covered = Buffer.concat([
    Buffer.from('AOSBUNDL\0\0\0\x01'),
    ...parts,
    Buffer.from([6, 0, 0, 0, 32]),
  ]);
  writeFileSync(at('touched'), Buffer.concat([covered, sha256(covered)]));
  return 'touched';
}

function frameBytes(kind: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

/** Where the value of a field begins, in canonical bytes. */
function valueAt(bytes: Buffer, name: string): number {
  const key = Buffer.concat([Buffer.from([0x60 + name.length]), Buffer.from(name)]);
  const found = bytes.indexOf(key);
  if (found < 0) throw new Error(`no ${name}`);
  return found + key.length;
}

/** With another number below 24 in a field. */
function withNumber(bytes: Buffer, name: string, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[valueAt(bytes, name)] = value;
  return copy;
}

/** With other bytes, as many as there are, in a field. */
function withBytes(bytes: Buffer, name: string, value: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(value, valueAt(bytes, name) + 2);
  return copy;
}

function flipped(bytes: Buffer, name: string): Buffer {
  const copy = Buffer.from(bytes);
  const place = valueAt(bytes, name) + 12;
  copy[place] = (copy[place] as number) ^ 1;
  return copy;
}

/** Records that follow each other again, with the numbers of their places. */
function linked(records: readonly Buffer[]): Buffer[] {
  let chain = sha256(of(frames, GENESIS)[0] as Buffer);
  return records.map((each, seq) => {
    const record = withBytes(withNumber(each, 'seq', seq), 'prev', chain);
    chain = sha256(record);
    return record;
  });
}

const changed = (records: readonly Buffer[], n: number, by: (bytes: Buffer) => Buffer) =>
  records.map((each, i) => (i === n ? by(each) : each));
const records = () => of(frames, RECORD);
const isHead = (bytes: Buffer) => bytes.includes('frontier');

/** With a stored head that its signature does not fit. */
function forgedHead(): string {
  const objects = of(frames, OBJECT);
  const stored = objects.find(isHead) as Buffer;
  const forged = flipped(stored, 'sig');
  const head = Buffer.from(of(frames, HEAD)[0] as Buffer);
  head.set(sha256(forged), head.indexOf(sha256(stored)));
  return write({ head, objects: objects.map((each) => (each === stored ? forged : each)) });
}

const touched: readonly (readonly [what: string, runtime: string, other: string, () => string])[] =
  [
    [
      'an edited record',
      'bundle-chain',
      'record-chain',
      () => write({ records: changed(records(), 2, (each) => flipped(each, 'entropy')) }),
    ],
    [
      'an edited record whose followers follow it',
      'world-diverged',
      'head-different',
      () => write({ records: linked(changed(records(), 2, (each) => flipped(each, 'after'))) }),
    ],
    [
      'a record less',
      'bundle-chain',
      'record-sequence',
      () => write({ records: records().toSpliced(2, 1) }),
    ],
    [
      'a record less, and followers that follow',
      'head-different',
      'head-different',
      () => write({ records: linked(records().toSpliced(3, 1)) }),
    ],
    [
      'a verb twice, and followers that follow',
      'world-diverged',
      'verb-replayed',
      () => write({ records: linked(records().toSpliced(1, 0, records()[0] as Buffer)) }),
    ],
    [
      'records in another order, and followers that follow',
      'world-diverged',
      'record-time',
      () => {
        const [first, second, third, ...more] = records() as [Buffer, Buffer, Buffer, ...Buffer[]];
        return write({ records: linked([first, third, second, ...more]) });
      },
    ],
    [
      'a verb of another world',
      'world-diverged',
      'signature-invalid',
      () =>
        write({ records: linked(changed(records(), 0, () => of(others, RECORD)[0] as Buffer)) }),
    ],
    ['a forged head', 'head-different', 'signature-invalid', forgedHead],
  ];

describe('a journal that nobody has touched', () => {
  it('is found whole behind forks, rewinds and changes of its definition', async () => {
    process.env.AOS_HOME = at('home');
    await json('fork', at('world'), '--to', at('fork'));
    await tick('fork');
    const { data } = await on('fork', 'snapshot');
    await tick('fork');
    await on('fork', 'rewind', '--to', `${data.seq}`);
    await govern('fork');
    await tick('fork');
    await json('fork', at('fork'), '--to', at('again'));
    await on('again', 'snapshot');
    await tick('again');
    await on('again', 'export', at('again.bundle'));
    expect(await judge('again.bundle', 'kept.json')).toEqual({ runtime: 'ok', other: [] });
    const chained = await json('verify', at('again.bundle'), '--chain');
    expect(chained).toMatchObject({ ok: true, data: { signatures: 9 } });
  });
});

describe('a journal that was touched', () => {
  it('is the one it was, as long as nobody has', async () => {
    expect(framesOf(readFileSync(at(write({}))))).toEqual(frames);
    expect(await judge('touched', 'kept.json')).toEqual({ runtime: 'ok', other: [] });
  });

  it.each(touched)('is found with %s', async (_, runtime, other, touch) => {
    const found = await judge(touch());
    expect(found).toEqual({ runtime, other: expect.arrayContaining([other]) });
  });

  it('is found with one bit turned, wherever that is', async () => {
    const bytes = readFileSync(at('world.bundle'));
    const step = Math.floor(bytes.length / 15);
    for (let place = 5; place < bytes.length - 32; place += step) {
      const copy = Buffer.from(bytes);
      copy[place] = (copy[place] as number) ^ 4;
      copy.set(sha256(copy.subarray(0, -32)), copy.length - 32);
      writeFileSync(at('turned'), copy);
      const { runtime, other } = await judge('turned', 'kept.json');
      expect([runtime === 'ok', other.length], `at ${place}`).toEqual([false, 1]);
    }
  });

  it('is found without its end, where a head was kept', async () => {
    const { seq } = JSON.parse(readFileSync(at('kept.json'), 'utf8')).data;
    await on('world', 'export', at('cut.bundle'), '--at', `${seq - 1}`);
    expect(await judge('cut.bundle')).toEqual({ runtime: 'ok', other: [] });
    const found = await judge('cut.bundle', 'kept.json');
    expect(found).toEqual({ runtime: 'head-missing', other: ['head-missing'] });
  });

  it('is found when all of it was written anew, where a head was kept', async () => {
    for (let n = 0; n < 4; n++) await tick('rewritten');
    await on('rewritten', 'export', at('rewritten.bundle'));
    for (const file of ['rewritten.bundle', 'other.bundle']) {
      expect(await judge(file), file).toEqual({ runtime: 'ok', other: [] });
    }
    const found = await judge('rewritten.bundle', 'kept.json');
    expect(found).toEqual({ runtime: 'head-different', other: ['head-different'] });
    for (let n = 0; n < 4; n++) await tick('other');
    await on('other', 'export', at('longer.bundle'));
    const byOthers = await judge('longer.bundle', 'kept.json');
    expect(byOthers).toEqual({ runtime: 'head-different', other: ['head-different'] });
  });
});
