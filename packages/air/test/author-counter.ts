/** The counter of the examples, authored in TypeScript. */
import { defineReducer, defineWorld, route, schema, t } from '../src/author/index.js';

const counterPc = schema('demo/CounterPc@1', t.words('Idle', 'Counting', 'Done'));

const counterState = schema('demo/CounterState@1', t.record({ pc: counterPc, remaining: t.nat }));
const counterStart = schema('demo/CounterStart@1', t.record({ target: t.nat }));
const counterTick = schema('demo/CounterTick@1', t.unit);
const counterEvent = schema(
  'demo/CounterEvent@1',
  t.variant({ Start: counterStart, Tick: counterTick }),
);

const counter = defineReducer('demo/CounterSM@1', {
  state: counterState,
  event: counterEvent,
});

export default defineWorld({ modules: [counter], routes: [route(counter)] });
