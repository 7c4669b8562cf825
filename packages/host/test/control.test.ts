import { encode, parseHashText, RefusalError } from '@aos/canon';
import { type ControlService, openControl, signReceipt, signVerb } from '@aos/host';
import {
  type ControlArgs,
  type ControlResult,
  type ControlVerb,
  type RecordShape,
  receiptArgs,
  signedVerbArgs,
  type WorldStore,
} from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { newOrderStore, openOrders, orderEngine, TestKeys } from './order-world.js';
import { REDUCER } from './stage.js';

const TALLY = 't/Tally@1';

function living(keys = new TestKeys()) {
  const store = newOrderStore(keys);
  const { host } = openOrders(store);
  const engine = orderEngine();
  return { keys, store, host, control: openControl({ store, engine, host }) };
}

const reading = (store: WorldStore) => openControl({ store, engine: orderEngine() });

async function must<V extends ControlVerb>(
  control: ControlService,
  verb: V,
  args: ControlArgs<V>,
): Promise<ControlResult<V>> {
  const answer = await control.call(verb, args);
  if (answer.ok) return answer.value;
  throw new RefusalError(answer.refusal);
}

async function codeOf(answer: Promise<unknown>): Promise<string> {
  const given = await answer.then(
    (value) => (value as { refusal?: { code: string } }).refusal,
    (error: { code: string }) => error,
  );
  return given?.code ?? 'ok';
}

const add = (by: number) => ({ schema: 't/Add@1', value: { by } });

async function records(items: AsyncIterable<RecordShape>): Promise<number[]> {
  const found: number[] = [];
  for await (const { seq } of items) found.push(seq);
  return found;
}

describe('events', () => {
  it('come as plain values, JSON text or CBOR, and are acknowledged when durable', async () => {
    const { control, store } = living();
    const first = await must(control, 'event.send', add(1));
    expect(first).toMatchObject({ wait: 'durable', ack: { seq: 0, entries: 1 }, rest: null });
    await must(control, 'event.send', { schema: 't/Add@1', json: '{"by": 2}' });
    await must(control, 'event.send', { schema: 't/Add@1', cbor: encode({ by: 4 }) });
    const { state, records: count } = await must(control, 'state.get', { reducer: REDUCER });
    expect([state, count, store.durable]).toEqual([{ n: 7 }, 3, 2]);
  });

  it('are answered with the refusal of the world, which stays as it was', async () => {
    const { control, store } = living();
    const wrong = control.call('event.send', { schema: 't/Add@1', value: { by: -1 } });
    expect(await codeOf(wrong)).toBe('value-range');
    expect(await codeOf(control.call('event.send', { schema: 't/No@1', value: 1 }))).toBe(
      'event-schema-unknown',
    );
    expect(await codeOf(control.call('event.send', { schema: 't/Add@1' }))).toBe('control-args');
    expect(await codeOf(control.call('event.send', { ...add(1), json: '1' }))).toBe('control-args');
    const decimal = control.call('event.send', { schema: 't/Add@1', json: '{"by": 1.0}' });
    expect(await codeOf(decimal)).toBe('value-type');
    expect(store.head).toBe(-1);
  });

  it('with one dedup id get the answer of the first', async () => {
    const { control } = living();
    const [a, b] = await Promise.all(
      [1, 2].map(() => {
        return must(control, 'event.send', { ...add(1), dedup: 'one' });
      }),
    );
    expect(a).toEqual(b);
  });

  it('may be waited for until they are accepted, or until the world is at rest', async () => {
    const { control } = living();
    const accepted = await must(control, 'event.send', { ...add(1), wait: 'accepted' });
    expect(accepted).toEqual({ wait: 'accepted', ack: null, rest: null });
    const order = { schema: 't/Order@1', value: { n: 1 }, wait: 'quiescent' as const };
    const { rest } = await must(control, 'event.send', order);
    expect(rest?.timed_out).toBe(false);
    expect(rest?.blockers.map(({ kind }) => kind)).toEqual(['time', 'receipt']);
  });

  it('that never come to rest are answered when the time is up', async () => {
    const { control, host } = living();
    const endless = { ...add(77), wait: 'quiescent' as const, timeout_ms: 20 };
    const { rest } = await must(control, 'event.send', endless);
    expect(rest?.timed_out).toBe(true);
    await host.close();
  });

  it('refused by the world are refused to those who only wait for acceptance', async () => {
    const { control } = living();
    const wrong = { schema: 't/Add@1', value: {}, wait: 'accepted' as const };
    expect(await codeOf(control.call('event.send', wrong))).toBe('value-missing-field');
  });
});

describe('states', () => {
  it('are listed by key, prefix and page', async () => {
    const { control } = living();
    for (const key of ['a', 'ab', 'b']) {
      await must(control, 'event.send', { ...add(1), key, source: 'desk' });
    }
    const all = await must(control, 'cells.list', { reducer: TALLY, limit: 2 });
    expect(all).toMatchObject({ count: 3, after: 'ab', cells: [{ key: 'a' }, { key: 'ab' }] });
    const rest = await must(control, 'cells.list', { reducer: TALLY, after: all.after });
    expect(rest).toMatchObject({ after: null, cells: [{ key: 'b', state: { n: 1 } }] });
    const some = await must(control, 'cells.list', { reducer: TALLY, prefix: 'a' });
    expect(some.cells).toHaveLength(2);
    const one = await must(control, 'state.get', { reducer: TALLY, key: 'b' });
    expect(one.state).toEqual({ n: 1 });
    expect(await codeOf(control.call('state.get', { reducer: TALLY }))).toBe('key-missing');
  });

  it('are those right after a record, at least of a record, or of now', async () => {
    const { control, store, host } = living();
    const at = (text: string, more = {}) =>
      control.call('state.get', { reducer: REDUCER, at: text, ...more });
    for (const by of [1, 10, 100]) await must(control, 'event.send', add(by));
    expect(await at('exact:0')).toMatchObject({ value: { state: { n: 1 }, records: 1 } });
    expect(await at('exact:1')).toMatchObject({ value: { state: { n: 11 } } });
    expect(await at('exact:0')).toMatchObject({ value: { state: { n: 1 } } });
    expect(await codeOf(at('exact:3'))).toBe('record-unknown');
    const later = at('at_least:3');
    await must(control, 'event.send', add(1000));
    expect(await later).toMatchObject({ value: { state: { n: 1111 } } });
    expect(await codeOf(at('at_least:9', { timeout_ms: 1 }))).toBe('record-awaited');
    expect(await codeOf(at('exactly:1'))).toBe('control-args');
    await must(control, 'snapshot', {});
    await must(control, 'event.send', add(1));
    expect(await at('exact:4')).toMatchObject({ value: { state: { n: 1112 } } });
    const fresh = openControl({ store, engine: orderEngine(), host });
    const past = await must(fresh, 'state.get', { reducer: REDUCER, at: 'exact:2' });
    expect(past).toMatchObject({ state: { n: 111 } });
  });
});

describe('intents', () => {
  it('are drafted, signed, answered, and explained', async () => {
    const { control, keys } = living();
    await must(control, 'event.send', { schema: 't/Order@1', value: { n: 5 } });
    const { intents, count } = await must(control, 'intents.list', {});
    expect(count).toBe(1);
    const [open] = intents;
    expect(open).toMatchObject({ state: 'released', effect: 'ask', params: { n: 5 } });
    const intent = open?.intent ?? '';
    const found = await must(control, 'intents.list', { prefix: intent.slice(7, 16) });
    expect(found.intents).toEqual(intents);
    expect((await must(control, 'intents.list', { after: intent })).intents).toEqual([]);
    const draft = await must(control, 'receipt.draft', {
      intent: intent.slice(7, 15),
      status: 'ok',
      json: '{"n": 6}',
    });
    const hash = (text: string) => {
      const parsed = parseHashText(text);
      if (parsed.ok) return parsed.value;
      throw new Error(text);
    };
    const { epoch, attempt, payload } = draft;
    const unsigned = {
      worldId: hash(draft.world_id),
      epoch,
      intentHash: hash(draft.intent),
      attempt,
      adapterId: 'test',
      status: 'ok' as const,
    };
    const signed = receiptArgs(signReceipt(keys.signer('host'), unsigned, payload));
    const forged = { ...signed, sig: new Uint8Array(64) };
    expect(await codeOf(control.call('receipt.send', forged))).toBe('signature-invalid');
    const wait = 'accepted' as const;
    const early = control.call('receipt.send', { ...forged, wait });
    expect(await codeOf(early)).toBe('signature-invalid');
    const accepted = await must(control, 'receipt.send', { ...signed, wait });
    expect(accepted).toEqual({ wait, ack: null, rest: null });
    await must(control, 'quiesce', {});
    const { state } = await must(control, 'state.get', { reducer: REDUCER });
    expect(state).toEqual({ n: 6 });
    const effects = await must(control, 'effects.list', {});
    expect(effects.effects).toMatchObject([{ intent, standing: 'completed' }]);
    const receipts = await must(control, 'receipts.list', {});
    expect(receipts.receipts).toMatchObject([{ intent, status: 'ok', payload: { n: 6 } }]);
    const traced = await must(control, 'trace', { what: '0' });
    expect(traced).toMatchObject({ root: 0, standing: 'completed' });
    const why = await must(control, 'why', { kind: 'intent', what: intent });
    expect(why.nodes.length).toBeGreaterThan(2);
    expect(await codeOf(control.call('why', { kind: 'event', what: 'x' }))).toBe('place-syntax');
    expect(await codeOf(control.call('why', { kind: 'event', what: '99' }))).toBe('why-unknown');
  });
});

describe('operators', () => {
  it('send verbs that they signed', async () => {
    const { control, keys, host } = living();
    const signer = keys.signer('operator');
    const place = await host.read(({ worldId, epoch }) => ({ worldId, epoch }));
    const pause = signedVerbArgs(signVerb(signer, place, { verb: 'pause' }));
    await must(control, 'verb.send', pause);
    const { live } = await must(control, 'status', {});
    expect(live?.mode).toBe('paused');
    expect(await codeOf(control.call('verb.send', pause))).toBe('verb-replayed');
    const other = { ...pause, verb: 'explode' };
    expect(await codeOf(control.call('verb.send', other))).toBe('verb-unknown');
  });

  it('see what a world is made of', async () => {
    const { control } = living();
    const { definitions } = await must(control, 'definition.list', { kinds: ['defplan'] });
    expect(definitions.map(({ name }) => name)).toEqual(['t/plan-Order@1', 't/plan-Dear@1']);
    const { definition } = await must(control, 'definition.get', { name: 't/Ask@1' });
    expect(definition).toMatchObject({ $kind: 'defschema', name: 't/Ask@1' });
    expect(await codeOf(control.call('definition.get', { name: 'x' }))).toBe('definition-unknown');
    const { manifest } = await must(control, 'manifest.get', {});
    expect(manifest).toMatchObject({ air_version: '1' });
    const { keys } = await must(control, 'keyring.list', {});
    expect(keys.map(({ name }) => name)).toEqual(['operator', 'host', 'boss']);
    expect(
      await codeOf(
        control.call('halt.clear', { key_id: new Uint8Array(32), sig: new Uint8Array(64) }),
      ),
    ).toBe('halt-none');
    expect(await codeOf(control.call('metrics', {}))).toBe('control-verb');
    expect(await codeOf(control.answer('no.such', {}))).toBe('control-verb');
  });

  it('put blobs and get parts of them back', async () => {
    const { control } = living();
    const { hash } = await must(control, 'blob.put', { bytes: new Uint8Array([1, 2, 3, 4]) });
    const part = await must(control, 'blob.get', { hash, offset: 1, length: 2 });
    expect(part).toEqual({ bytes: new Uint8Array([2, 3]), size: 4 });
    expect(await must(control, 'blob.get', { hash, offset: 9 })).toMatchObject({ size: 4 });
    const none = control.call('blob.get', { hash: new Uint8Array(32) });
    expect(await codeOf(none)).toBe('blob-unknown');
  });
});

describe('the tail of the journal', () => {
  it('gives the last records, some of them, or some kinds', async () => {
    const { control } = living();
    for (const by of [1, 2, 3]) await must(control, 'event.send', add(by));
    await must(control, 'event.send', { schema: 't/Order@1', value: { n: 5 } });
    expect(await records(control.stream('journal.tail', { count: 2 }))).toEqual([2, 3]);
    expect(await records(control.stream('journal.tail', { from: 1, count: 2 }))).toEqual([1, 2]);
    expect(await records(control.stream('journal.tail', { from: 0 }))).toEqual([0, 1, 2, 3]);
    expect(await records(control.stream('journal.tail', { from: 9 }))).toEqual([]);
    const kinds = control.stream('journal.tail', { from: 0, kinds: ['intent'] });
    for await (const record of kinds) {
      expect(record.seq).toBe(3);
      expect(record.entries).toMatchObject([{ kind: 'intent', effect: 'ask' }]);
    }
    const wrong = records(control.stream('journal.tail', { from: -1 }));
    expect(await codeOf(wrong)).toBe('control-args');
  });

  it('tells who follows what it tells who reads later', async () => {
    const { control } = living();
    const items = control.stream('journal.tail', { from: 0, follow: true, cbor: true });
    const tail = items[Symbol.asyncIterator]();
    const told: unknown[] = [];
    for (const by of [1, 2, 3, 4]) {
      const next = tail.next();
      const order = { schema: 't/Order@1', value: { n: by } };
      await must(control, 'event.send', by % 2 === 0 ? order : add(by));
      told.push((await next).value);
    }
    await tail.return?.();
    const read: unknown[] = [];
    const again = control.stream('journal.tail', { from: 0, count: 4, cbor: true });
    for await (const record of again) read.push(record);
    expect(told).toEqual(read);
  });

  it('follows what becomes durable, and ends when it is left while it waits', async () => {
    const { control, host } = living();
    const items = control.stream('journal.tail', { from: 0, follow: true })[Symbol.asyncIterator]();
    const first = items.next();
    await must(control, 'event.send', add(1));
    expect((await first).value).toMatchObject({ seq: 0 });
    const second = items.next();
    await items.return?.();
    expect((await second).done).toBe(true);
    const third = control.stream('journal.tail', { from: 1, follow: true })[Symbol.asyncIterator]();
    const never = third.next();
    await host.close();
    expect(await codeOf(never)).toBe('world-closed');
  });
});

describe('a world that is open for reading', () => {
  it('answers what only reads, and refuses the rest', async () => {
    const { control, store } = living();
    await must(control, 'event.send', add(3));
    const reader = reading(store);
    expect((await must(reader, 'state.get', { reducer: REDUCER })).state).toEqual({ n: 3 });
    const [living_, read] = await Promise.all([
      must(control, 'status', {}),
      must(reader, 'status', {}),
    ]);
    expect({ ...read.live, replayed: 0, logical_now_ns: 0, clock_ns: 0 }).toEqual({
      ...living_.live,
      replayed: 0,
      logical_now_ns: 0,
      clock_ns: 0,
    });
    expect(await codeOf(reader.call('event.send', add(1)))).toBe('control-read-only');
    expect(await codeOf(reader.call('quiesce', {}))).toBe('control-read-only');
    expect(await records(reader.stream('journal.tail', { from: 0, follow: true }))).toEqual([0]);
  });
});
