// Version 1: orders are checked. `aos air build world.mjs` writes `air/`.
import {
  defineReducer,
  defineWorld,
  generatePolicy,
  route,
  schema,
  t,
  trigger,
} from '@aos/air/author';
import { Checked, checkPlan, governance, OrderId, Placed, State1 } from './parts.mjs';

const Event = schema('demo/OrderEvent@1', t.variant({ Placed, Checked }));
const orders = defineReducer('demo/Orders@1', { state: State1, event: Event, key: OrderId });
const check = checkPlan('v1');

export default defineWorld({
  routes: [
    route(orders, { event: Placed, keyField: 'order_id' }),
    route(orders, { event: Checked, keyField: 'order_id' }),
  ],
  triggers: [trigger(check)],
  policy: generatePolicy('demo/order_policy@1', { plans: [check], governance }),
});
