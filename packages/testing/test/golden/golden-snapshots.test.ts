/** Snapshots of the golden worlds: what they hold, what writing them takes, what is no snapshot. */
import { readFileSync, writeFileSync } from 'node:fs';
import { bytesEqual, encode, type Hash, sha256, toHex, type Value } from '@aos/canon';
import {
  checkSnapshot,
  openSnapshot,
  readSnapshotHead,
  replayRecord,
  type SnapshotOpening,
  takeSnapshot,
  type World,
} from '@aos/kernel';
import { describe, expect, it } from 'vitest';
import {
  changed,
  type Fields,
  fieldsOf,
  GOLDEN_NAMES,
  type Golden,
  golden,
} from './golden-worlds.js';
import type { KeptSnapshot } from './journal-file.js';
import { puppetEngine } from './puppet.js';
import { ObjectMemory } from './recorder.js';

const all = new Map(GOLDEN_NAMES.map((name) => [name, golden(name)]));
const the = (name: string): Golden => all.get(name) as Golden;

function open(
  { genesis, definition, memory }: Golden,
  bytes: Uint8Array,
  read = memory.read,
): SnapshotOpening {
  const source = new ObjectMemory();
  source.read = read;
  return openSnapshot(bytes, { genesis, definition }, { engine: puppetEngine, source });
}

function opened(journal: Golden, bytes: Uint8Array): World {
  const opening = open(journal, bytes);
  if (opening.kind === 'opened') return opening.world;
  throw new Error(JSON.stringify(opening));
}

function taken(world: World) {
  const outcome = takeSnapshot(world);
  if (outcome.kind === 'taken') return outcome;
  throw new Error('something is not in memory');
}

const codeOf = (opening: SnapshotOpening) =>
  opening.kind === 'refused' ? opening.refusal.code : opening.kind;

const VECTOR = new URL('../../../../spec/vectors/snapshot.json', import.meta.url);
const VECTOR_SEQ = 16;

/** A world that has something in almost every part. */
const rich = () => (the('effects').kept[VECTOR_SEQ] as KeptSnapshot).bytes;

describe('a snapshot', () => {
  it('has a field for everything of a world but what follows from genesis and definition', () => {
    const world = opened(the('effects'), rich());
    const snake = (name: string) => name.replaceAll(/[A-Z]/g, (a) => `_${a.toLowerCase()}`);
    const derived = ['genesis', 'program', 'programs', 'source'];
    const own = Object.keys(world).filter((name) => !derived.includes(name));
    const fields = [...fieldsOf(rich()).keys()].sort();
    expect(fields).toEqual([...own.map(snake), 'format', 'manifest'].sort());
  });

  it.each([...all.keys()])('opens as the world it was taken of: %s', (name) => {
    for (const { bytes, seq } of the(name).kept) {
      const world = opened(the(name), bytes);
      expect(toHex(taken(world).bytes)).toBe(toHex(bytes));
      expect(readSnapshotHead(bytes)).toMatchObject({ ok: true, value: { seq } });
    }
  });

  it('of a world opened anywhere has the bytes of the world that was lived', () => {
    const journal = the('saga');
    const { kept, records, memory } = journal;
    for (const start of kept) {
      let world = opened(journal, start.bytes);
      for (const bytes of records.slice(start.seq)) {
        const ports = { engine: puppetEngine, object: memory.read };
        const verdict = replayRecord(world, bytes, ports);
        if (verdict.kind !== 'same') throw new Error('it does not replay');
        world = verdict.world;
        expect(toHex(taken(world).hash)).toBe(
          toHex(sha256((kept[world.seq] as KeptSnapshot).bytes)),
        );
      }
    }
  });

  it('writes what changed since the last one that was stored, and nothing else', () => {
    const journal = the('keyed');
    const { kept, records, memory } = journal;
    const before = opened(journal, (kept[16] as KeptSnapshot).bytes);
    const first = taken(before);
    expect(first.objects).toEqual([{ hash: first.hash, bytes: first.bytes }]);
    const ports = { engine: puppetEngine, object: memory.read };
    const verdict = replayRecord(before, records[16] as Uint8Array, ports);
    if (verdict.kind !== 'same') throw new Error('it does not replay');
    const second = taken(verdict.world);
    // The way to one cell of each reducer, and the snapshot.
    expect(second.objects.length).toBeGreaterThan(1);
    expect(second.objects.length).toBeLessThanOrEqual(4);
    second.markStored();
    expect(taken(verdict.world).objects).toHaveLength(1);
  });

  it('has the bytes of the golden vector', () => {
    const kept = the('effects').kept[VECTOR_SEQ] as KeptSnapshot;
    const vector = {
      about: 'the snapshot of the world of journals/effects.json before record 16',
      hex: toHex(kept.bytes),
      sha256: toHex(sha256(kept.bytes)),
    };
    if (process.env.AOS_WRITE_VECTORS === '1') {
      writeFileSync(VECTOR, `${JSON.stringify(vector, null, 2)}\n`);
    }
    expect(JSON.parse(readFileSync(VECTOR, 'utf8'))).toEqual(vector);
  });

  it('asks for roots that are not stored', () => {
    const journal = the('effects');
    const root = (fieldsOf(rich()).get('intents') as ReadonlyMap<string, Value>).get('root');
    const hex = toHex(root as Uint8Array);
    const opening = open(journal, rich(), (hash) =>
      toHex(hash) === hex ? undefined : journal.memory.read(hash),
    );
    expect(opening).toMatchObject({ kind: 'need', hashes: [root] });
  });
});

describe('a snapshot that comes from somewhere else', () => {
  const check = (journal: Golden, bytes: Uint8Array, read = journal.memory.read) => {
    const source = new ObjectMemory();
    source.read = read;
    const { genesis, definition } = journal;
    return checkSnapshot(bytes, { genesis, definition }, { engine: puppetEngine, source });
  };

  it.each([...all.keys()])('is read to the ground: %s', (name) => {
    const { bytes } = the(name).kept.at(-1) as KeptSnapshot;
    expect(check(the(name), bytes).kind).toBe('opened');
  });

  it('is refused where a node below its roots is forged, its root with it', () => {
    const journal = the('keyed');
    const { bytes } = journal.kept.at(-1) as KeptSnapshot;
    const cells = fieldsOf(bytes).get('cells') as readonly Fields[];
    const root = ((cells[0] as Fields).get('cells') as Fields).get('root') as Hash;
    const node = journal.memory.read(root) as Uint8Array;
    let refused = 0;
    for (let at = 0; at < node.length; at++) {
      const forgedNode = node.map((byte, i) => (i === at ? byte ^ 1 : byte));
      const forgedRoot = sha256(forgedNode);
      const forged = changed(bytes, (map) => map.set('cells', reroot(cells, forgedRoot)));
      const opening = check(journal, forged, (hash) =>
        bytesEqual(hash, forgedRoot) ? forgedNode : journal.memory.read(hash),
      );
      if (opening.kind !== 'opened') refused++;
      else expect(toHex(taken(opening.world).bytes)).toBe(toHex(forged));
    }
    expect(refused).toBeGreaterThan(node.length / 2);
  });
});

function reroot(cells: readonly Fields[], root: Hash): Value {
  const [first, ...rest] = cells;
  const roots = new Map((first as Fields).get('cells') as Fields).set('root', root);
  return [new Map(first).set('cells', roots), ...rest] as unknown as Value;
}

describe('bytes that are no snapshot of the world', () => {
  const effects = the('effects');

  it.each<[string, Uint8Array]>([
    ['cbor-truncated', rich().subarray(0, -1)],
    ['cbor-tag', rich().subarray(3)],
    ['snapshot-format', encode([])],
    ['snapshot-format', changed(rich(), (map) => map.set('format', 0))],
    ['snapshot-world', changed(rich(), (map) => map.set('world_id', new Uint8Array(32)))],
    ['manifest-mismatch', changed(rich(), (map) => map.set('manifest', new Uint8Array(32)))],
    ['snapshot-shape', changed(rich(), (map) => map.set('more', 1))],
    ['snapshot-shape', changed(rich(), (map) => map.set('mode', 'asleep'))],
    ['snapshot-inconsistent', changed(rich(), (map) => map.set('mode', 'halted'))],
    ['snapshot-inconsistent', changed(rich(), (map) => map.set('halt_code', 'so'))],
    ['snapshot-inconsistent', changed(rich(), (map) => map.set('seq', 0))],
  ])('are refused: %s', (code, bytes) => {
    expect(codeOf(open(effects, bytes))).toBe(code);
  });

  it('are refused when they are of another world', () => {
    const { bytes } = the('keyed').kept[3] as KeptSnapshot;
    expect(codeOf(open(effects, bytes))).toBe('snapshot-world');
  });

  it('are refused without any one of their fields, and with another value of any type', () => {
    const known = ['snapshot-shape', 'snapshot-format', 'snapshot-world', 'manifest-mismatch'];
    for (const name of fieldsOf(rich()).keys()) {
      const without = changed(rich(), (map) => map.delete(name));
      expect(known).toContain(codeOf(open(effects, without)));
      for (const value of [true, -1, 'x', [7], new Map([['x', 1]])]) {
        const other = changed(rich(), (map) => map.set(name, value as Value));
        expect([name, value, codeOf(open(effects, other))].at(-1)).not.toBe('opened');
      }
    }
  });

  it('are refused when a root has another number of leaves', () => {
    for (const part of ['intents', 'nonces', 'settled', 'dedup', 'cells']) {
      const forged = changed(rich(), (map) => map.set(part, recount(map.get(part) as Value)));
      if (toHex(forged) === toHex(rich())) continue;
      expect([part, codeOf(open(effects, forged))]).not.toContain('opened');
    }
  });

  it('never open as the world of other bytes, whichever byte is changed', () => {
    let openings = 0;
    for (let at = 0; at < rich().length; at++) {
      const forged = rich().slice();
      forged[at] = (forged[at] as number) ^ (1 << (at % 8));
      const opening = open(effects, forged);
      if (opening.kind !== 'opened') continue;
      openings++;
      expect(toHex(taken(opening.world).bytes)).toBe(toHex(forged));
    }
    // Clocks and the like may say anything: that is found out against the journal.
    expect(openings).toBeLessThan(rich().length / 4);
  });
});

function recount(part: Value): Value {
  if (Array.isArray(part)) return part.map(recount);
  if (!(part instanceof Map)) return part;
  const fields = [...part].map(([key, value]) => [
    key,
    key === 'count' ? (value as number) + 1 : recount(value),
  ]);
  return new Map(fields as [Value, Value][]);
}
