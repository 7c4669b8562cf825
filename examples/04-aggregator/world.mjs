// Three requests at once, joined in one answer. `aos air build world.mjs` writes `air/`.
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

const Pc = schema('demo/AggregatorPc@1', t.words('Idle', 'Running', 'Done'));
const Target = schema('demo/AggregationTarget@1', t.record({ name: t.text, url: t.text }));
const Response = schema(
  'demo/AggregateResponse@1',
  t.record({ source: t.text, status: t.int, body_ref: t.option(t.hash) }),
);

const targets = { topic: t.text, primary: Target, secondary: Target, tertiary: Target };
const Start = schema('demo/AggregatorStart@1', t.record(targets));
const Requested = schema('demo/AggregateRequested@1', t.record({ request_id: t.nat, ...targets }));
const Complete = schema(
  'demo/AggregateComplete@1',
  t.record({ request_id: t.nat, topic: t.text, responses: t.list(Response) }),
);

const State = schema(
  'demo/AggregatorState@1',
  t.record({
    pc: Pc,
    requests: t.nat,
    topic: t.option(t.text),
    pending: t.list(t.text),
    responses: t.list(Response),
  }),
);
const Event = schema('demo/AggregatorEvent@1', t.variant({ Start, AggregateComplete: Complete }));

const aggregator = defineReducer('demo/Aggregator@1', { state: State, event: Event });

// GET, plain HTTP, one path of this machine, no redirects. The ports are whatever was free.
const web = grant('web', sys.caps.httpOut2, {
  schemes: ['http'],
  methods: ['GET'],
  hosts: ['127.0.0.1'],
  path_prefixes: ['/answer'],
  max_redirects: 0,
  allow_private: ['127.0.0.0/8'],
});

const aggregate = definePlan('demo/aggregator_plan@1', { input: Requested }, (plan, input) => {
  const { request_id, topic, primary, secondary, tertiary } = input;
  // No call uses what another answered with: all three are under way together.
  const sides = Object.entries({ primary, secondary, tertiary });
  const responses = sides.map(([side, { name, url }]) => {
    const request = { method: 'GET', url, headers: {} };
    const { status, body_ref } = plan.call(side, sys.effects.httpRequest2, request, { grant: web });
    return { source: name, status, body_ref };
  });
  plan.raise('report', Event, { AggregateComplete: { request_id, topic, responses } });
});

export default defineWorld({
  routes: [route(aggregator)],
  triggers: [trigger(aggregate)],
  policy: generatePolicy('demo/http_policy@1', { plans: [aggregate] }),
});
