import { createHash } from 'node:crypto';
import { decode, encode, sha256, toHex, utf8, type Value } from '@aos/canon';
import { admit, callEntropy, createWorld, hashWorld, replay, step } from '@aos/kernel';
import { CURRENT_RUNTIME, type Engine, type EventInput } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import {
  CALL_FUEL,
  definition,
  genesisOf,
  go,
  hashes,
  idle,
  must,
  mustAdmit,
  newWorld,
  note,
  run,
  type Script,
  scriptEngine,
  stampAt,
  stateAt,
  stateOf,
} from './script-world.js';

const engineOf = (A: Script, B: Script = idle) => scriptEngine({ A, B });
const emit = (schema: string, value: Uint8Array) => ({ schema, value });
const FUEL_PER_CALL = CURRENT_RUNTIME.limits.fuel_per_call;
const noteBytes = encode({ text: 'hi' });

describe('a step', () => {
  it('changes the state of the routed reducer and leaves the given world alone', () => {
    const engine = engineOf(() => ({ state: stateOf(1) }));
    const world = newWorld(engine);
    const before = hashWorld(world);
    const done = run(world, go(), engine);
    expect(done.record.entries).toEqual([
      {
        kind: 'state-changed',
        cause: null,
        reducer: 't/A@1',
        key: null,
        before: null,
        after: sha256(stateOf(1)),
      },
    ]);
    expect(stateAt(done.world, 0)).toEqual(stateOf(1));
    expect(hashWorld(world)).toEqual(before);
    expect(done.world.seq).toBe(1);
  });

  it('hands the limits of the world to every call', () => {
    const given: unknown[] = [];
    const scripted = engineOf(idle);
    const engine: Engine = {
      has: scripted.has,
      call: (module, entry, input, limits) => {
        given.push(limits);
        return scripted.call(module, entry, input, limits);
      },
    };
    const limits = { fuel_per_call: 77, memory_pages: 3, stack_slots: 500, output_bytes: 99 };
    run(newWorld(engine, limits), go(), engine);
    expect(given).toEqual([{ fuel: 77, memoryPages: 3, stackSlots: 500, outputBytes: 99 }]);
  });

  it('gives the same bytes for the same world, input and stamp', () => {
    const engine = engineOf(() => ({ state: stateOf(1) }));
    const world = newWorld(engine);
    expect(toHex(run(world, go(), engine).bytes)).toBe(toHex(run(world, go(), engine).bytes));
  });

  it('links each record to the one before, and the first to the world id', () => {
    const engine = engineOf(() => ({ state: stateOf(1) }));
    const world = newWorld(engine);
    const first = run(world, go(), engine);
    const second = run(first.world, go(), engine);
    expect(first.record.prev).toEqual(world.worldId);
    expect(second.record.prev).toEqual(sha256(first.bytes));
  });

  it('writes no entry when the state stays what it was, in whatever form it is returned', () => {
    const engine = engineOf(() => ({ state: stateOf(1) }));
    const first = run(newWorld(engine), go(), engine);
    expect(run(first.world, go(), engine).record.entries).toEqual([]);
    const plain = encode({ n: 1 }).subarray(3);
    const untagged = engineOf(() => ({ state: plain }));
    expect(run(first.world, go(), untagged).record.entries).toEqual([]);
  });

  it('stores a state canonical, whatever order and form the module returned', () => {
    const untagged = stateOf(7).subarray(3);
    const engine = engineOf(() => ({ state: untagged }));
    expect(stateAt(run(newWorld(engine), go(), engine).world, 0)).toEqual(stateOf(7));
  });

  it('deletes the state when the module returns none', () => {
    const set = engineOf(() => ({ state: stateOf(1) }));
    const first = run(newWorld(set), go(), set);
    const gone = run(
      first.world,
      go(),
      engineOf(() => ({ state: null })),
    );
    expect(stateAt(gone.world, 0)).toBeUndefined();
    expect(gone.record.entries).toMatchObject([{ kind: 'state-changed', after: null }]);
  });

  it('delivers a member event wrapped in each family, under the family name', () => {
    const seen: [Value | undefined, Value][] = [];
    const look: Script = ({ state, event }) => {
      seen.push([event.get('schema'), must(decode(event.get('value') as Uint8Array))]);
      return { state };
    };
    const engine = scriptEngine({ A: look, B: look });
    run(newWorld(engine), note('hi'), engine);
    const wrapped = new Map<string, Value>([
      ['$tag', 'Note'],
      ['$value', new Map([['text', 'hi']])],
    ]);
    expect(seen).toEqual([
      ['t/AEvent@1', wrapped],
      ['t/BEvent@1', wrapped],
    ]);
  });

  it('runs emitted events to completion, each with the entry that caused it', () => {
    const engine = engineOf(
      ({ event }) => {
        const value = must(decode(event.get('value') as Uint8Array)) as ReadonlyMap<string, Value>;
        const events = value.get('$tag') === 'Go' ? [emit('t/Note@1', noteBytes)] : [];
        return { state: stateOf(1), domain_events: events };
      },
      () => ({ state: stateOf(2) }),
    );
    const { record } = run(newWorld(engine), go(), engine);
    expect(record.entries.map((e) => [e.kind, e.cause])).toEqual([
      ['state-changed', null],
      ['domain-event', null],
      ['state-changed', 1],
    ]);
  });

  it('keeps the correlation bytes that a module attached', () => {
    const key = new Uint8Array([0, 0, 1]);
    const engine = engineOf(({ event }) => {
      const first = (event.get('value') as Uint8Array).length < 30;
      return { state: null, domain_events: first ? [{ ...emit('t/Note@1', noteBytes), key }] : [] };
    });
    const { record } = run(newWorld(engine), go(), engine);
    expect(record.entries[0]).toMatchObject({ kind: 'domain-event', key });
  });

  it('puts values beyond the inline threshold into objects', () => {
    const engine = engineOf(idle);
    const world = newWorld(engine);
    const done = run(world, note('x'.repeat(5000)), engine);
    expect(done.objects).toHaveLength(1);
    expect((done.record.input as EventInput).value.ref).toEqual(done.objects[0]?.hash);
  });

  it('asks for a module that is not in the engine, and nothing has happened', () => {
    const engine = engineOf(idle);
    const world = newWorld(engine);
    const event = mustAdmit(world, go());
    const outcome = step(world, event, stampAt(0), { engine: { ...engine, has: () => false } });
    expect(outcome).toMatchObject({
      kind: 'need',
      hashes: [hashes.A],
      modules: [{ hash: hashes.A, entry: 'step' }],
    });
  });

  it('that breaks in the middle leaves the world as it was', () => {
    const fine = engineOf(() => ({ state: stateOf(1) }));
    const world = newWorld(fine);
    const before = hashWorld(world);
    let calls = 0;
    const broken: Engine = {
      ...fine,
      call: (module, ...rest) => {
        if (++calls === 2) throw new Error('no memory for an instance');
        return fine.call(module, ...rest);
      },
    };
    const input = mustAdmit(world, note());
    expect(() => step(world, input, stampAt(0), { engine: broken })).toThrow('no memory');
    expect(hashWorld(world)).toEqual(before);
    expect(run(world, note(), fine).world.seq).toBe(1);
  });

  it('refuses, as a defect, a stamp that goes back in logical time', () => {
    const engine = engineOf(idle);
    const { world } = step(newWorld(engine), mustAdmit(newWorld(engine), go()), stampAt(9), {
      engine,
    }) as never as { world: ReturnType<typeof newWorld> };
    const event = mustAdmit(world, go());
    expect(() => step(world, event, stampAt(8), { engine })).toThrow('logical time');
  });
});

describe('the context of a call', () => {
  it('is given only where it is declared, with the hash of the event as delivered', () => {
    const contexts: (Uint8Array | undefined)[] = [];
    const look: Script = ({ state, ctx }) => {
      contexts.push(ctx);
      return { state };
    };
    const engine = scriptEngine({ A: look, B: look });
    run(newWorld(engine), note(), engine);
    expect(contexts[0]).toBeUndefined();
    const ctx = must(decode(contexts[1] as Uint8Array)) as ReadonlyMap<string, Value>;
    expect(ctx.get('reducer')).toBe('t/B@1');
    expect(ctx.get('journal_height')).toBe(0);
    expect(ctx.get('cell_mode')).toBe(false);
    const place = { stamp: stampAt(0), seq: 0, callIndex: 1 };
    expect(ctx.get('entropy')).toEqual(callEntropy(place));
  });

  it('has entropy by the formula of the specification', () => {
    const { entropy } = stampAt(4);
    const oracle = createHash('sha512')
      .update('aos/entropy/0')
      .update(new Uint8Array([0]))
      .update(entropy)
      .update(new Uint8Array([0, 0, 0, 0, 0, 0, 1, 2]))
      .update(new Uint8Array([0, 0, 0, 3]))
      .digest('hex');
    const place = { stamp: stampAt(4), seq: 258, callIndex: 3 };
    expect(toHex(callEntropy(place))).toBe(oracle);
  });
});

describe('a call that goes wrong', () => {
  const big = encode({ text: 'x'.repeat(3000) });
  const cases: readonly (readonly [string, Script])[] = [
    ['module-trap', () => 'module-trap'],
    ['output-malformed', () => 7],
    ['output-malformed', () => ({ state: 7 })],
    ['output-malformed', () => ({ state: null, surprise: 1 })],
    ['output-malformed', () => ({ state: null, domain_events: [{ schema: 't/Note@1' }] })],
    ['output-malformed', () => ({ state: null, effects: [{ kind: 7 }] })],
    ['state-invalid', () => ({ state: encode({ n: -1 }) })],
    ['state-invalid', () => ({ state: new Uint8Array([0xff]) })],
    ['annotation-invalid', () => ({ state: null, ann: encode(7) })],
    [
      'effect-undeclared',
      () => ({ state: null, effects: [{ kind: 'timer.set', params_cbor: new Uint8Array() }] }),
    ],
    ['event-schema-unknown', () => ({ state: null, domain_events: [emit('t/Nope@1', noteBytes)] })],
    ['event-invalid', () => ({ state: null, domain_events: [emit('t/Note@1', encode(1))] })],
    ['event-too-large', () => ({ state: null, domain_events: [emit('t/Note@1', big)] })],
    [
      'event-key-too-large',
      () => ({
        state: null,
        domain_events: [{ ...emit('t/Note@1', noteBytes), key: new Uint8Array(4097) }],
      }),
    ],
    [
      'events-over-limit',
      () => ({ state: null, domain_events: Array(257).fill(emit('t/Go@1', encode({ what: '' }))) }),
    ],
  ];

  it.each(cases)('%s: is discarded whole, told, and the others run on', (code, A) => {
    const limits = { event_bytes: 2000 };
    const fine = scriptEngine({ A: () => ({ state: stateOf(3) }), B: idle });
    const first = run(newWorld(fine, limits), go(), fine);
    const engine = scriptEngine({ A, B: () => ({ state: stateOf(5) }) });
    const { world, record } = run(first.world, note(), engine);
    const told = { kind: 'reducer-fault', code, reducer: 't/A@1', fuel: FUEL_PER_CALL };
    expect(record.entries[0]).toMatchObject(told);
    expect(record.fuel).toBe(FUEL_PER_CALL + CALL_FUEL);
    expect(stateAt(world, 0)).toEqual(stateOf(3));
    expect(stateAt(world, 1)).toEqual(stateOf(5));
    const goesOn = run(world, go(), fine);
    expect(goesOn.world.seq).toBe(3);
  });

  it('emission-limit: one call fills at most half of what a record may hold', () => {
    const blob = encode({ text: 'x'.repeat(500) });
    const engine = engineOf(({ state, event }) => {
      const isFirst = (event.get('value') as Uint8Array).length < 100;
      return { state, domain_events: isFirst ? Array(4).fill(emit('t/Note@1', blob)) : [] };
    });
    const needed = 2 * 4 * (blob.length + 't/Note@1'.length + 256);
    const fits = newWorld(engine, { emitted_bytes: needed });
    expect(run(fits, go(), engine).record.entries).toHaveLength(4);
    const tight = newWorld(engine, { emitted_bytes: needed - 1 });
    expect(run(tight, go(), engine).record.entries).toMatchObject([
      { kind: 'reducer-fault', code: 'emission-limit' },
    ]);
  });

  it('cascade-limit: events that would not fit among what waits discard their call', () => {
    const engine = engineOf(({ state, event }) => {
      const value = must(decode(event.get('value') as Uint8Array)) as ReadonlyMap<string, Value>;
      const isGo = value.get('$tag') === 'Go';
      return { state, domain_events: isGo ? Array(5).fill(emit('t/Note@1', noteBytes)) : [] };
    });
    const size = noteBytes.length + 't/Note@1'.length + 256;
    // Under rules 0 the event that is being worked on waits as well.
    for (const [kernel, most] of [
      [0, 6],
      [1, 5],
    ] as const) {
      const entriesWith = (limits: object) =>
        run(newWorld(engine, limits, { kernel }), go(), engine).record.entries;
      expect(entriesWith({ pending_work: most })).toHaveLength(5);
      expect(entriesWith({ pending_work: most - 1 })).toMatchObject([{ code: 'cascade-limit' }]);
      expect(entriesWith({ pending_bytes: most * size })).toHaveLength(5);
      const oneLess = { pending_bytes: most * size - size };
      expect(entriesWith(oneLess)).toMatchObject([{ code: 'cascade-limit' }]);
    }
  });
});

describe('work beyond the budget of a record', () => {
  const again: Script = ({ state }) => ({
    state,
    domain_events: [emit('t/Go@1', encode({ what: 'again' }))],
  });

  it('is left over in order, asked for as `continue`, and taken up by it', () => {
    const engine = engineOf(again);
    const first = run(newWorld(engine, { calls_per_step: 10 }), go(), engine);
    expect(first.record.entries.filter((e) => e.kind === 'domain-event')).toHaveLength(10);
    expect(first.outputs).toEqual([{ kind: 'continue' }]);
    expect(first.world.pending).toHaveLength(1);
    const second = run(first.world, { kind: 'continue' }, engine);
    expect(second.record.entries).toHaveLength(10);
    expect(second.record.entries[0]).toMatchObject({ cause: { seq: 0, i: 9 } });
    expect(second.record.entries[1]).toMatchObject({ cause: 0 });
  });

  it('continues in the middle of the routes of one event', () => {
    const seen: string[] = [];
    const look =
      (name: string): Script =>
      ({ state }) => {
        seen.push(name);
        return { state };
      };
    const engine = scriptEngine({ A: look('A'), B: look('B') });
    const first = run(newWorld(engine, { calls_per_step: 1 }), note(), engine);
    expect(seen).toEqual(['A']);
    const second = run(first.world, { kind: 'continue' }, engine);
    expect(seen).toEqual(['A', 'B']);
    expect(second.world.pending).toEqual([]);
    expect(second.outputs).toEqual([]);
  });

  it('keeps its turn before what comes in later', () => {
    const seen: Value[] = [];
    const engine = scriptEngine({
      A: ({ state, event }) => {
        const value = must(decode(event.get('value') as Uint8Array)) as ReadonlyMap<string, Value>;
        const go = value.get('$value') as ReadonlyMap<string, Value>;
        seen.push(go.get('what') ?? '');
        const first = go.get('what') === 'first';
        const second = emit('t/Go@1', encode({ what: 'derived' }));
        return { state, domain_events: first ? [second] : [] };
      },
      B: idle,
    });
    const first = run(newWorld(engine, { calls_per_step: 1 }), go('first'), engine);
    const second = run(first.world, go('later'), engine);
    run(second.world, { kind: 'continue' }, engine);
    expect(seen).toEqual(['first', 'derived', 'later']);
  });

  it('is bounded by bytes as well, and a full record is read back', () => {
    const blob = encode({ text: 'x'.repeat(3900) });
    const engine = engineOf(({ state, event }) => {
      const isGo = (event.get('value') as Uint8Array).length < 100;
      const events = [
        emit('t/Go@1', encode({ what: '' })),
        ...Array(200).fill(emit('t/Note@1', blob)),
      ];
      return { state, domain_events: isGo ? events : [] };
    });
    const world = newWorld(engine, { calls_per_step: 65_536 });
    const done = run(world, go(), engine);
    expect(done.outputs).toEqual([{ kind: 'continue' }]);
    expect(done.bytes.length).toBeGreaterThan(8_000_000);
    const verdict = replay(world, [done.bytes], { engine, object: () => undefined });
    expect(verdict.kind).toBe('same');
  });
});

describe('admission', () => {
  const engine = engineOf(idle);
  const world = newWorld(engine, { event_bytes: 100 });
  it.each([
    ['event-schema-unknown', { schema: 't/Nope@1', cbor: encode(1) }],
    ['event-schema-unknown', { schema: '__proto__', cbor: encode(1) }],
    ['value-missing-field', { schema: 't/Go@1', cbor: encode({}) }],
    ['value-unknown-field', { schema: 't/Go@1', json: { what: 'x', more: 1 } }],
    ['event-too-large', { schema: 't/Go@1', json: { what: 'x'.repeat(100) } }],
  ])('%s leaves no trace', (code, raw) => {
    expect(admit(world, raw as never)).toMatchObject({ kind: 'refused', refusal: { code } });
  });

  it('gives the same bytes for both ways to write an event', () => {
    const fromJson = mustAdmit(world, { schema: 't/Go@1', json: { what: 'x' } as never });
    expect(fromJson).toEqual(mustAdmit(world, go()));
  });
});

describe('a world', () => {
  it.each([
    ['manifest-mismatch', genesisOf({}, hashes.A), engineOf(idle)],
    ['module-missing', genesisOf(), { ...engineOf(idle), has: () => false }],
    ['runtime-unsupported', genesisOf({ stack_slots: 1_000_000 }), engineOf(idle)],
    ['runtime-unsupported', genesisOf({ memory_pages: 70_000 }), engineOf(idle)],
    ['runtime-unsupported', genesisOf({ pending_work: 1_048_577 }), engineOf(idle)],
    ['runtime-unsupported', genesisOf({ plan_instances: 100_001 }), engineOf(idle)],
    ['runtime-unsupported', genesisOf({}, undefined, { guard: 2 }), engineOf(idle)],
    ['runtime-unsupported', genesisOf({}, undefined, { guard: 0 }), engineOf(idle)],
    ['runtime-unsupported', genesisOf({}, undefined, { prices: 9 }), engineOf(idle)],
    ['runtime-unsupported', genesisOf({}, undefined, { kernel: 2 }), engineOf(idle)],
  ])('is not made when: %s', (code, genesis, engine) => {
    expect(createWorld(genesis, definition, { engine })).toMatchObject({ refusal: { code } });
  });

  it('of no records replays to itself', () => {
    const engine = engineOf(idle);
    const world = newWorld(engine);
    const verdict = replay(world, [], { engine, object: () => undefined });
    expect(verdict).toEqual({ kind: 'same', world });
    expect(toHex(hashWorld(world))).not.toBe(toHex(sha256(utf8(''))));
  });
});
