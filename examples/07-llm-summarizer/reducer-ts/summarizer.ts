/** Wants a summary of a page: asks with an event, keeps what came and what it cost. */
import { defineReducer, typestate } from '@aos/reducer-sdk/script';
import { declared, type SummarizerState, SummaryRequested } from './air.js';

const initial = (): SummarizerState => ({ pc: { $tag: 'Idle' }, url: null, answer: null });

export default defineReducer(
  { ...declared, initial },
  typestate({
    phaseOf: ({ pc }: SummarizerState) => pc.$tag,
    on: {
      Idle: {
        Start(state, { url }, { raise }) {
          raise(SummaryRequested, { url });
          return { ...state, pc: { $tag: 'Summarizing' }, url };
        },
      },
      Summarizing: {
        SummaryReady: (state, answer) => ({ ...state, pc: { $tag: 'Done' }, answer }),
      },
    },
  }),
);
