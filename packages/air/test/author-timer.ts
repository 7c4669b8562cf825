/** The timer of the examples, authored in TypeScript: a reducer with an effect of its own. */
import {
  allow,
  definePolicy,
  defineReducer,
  defineWorld,
  grant,
  route,
  schema,
  sys,
  t,
} from '../src/author/index.js';

const pc = schema('demo/TimerPc@1', t.words('Idle', 'Awaiting', 'Done', 'TimedOut'));
const state = schema(
  'demo/TimerState@1',
  t.record({
    pc,
    key: t.option(t.text),
    deadline_ns: t.option(t.nat),
    fired_key: t.option(t.text),
  }),
);
const start = schema(
  'demo/TimerStart@1',
  t.record({ deliver_at_ns: t.nat, key: t.option(t.text) }),
);
const event = schema(
  'demo/TimerEvent@1',
  t.variant({ Start: start, Fired: sys.schemas.TimerFired }),
);

const timerGrant = grant('timer_grant', sys.caps.timer, {});

const timer = defineReducer('demo/TimerSM@1', {
  state,
  event,
  effects: [sys.effects.timerSet],
  slots: { timer: timerGrant },
});

const policy = definePolicy('demo/default_policy@1', [
  allow({ effect: sys.effects.timerSet, origin: 'reducer' }),
]);

export default defineWorld({ modules: [timer], routes: [route(timer)], policy });
