/** Wants a page: asks for it with an event, and takes what the plan that fetched it says. */
import { defineReducer, typestate } from '@aos/reducer-sdk/script';
import { declared, type FetchNotifyState, FetchRequest } from './air.js';

const initial = (): FetchNotifyState => ({
  pc: { $tag: 'Idle' },
  requests: 0n,
  status: null,
  body_ref: null,
});

export default defineReducer(
  { ...declared, initial },
  typestate({
    phaseOf: ({ pc }: FetchNotifyState) => pc.$tag,
    on: {
      Idle: {
        Start(state, { url }, { raise }) {
          const request_id = state.requests + 1n;
          raise(FetchRequest, { request_id, url });
          return { ...state, pc: { $tag: 'Fetching' }, requests: request_id };
        },
      },
      Fetching: {
        NotifyComplete: (state, { status, body_ref }) => ({
          ...state,
          pc: { $tag: 'Done' },
          status,
          body_ref,
        }),
      },
    },
  }),
);
