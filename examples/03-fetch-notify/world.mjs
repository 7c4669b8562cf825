// A reducer asks by an event, a plan fetches. `aos air build world.mjs` writes `air/`.
import {
  definePlan,
  defineReducer,
  defineWorld,
  generatePolicy,
  grant,
  route,
  schema,
  sys,
  t,
  trigger,
} from '@aos/air/author';

const Pc = schema('demo/FetchNotifyPc@1', t.words('Idle', 'Fetching', 'Done'));
const Start = schema('demo/FetchNotifyStart@1', t.record({ url: t.text }));
const Complete = schema(
  'demo/FetchNotifyComplete@1',
  t.record({ status: t.int, body_ref: t.option(t.hash) }),
);
const Request = schema('demo/FetchRequest@1', t.record({ request_id: t.nat, url: t.text }));

const State = schema(
  'demo/FetchNotifyState@1',
  t.record({
    pc: Pc,
    requests: t.nat,
    status: t.option(t.int),
    body_ref: t.option(t.hash),
  }),
);
const Event = schema('demo/FetchNotifyEvent@1', t.variant({ Start, NotifyComplete: Complete }));

const notifier = defineReducer('demo/FetchNotify@1', { state: State, event: Event });

// GET, plain HTTP, below /data of this machine, no redirects. The port is whatever was free.
const web = grant('web', sys.caps.httpOut2, {
  schemes: ['http'],
  methods: ['GET'],
  hosts: ['127.0.0.1'],
  path_prefixes: ['/data'],
  max_redirects: 0,
  allow_private: ['127.0.0.0/8'],
});

const fetchPlan = definePlan('demo/fetch_plan@1', { input: Request }, (plan, { url }) => {
  const request = { method: 'GET', url, headers: {} };
  const { status, body_ref } = plan.call('fetch', sys.effects.httpRequest2, request, {
    grant: web,
  });
  plan.raise('notify', Event, { NotifyComplete: { status, body_ref } });
});

export default defineWorld({
  routes: [route(notifier)],
  triggers: [trigger(fetchPlan)],
  policy: generatePolicy('demo/http_policy@1', { plans: [fetchPlan] }),
});
