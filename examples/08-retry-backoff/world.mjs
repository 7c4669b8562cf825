// Work that fails is tried again, later and later, within a deadline for each try.
// `aos air build world.mjs` writes `air/`.
import {
  cond,
  definePlan,
  defineReducer,
  defineWorld,
  eq,
  generatePolicy,
  grant,
  outcome,
  route,
  schema,
  sys,
  t,
  trigger,
} from '@aos/air/author';

/** An attempt that takes longer has failed. */
const DEADLINE_NS = 2_000_000_000;

const RequestId = schema('demo/RequestId@1', t.text);
const Start = schema('demo/RetryStart@1', t.record({ req_id: RequestId, url: t.text }));
const Work = schema(
  'demo/WorkRequested@1',
  t.record({ req_id: RequestId, url: t.text, fence: t.text }),
);
const Result = schema(
  'demo/WorkResult@1',
  t.record({ req_id: RequestId, fence: t.text, status: t.int }),
);

// `SagaState` of the reducer SDK.
const Saga = schema(
  'demo/Saga@1',
  t.record({
    fence: t.nat,
    attempt: t.nat,
    due_ns: t.option(t.nat),
    deadline_ns: t.option(t.nat),
  }),
);
const Pc = schema('demo/RetryPc@1', t.words('Idle', 'Working', 'Waiting', 'Done', 'Failed'));
const State = schema(
  'demo/RetryState@1',
  t.record({ pc: Pc, url: t.text, saga: Saga, attempts: t.nat, status: t.option(t.int) }),
);
const Event = schema(
  'demo/RetryEvent@1',
  t.variant({ Start, Result, Woken: sys.schemas.TimerFired2 }),
);

const retry = defineReducer('demo/Retry@1', {
  state: State,
  event: Event,
  key: RequestId,
  context: true,
  effects: [sys.effects.timerSet2],
  slots: { timer: grant('backoff', sys.caps.timer, {}) },
});

const web = grant('work', sys.caps.httpOut2, {
  schemes: ['http'],
  methods: ['GET'],
  hosts: ['127.0.0.1'],
  path_prefixes: ['/work'],
  max_redirects: 0,
  allow_private: ['127.0.0.0/8'],
});

// Says how it went, always: 0 where there was no answer in time.
const work = definePlan('demo/work_plan@1', { input: Work }, (plan, { req_id, url, fence }) => {
  const request = { method: 'GET', url, headers: {} };
  const answer = plan.call('get', sys.effects.httpRequest2, request, {
    grant: web,
    deadlineNs: DEADLINE_NS,
  });
  const isAnswered = eq(outcome(answer).status, 'ok');
  const status = cond(isAnswered, answer.status, 0);
  plan.raise('tell', Result, { req_id, fence, status });
});

export default defineWorld({
  routes: [
    route(retry, { event: Start, keyField: 'req_id' }),
    route(retry, { event: Result, keyField: 'req_id' }),
  ],
  triggers: [trigger(work)],
  policy: generatePolicy('demo/retry_policy@1', { plans: [work], reducers: [retry] }),
});
