// Version 2: who ordered gets a letter. A plan and a grant more, and states with one field more.
// `aos air build world.mjs` writes `air/`.
import {
  cond,
  defineMigration,
  definePlan,
  definePure,
  defineReducer,
  defineWorld,
  eq,
  generatePolicy,
  outcome,
  route,
  schema,
  sys,
  t,
  trigger,
} from '@aos/air/author';
import {
  Checked,
  checkPlan,
  governance,
  http,
  OrderId,
  Placed,
  State1,
  State2,
} from '../parts.mjs';

const LetterRequested = schema(
  'demo/LetterRequested@1',
  t.record({ order_id: OrderId, url: t.text }),
);
const Sent = schema('demo/LetterSent@1', t.record({ order_id: OrderId, status: t.int }));
const Event = schema('demo/OrderEvent@2', t.variant({ Placed, Checked, Sent }));
const orders = defineReducer('demo/Orders@1', { state: State2, event: Event, key: OrderId });
const check = checkPlan('v2');

const letter = definePlan(
  'demo/letter_plan@1',
  { input: LetterRequested },
  (plan, { order_id, url }) => {
    const request = { method: 'POST', url, headers: {} };
    const under = { grant: http('mail', 'POST', '/letters') };
    const answer = plan.call('post', sys.effects.httpRequest2, request, under);
    const status = cond(eq(outcome(answer).status, 'ok'), answer.status, 0);
    plan.raise('tell', Sent, { order_id, status });
  },
);

const widen = definePure('demo/WidenOrder@1', { input: State1, output: State2 });
/** The way back, for whoever rolls this version back: nothing here calls it. */
const narrow = definePure('demo/NarrowOrder@1', { input: State2, output: State1 });

export default defineWorld({
  routes: [
    route(orders, { event: Placed, keyField: 'order_id' }),
    route(orders, { event: Checked, keyField: 'order_id' }),
    route(orders, { event: Sent, keyField: 'order_id' }),
  ],
  triggers: [trigger(check), trigger(letter)],
  modules: [narrow],
  migrations: [defineMigration('demo/orders_to_2@1', { reducer: orders, module: widen })],
  policy: generatePolicy('demo/order_policy@1', { plans: [check, letter], governance }),
});
