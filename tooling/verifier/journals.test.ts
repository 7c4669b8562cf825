import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const modules = ['canonical.mjs', 'verify.mjs'];
const [{ Verifier }, { holds, readDocument }] = await Promise.all(
  ['./verify.mjs', './canonical.mjs'].map((path) => import(new URL(path, import.meta.url).href)),
);

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const text = (name: string) => Buffer.from([0x60 + name.length, ...Buffer.from(name)]);
const nat = (n: number) => Buffer.from(n < 24 ? [n] : n < 256 ? [24, n] : [25, n >> 8, n & 255]);
const hash = (bytes: Uint8Array) => Buffer.concat([Buffer.from([0x58, 32]), bytes]);
const map = (fields: Readonly<Record<string, Buffer>>) => {
  const items = Object.entries(fields).flatMap(([name, item]) => [text(name), item]);
  return Buffer.concat([Buffer.from([0xd9, 0xd9, 0xf7, 0xa0 + items.length / 2]), ...items]);
};

function frame(kind: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

/** A golden journal as a bundle without a snapshot. */
function bundleOf(name: string): Buffer {
  const journal = JSON.parse(readFileSync(folder(`../../spec/journals/1/${name}`), 'utf8'));
  const bytes = (each: string) => Buffer.from(each, 'base64');
  const [genesis, records] = [bytes(journal.genesis), journal.records.map(bytes) as Buffer[]];
  const objects = journal.objects.map(bytes) as Buffer[];
  const forks = new Map<number, Buffer>(
    Object.entries(journal.forks ?? {}).map(([seq, each]) => [Number(seq), bytes(`${each}`)]),
  );
  const last = [...forks.values()].at(-1) ?? genesis;
  const world = { snapshot: Buffer.from([0xf6]), world_id: hash(sha256(last)) };
  const end = { seq: nat(records.length - 1), chain: hash(sha256(records.at(-1) ?? genesis)) };
  const covered = Buffer.concat([
    Buffer.from('AOSBUNDL\0\0\0\x01'),
    frame(1, map({ ...end, worlds: nat(1 + forks.size), ...world })),
    frame(2, genesis),
    ...objects.map((each) => frame(3, each)),
    ...records.flatMap((each, seq) => {
      const fork = forks.get(seq);
      return [...(fork ? [frame(2, fork)] : []), frame(4, each)];
    }),
    frame(5, map({ objects: nat(objects.length), records: nat(records.length) })),
    Buffer.from([6, 0, 0, 0, 32]),
  ]);
  return Buffer.concat([covered, sha256(covered)]);
}

describe('the independent verifier', () => {
  it('shares no code with the runtime and is short', () => {
    const sources = modules.map((name) => readFileSync(folder(`./${name}`), 'utf8'));
    const imports = sources.flatMap((source) => [...source.matchAll(/from '([^']+)'/g)]);
    const allowed = ['node:crypto', 'node:fs', './canonical.mjs'];
    expect(imports.map(([, from]) => from).filter((from) => !allowed.includes(`${from}`))).toEqual(
      [],
    );
    const lines = sources.flatMap((source) => source.trimEnd().split('\n'));
    expect(lines.length).toBeLessThanOrEqual(300);
  });

  it.each(readdirSync(folder('../../spec/journals/1')))('finds nothing in %s', (name) => {
    const { findings, now, counts } = new Verifier(bundleOf(name));
    // golden journals leave out the modules that only tests have
    const told = findings.filter((line: string) => !line.startsWith('object-missing'));
    expect(told).toEqual([]);
    expect(now.seq).toBeGreaterThan(0);
    const signed: Readonly<Record<string, number>> = {
      ...{ effects: 10, saga: 7, verbs: 11, rules: 1 },
      ...{ family: 5, evolution: 12, border: 12 },
    };
    expect(counts.signatures).toBe(signed[name.replace('.json', '')] ?? 0);
  });

  it.each([
    ['an attestation', { type: 'head', version: 1, payload: {}, signatures: [] }],
    ['a place that is none', { seq: 0.5, chain: `sha256:${'0'.repeat(64)}` }],
  ])('takes no %s for a head that was kept', (_, head) => {
    const { findings } = new Verifier(bundleOf('counter.json'), JSON.stringify(head));
    expect(findings).toEqual([expect.stringMatching(/^head-shape /)]);
  });

  it('keeps no room for what is announced and does not come', () => {
    const size = 2_000_000;
    const bytes = Buffer.alloc(size);
    bytes.set([0xd9, 0xd9, 0xf7]);
    for (let at = 3; at < 600; at += 5) {
      bytes.writeUInt8(0x9a, at);
      bytes.writeUInt32BE(size - 1000, at + 1);
    }
    const before = process.resourceUsage().maxRSS;
    expect(() => readDocument(bytes)).toThrow('cbor-truncated');
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(500_000);
  });

  it('takes no signature of a key of small order', () => {
    const points = [
      '0100000000000000000000000000000000000000000000000000000000000000',
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      '0000000000000000000000000000000000000000000000000000000000000000',
      '26e8958fc2b227b045c3f489f298eff0d5dfac05d3c63339b13802886d53fc05',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    ].map((point) => Buffer.from(point, 'hex'));
    const forged = points.map((point) => Buffer.concat([point, Buffer.alloc(32)]));
    const messages = Array.from({ length: 16 }, (_, i) => Buffer.of(i));
    for (const key of points) {
      const held = forged.filter((sig) => messages.some((message) => holds(key, message, sig)));
      expect(held, key.toString('hex')).toEqual([]);
    }
  });

  it('reads canonical bytes as the vectors say, but for floats', () => {
    const cases = (name: string) =>
      JSON.parse(readFileSync(folder(`../../spec/vectors/${name}.json`), 'utf8')).cases;
    const reads = (hex: string) => {
      try {
        readDocument(Buffer.from(hex, 'hex'));
        return true;
      } catch {
        return false;
      }
    };
    const isFloat = ({ value }: { readonly value: unknown }) =>
      JSON.stringify(value).includes('"float"');
    const [canonical, refused] = [cases('canon'), cases('canon-refusals')];
    for (const each of canonical) expect(reads(each.hex), each.label).toBe(!isFloat(each));
    for (const { hex, label } of refused) expect(reads(`d9d9f7${hex}`), label).toBe(false);
  });
});
