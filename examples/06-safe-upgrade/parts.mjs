// What all versions of this world have in common.
import { cond, definePlan, eq, grant, outcome, schema, sys, t } from '@aos/air/author';

export const OrderId = schema('demo/OrderId@1', t.text);
export const Placed = schema(
  'demo/OrderPlaced@1',
  t.record({ order_id: OrderId, service: t.text }),
);
const CheckRequested = schema(
  'demo/CheckRequested@1',
  t.record({ order_id: OrderId, url: t.text }),
);
export const Checked = schema(
  'demo/OrderChecked@1',
  t.record({ order_id: OrderId, status: t.int, by: t.text }),
);
const Phase = schema('demo/OrderPhase@1', t.words('Checking', 'Done'));

const fields = {
  phase: Phase,
  service: t.text,
  status: t.option(t.int),
  /** The version of the plan that checked it. */
  by: t.text,
};
export const State1 = schema('demo/OrderState@1', t.record(fields));
/** Version 2 also knows about the letter. */
export const State2 = schema('demo/OrderState@2', t.record({ ...fields, letter: t.option(t.int) }));

/**
 * A grant for one method and path. The port is whatever was free.
 * @param {'stock' | 'mail'} name
 * @param {string} method
 * @param {string} path
 */
export const http = (name, method, path) =>
  grant(name, sys.caps.httpOut2, {
    schemes: ['http'],
    methods: [method],
    hosts: ['127.0.0.1'],
    path_prefixes: [path],
    max_redirects: 0,
    allow_private: ['127.0.0.0/8'],
  });

/** Asks the stock, and says which version of the plan did. @param {string} version */
export const checkPlan = (version) =>
  definePlan('demo/check_plan@1', { input: CheckRequested }, (plan, { order_id, url }) => {
    const request = { method: 'GET', url, headers: {} };
    const under = { grant: http('stock', 'GET', '/stock') };
    const answer = plan.call('get', sys.effects.httpRequest2, request, under);
    const status = cond(eq(outcome(answer).status, 'ok'), answer.status, 0);
    plan.raise('tell', Checked, { order_id, status, by: version });
  });

/** Whoever proposes a change may not be the one who approves of it. */
export const governance = /** @type {const} */ ([
  { verb: 'approve', role: 'approver', count: 1, notOwn: true },
]);
