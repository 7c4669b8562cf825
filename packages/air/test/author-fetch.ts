/** The fetcher of the examples, authored in TypeScript; it tells where the body is. */
import {
  allow,
  defineCap,
  definePlan,
  definePolicy,
  defineReducer,
  defineWorld,
  deny,
  grant,
  route,
  schema,
  sys,
  t,
  trigger,
} from '../src/author/index.js';

const pc = schema('demo/FetchNotifyPc@1', t.words('Idle', 'Fetching', 'Done'));
const state = schema(
  'demo/FetchNotifyState@1',
  t.record({
    pc,
    next_request_id: t.nat,
    pending_request: t.option(t.nat),
    last_status: t.option(t.int),
    last_body_ref: t.option(t.hash),
  }),
);
const start = schema('demo/FetchNotifyStart@1', t.record({ url: t.text, method: t.text }));
const complete = schema(
  'demo/FetchNotifyComplete@1',
  t.record({ status: t.int, body_ref: t.option(t.hash) }),
);
const event = schema(
  'demo/FetchNotifyEvent@1',
  t.variant({ Start: start, NotifyComplete: complete }),
);
const request = schema(
  'demo/FetchRequest@1',
  t.record({ request_id: t.nat, url: t.text, method: t.text }),
);

const notifier = defineReducer('demo/FetchNotify@1', { state, event });

const httpCap = defineCap('demo/http_fetch_cap@1', {
  type: 'http.out',
  params: t.record({ hosts: t.set(t.text), methods: t.set(t.text) }),
  enforcer: sys.enforcers.httpOut,
});
const httpGrant = grant('cap_http_fetch', httpCap, { hosts: ['example.com'], methods: ['GET'] });

const fetchPlan = definePlan(
  'demo/fetch_plan@1',
  { input: request, correlateBy: 'request_id' },
  (plan) => {
    const sent = plan.emit(
      'emit_http',
      sys.effects.httpRequest,
      { method: 'GET', url: 'https://example.com/data.json', headers: {} },
      { grant: httpGrant, as: 'http_req' },
    );
    const receipt = plan.await('await_http', sent, { as: 'http_receipt' });
    const status = plan.assign('capture_status', receipt.status, { as: 'receipt_status' });
    const body = plan.assign('capture_body', receipt.body_ref, {
      as: 'receipt_body',
      after: status,
    });
    plan.raise('raise_result', event, { NotifyComplete: { status, body_ref: body } });
    plan.end('finish');
  },
);

const policy = definePolicy('demo/http-policy@1', [
  allow({ effect: sys.effects.httpRequest, origin: fetchPlan }),
  deny(),
]);

export default defineWorld({
  modules: [notifier],
  routes: [route(notifier)],
  triggers: [trigger(fetchPlan)],
  policy,
});
