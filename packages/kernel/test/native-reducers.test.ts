import { loadAir } from '@aos/air';
import { decode, encode, type Hash, sha256, toHashText, toHex, utf8, type Value } from '@aos/canon';
import {
  createWorld,
  hashWorld,
  NodeCache,
  openSnapshot,
  printShadowReport,
  replay,
  runShadow,
  type TrieSource,
  takeSnapshot,
  type World,
} from '@aos/kernel';
import type { Engine, RuntimeLimits } from '@aos/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defined, GovernedWorld } from './governed-world.js';
import { genesisOf, must, run, stateAt } from './script-world.js';

const OBJECTS = [
  'sys/ObjectKey@1',
  'sys/ObjectMeta@1',
  'sys/ObjectVersions@1',
  'sys/ObjectRegisteredPayload@1',
  'sys/ObjectRegistered@1',
];

const refs = (names: readonly string[]) => names.map((name) => ({ name }));

const nothing = { schemas: [], modules: [], plans: [], caps: [], policies: [] };
const emptyManifest = { $kind: 'manifest', air_version: '1', ...nothing };

function manifestOf(key_field: string) {
  const route = { event: 'sys/ObjectRegistered@1', reducer: 'sys/ObjectCatalog@1', key_field };
  return {
    ...emptyManifest,
    schemas: refs(OBJECTS),
    modules: refs(['sys/ObjectCatalog@1']),
    routing: { events: [route] },
  };
}

/** A world of the catalogue alone, which finds the cell in a field of what is registered. */
function catalogOf(key_field = 'meta.name') {
  const loaded = loadAir([{ path: 'world.json', text: JSON.stringify(manifestOf(key_field)) }]);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  expect(loaded.findings).toEqual([]);
  return loaded.world;
}

/** An engine without a module: whatever asks it for one fails. */
const engine: Engine = {
  has: () => false,
  call: () => {
    throw new Error('a native reducer has no module');
  },
};

const definition = catalogOf();

function newWorld(limits: Partial<RuntimeLimits> = {}, source?: TrieSource, of = definition) {
  const ports = source === undefined ? { engine } : { engine, source };
  return must(createWorld(genesisOf(limits, of.manifestHash), of, ports));
}

interface Meta {
  readonly name: string;
  readonly kind: string;
  readonly owner: string;
}

const registered = ({ name, kind, owner }: Meta) => ({
  meta: {
    ...{ name, kind, owner, hash: toHashText(sha256(utf8(kind))), created_at: 5 },
    tags: ['b', 'a'],
  },
});

function register(world: World, meta: Meta) {
  const raw = { schema: 'sys/ObjectRegistered@1', cbor: encode(registered(meta)) };
  return run(world, { kind: 'event', ...raw }, engine);
}

const fields = (value: Value | undefined) => value as ReadonlyMap<Value, Value>;

/** `latest`, and kind and owner of each version, of the cell of a name. */
function versionsOf(world: World, name: string) {
  const state = stateAt(world, 0, encode(name));
  if (state === undefined) return undefined;
  const cell = fields(must(decode(state)));
  const versions = [...fields(cell.get('versions'))].map(([version, meta]) => {
    return [Number(version), fields(meta).get('kind'), fields(meta).get('owner')];
  });
  return { latest: Number(cell.get('latest')), versions };
}

const meta = fc.record({
  name: fc.constantFrom('a', 'a/b', 'a/c', 'ж', ''),
  kind: fc.constantFrom('note', 'report'),
  owner: fc.string({ maxLength: 4, unit: 'grapheme-ascii' }),
});

class Objects implements TrieSource {
  readonly cache = new NodeCache(4);
  readonly bytes = new Map<string, Uint8Array>();
  read = (hash: Uint8Array): Uint8Array | undefined => this.bytes.get(toHex(hash));
}

describe('the catalogue of objects', () => {
  it('counts the versions of each name in a cell of its own, over snapshots and replays', () => {
    fc.assert(
      fc.property(fc.array(meta, { maxLength: 12 }), (metas) => {
        const source = new Objects();
        const start = newWorld({}, source);
        const oracle = new Map<string, Meta[]>();
        const records: Uint8Array[] = [];
        let world = start;
        for (const each of metas) {
          const done = register(world, each);
          records.push(done.bytes);
          oracle.set(each.name, [...(oracle.get(each.name) ?? []), each]);
          world = done.world;
          const snapshot = takeSnapshot(world);
          if (snapshot.kind !== 'taken') throw new Error('everything is in memory');
          for (const { hash, bytes } of snapshot.objects) source.bytes.set(toHex(hash), bytes);
          const of = { genesis: genesisOf({}, definition.manifestHash), definition };
          const opening = openSnapshot(snapshot.bytes, of, { engine, source });
          if (opening.kind !== 'opened') throw new Error(opening.kind);
          world = opening.world;
        }
        for (const [name, known] of oracle) {
          expect(versionsOf(world, name)).toEqual({
            latest: known.length,
            versions: known.map(({ kind, owner }, i) => [i + 1, kind, owner]),
          });
        }
        const verdict = replay(start, records, { engine, object: source.read });
        if (verdict.kind !== 'same') throw new Error(verdict.kind);
        expect(toHex(hashWorld(verdict.world))).toBe(toHex(hashWorld(world)));
      }),
      { numRuns: 25 },
    );
  });

  it('faults when the cell is not that of the name', () => {
    const world = newWorld({}, undefined, catalogOf('meta.owner'));
    const done = register(world, { name: 'a', kind: 'note', owner: 'b' });
    expect(done.record.entries).toMatchObject([
      { kind: 'reducer-fault', reducer: 'sys/ObjectCatalog@1', code: 'object-name-mismatch' },
    ]);
    expect(versionsOf(done.world, 'b')).toBeUndefined();
    const same = register(world, { name: 'a', kind: 'note', owner: 'a' });
    expect(versionsOf(same.world, 'a')?.latest).toBe(1);
  });

  it('sorts the tags, and says the same of what is written in another order', () => {
    const event = encode(registered({ name: 'a', kind: 'k', owner: 'o' }));
    const state = stateAt(
      register(newWorld(), { name: 'a', kind: 'k', owner: 'o' }).world,
      0,
      encode('a'),
    );
    expect(event).not.toEqual(state);
    const first = fields(fields(fields(must(decode(state ?? event))).get('versions')).get(1));
    expect(first.get('tags')).toEqual(['a', 'b']);
  });
});

describe('a native reducer', () => {
  const first: Meta = { name: 'a', kind: 'note', owner: 'o' };

  it('spends by the bytes that go in and out', () => {
    const { record, world } = register(newWorld(), first);
    const event = encode({ meta: { ...registered(first).meta, tags: ['a', 'b'] } });
    const key = encode('a');
    const state = stateAt(world, 0, key);
    const bytes = event.length + key.length + (state?.length ?? 0);
    expect(record.fuel).toBe(10_000 + 20 * bytes);
    const again = register(world, first);
    const more = stateAt(again.world, 0, key)?.length ?? 0;
    expect(again.record.fuel).toBe(10_000 + 20 * (bytes + more));
  });

  it.each<[string, Partial<RuntimeLimits>]>([
    ['out-of-fuel', { fuel_per_call: 10_500 }],
    ['out-of-fuel', { fuel_per_call: 15_000 }],
    ['module-output-size', { output_bytes: 100 }],
  ])('stays within the limits of a module, as %s', (code, limits) => {
    const world = newWorld(limits);
    const { record, world: next } = register(world, first);
    expect(record.entries).toMatchObject([{ kind: 'reducer-fault', code }]);
    expect(record.fuel).toBe(world.runtime.limits.fuel_per_call);
    expect(versionsOf(next, 'a')).toBeUndefined();
  });

  it('comes with a patch into a world that runs, and its calls are made again in a shadow', () => {
    const life = new GovernedWorld(defined(emptyManifest));
    expect(life.adopt(defined(manifestOf('meta.name')))).toBeUndefined();
    const start = life.world;
    const before = life.records.length;
    for (const name of ['a', 'b', 'a']) {
      expect(life.event('sys/ObjectRegistered@1', registered({ ...first, name }))).toBeUndefined();
    }
    expect(versionsOf(life.world, 'a')?.latest).toBe(2);
    expect(life.check()).toBe('same');

    life.propose(defined(manifestOf('meta.owner')));
    const { base, patchHash } = life.proposal(1);
    const window = { world: start, records: life.records.slice(before) };
    const ports = { engine: life.engine, object: (hash: Hash) => life.object(hash) };
    const shadow = runShadow({ head: life.world, window, patch: { base, patchHash } }, ports);
    if (shadow.kind !== 'report') throw new Error(shadow.kind);
    // under the other route, the cell is that of the owner: every call faults
    expect(shadow.report.window?.states.count).toBe(2);
    expect(printShadowReport(shadow.report).join('\n')).toContain('object-name-mismatch');
  });
});
