// A reducer that asks for a timer. `aos air build world.mjs` writes `air/`.
import {
  defineReducer,
  defineWorld,
  generatePolicy,
  grant,
  route,
  schema,
  sys,
  t,
} from '@aos/air/author';

const Pc = schema('demo/TimerPc@1', t.words('Idle', 'Waiting', 'Done'));
const Start = schema('demo/TimerStart@1', t.record({ delay_ns: t.nat, key: t.option(t.text) }));

const State = schema(
  'demo/TimerState@1',
  t.record({ pc: Pc, due_ns: t.option(t.nat), fired_ns: t.option(t.nat), key: t.option(t.text) }),
);
const Event = schema('demo/TimerEvent@1', t.variant({ Start, Fired: sys.schemas.TimerFired2 }));

const timer = defineReducer('demo/TimerSM@1', {
  state: State,
  event: Event,
  context: true,
  effects: [sys.effects.timerSet2],
  slots: { timer: grant('timer_grant', sys.caps.timer, {}) },
});

export default defineWorld({
  routes: [route(timer)],
  policy: generatePolicy('demo/timer_policy@1', { reducers: [timer] }),
});
