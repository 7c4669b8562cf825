/**
 * Counts down: Idle until a start, Counting until the last tick, then Done.
 *
 * A start is taken in every phase and begins anew; a tick counts only while counting.
 */
import {
  defineReducer,
  nat,
  record,
  schema,
  unit,
  type ValueOf,
  variant,
} from '@aos/reducer-sdk/script';

const Pc = schema('demo/CounterPc@1', variant({ Idle: unit, Counting: unit, Done: unit }));
const Start = schema('demo/CounterStart@1', record({ target: nat }));
const Tick = schema('demo/CounterTick@1', unit);

const CounterState = schema('demo/CounterState@1', record({ pc: Pc, remaining: nat }));
const CounterEvent = schema('demo/CounterEvent@1', variant({ Start, Tick }));

type State = ValueOf<typeof CounterState>;

const initial = (): State => ({ pc: { $tag: 'Idle' }, remaining: 0n });

/** Counting while something remains. */
function counting(remaining: bigint): State {
  return { pc: { $tag: remaining === 0n ? 'Done' : 'Counting' }, remaining };
}

export default defineReducer(
  { state: CounterState, event: CounterEvent, initial },
  (state, event) => {
    if (event.$tag === 'Start') return counting(event.$value.target);
    const idle = state.pc.$tag !== 'Counting' || state.remaining === 0n;
    return idle ? state : counting(state.remaining - 1n);
  },
);
