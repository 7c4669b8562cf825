import { describe, expect, it } from 'vitest';
import {
  backoffNs,
  beginSaga,
  endSaga,
  fenceBytes,
  fenceKey,
  IDLE_SAGA,
  isCurrent,
  isExpired,
  nextAttempt,
  retrySaga,
  type SagaPolicy,
  SagaState,
} from './saga.js';

const POLICY: SagaPolicy = {
  name: 'charge',
  maxAttempts: 4,
  backoffNs: 10n,
  maxBackoffNs: 25n,
  deadlineNs: 1000n,
};

describe('a saga', () => {
  it('waits twice as long before each attempt, up to the longest wait', () => {
    expect([1n, 2n, 3n, 4n, 5n].map((attempt) => backoffNs(POLICY, attempt))).toEqual([
      0n,
      10n,
      20n,
      25n,
      25n,
    ]);
    expect(backoffNs({ ...POLICY, backoffNs: 1n }, 2n ** 53n)).toBe(25n);
  });

  it('tries as often as it may, then gives up', () => {
    let saga = beginSaga(POLICY, 100n);
    const waits: bigint[] = [];
    for (let now = 100n; ; ) {
      const retry = retrySaga(POLICY, saga, now);
      if (retry.kind !== 'wait') {
        expect(retry.kind).toBe('exhausted');
        break;
      }
      waits.push(retry.dueNs - now);
      now = retry.dueNs;
      saga = nextAttempt(retry.saga);
    }
    expect(waits).toEqual([10n, 20n, 25n]);
    expect(saga.attempt).toBe(4n);
  });

  it('does not begin a wait beyond the deadline', () => {
    const saga = beginSaga(POLICY, 100n);
    expect(retrySaga(POLICY, saga, 1089n).kind).toBe('wait');
    expect(retrySaga(POLICY, saga, 1090n).kind).toBe('expired');
    expect([1099n, 1100n].map((now) => isExpired(saga, now))).toEqual([false, true]);
    const { deadlineNs: _, ...endless } = POLICY;
    expect(isExpired(beginSaga(endless, 0n), 2n ** 63n)).toBe(false);
  });

  it('takes only answers to the current attempt', () => {
    const first = beginSaga(POLICY, 0n);
    const second = nextAttempt(first);
    const ended = endSaga(second);
    const other = beginSaga(POLICY, 0n, ended);
    const keys = [first, second, other].map((saga) => fenceKey(POLICY, saga));
    expect(keys).toEqual(['charge:1', 'charge:2', 'charge:4']);
    const isFor = (saga: SagaState) => keys.map((key) => isCurrent(POLICY, saga, key));
    expect(isFor(first)).toEqual([true, false, false]);
    expect(isFor(second)).toEqual([false, true, false]);
    expect(isFor(ended)).toEqual([false, false, false]);
    expect(isFor(other)).toEqual([false, false, true]);
    expect(isCurrent(POLICY, first, null)).toBe(false);
    expect(isCurrent(POLICY, IDLE_SAGA, 'charge:0')).toBe(false);
  });

  it('names an attempt in bytes as it does in text', () => {
    const saga = beginSaga(POLICY, 0n);
    expect(new TextDecoder().decode(fenceBytes(POLICY, saga))).toBe(fenceKey(POLICY, saga));
  });

  it('is plain data of its shape', () => {
    const saga = beginSaga(POLICY, 0n);
    expect(SagaState.lower(saga)).toBe(saga);
  });
});
