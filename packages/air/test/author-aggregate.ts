/** The aggregator of the examples, authored in TypeScript: three requests at once, joined. */
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
  value,
} from '../src/author/index.js';

const pc = schema('demo/AggregatorPc@1', t.words('Idle', 'Running', 'Done'));
const target = schema(
  'demo/AggregationTarget@1',
  t.record({ name: t.text, url: t.text, method: t.text }),
);
const response = schema(
  'demo/AggregateResponse@1',
  t.record({ source: t.text, status: t.int, body_ref: t.option(t.hash) }),
);
const state = schema(
  'demo/AggregatorState@1',
  t.record({
    pc,
    next_request_id: t.nat,
    pending_request: t.option(t.nat),
    current_topic: t.option(t.text),
    pending_targets: t.list(t.text),
    last_responses: t.list(response),
  }),
);
const targets = { topic: t.text, primary: target, secondary: target, tertiary: target };
const start = schema('demo/AggregatorStart@1', t.record(targets));
const requested = schema('demo/AggregateRequested@1', t.record({ request_id: t.nat, ...targets }));
const complete = schema(
  'demo/AggregateComplete@1',
  t.record({
    request_id: t.nat,
    topic: t.text,
    primary: response,
    secondary: response,
    tertiary: response,
  }),
);
const event = schema(
  'demo/AggregatorEvent@1',
  t.variant({ Start: start, AggregateComplete: complete }),
);

const aggregator = defineReducer('demo/Aggregator@1', { state, event });

const httpCap = defineCap('demo/http_aggregate_cap@1', {
  type: 'http.out',
  params: t.record({ hosts: t.set(t.text), verbs: t.set(t.text) }),
  enforcer: sys.enforcers.allowAll,
});
const http = grant('cap_http_aggregate', httpCap, { hosts: ['example.com'], verbs: ['GET'] });

const aggregate = definePlan(
  'demo/aggregator_plan@1',
  { input: requested, correlateBy: 'request_id' },
  (plan, input) => {
    const topic = plan.assign('assign_topic', input.topic, { as: 'agg_topic' });
    const sides = [
      { side: 'a', of: input.primary },
      { side: 'b', of: input.secondary },
      { side: 'c', of: input.tertiary },
    ] as const;
    const sent = sides.map(({ side, of }) =>
      plan.emit(
        `emit_fetch_${side}`,
        sys.effects.httpRequest,
        { method: of.method, url: of.url, headers: {} },
        { grant: http, as: `fetch_${side}`, after: topic },
      ),
    );
    const received = sent.map((handle, i) =>
      plan.await(`await_fetch_${sides[i]?.side}`, handle, { as: `receipt_${sides[i]?.side}` }),
    );
    const [primary, secondary, tertiary] = received.map((receipt, i) =>
      plan.assign(
        `response_${sides[i]?.side}`,
        value(response, {
          source: sides[i]?.of.name ?? '',
          status: receipt.status,
          body_ref: receipt.body_ref,
        }),
      ),
    );
    if (primary === undefined || secondary === undefined || tertiary === undefined) return;
    const { request_id } = input;
    plan.raise('raise_result', event, {
      AggregateComplete: { request_id, topic, primary, secondary, tertiary },
    });
    plan.end('finish');
  },
);

const policy = definePolicy('demo/http-aggregate-policy@1', [
  allow({ effect: sys.effects.httpRequest, origin: aggregate }),
  deny(),
]);

export default defineWorld({
  modules: [aggregator],
  routes: [route(aggregator)],
  triggers: [trigger(aggregate)],
  policy,
});
