/** What test worlds promise beyond docs/testing.md. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  definePlan,
  defineWorld,
  generatePolicy,
  grant,
  len,
  schema,
  sys,
  t,
  trigger,
} from '@aos/air/author';
import { toHex } from '@aos/canon';
import { type Adapter, okOutcome } from '@aos/protocol';
import { expectGolden, HOLD, openTestWorld, type TestWorld } from '@aos/testing';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import shop, { charge, order, payBack, refund, sell } from './shop.js';

const reminder = schema('test/Reminder@1', t.record({ at: t.nat }));
const remind = definePlan('test/remind@1', { input: reminder }, (plan, { at }) => {
  plan.call('ring', sys.effects.timerSet2, { deliver_at_ns: at });
});
const reminders = defineWorld({
  triggers: [trigger(remind)],
  policy: generatePolicy('test/policy@1', { plans: [remind] }),
});

const look = schema('test/Look@1', t.record({ limit: t.nat }));
const lookBack = definePlan('test/look@1', { input: look, output: look }, (plan, { limit }) => {
  const query = grant('query', sys.caps.query2, {
    kinds: ['introspect.decisions'],
    reducers: [],
  });
  const params = { limit };
  const found = plan.call('look', sys.effects.introspectDecisions, params, { grant: query });
  return { limit: len(found.decisions) };
});

const opened: TestWorld[] = [];
async function open(...[options]: Parameters<typeof openTestWorld>): Promise<TestWorld> {
  const world = await openTestWorld(options);
  opened.push(world);
  return world;
}
afterEach(async () => {
  for (const world of opened.splice(0)) await world.close();
});

const anOrder = { id: 'a', cents: 995 };

describe('a test world', () => {
  it('names the effect that nothing answers, once, and refuses it', async () => {
    const world = await open({ definition: shop });
    await world.send(refund, { payment: 'p' });
    const [blocker] = (await world.settle()).blockers;
    if (blocker?.kind !== 'approval') throw new Error('expected an approval');
    await world.approve(blocker.intent);
    await expect(world.settle()).rejects.toMatchObject({
      code: 'test-effect-unscripted',
      message: expect.stringContaining('pay.back'),
    });
    expect(await world.settle()).toMatchObject({ blockers: [] });
    expect(world.receipts(payBack)).toMatchObject([{ error: { code: 'test-effect-unscripted' } }]);
  });

  it('tells of a handler that forgets to return its answer', async () => {
    const world = await open({ definition: shop });
    world.effects.on(payBack, (() => undefined) as never);
    await world.send(refund, { payment: 'p' });
    const [blocker] = (await world.settle()).blockers;
    if (blocker?.kind !== 'approval') throw new Error('expected an approval');
    await world.approve(blocker.intent);
    await expect(world.settle()).rejects.toMatchObject({
      code: 'test-answer-missing',
      message: expect.stringContaining('pay.back'),
    });
    expect(await world.settle()).toMatchObject({ blockers: [] });
    expect(world.receipts(payBack)).toMatchObject([{ error: { code: 'test-answer-missing' } }]);
  });

  it('lets an assertion in a handler fail the test', async () => {
    const world = await open({ definition: shop });
    const failed = new Error('an assertion');
    world.effects.on(charge, () => {
      throw failed;
    });
    await world.send(order, anOrder);
    await expect(world.settle()).rejects.toBe(failed);
  });

  it('does not hand in a receipt that does not fit, and says where', async () => {
    const world = await open({ definition: shop });
    world.effects.on('pay.charge', (call) => call.ok({ payment: 7 }));
    await world.send(order, anOrder);
    await expect(world.settle()).rejects.toMatchObject({ code: 'value-type' });
  });

  it('tells of effects that the world does not have', async () => {
    const world = await open({ definition: shop });
    const code = 'test-effect-unknown';
    expect(() => world.effects.hold('pay.later')).toThrow(expect.objectContaining({ code }));
  });

  it('throws what the world refuses', async () => {
    const world = await open({ definition: shop });
    const wrong = world.send('shop/Order@1', { id: 'a', cents: -1 });
    await expect(wrong).rejects.toMatchObject({ code: 'value-range' });
    await expect(world.send('shop/None@1', {})).rejects.toMatchObject({
      code: 'event-schema-unknown',
    });
  });

  it('is of exactly one source, and says what keeps that from being a world', async () => {
    await expect(openTestWorld({})).rejects.toMatchObject({ code: 'test-world-source' });
    const documents = [{ path: 'air/x.json', text: '[]' }];
    await expect(openTestWorld({ documents })).rejects.toMatchObject({
      message: expect.stringContaining('this is no world'),
    });
  });

  it('gives up a world whose handler never answers', async () => {
    const world = await open({ definition: shop, patienceMs: 20 });
    let answer: (() => void) | undefined;
    world.effects.on(charge, (call) => {
      return new Promise((resolve) => {
        answer = () => resolve(call.ok({ payment: 'p' }));
      });
    });
    await world.send(order, anOrder);
    await expect(world.settle()).rejects.toMatchObject({
      code: 'test-world-restless',
      message: expect.stringContaining('pay.charge'),
    });
    answer?.();
    await world.settle();
  });

  it('is closed though a handler never answers; its effect stays open', async () => {
    const world = await openTestWorld({ definition: shop, patienceMs: 20 });
    world.effects.on(charge, () => new Promise(() => undefined));
    await world.send(order, anOrder);
    await expect(world.settle()).rejects.toMatchObject({ code: 'test-world-restless' });
    await world.close();
    expect(world.entries('intent')).toHaveLength(1);
    expect(world.entries('settled')).toEqual([]);
  });

  it('takes what goes through an inbox, and a second event of one id once', async () => {
    const world = await open({ definition: shop });
    world.effects.on(charge, (call) => call.ok({ payment: 'p' }));
    const [one, other] = [
      await world.send(order, anOrder, { dedup: 'x' }),
      await world.send(order, anOrder, { dedup: 'x' }),
    ];
    expect(other).toEqual(one);
    await world.settle();
    expect(world.plans(sell)).toHaveLength(1);
    const none = world.send(order, anOrder, { source: 'nowhere' });
    await expect(none).rejects.toMatchObject({ code: 'inbox-unknown' });
  });

  it.each(['5', '1.5s', '-1s', '10us'])('takes no duration %s', async (text) => {
    const world = await open({ definition: shop });
    await expect(world.advance(text as '1s')).rejects.toMatchObject({ code: 'test-duration' });
  });

  it('leaves to the host what the host answers about the world', async () => {
    const definition = defineWorld({
      triggers: [trigger(lookBack)],
      policy: generatePolicy('test/policy@1', { plans: [lookBack] }),
    });
    const world = await open({ definition });
    await world.send(look, { limit: 9 });
    expect(await world.settle()).toMatchObject({ blockers: [] });
    expect(world.plans(lookBack)).toMatchObject([{ status: 'ok', result: { limit: 1 } }]);
  });
});

describe('held calls', () => {
  it('stay open until they are released, each with its own answer or by the script', async () => {
    const world = await open({ definition: shop });
    world.effects.on(charge, (call) => call.ok({ payment: call.params.id })).hold(charge);
    for (const id of ['a', 'b', 'c']) await world.send(order, { id, cents: 1 });
    await world.settle();
    const [first] = world.effects.held(charge);
    first?.answer(first.fail('pay-lost'));
    await world.settle();
    expect(world.effects.held()).toHaveLength(2);
    world.effects.release(charge);
    await world.settle();
    expect(world.receipts(charge).map(({ status }) => status)).toEqual(['error', 'ok', 'ok']);
  });

  it('may be held by a handler, and once more when they are released', async () => {
    const world = await open({ definition: shop });
    let answer: 'hold' | 'ok' = 'hold';
    world.effects.on(charge, async (call) => {
      await new Promise((resolve) => setImmediate(resolve));
      return answer === 'hold' ? HOLD : call.ok({ payment: 'p' });
    });
    await world.send(order, anOrder);
    await world.settle();
    world.effects.release(charge);
    await world.settle();
    expect(world.effects.held(charge)).toHaveLength(1);
    answer = 'ok';
    world.effects.release(charge);
    expect(await world.settle()).toMatchObject({ blockers: [] });
  });

  it('are called off at their deadline, and the plan hears of a timeout', async () => {
    const world = await open({ definition: shop });
    world.effects.hold(charge);
    await world.send(order, anOrder);
    await world.advance('9s');
    expect(world.effects.held(charge)).toHaveLength(1);
    await world.advance('1s');
    expect(world.effects.calls(charge)[0]?.state).toBe('answered');
    expect(world.entries('settled')).toMatchObject([{ status: 'timeout' }]);
  });
});

describe('time', () => {
  it('brings each timer at its own time', async () => {
    const world = await open({ definition: reminders });
    for (const at of [3, 1, 2]) await world.send(reminder, { at: at * 1_000_000_000 });
    expect((await world.settle()).blockers).toHaveLength(3);
    await world.advance('1m');
    const delivered = world.receipts('timer.set').map((each) => each.receipt.delivered_at_ns);
    expect(delivered).toEqual([1_000_000_000, 2_000_000_000, 3_000_000_000]);
    expect(world.nowNs).toBe(60_000_000_000n);
  });

  it('stands still between tries of the host, until it is told to pass', async () => {
    const world = await open({ definition: shop, effects: { retry: { starts: 2 } } });
    world.effects
      .once(charge, (call) => call.fail('pay-busy', { retry: 'later' }))
      .on(charge, (call) => call.ok({ payment: 'p' }));
    await world.send(order, anOrder);
    expect((await world.settle()).blockers).toContainEqual(
      expect.objectContaining({ kind: 'receipt', reason: 'waiting' }),
    );
    await world.advance('1s');
    expect(world.effects.calls(charge)).toHaveLength(2);
    expect(world.receipts(charge)).toHaveLength(1);
  });

  it('passes while a world is closed, and what fell due comes first', async () => {
    const world = await open({ definition: reminders });
    await world.send(reminder, { at: 1_000_000_000 });
    await world.reopen('1h');
    expect(world.receipts('timer.set')).toMatchObject([
      { receipt: { delivered_at_ns: 3_600_000_000_000 } },
    ]);
    expect(world.plans(remind)).toMatchObject([{ status: 'ok' }]);
  });
});

describe('adapters of a test', () => {
  it('run as they are, unless a script says otherwise', async () => {
    const real: Adapter = {
      id: 'acme.pay',
      kinds: ['pay.charge'],
      start: async () => okOutcome({ payment: 'real', note: null }),
      close: async () => undefined,
    };
    const world = await open({ definition: shop, adapters: [real] });
    await world.send(order, anOrder);
    await world.settle();
    world.effects.on(charge, (call) => call.ok({ payment: 'scripted' }));
    await world.send(order, { ...anOrder, id: 'b' });
    await world.settle();
    expect(world.receipts(charge)).toMatchObject([
      { adapterId: 'acme.pay', receipt: { payment: 'real' } },
      { adapterId: 'acme.pay', receipt: { payment: 'scripted' } },
    ]);
  });
});

const counter = fileURLToPath(new URL('../../../../examples/00-counter', import.meta.url));

describe('reducers', () => {
  it('run in their modules, and their state is read as data', async () => {
    const world = await open({ folder: counter });
    expect(await world.state('demo/CounterSM@1')).toBe(undefined);
    await world.send('demo/CounterEvent@1', { Start: { target: 2 } });
    const ack = await world.send('demo/CounterEvent@1', 'Tick');
    expect(ack.faults).toEqual([]);
    expect(await world.state('demo/CounterSM@1')).toEqual({
      pc: { $tag: 'Counting', $value: null },
      remaining: 1,
    });
    expect(await world.cells('demo/CounterSM@1')).toHaveLength(1);
    await expect(world.state('demo/None@1')).rejects.toMatchObject({
      code: 'test-reducer-unknown',
    });
    await expect(world.state('demo/CounterSM@1', 'a')).rejects.toMatchObject({
      code: 'test-state-key',
    });
  });
});

describe('a journal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function live(cents: number, definition = shop): Promise<TestWorld> {
    const world = await open({ definition });
    world.effects
      .once(charge, (call) => call.fail('pay-busy', { retry: 'later' }))
      .on(charge, (call) => call.ok({ payment: `p-${call.params.id}` }, { cents: 3 }));
    for (const id of ['a', 'b', 'c']) await world.send(order, { id, cents });
    await world.send(refund, { payment: 'a' });
    const { blockers } = await world.settle();
    const approval = blockers.find(({ kind }) => kind === 'approval');
    if (approval?.kind === 'approval') await world.reject(approval.intent);
    await world.advance('1d');
    return world;
  }

  function write(world: TestWorld, file: string): void {
    process.env.AOS_WRITE_VECTORS = '1';
    try {
      expectGolden(world, file);
    } finally {
      delete process.env.AOS_WRITE_VECTORS;
    }
  }

  it('is the same, byte for byte, whenever the same is lived', async () => {
    const [one, other] = [await live(5), await live(5)];
    expect(toHex(one.chain)).toBe(toHex(other.chain));
    await other.close();
    expect(toHex(other.chain)).toBe(toHex(one.chain));
  });

  it('that is golden tells of any change, and where', async () => {
    const file = join(folder, 'deep', 'shop.json');
    const world = await live(5);
    expect(() => expectGolden(world, file)).toThrow(
      expect.objectContaining({ code: 'golden-missing' }),
    );
    write(world, file);
    expectGolden(await live(5), file);
    const changed = await live(6);
    expect(() => expectGolden(changed, file)).toThrow(
      expect.objectContaining({
        code: 'golden-differs',
        message: expect.stringContaining('the input of record 0'),
      }),
    );
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"chain": "sha256:../, '"chain": "'));
    expect(() => expectGolden(world, file)).toThrow(/in other bytes/);
    writeFileSync(file, '{}');
    expect(() => expectGolden(world, file)).toThrow(
      expect.objectContaining({ code: 'golden-unreadable' }),
    );
  });

  it('may be compared by its meaning, which a larger definition leaves as it is', async () => {
    const file = join(folder, 'shop.json');
    write(await live(5), file);
    const more = schema('test/More@1', t.record({}));
    const larger = defineWorld({ ...shop.spec, schemas: [more] });
    const world = await live(5, larger);
    expectGolden(world, file, { compare: 'meaning' });
    expect(() => expectGolden(world, file)).toThrow(/the definition is another one/);
    const changed = await live(6, larger);
    expect(() => expectGolden(changed, file, { compare: 'meaning' })).toThrow();
    expect(world.plans(sell)).toHaveLength(3);
  });
});
