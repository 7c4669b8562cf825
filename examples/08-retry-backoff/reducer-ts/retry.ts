/** Asks for work, and asks again when it fails: after a wait that doubles, at most three times. */
import {
  beginSaga,
  type Call,
  defineReducer,
  fenceKey,
  IDLE_SAGA,
  isCurrent,
  nextAttempt,
  retrySaga,
  type SagaPolicy,
  typestate,
} from '@aos/reducer-sdk/script';
import { declared, type RetryState, timerSet, WorkRequested } from './air.js';

const MS = 1_000_000n;

const policy: SagaPolicy = {
  name: 'work',
  maxAttempts: 3,
  backoffNs: 20n * MS,
  maxBackoffNs: 1_000n * MS,
};

const initial = (): RetryState => ({
  pc: { $tag: 'Idle' },
  url: '',
  saga: IDLE_SAGA,
  attempts: 0n,
  status: null,
});

/** One more attempt, under the fence of its saga: an answer to an earlier one is told apart. */
function attempt(state: RetryState, req_id: string, { raise }: Call<never>): RetryState {
  const { url, saga } = state;
  raise(WorkRequested, { req_id, url, fence: fenceKey(policy, saga) });
  return { ...state, pc: { $tag: 'Working' }, attempts: saga.attempt };
}

export default defineReducer(
  { ...declared, initial },
  typestate({
    phaseOf: ({ pc }: RetryState) => pc.$tag,
    on: {
      Idle: {
        Start(state, { req_id, url }, call) {
          const saga = beginSaga(policy, call.world.logical_now_ns);
          return attempt({ ...state, url, saga }, req_id, call);
        },
      },
      Working: {
        Result(state, { req_id, fence, status }, { world, emit }) {
          if (!isCurrent(policy, state.saga, fence)) return undefined;
          if (status === 200n) return { ...state, pc: { $tag: 'Done' }, status };
          const next = retrySaga(policy, state.saga, world.logical_now_ns);
          if (next.kind !== 'wait') {
            return { ...state, pc: { $tag: 'Failed' }, saga: next.saga, status };
          }
          emit(timerSet, { deliver_at_ns: next.dueNs, key: req_id }, { slot: 'timer' });
          return { ...state, pc: { $tag: 'Waiting' }, saga: next.saga, status };
        },
      },
      Waiting: {
        Woken(state, { requested }, call) {
          return attempt({ ...state, saga: nextAttempt(state.saga) }, requested.key ?? '', call);
        },
      },
    },
  }),
);
