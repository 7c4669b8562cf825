// Back to version 1, with what leads states of version 2 back as well.
// `aos air build world.mjs` writes `air/`.
import {
  defineMigration,
  definePure,
  defineReducer,
  defineWorld,
  generatePolicy,
  route,
  schema,
  t,
  trigger,
} from '@aos/air/author';
import { Checked, checkPlan, governance, OrderId, Placed, State1, State2 } from '../parts.mjs';

const Event = schema('demo/OrderEvent@1', t.variant({ Placed, Checked }));
const orders = defineReducer('demo/Orders@1', { state: State1, event: Event, key: OrderId });
const check = checkPlan('v1');
const narrow = definePure('demo/NarrowOrder@1', { input: State2, output: State1 });

export default defineWorld({
  routes: [
    route(orders, { event: Placed, keyField: 'order_id' }),
    route(orders, { event: Checked, keyField: 'order_id' }),
  ],
  triggers: [trigger(check)],
  migrations: [defineMigration('demo/orders_to_1@1', { reducer: orders, module: narrow })],
  policy: generatePolicy('demo/order_policy@1', { plans: [check], governance }),
});
