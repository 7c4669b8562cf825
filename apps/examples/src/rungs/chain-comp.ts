/** Rung 05: a saga over three services, whose charge is refunded when there is nothing to send. */
import type { Loopback } from '../runner/loopback.js';
import type { Rung } from '../runner/rung.js';
import { expectEqual, type Stage, tagOf } from '../runner/stage.js';

const SAGA = 'demo/OrderSaga@1';
const EVENT = 'demo/OrderEvent@1';
const IN_STOCK = 'order-1';
const SOLD_OUT = 'order-2';

interface OrderState {
  readonly phase: Readonly<Record<string, null>>;
  readonly charge: number | null;
  readonly reserve: number | null;
  readonly notify: number | null;
  readonly refund: number | null;
}

interface StepRequested {
  readonly order_id: string;
}

export const chainComp: Rung = {
  slug: 'chain-comp',
  title: 'Chain with compensation',
  folder: '05-chain-comp',
  modules: { [SAGA]: 'reducer-ts/saga' },
  lives: 'daemon',
  async play(stage) {
    const payments = await stage.serve(({ path }) => ({
      status: path.startsWith('/charges/') ? 201 : 202,
      body: '',
    }));
    const warehouse = await stage.serve(({ path }) => ({
      status: path.endsWith(SOLD_OUT) ? 503 : 201,
      body: '',
    }));
    const mail = await stage.serve(() => ({ status: 200, body: '' }));
    const services = { payments: payments.url, warehouse: warehouse.url, mail: mail.url };

    for (const order_id of [IN_STOCK, SOLD_OUT]) {
      await stage.send(EVENT, { Start: { order_id, services } });
      stage.print(`${order_id} placed`);
    }
    await stage.settle();
    for await (const { schema, value } of stage.raised()) {
      const step = /^demo\/(\w+)Requested@1$/.exec(schema)?.[1];
      if (step !== undefined) stage.print(`${(value as StepRequested).order_id} → ${step}`);
    }

    expectEqual(asked(payments), ['/charges/order-1', '/charges/order-2', '/refunds/order-2']);
    expectEqual(asked(warehouse), ['/reservations/order-1', '/reservations/order-2']);
    expectEqual(asked(mail), ['/mails/order-1']);
    stage.print('payments saw 2 charges and 1 refund, the warehouse 2 reservations, mail 1 letter');
    expectEqual(await show(stage, IN_STOCK), ['Done', 201, 201, 200, null]);
    expectEqual(await show(stage, SOLD_OUT), ['Refunded', 201, 503, null, 202]);
  },
};

/** Paths that were asked for, each as often as it was. */
const asked = ({ requests }: Loopback) => requests.map((line) => line.replace('POST ', '')).sort();

async function show(stage: Stage, order: string) {
  const { phase, charge, reserve, notify, refund } = await stage.state<OrderState>(SAGA, order);
  const steps = Object.entries({ charge, reserve, notify, refund });
  const told = steps.filter(([, status]) => status !== null).map((step) => step.join('='));
  stage.print(`${order} phase=${tagOf(phase)} ${told.join(' ')}`);
  return [tagOf(phase), charge, reserve, notify, refund];
}
