/** The shop of docs/testing.md on a busy day, for those who look on. */
import type { WorldObserver } from '@aos/host';
import { openTestWorld, type TestWorld } from '@aos/testing';
import shop, { charge, order, payBack, refund } from '../test-world/shop.js';

export async function openShop(observers: readonly WorldObserver[] = []): Promise<TestWorld> {
  return openTestWorld({ definition: shop, observers });
}

/** A charge that is tried again by the host, one by the plan, one that stalls; two refunds. */
export async function liveThrough(world: TestWorld): Promise<void> {
  world.effects
    .once(charge, (call) => call.fail('pay-busy', { retry: 'later' }))
    .once(charge, (call) => call.fail('pay-declined'))
    .once(charge, (call) => call.ok({ payment: 'second' }, { cents: 7 }))
    .on(charge, (call) => call.ok({ payment: 'third' }))
    .on(payBack, (call) => call.ok({ payment: call.params.payment }));
  await world.send(order, { id: 'a', cents: 995 });
  await world.settle();
  await world.send(order, { id: 'b', cents: 1 });
  await world.advance('2s');
  world.effects.hold(charge);
  await world.send(order, { id: 'secret-value', cents: 2 });
  await world.advance('20s');
  await world.send(order, { id: 'x', cents: -1 }).catch(() => undefined);
  for (const payment of ['a', 'b']) await world.send(refund, { payment });
  const { blockers } = await world.settle();
  const [first, second] = blockers.flatMap((each) =>
    each.kind === 'approval' ? [each.intent] : [],
  );
  if (first !== undefined) await world.approve(first);
  if (second !== undefined) await world.reject(second);
  await world.advance('1m');
}
