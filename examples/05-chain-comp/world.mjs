// A saga over three services: what was done is undone when a later step fails.
// `aos air build world.mjs` writes `air/`.
import {
  and,
  cond,
  definePlan,
  defineReducer,
  defineWorld,
  eq,
  ge,
  generatePolicy,
  grant,
  lt,
  not,
  outcome,
  route,
  schema,
  sys,
  t,
  trigger,
} from '@aos/air/author';

const OrderId = schema('demo/OrderId@1', t.text);
const Services = schema(
  'demo/Services@1',
  t.record({ payments: t.text, warehouse: t.text, mail: t.text }),
);
const Start = schema('demo/OrderStart@1', t.record({ order_id: OrderId, services: Services }));

const step = t.record({ order_id: OrderId, url: t.text });
const Charge = schema('demo/ChargeRequested@1', step);
const Reserve = schema('demo/ReserveRequested@1', step);
const Notify = schema('demo/NotifyRequested@1', step);
const Refund = schema('demo/RefundRequested@1', step);

const went = t.record({ order_id: OrderId, status: t.int });
const Succeeded = schema('demo/StepSucceeded@1', went);
const Failed = schema('demo/StepFailed@1', went);

const Phase = schema(
  'demo/OrderPhase@1',
  t.words(
    ...['New', 'Charging', 'Reserving', 'Notifying', 'Refunding'],
    ...['Done', 'Rejected', 'Refunded', 'Stuck'],
  ),
);
const status = t.option(t.int);
const State = schema(
  'demo/OrderState@1',
  t.record({
    phase: Phase,
    services: t.option(Services),
    charge: status,
    reserve: status,
    notify: status,
    refund: status,
  }),
);
const Event = schema('demo/OrderEvent@1', t.variant({ Start, Succeeded, Failed }));

// One saga for each order.
const saga = defineReducer('demo/OrderSaga@1', { state: State, event: Event, key: OrderId });

// Each service has a grant of its own. The ports are whatever was free.
/** @param {...string} paths */
const post = (...paths) => ({
  schemes: ['http'],
  methods: ['POST'],
  hosts: ['127.0.0.1'],
  path_prefixes: paths,
  max_redirects: 0,
  allow_private: ['127.0.0.0/8'],
});
const payments = grant('payments', sys.caps.httpOut2, post('/charges', '/refunds'));
const warehouse = grant('warehouse', sys.caps.httpOut2, post('/reservations'));
const mail = grant('mail', sys.caps.httpOut2, post('/mails'));

/**
 * POSTs where its intent event says, and tells the saga which way it went. No answer at all is
 * status 0.
 * @param {`demo/${string}@1`} name
 * @param {typeof Charge} intent
 * @param {typeof payments} under
 */
const stepPlan = (name, intent, under) =>
  definePlan(name, { input: intent }, (plan, { order_id, url }) => {
    const request = { method: 'POST', url, headers: {} };
    const answer = plan.call('post', sys.effects.httpRequest2, request, { grant: under });
    const isAnswered = eq(outcome(answer).status, 'ok');
    const status = plan.assign('status', cond(isAnswered, answer.status, 0));
    const isDone = and(ge(status, 200), lt(status, 300));
    plan.raise('done', Event, { Succeeded: { order_id, status } }, { when: isDone });
    plan.raise('not_done', Event, { Failed: { order_id, status } }, { when: not(isDone) });
  });

const plans = [
  stepPlan('demo/charge_plan@1', Charge, payments),
  stepPlan('demo/reserve_plan@1', Reserve, warehouse),
  stepPlan('demo/notify_plan@1', Notify, mail),
  stepPlan('demo/refund_plan@1', Refund, payments),
];

export default defineWorld({
  routes: [route(saga, { keyField: '$value.order_id' })],
  triggers: plans.map((each) => trigger(each)),
  policy: generatePolicy('demo/order_policy@1', { plans }),
});
