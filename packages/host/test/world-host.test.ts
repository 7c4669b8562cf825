import { decode, type Value } from '@aos/canon';
import { openWorldHost, verifyWorld } from '@aos/host';
import { readCell } from '@aos/kernel';
import { AosFault, decodeRecord, type WorldStore } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import {
  add,
  HeldStore,
  ManualClock,
  must,
  newStore,
  noEntropy,
  SCHEMA,
  settle,
  sumEngine,
} from './stage.js';

const open = (store: WorldStore, more: object = {}) =>
  openWorldHost({ store, engine: sumEngine(), fillEntropy: noEntropy, ...more });

const total = (host: ReturnType<typeof open>) =>
  host.read((world) => {
    const [table] = world.cells;
    const state = table && readCell(table, null)?.state;
    if (state === undefined) return 0;
    return (must(decode(state)) as ReadonlyMap<string, Value>).get('n');
  });

/** JSON with a field that cannot be read. */
function throwing(): object {
  return {
    get by(): number {
      throw new Error('not today');
    },
  };
}

/** Watches a promise without waiting for it. */
function watch<T>(promise: Promise<T>) {
  const seen: { value?: T; fault?: unknown } = {};
  promise.then(
    (value) => Object.assign(seen, { value }),
    (fault: unknown) => Object.assign(seen, { fault }),
  );
  return seen;
}

describe('a hosted world', () => {
  it('acknowledges events in order, with sequence and chain', async () => {
    const { store, copy } = reopenable();
    const host = open(store);
    const acks = (await Promise.all([1, 2, 3].map((by) => host.submit(add(by))))).map(must);
    expect(acks.map(({ seq }) => seq)).toEqual([0, 1, 2]);
    expect(await total(host)).toBe(6);
    const report = verifyWorld(copy(), sumEngine());
    expect(report).toMatchObject({ ok: true, records: 3, chain: acks[2]?.chain });
  });

  it('acknowledges nothing and answers no read before the flush', async () => {
    const store = new HeldStore();
    const host = open(store);
    const ack = watch(host.submit(add(1)));
    await settle();
    const read = watch(total(host));
    await settle();
    expect(ack).toEqual({});
    expect(read).toEqual({});
    store.held[0]?.end();
    await settle();
    expect(ack.value).toMatchObject({ ok: true, value: { seq: 0 } });
    expect(read.value).toBe(1);
  });

  it('goes on stepping while a flush is in flight, and acknowledges in order', async () => {
    const store = new HeldStore();
    const host = open(store);
    const first = watch(host.submit(add(1)));
    await settle();
    const second = watch(host.submit(add(2)));
    await settle();
    expect(store.held).toHaveLength(2);
    store.held[0]?.end();
    await settle();
    expect(first.value).toBeDefined();
    expect(second.value).toBeUndefined();
    store.held[1]?.end();
    await settle();
    expect(second.value).toMatchObject({ ok: true, value: { seq: 1 } });
  });

  it('commits what arrives together in one append', async () => {
    const store = new HeldStore();
    const host = open(store);
    for (let i = 0; i < 10; i++) watch(host.submit(add(i)));
    await settle();
    expect(store.held.map(({ batch }) => batch.records.length)).toEqual([10]);
  });

  it('tells a refusal at once and leaves no trace of it', async () => {
    const store = new HeldStore();
    const host = open(store);
    const answer = await host.submit({ schema: 't/Nope@1', cbor: add(1).cbor });
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'event-schema-unknown' } });
    expect(store.held).toEqual([]);
  });

  it('tells the faults of an event in its acknowledgement', async () => {
    const host = open(newStore());
    must(await host.submit(add(2)));
    expect(must(await host.submit(add(13))).faults).toEqual([
      { reducer: 't/Sum@1', code: 'module-trap' },
    ]);
    expect(await total(host)).toBe(2);
    expect(must(await host.submit(add(1))).faults).toEqual([]);
    await host.close();
  });

  it('does not see what a caller does to its buffer after submitting', async () => {
    const store = newStore();
    const host = open(store);
    const event = add(7);
    const waiting = host.submit(event);
    event.cbor.fill(0xff);
    expect(must(await waiting).faults).toEqual([]);
    expect(await total(host)).toBe(7);
  });

  it('does not see what a caller does to a Buffer, whose slices are no copies', async () => {
    const host = open(newStore());
    const { schema, cbor } = add(7);
    const bytes = Buffer.from(cbor);
    const waiting = host.submit({ schema, cbor: bytes });
    bytes.fill(0xff);
    expect(must(await waiting).faults).toEqual([]);
    expect(await total(host)).toBe(7);
  });

  it('does not see what a caller does to its JSON after submitting', async () => {
    const host = open(newStore());
    const json = { by: 7 };
    const waiting = host.submit({ schema: SCHEMA, json });
    json.by = 99;
    must(await waiting);
    expect(await total(host)).toBe(7);
  });

  it.each([
    ['JSON that throws when it is read', { schema: SCHEMA, json: throwing() }],
    ['a schema that is no text', { schema: Symbol('x'), json: 1 }],
    ['nothing', null],
  ])('refuses %s, and nobody else notices', async (_, raw) => {
    const host = open(newStore());
    const before = watch(host.submit(add(1)));
    const answer = await host.submit(raw as never);
    expect(answer.ok).toBe(false);
    expect(must(await host.submit(add(2))).faults).toEqual([]);
    expect(before.value).toBeDefined();
    expect(await total(host)).toBe(3);
  });

  it('holds a clock before its time to the range of a stamp', async () => {
    const { store, copy } = reopenable();
    const clock = new ManualClock();
    clock.wall = -5n;
    must(await open(store, { clock }).submit(add(1)));
    expect(verifyWorld(copy(), sumEngine())).toMatchObject({ ok: true, records: 1 });
  });

  it('refuses what its inbox cannot hold', async () => {
    const host = open(new HeldStore(), { inboxLimit: 2 });
    const waiting = [host.submit(add(1)), host.submit(add(1))].map(watch);
    expect(await host.submit(add(1))).toMatchObject({ refusal: { code: 'inbox-full' } });
    expect(waiting).toHaveLength(2);
  });
});

describe('a world whose store fails', () => {
  it('rejects everything that was not acknowledged and takes nothing more', async () => {
    const store = new HeldStore();
    const host = open(store);
    const first = watch(host.submit(add(1)));
    await settle();
    const second = watch(host.submit(add(2)));
    await settle();
    const fault = new AosFault('store-failed', 'disk full', { retry: 'later' });
    store.held[0]?.end(fault);
    store.held[1]?.end(fault);
    await settle();
    expect(first.fault).toBe(fault);
    expect(second.fault).toBe(fault);
    await expect(host.submit(add(3))).rejects.toBe(fault);
    await expect(host.read(() => 1)).rejects.toBe(fault);
    await host.close();
    expect(store.closed).toBe(true);
  });
});

describe('a store that throws instead of rejecting', () => {
  it('fences the world like one that rejects', async () => {
    const { store } = reopenable();
    const broken = Object.create(store, {
      append: {
        value: () => {
          throw new Error('broken');
        },
      },
      head: { get: () => store.head },
      genesis: { get: () => store.genesis },
      object: { value: store.object.bind(store) },
      records: { value: store.records.bind(store) },
      close: { value: async () => undefined },
    });
    const host = open(broken);
    await expect(host.submit(add(1))).rejects.toMatchObject({ code: 'store-failed' });
    await expect(host.submit(add(1))).rejects.toMatchObject({ code: 'store-failed' });
    await host.close();
  });
});

describe('a world that meets a defect', () => {
  it('halts as it was; what was stepped before is still acknowledged', async () => {
    const store = newStore();
    const host = open(store);
    const acks = [1, 99, 2].map((by) => watch(host.submit(add(by))));
    await settle();
    expect(acks[0]?.value).toMatchObject({ ok: true });
    expect(acks[1]?.fault).toMatchObject({ code: 'world-halted' });
    expect(acks[2]?.fault).toMatchObject({ code: 'world-halted' });
    await expect(host.submit(add(1))).rejects.toMatchObject({ code: 'world-halted' });
    expect(verifyWorld(store, sumEngine())).toMatchObject({ ok: true, records: 1 });
  });
});

describe('closing', () => {
  it('steps and flushes what is waiting first', async () => {
    const store = newStore();
    const host = open(store);
    const acks = [1, 2, 3].map((by) => watch(host.submit(add(by))));
    await host.close();
    expect(acks.map((ack) => ack.value !== undefined)).toEqual([true, true, true]);
    expect(store.durable).toBe(2);
    await expect(host.submit(add(1))).rejects.toMatchObject({ code: 'world-closed' });
  });
});

describe('closing while a client goes on', () => {
  it('rejects what comes after the call, and ends', async () => {
    const store = newStore();
    const host = open(store);
    const first = watch(host.submit(add(1)));
    const closing = host.close();
    const late = watch(host.submit(add(2)));
    await closing;
    await host.close();
    expect(first.value).toMatchObject({ ok: true });
    expect(late.fault).toMatchObject({ code: 'world-closed' });
    expect(store.durable).toBe(0);
  });

  it('steps from a stack of its own, however deep the caller stands', async () => {
    const host = open(newStore());
    const ack = watch(host.submit(add(1)));
    const deep = (n: number): Promise<void> => (n === 0 ? host.close() : deep(n - 1));
    const closing = deep(1000);
    expect(ack.value).toBeUndefined();
    await closing;
    expect(ack.value).toMatchObject({ ok: true });
  });
});

describe('opening again', () => {
  it('goes on where the journal ends', async () => {
    const { store, copy } = reopenable();
    const host = open(store);
    must(await host.submit(add(5)));
    const again = open(copy());
    expect(must(await again.submit(add(1))).seq).toBe(1);
    expect(await total(again)).toBe(6);
  });

  it('adds the time the world was away to its logical time, and never goes back', async () => {
    const { store, copy } = reopenable();
    const clock = new ManualClock();
    clock.wall = 2_000_000n;
    const first = open(store, { clock });
    clock.monotonic = 7n;
    must(await first.submit(add(1)));
    const later = new ManualClock();
    later.wall = 2_000_500n;
    later.monotonic = 9_999n;
    const second = copy();
    must(await open(second, { clock: later }).submit(add(1)));
    const earlier = new ManualClock();
    earlier.wall = 1n;
    must(await open(second, { clock: earlier }).submit(add(1)));
    const times = [...second.records(0)].map(
      (bytes) => must(decodeRecord(bytes)).stamp.logicalNowNs,
    );
    expect(times).toEqual([1_000_007n, 1_000_507n, 1_000_507n]);
  });

  it('refuses a journal that does not replay to itself', async () => {
    const { store, copy } = reopenable();
    must(await open(store).submit(add(1)));
    const engine = sumEngine();
    const other = { ...engine, call: () => ({ kind: 'fault', code: 'module-trap', fuel: 0 }) };
    expect(() => open(copy(), { engine: other })).toThrowError(
      expect.objectContaining({ code: 'world-diverged' }),
    );
  });

  it('refuses a world whose module is not among its objects', () => {
    const store = newStore();
    const empty = Object.create(store, { object: { value: () => undefined } });
    expect(() => open(empty)).toThrowError(expect.objectContaining({ retry: 'never' }));
  });
});

/** A memory store, and a way to read the same bytes again as another process would. */
function reopenable() {
  const store = newStore();
  const copy = () =>
    Object.create(store, {
      head: { get: () => store.head },
      durable: { get: () => store.durable },
      genesis: { get: () => store.genesis },
      append: { value: store.append.bind(store) },
      records: { value: store.records.bind(store) },
      object: { value: store.object.bind(store) },
      close: { value: async () => undefined },
    }) as WorldStore;
  return { store, copy };
}
