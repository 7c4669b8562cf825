/** Asks to be woken after a delay: Idle until a start, Waiting for the timer, then Done. */
import { defineReducer, typestate } from '@aos/reducer-sdk/script';
import { declared, type TimerState, timerSet } from './air.js';

const initial = (): TimerState => ({
  pc: { $tag: 'Idle' },
  due_ns: null,
  fired_ns: null,
  key: null,
});

export default defineReducer(
  { ...declared, initial },
  typestate({
    phaseOf: ({ pc }: TimerState) => pc.$tag,
    on: {
      Idle: {
        Start(state, { delay_ns, key }, { world, emit }) {
          const due_ns = world.logical_now_ns + delay_ns;
          emit(timerSet, { deliver_at_ns: due_ns, key }, { slot: 'timer' });
          return { ...state, pc: { $tag: 'Waiting' }, due_ns };
        },
      },
      Waiting: {
        Fired(state, { receipt }) {
          if (receipt === null) return { ...state, pc: { $tag: 'Idle' } };
          const { delivered_at_ns, key } = receipt;
          return { ...state, pc: { $tag: 'Done' }, fired_ns: delivered_at_ns, key };
        },
      },
    },
    moves: { Idle: ['Waiting'], Waiting: ['Done', 'Idle'] },
  }),
);
