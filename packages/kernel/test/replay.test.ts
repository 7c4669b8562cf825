import { decode, type Encodable, encode, type Hash, toHex, type Value } from '@aos/canon';
import { hashWorld, replay, type World } from '@aos/kernel';
import type { StoredObject } from '@aos/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  go,
  idle,
  must,
  newWorld,
  note,
  run,
  type Script,
  scriptEngine,
  stateOf,
} from './script-world.js';

const count: Script = ({ state }) => {
  const n =
    state === null ? 0 : ((must(decode(state)) as ReadonlyMap<string, number>).get('n') ?? 0);
  return { state: stateOf(n + 1) };
};
const noObjects = { object: (): undefined => undefined };

function journalOf(events: number, engine = scriptEngine({ A: count, B: count })) {
  const start = newWorld(engine);
  const records: Uint8Array[] = [];
  let world: World = start;
  for (let i = 0; i < events; i++) {
    const done = run(world, i % 2 === 0 ? go() : note(), engine);
    records.push(done.bytes);
    world = done.world;
  }
  return { engine, start, records, world };
}

/** Rewrites fields of a canonical record. */
function forge(bytes: Uint8Array, change: (map: Map<string, Value>) => void): Uint8Array {
  const map = new Map(must(decode(bytes)) as ReadonlyMap<string, Value>);
  change(map);
  return encode(map as Encodable);
}

const forgeEntries = (bytes: Uint8Array, change: (entries: Value[]) => void) =>
  forge(bytes, (map) => {
    const entries = [...(map.get('entries') as readonly Value[])];
    change(entries);
    map.set('entries', entries);
  });

describe('replay', () => {
  it('reaches the live world, byte for byte', () => {
    const { engine, start, records, world } = journalOf(9);
    const verdict = replay(start, records, { engine, ...noObjects });
    expect(verdict.kind).toBe('same');
    if (verdict.kind !== 'same') return;
    expect(toHex(hashWorld(verdict.world))).toBe(toHex(hashWorld(world)));
  });

  it.each<[string, string, (bytes: Uint8Array) => Uint8Array]>([
    [
      'different',
      'entries/0',
      (b) =>
        forgeEntries(b, (e) => {
          e[0] = new Map([...(e[0] as ReadonlyMap<string, Value>), ['reducer', 't/X@1']]);
        }),
    ],
    ['extra', 'entries/1', (b) => forgeEntries(b, (e) => e.push(e[0] as Value))],
    ['missing', 'entries/0', (b) => forgeEntries(b, (e) => e.pop())],
    ['different', 'fuel', (b) => forge(b, (map) => map.set('fuel', 1))],
  ])('reports what is %s at %s, with its sequence', (kind, at, change) => {
    const { engine, start, records } = journalOf(5);
    const forged = records.with(2, change(records[2] as Uint8Array));
    expect(replay(start, forged, { engine, ...noObjects })).toMatchObject({
      kind: 'different',
      difference: { kind, seq: 2, at, code: 'replay-difference' },
      world: { seq: 2 },
    });
  });

  it.each<[string, (records: Uint8Array[]) => Uint8Array[]]>([
    ['sequence-gap', (r) => r.toSpliced(2, 1)],
    ['sequence-gap', (r) => [r[0], r[1], r[1], r[2]] as Uint8Array[]],
    ['sequence-gap', (r) => [r[0], r[1], r[3], r[2]] as Uint8Array[]],
    [
      'chain-broken',
      (r) =>
        r.with(
          2,
          forge(r[2] as Uint8Array, (m) => m.set('prev', new Uint8Array(32))),
        ),
    ],
    ['cbor-truncated', (r) => r.with(2, (r[2] as Uint8Array).subarray(0, -1))],
    [
      'input-kind',
      (r) =>
        r.with(
          2,
          forge(r[2] as Uint8Array, (m) => m.set('input', new Map([['kind', 'x']]))),
        ),
    ],
    [
      'event-schema-unknown',
      (r) => r.with(2, forgeInput(r[2] as Uint8Array, 'schema', 't/Nope@1')),
    ],
    [
      'input-not-canonical',
      (r) => r.with(2, forgeInput(r[2] as Uint8Array, 'value', encode({ what: 'x' }).subarray(3))),
    ],
    ['time-backwards', (r) => r.with(2, forgeStamp(r[2] as Uint8Array, 0))],
  ])('calls a journal broken: %s', (code, change) => {
    const { engine, start, records } = journalOf(4);
    const verdict = replay(start, change(records), { engine, ...noObjects });
    expect(verdict).toMatchObject({
      kind: 'different',
      difference: { kind: 'broken', seq: 2, code },
    });
    const places = { 'sequence-gap': 'seq', 'chain-broken': 'prev', 'time-backwards': 'stamp' };
    const at = places[code as keyof typeof places];
    if (at !== undefined) expect(verdict).toMatchObject({ difference: { at } });
  });

  it('notices a reducer that does not do again what it did', () => {
    const { start, records } = journalOf(3);
    const other = scriptEngine({ A: () => ({ state: stateOf(99) }), B: count });
    expect(replay(start, records, { engine: other, ...noObjects })).toMatchObject({
      kind: 'different',
      difference: { kind: 'different', seq: 0, at: 'entries/0' },
    });
  });

  it('asks for the objects of emitted events, too', () => {
    const large = encode({ text: 'x'.repeat(5000) });
    const emitter: Script = ({ state, event }) => {
      const isGo = askedOf(event) === 'go';
      return { state, domain_events: isGo ? [{ schema: 't/Note@1', value: large }] : [] };
    };
    const engine = scriptEngine({ A: emitter, B: idle });
    const start = newWorld(engine);
    const { bytes, objects } = run(start, go('go'), engine);
    expect(replay(start, [bytes], { engine, ...noObjects })).toEqual({
      kind: 'need',
      hashes: objects.map(({ hash }) => hash),
      modules: [],
    });
    const object = () => objects[0]?.bytes;
    expect(replay(start, [bytes], { engine, object }).kind).toBe('same');
    expect(replay(start, [bytes], { engine, ...noObjects }, 'trust').kind).toBe('same');
  });

  it('asks for a module that is not loaded', () => {
    const { engine, start, records } = journalOf(1);
    const empty = { ...engine, has: () => false };
    expect(replay(start, records, { engine: empty, ...noObjects })).toMatchObject({
      ...{ kind: 'need', modules: [{ name: 't/A@1' }] },
    });
  });

  it('asks for an object it needs, and goes on with it', () => {
    const engine = scriptEngine({ A: count, B: idle });
    const start = newWorld(engine);
    const { bytes, objects } = run(start, note('x'.repeat(5000)), engine);
    const [stored] = objects as readonly [StoredObject];
    expect(replay(start, [bytes], { engine, ...noObjects })).toEqual({
      kind: 'need',
      hashes: [stored.hash],
      modules: [],
    });
    const object = (hash: Hash) => (toHex(hash) === toHex(stored.hash) ? stored.bytes : undefined);
    expect(replay(start, [bytes], { engine, object }).kind).toBe('same');
  });
});

function forgeInput(bytes: Uint8Array, field: string, value: Value): Uint8Array {
  return forge(bytes, (map) => {
    map.set(
      'input',
      new Map([...(map.get('input') as ReadonlyMap<string, Value>), [field, value]]),
    );
  });
}

function forgeStamp(bytes: Uint8Array, logical: number): Uint8Array {
  return forge(bytes, (map) => {
    const stamp = map.get('stamp') as ReadonlyMap<string, Value>;
    map.set('stamp', new Map([...stamp, ['logical_now_ns', logical]]));
  });
}

/** What the event of a call asks the scripted reducer to do. */
function askedOf(event: ReadonlyMap<Value, Value>): Value | undefined {
  const member = must(decode(event.get('value') as Uint8Array)) as ReadonlyMap<string, Value>;
  const fields = member.get('$value') as ReadonlyMap<string, Value>;
  return fields.get('what') ?? fields.get('text');
}

/** A reducer whose outcome is a function of its input, so that replay meets the same one. */
const obey: Script = (call) => {
  switch (askedOf(call.event)) {
    case 'trap':
      return 'module-trap';
    case 'garbage':
      return 7;
    case 'bad-state':
      return { state: encode(1) };
    case 'delete':
      return { state: null };
    case 'emit':
      return { state: call.state, domain_events: [{ schema: 't/Note@1', value: countNote }] };
    case 'cascade':
      return { state: call.state, domain_events: [{ schema: 't/Note@1', value: cascadeNote }] };
    default:
      return count(call);
  }
};
const countNote = encode({ text: 'count' });
const cascadeNote = encode({ text: 'cascade' });

describe('live equals replay', () => {
  const asks = ['count', 'trap', 'garbage', 'bad-state', 'delete', 'emit', 'cascade'];
  const seen = new Map<string, number>();

  it('for any mix of events, faults and cascades', () => {
    const engine = scriptEngine({ A: obey, B: obey });
    const start = newWorld(engine, { calls_per_step: 8, pending_work: 6 });
    const plans = fc.array(fc.tuple(fc.boolean(), fc.constantFrom(...asks)), { maxLength: 40 });
    fc.assert(
      fc.property(plans, (plan) => {
        let world: World = start;
        const records: Uint8Array[] = [];
        for (const [first, what] of plan) {
          const done = run(world, first ? go(what) : note(what), engine);
          for (const entry of done.record.entries) {
            const name = entry.kind === 'reducer-fault' ? entry.code : entry.kind;
            seen.set(name, (seen.get(name) ?? 0) + 1);
          }
          records.push(done.bytes);
          world = done.world;
        }
        const verdict = replay(start, records, { engine, ...noObjects });
        expect(verdict.kind).toBe('same');
        if (verdict.kind === 'same') expect(hashWorld(verdict.world)).toEqual(hashWorld(world));
      }),
      { numRuns: 300 },
    );
  });

  it('has met every kind of entry and fault that the mix can make', () => {
    const expected = ['cascade-limit', 'domain-event', 'module-trap', 'output-malformed'];
    expect([...seen.keys()].sort()).toEqual([...expected, 'state-changed', 'state-invalid']);
  });
});
