/** Rung 06: a world changes its own definition, while it works, and back again. */
import { admit, apply, approval, draftOf, propose } from '../runner/change.js';
import type { Authored, Rung } from '../runner/rung.js';
import { expectEqual, type Stage, tagOf } from '../runner/stage.js';

const ORDERS = 'demo/Orders@1';
const PLACED = 'demo/OrderPlaced@1';

export const V1: Authored = {
  folder: '06-safe-upgrade',
  modules: { [ORDERS]: 'reducer-ts/orders' },
};
export const V2: Authored = {
  folder: '06-safe-upgrade/v2',
  modules: {
    [ORDERS]: 'reducer-ts/orders',
    'demo/WidenOrder@1': 'reducer/widen-order',
    'demo/NarrowOrder@1': 'reducer/narrow-order',
  },
};

interface OrderState {
  readonly phase: Readonly<Record<string, null>>;
  readonly status: number | null;
  readonly by: string;
  readonly letter?: number | null;
}

export const safeUpgrade: Rung = {
  slug: 'safe-upgrade',
  title: 'Safe upgrade',
  ...V1,
  changes: [V2],
  async play(stage) {
    const slow = new Gate();
    const service = await stage.serve(async ({ path }) => {
      if (path === '/stock/order-2') await slow.pass();
      return { status: path.startsWith('/letters/') ? 202 : 200, body: '' };
    });
    const place = (order_id: string) => stage.send(PLACED, { order_id, service: service.url });
    await admit(stage, 'ben', 'approver');

    await place('order-1');
    await stage.settle();
    expectEqual(await show(stage, 'order-1'), ['Done', 200, 'v1', undefined]);
    await place('order-2');
    await slow.reached;
    stage.print('order-2 is being checked, and that takes long');

    const first = await upgrade(stage);
    expectEqual(service.requests, ['GET /stock/order-1', 'GET /stock/order-2']);

    slow.open();
    await place('order-3');
    await stage.settle();
    stage.print(
      'order-2 was checked by the plan that it was begun under; then its state was migrated',
    );
    expectEqual(await show(stage, 'order-2'), ['Done', 200, 'v1', 202]);
    expectEqual(await show(stage, 'order-3'), ['Done', 200, 'v2', 202]);

    await goBack(stage, first);
    await place('order-4');
    await place('order-2');
    await stage.settle();
    expectEqual(await show(stage, 'order-4'), ['Done', 200, 'v1', undefined]);
    expectEqual(await show(stage, 'order-2'), ['Done', 200, 'v1', undefined]);
    const letters = service.requests.filter((line) => line.startsWith('POST'));
    expectEqual([...letters].sort(), ['POST /letters/order-2', 'POST /letters/order-3']);
  },
};

/** From version 1 to version 2: the operator proposes, and ben has to approve. */
async function upgrade(stage: Stage): Promise<number> {
  const draft = draftOf(V2);
  const change = await propose(stage, 'operator', { draft, description: 'send letters' });
  const { proposal } = change.ref;
  stage.print(`operator proposes version 2 as proposal ${proposal}; its shadow says:`);
  for (const line of change.lines) stage.print(`  | ${line}`);
  const own = await stage.refusalOf(
    'governance.approve',
    await approval(stage, 'operator', change),
  );
  stage.print(`operator approves: ${own}`);
  await stage.ask('governance.approve', await approval(stage, 'ben', change));
  await apply(stage, 'operator', change);
  stage.print('ben approves, operator applies: version 2 is in force');
  return proposal;
}

/** Undoing the patch alone would leave states that nobody can read: version 2 has the way back. */
async function goBack(stage: Stage, rollback: number): Promise<void> {
  const description = 'back to version 1';
  const change = await propose(stage, 'operator', { draft: { rollback }, description });
  const { proposal } = change.ref;
  stage.print(`operator rolls proposal ${rollback} back by proposal ${proposal}; its shadow says:`);
  for (const line of change.lines.filter((each) => /^migration| run, |^ {4}demo/.test(each))) {
    stage.print(`  | ${line}`);
  }
  await stage.ask('governance.approve', await approval(stage, 'ben', change));
  await apply(stage, 'operator', change);
  stage.print('ben approves, operator applies: version 1 is in force again');
}

async function show(stage: Stage, order: string) {
  const { phase, status, by, letter } = await stage.state<OrderState>(ORDERS, order);
  const told = letter === undefined ? '' : ` letter=${letter}`;
  stage.print(`${order} phase=${tagOf(phase)} status=${status} by=${by}${told}`);
  return [tagOf(phase), status, by, letter];
}

/** Something outside that waits until the story goes on. */
class Gate {
  #reach: () => void = () => undefined;
  open: () => void = () => undefined;
  readonly reached = new Promise<void>((resolve) => {
    this.#reach = resolve;
  });
  readonly #opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });

  pass(): Promise<void> {
    this.#reach();
    return this.#opened;
  }
}
