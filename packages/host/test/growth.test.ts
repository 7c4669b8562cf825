import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesEqual, encode, type Hash, parseHashText, sha256, toHashText } from '@aos/canon';
import { openControl, openWorldHost, verifyWorld } from '@aos/host';
import { hashWorld } from '@aos/kernel';
import {
  chainOf,
  decodeStoredHead,
  encodeStoredHead,
  headMessage,
  verifyConsistency,
  verifyInclusion,
} from '@aos/protocol';
import { createWorldStore, type DiskStore, openWorldStore } from '@aos/store';
import { afterAll, describe, expect, it } from 'vitest';
import { SignatureVerifier } from '../src/keys/signatures.js';
import { newOrderStore, orderEngine, TestKeys } from './order-world.js';
import { add, must } from './stage.js';

const root = mkdtempSync(join(tmpdir(), 'aos-growth-'));
const OPTIONS = { segmentBytes: 20_000, preallocateBytes: 0, copyBytes: 0 };
const keys = new TestKeys();

afterAll(() => rmSync(root, { recursive: true }));

async function newStore(name: string): Promise<DiskStore> {
  const memory = newOrderStore(keys);
  const objects = [...memory.objects()].map((hash) => {
    return { hash, bytes: memory.object(hash) as Uint8Array };
  });
  return createWorldStore(join(root, name), memory.genesis, objects, OPTIONS);
}

function open(store: DiskStore, snapshots = { records: 1_000_000 }) {
  return openWorldHost({ store, engine: orderEngine(), signer: keys.signer('host'), snapshots });
}

type Host = ReturnType<typeof open>;

async function live(host: Host, events: number): Promise<void> {
  for (let i = 0; i < events; i++) {
    must(await host.submit({ ...add(1), source: 'desk', key: { json: `key ${i % 40}` } }));
  }
}

const reopen = (store: DiskStore, mode: 'read' | 'write' = 'write') =>
  openWorldStore(join(store.log.segments.journalPath, '..'), { ...OPTIONS, mode, check: 'all' });

const stateOf = (host: Host) => host.read((world) => hashWorld(world));

describe('a growing world', () => {
  it('makes snapshots by its policy, each with a signed head that verifies', async () => {
    const store = await newStore('policy');
    const host = open(store, { records: 30 });
    await live(host, 100);
    await host.close();
    const again = await reopen(store, 'read');
    expect(again.snapshots.length).toBeGreaterThanOrEqual(3);
    for (const { head } of again.snapshots) {
      const stored = must(decodeStoredHead(again.object(head as Hash) as Uint8Array));
      const { signature } = stored;
      const { publicKey } = keys.signer('host');
      const sig = signature?.sig as Uint8Array;
      expect(new SignatureVerifier().holds(publicKey, headMessage(stored), sig)).toBe(true);
    }
    const report = verifyWorld(again, orderEngine());
    const { length } = again.snapshots;
    expect(report).toMatchObject({
      ...{ ok: true, from: 'genesis', first: 0 },
      heads: { checked: length, signed: length, different: [] },
    });
    await again.close();
  });

  it('is pruned while it runs, goes on, and verifies from there', async () => {
    const store = await newStore('pruned');
    const host = open(store);
    for (let round = 0; round < 4; round++) {
      await live(host, 60);
      await host.snapshot();
    }
    const before = await stateOf(host);
    const plan = await host.growth.prune({ isDryRun: true, isArchived: false, keepSnapshots: 2 });
    const pruning = host.growth.prune({ isDryRun: false, isArchived: true, keepSnapshots: 2 });
    const done = await pruning;
    expect(done).toMatchObject(plan);
    expect(done.first).toBeGreaterThan(60);
    expect(await stateOf(host)).toEqual(before);
    await live(host, 20);
    const state = await stateOf(host);
    const control = openControl({ store, engine: orderEngine(), host });
    const refused = await control.call('state.get', {
      ...{ reducer: 'o/Desk@1', at: `exact:${done.first - 1}` },
    } as never);
    expect(refused.ok).toBe(false);
    await control.close();
    await host.close();
    const again = await reopen(store, 'read');
    const report = verifyWorld(again, orderEngine());
    expect(report).toMatchObject({ ok: true, first: done.first, isLinked: true });
    expect(report.from).toMatchObject({ seq: done.snapshot.seq });
    expect(report.heads.checked).toBeGreaterThanOrEqual(2);
    expect(report.worldHash).toEqual(state);
    await again.close();
    expect(readdirSync(join(root, 'pruned', 'archive')).length).toBe(done.segments);
    const writer = await reopen(store);
    const next = open(writer);
    await live(next, 1);
    await next.close();
  });

  it('lets go what nothing reaches, and goes on as if nothing had been', async () => {
    const store = await newStore('collected');
    const host = open(store);
    for (let round = 0; round < 4; round++) {
      await live(host, 60);
      await host.snapshot();
    }
    const loose = encode({ loose: true });
    await host.storeObject({ hash: sha256(loose), bytes: loose });
    await live(host, 60);
    const wish = { graceS: 0, keepSnapshots: 1 };
    const planned = await host.growth.collect({ ...wish, isDryRun: true });
    expect(planned.objects).toBeGreaterThan(10);
    expect(await host.growth.collect({ ...wish, isDryRun: false })).toEqual(planned);
    expect(store.snapshots).toHaveLength(1);
    await live(host, 80);
    await host.snapshot();
    const state = await stateOf(host);
    await host.close();
    const again = await reopen(store, 'read');
    const fromGenesis = verifyWorld(again, orderEngine());
    expect(fromGenesis).toMatchObject({ ok: true, from: 'genesis', snapshot: 'same' });
    expect(fromGenesis.worldHash).toEqual(state);
    await again.close();
  });

  it('proves its records and its beginnings, before and after pruning', async () => {
    const store = await newStore('proofs');
    const host = open(store);
    await live(host, 70);
    const older = await host.head();
    await host.snapshot();
    await live(host, 70);
    await host.snapshot();
    const control = openControl({ store, engine: orderEngine(), host });
    for (const isPruned of [false, true]) {
      if (isPruned) await host.growth.prune({ isDryRun: false, isArchived: false });
      const record = store.head - 2;
      const args = { sign: true, record } as const;
      const asked = await control.call('head', { ...args, older: older.seq + 1 });
      if (isPruned) expect(asked).toMatchObject({ refusal: { code: 'merkle-pruned' } });
      const head = must(isPruned ? await control.call('head', args) : asked);
      const hashOf = (text: string) => must(parseHashText(text));
      const merkleRoot = hashOf(head.merkle_root);
      const [bytes] = store.records(record);
      const { inclusion, consistency } = head;
      const claim = { index: record, size: head.seq + 1, root: merkleRoot };
      const leaf = chainOf(bytes as Uint8Array);
      expect(inclusion?.chain).toBe(toHashText(leaf));
      const proof = inclusion?.hashes.map(hashOf) ?? [];
      expect(verifyInclusion({ ...claim, leaf, proof })).toBe(true);
      if (isPruned) continue;
      const later = {
        ...{ older: older.seq + 1, size: head.seq + 1, root: merkleRoot },
        ...{ olderRoot: older.merkleRoot, proof: consistency?.hashes.map(hashOf) ?? [] },
      };
      expect(verifyConsistency(later)).toBe(true);
      expect(verifyConsistency({ ...later, olderRoot: merkleRoot })).toBe(false);
      expect(head.sig).toHaveLength(64);
    }
    await control.close();
    await host.close();
  });

  it('is found out when a head beside a snapshot is another one', async () => {
    const store = await newStore('forged');
    const host = open(store);
    await live(host, 10);
    const { seq, hash } = await host.snapshot();
    const stored = must(decodeStoredHead(store.object(store.snapshot?.head as Hash) as Uint8Array));
    const forged = encodeStoredHead({ ...stored, epoch: 7 });
    const mark = { kind: 'snapshot', seq, hash, head: sha256(forged) } as const;
    const objects = [{ hash: mark.head, bytes: forged }];
    await store.append({ records: [], objects, marks: [mark] });
    const report = verifyWorld(store, orderEngine());
    expect(report).toMatchObject({ ok: false, heads: { different: [seq] } });
    expect(bytesEqual(report.chain, stored.chain)).toBe(true);
    await host.close();
  });
});
