import { decode, encode, type Hash, toHex, type Value } from '@aos/canon';
import {
  createWorld,
  hashWorld,
  NodeCache,
  openSnapshot,
  replay,
  type TrieSource,
  takeSnapshot,
  type World,
} from '@aos/kernel';
import type { StoredObject } from '@aos/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  definition,
  genesisOf,
  go,
  idle,
  must,
  note,
  run,
  type Script,
  scriptEngine,
  stateOf,
} from './script-world.js';

class Objects implements TrieSource {
  readonly cache: NodeCache;
  readonly bytes = new Map<string, Uint8Array>();

  constructor(leaves = 16) {
    this.cache = new NodeCache(leaves);
  }

  read = (hash: Hash): Uint8Array | undefined => this.bytes.get(toHex(hash));

  put(objects: readonly StoredObject[]): void {
    for (const { hash, bytes } of objects) this.bytes.set(toHex(hash), bytes);
  }
}

type Pieces = readonly (readonly Value[])[];

const count: Script = ({ state }) => {
  const n = state === null ? 0 : (must(decode(state)) as ReadonlyMap<string, number>).get('n');
  return { state: stateOf((n ?? 0) + 1) };
};

/** Says as many notes as it is asked to. */
const talker: Script = ({ state, event }) => {
  const member = must(decode(event.get('value') as Uint8Array)) as ReadonlyMap<string, Value>;
  const what = Number((member.get('$value') as ReadonlyMap<string, Value>).get('what'));
  const said = { schema: 't/Note@1', value: encode({ text: 'x'.repeat(300) }) };
  return { state, domain_events: Array.from({ length: Math.max(what, 0) }, () => said) };
};

const engine = scriptEngine({ A: count, B: count });

function newWorld(source: TrieSource, limits = {}, on = engine): World {
  return must(createWorld(genesisOf(limits), definition, { engine: on, source }));
}

function taken(world: World) {
  const outcome = takeSnapshot(world);
  if (outcome.kind === 'taken') return outcome;
  throw new Error('something is not in memory');
}

function reopen(bytes: Uint8Array, source: Objects, limits = {}, on = engine): World {
  const of = { genesis: genesisOf(limits), definition };
  const opening = openSnapshot(bytes, of, { engine: on, source });
  if (opening.kind === 'opened') return opening.world;
  throw new Error(JSON.stringify(opening));
}

describe('a snapshot', () => {
  it('of equal worlds has equal bytes, whenever others were taken, stored and opened', () => {
    const acts = fc.array(
      fc.tuple(fc.boolean(), fc.constantFrom('nothing', 'take', 'store', 'reopen')),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(acts, fc.nat(20), (plan, leaves) => {
        const source = new Objects(leaves);
        let world = newWorld(source);
        let plain = newWorld(new Objects());
        for (const [first, act] of plan) {
          world = run(world, first ? go() : note(), engine).world;
          plain = run(plain, first ? go() : note(), engine).world;
          if (act === 'nothing') continue;
          const { bytes, objects, markStored } = taken(world);
          if (act === 'take') continue;
          source.put(objects);
          markStored();
          if (act === 'reopen') world = reopen(bytes, source);
        }
        expect(toHex(taken(world).bytes)).toBe(toHex(taken(plain).bytes));
        expect(toHex(hashWorld(world))).toBe(toHex(taken(plain).hash));
      }),
      { numRuns: 100 },
    );
  });

  it('of a world before its first record opens', () => {
    const source = new Objects();
    const world = newWorld(source);
    expect(taken(reopen(taken(world).bytes, source)).hash).toEqual(taken(world).hash);
  });

  it('holds work that is left over, however much it is, in pieces', () => {
    const limits = { calls_per_step: 1, events_per_call: 4096 };
    const talking = scriptEngine({ A: talker, B: idle });
    const source = new Objects();
    const world = run(newWorld(source, limits, talking), go('2500'), talking).world;
    expect(world.pending.length).toBeGreaterThan(2 * 1024);
    const { bytes, objects } = taken(world);
    expect(bytes.length).toBeLessThan(2000);
    source.put(objects);
    const opened = reopen(bytes, source, limits, talking);
    expect(opened.pending).toHaveLength(world.pending.length);
    expect(toHex(taken(opened).bytes)).toBe(toHex(bytes));
    const lived = run(world, { kind: 'continue' }, talking);
    const again = run(opened, { kind: 'continue' }, talking);
    expect(toHex(again.bytes)).toBe(toHex(lived.bytes));
    // Values and pieces that are away are asked for, one round after the other.
    const away = new Objects();
    for (let round = 0; ; round++) {
      const of = { genesis: genesisOf(limits), definition };
      const opening = openSnapshot(bytes, of, { engine: talking, source: away });
      if (opening.kind === 'opened') break;
      if (opening.kind === 'refused') throw new Error(opening.refusal.code);
      expect(round).toBeLessThan(20);
      away.put(opening.hashes.map((hash) => ({ hash, bytes: source.read(hash) as Uint8Array })));
    }
  });

  it.each<[string, (pieces: Pieces) => Pieces]>([
    ['a piece short', ([first, ...rest]) => [(first ?? []).slice(1), ...rest]],
    ['an empty last piece', (pieces) => [...pieces, []]],
    ['work of no kind', (pieces) => [...pieces.slice(0, -1), [new Map([['kind', 'x']])]]],
  ])('is refused with %s', (_, change) => {
    const limits = { calls_per_step: 1, events_per_call: 4096 };
    const talking = scriptEngine({ A: talker, B: idle });
    const source = new Objects();
    const world = run(newWorld(source, limits, talking), go('1500'), talking).world;
    const { bytes, objects } = taken(world);
    source.put(objects);
    const fields = new Map(must(decode(bytes)) as ReadonlyMap<string, Value>);
    const refs = fields.get('pending') as readonly Hash[];
    const lists = refs.map((ref) => must(decode(source.read(ref) as Uint8Array))) as Pieces;
    const forged = change(lists).map((list) => encode(list as never));
    source.put(
      forged.map((part, i) => ({ hash: new Uint8Array(32).fill(i) as Hash, bytes: part })),
    );
    fields.set(
      'pending',
      forged.map((_part, i) => new Uint8Array(32).fill(i)),
    );
    const of = { genesis: genesisOf(limits), definition };
    const opening = openSnapshot(encode(fields as never), of, { engine: talking, source });
    expect(opening).toMatchObject({ kind: 'refused', refusal: { code: 'snapshot-shape' } });
  });

  it('goes on as the world did', () => {
    const source = new Objects();
    let world = newWorld(source);
    const records: Uint8Array[] = [];
    const snapshots: Uint8Array[] = [];
    for (let i = 0; i < 12; i++) {
      const { bytes, objects } = taken(world);
      source.put(objects);
      snapshots.push(bytes);
      const done = run(world, i % 3 === 0 ? note() : go(), engine);
      records.push(done.bytes);
      world = done.world;
    }
    for (const [seq, bytes] of snapshots.entries()) {
      const ports = { engine, object: source.read };
      const verdict = replay(reopen(bytes, source), records.slice(seq), ports);
      expect(verdict.kind).toBe('same');
      expect(toHex(hashWorld(verdict.kind === 'same' ? verdict.world : world))).toBe(
        toHex(hashWorld(world)),
      );
    }
  });
});
