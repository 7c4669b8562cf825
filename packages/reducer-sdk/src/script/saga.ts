/**
 * Work that asks the outside, waits, and tries again: attempts, backoff, a deadline, and fences.
 *
 * S1. A fence is the number of one attempt. It only grows, over all sagas of a state, so an answer
 *     to an earlier attempt is never taken for one to the current.
 * S2. Times are logical: they come from the call, and a replay decides the same.
 * S3. The state is plain data of its own shape, to be kept as a field of the reducer's state.
 */
import { option, record } from './composites.js';
import { nat } from './scalars.js';
import type { ValueOf } from './shape.js';

/** Where a saga stands. `due_ns` is the next attempt or null, `deadline_ns` the end of all. */
export const SagaState = record({
  fence: nat,
  attempt: nat,
  due_ns: option(nat),
  deadline_ns: option(nat),
});
export type SagaState = ValueOf<typeof SagaState>;

export interface SagaPolicy {
  /** Names the saga in the keys of its attempts. */
  readonly name: string;
  /** Most attempts, the first one included. */
  readonly maxAttempts: number;
  /** Wait before the second attempt, in nanoseconds; it doubles with every further one. */
  readonly backoffNs: bigint;
  /** Longest wait, in nanoseconds. */
  readonly maxBackoffNs: bigint;
  /** From the start to the end of all attempts, in nanoseconds; without it there is none. */
  readonly deadlineNs?: bigint;
}

/** What follows a failed attempt: wait until `saga.due_ns`, or give up and say why. */
export type Retry =
  | { readonly kind: 'wait'; readonly saga: SagaState; readonly dueNs: bigint }
  | { readonly kind: 'exhausted'; readonly saga: SagaState }
  | { readonly kind: 'expired'; readonly saga: SagaState };

/** No attempt yet. */
export const IDLE_SAGA: SagaState = { fence: 0n, attempt: 0n, due_ns: null, deadline_ns: null };

/** The first attempt of a new saga; the fences of `before` stay behind. */
export function beginSaga(policy: SagaPolicy, nowNs: bigint, before = IDLE_SAGA): SagaState {
  const { deadlineNs } = policy;
  const deadline = deadlineNs === undefined ? null : nowNs + deadlineNs;
  return { fence: before.fence + 1n, attempt: 1n, due_ns: null, deadline_ns: deadline };
}

/** The wait before attempt `attempt`, counted from 1: nothing before the first. */
export function backoffNs(policy: SagaPolicy, attempt: bigint): bigint {
  if (attempt <= 1n) return 0n;
  const { backoffNs: first, maxBackoffNs } = policy;
  let wait = first;
  for (let i = 2n; i < attempt && wait < maxBackoffNs; i++) wait *= 2n;
  if (wait > maxBackoffNs) return maxBackoffNs;
  return wait;
}

/** After a failed attempt. A wait beyond the deadline is not begun. */
export function retrySaga(policy: SagaPolicy, saga: SagaState, nowNs: bigint): Retry {
  if (saga.attempt >= policy.maxAttempts) return { kind: 'exhausted', saga: endSaga(saga) };
  const dueNs = nowNs + backoffNs(policy, saga.attempt + 1n);
  if (saga.deadline_ns !== null && dueNs >= saga.deadline_ns) {
    return { kind: 'expired', saga: endSaga(saga) };
  }
  return { kind: 'wait', saga: { ...saga, due_ns: dueNs }, dueNs };
}

/** The next attempt, when the wait is over: under a new fence. */
export function nextAttempt(saga: SagaState): SagaState {
  return { ...saga, fence: saga.fence + 1n, attempt: saga.attempt + 1n, due_ns: null };
}

/** Done, one way or the other: answers that are still on their way are stale from here on. */
export function endSaga(saga: SagaState): SagaState {
  return { ...IDLE_SAGA, fence: saga.fence + 1n };
}

/** Whether the deadline has passed. */
export function isExpired(saga: SagaState, nowNs: bigint): boolean {
  return saga.deadline_ns !== null && nowNs >= saga.deadline_ns;
}

/** Text that goes out with the current attempt and comes back with its answer. */
export function fenceKey({ name }: SagaPolicy, { fence }: SagaState): string {
  return `${name}:${fence}`;
}

/** Whether an answer with this key is for the current attempt. */
export function isCurrent(policy: SagaPolicy, saga: SagaState, key: string | null): boolean {
  return saga.attempt > 0n && key === fenceKey(policy, saga);
}

/** The key as the bytes of an idempotency key: sending an attempt twice is one intent. */
export function fenceBytes(policy: SagaPolicy, saga: SagaState): Uint8Array {
  return Uint8Array.from(fenceKey(policy, saga), (letter) => letter.charCodeAt(0));
}
