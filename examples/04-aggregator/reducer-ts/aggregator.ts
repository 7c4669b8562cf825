/** Wants three answers about a topic: asks for all with one event, and keeps them in order. */
import { defineReducer, typestate } from '@aos/reducer-sdk/script';
import { AggregateRequested, type AggregatorState, declared } from './air.js';

const initial = (): AggregatorState => ({
  pc: { $tag: 'Idle' },
  requests: 0n,
  topic: null,
  pending: [],
  responses: [],
});

export default defineReducer(
  { ...declared, initial },
  typestate({
    phaseOf: ({ pc }: AggregatorState) => pc.$tag,
    on: {
      Idle: {
        Start(state, start, { raise }) {
          const { topic, primary, secondary, tertiary } = start;
          const request_id = state.requests + 1n;
          raise(AggregateRequested, { request_id, ...start });
          const pending = [primary, secondary, tertiary].map(({ name }) => name);
          return { pc: { $tag: 'Running' }, requests: request_id, topic, pending, responses: [] };
        },
      },
      Running: {
        AggregateComplete(state, { request_id, responses }) {
          if (request_id !== state.requests) return undefined;
          return { ...state, pc: { $tag: 'Done' }, pending: [], responses };
        },
      },
    },
  }),
);
