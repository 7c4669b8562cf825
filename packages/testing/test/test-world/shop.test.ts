import { openTestWorld, type TestWorld } from '@aos/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import shop, { charge, giveBack, order, payBack, refund, sell } from './shop.js';

let world: TestWorld;
beforeEach(async () => {
  world = await openTestWorld({ definition: shop });
});
afterEach(() => world.close());

test('an order is charged', async () => {
  world.effects.on(charge, (call) => call.ok({ payment: `p-${call.params.id}` }));

  await world.send(order, { id: 'a', cents: 995 });

  expect(await world.settle()).toEqual({ blockers: [], unlisted: 0 });
  expect(world.plans(sell)).toMatchObject([{ status: 'ok', result: { status: 'ok' } }]);
  expect(world.receipts(charge)).toMatchObject([{ receipt: { payment: 'p-a', note: null } }]);
});

test('a charge that fails is made again', async () => {
  world.effects
    .once(charge, (call) => call.fail('pay-declined'))
    .on(charge, (call) => call.ok({ payment: 'second' }));
  await world.send(order, { id: 'a', cents: 995 });

  expect((await world.settle()).blockers).toMatchObject([{ kind: 'time' }]);
  await world.advance('1s');

  expect(world.effects.calls(charge).map(({ raw }) => raw.attempt)).toEqual([1, 2]);
  expect(world.plans(sell)).toMatchObject([{ result: { status: 'ok' } }]);
});

test('a charge that stalls is given up in the end', async () => {
  world.effects.hold(charge);
  await world.send(order, { id: 'a', cents: 995 });

  const { blockers } = await world.settle();
  expect(blockers).toMatchObject([
    { kind: 'time', atNs: 10_000_000_000n },
    { kind: 'receipt', effect: 'pay.charge', reason: 'running' },
  ]);
  await world.advance('1m');

  expect(world.plans(sell)).toMatchObject([{ result: { status: 'timeout' } }]);
});

test('a refund waits for somebody to agree', async () => {
  world.effects.on(payBack, (call) => call.ok({ payment: call.params.payment }));
  await world.send(refund, { payment: 'p-a' });

  const { blockers } = await world.settle();
  const [blocker] = blockers;
  expect(blocker).toMatchObject({ kind: 'approval', effect: 'pay.back', needed: 1 });
  if (blocker?.kind === 'approval') await world.approve(blocker.intent);

  await world.settle();
  expect(world.plans(giveBack)).toMatchObject([{ status: 'ok' }]);
});
