/** The counter of the examples, authored in TypeScript. */
import { defineReducer, defineWorld, route, schema, t } from '../src/author/index.js';

export const counterPc = schema('demo/CounterPc@1', t.words('Idle', 'Counting', 'Done'));

export const counterState = schema(
  'demo/CounterState@1',
  t.record({ pc: counterPc, remaining: t.nat }),
);
export const counterStart = schema('demo/CounterStart@1', t.record({ target: t.nat }));
export const counterTick = schema('demo/CounterTick@1', t.unit);
export const counterEvent = schema(
  'demo/CounterEvent@1',
  t.variant({ Start: counterStart, Tick: counterTick }),
);

export const counter = defineReducer('demo/CounterSM@1', {
  state: counterState,
  event: counterEvent,
});

export default defineWorld({ modules: [counter], routes: [route(counter)] });
