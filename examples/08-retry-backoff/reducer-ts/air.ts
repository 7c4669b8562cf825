/** What demo/Retry@1 is written against: made from AIR, not by hand. */
import {
  bytes,
  effect,
  hash,
  int,
  nat,
  option,
  record,
  schema,
  text,
  unit,
  type ValueOf,
  variant,
} from '@aos/reducer-sdk/script';

export const RequestId = schema('demo/RequestId@1', text);
export type RequestId = ValueOf<typeof RequestId>;

export const RetryStart = schema('demo/RetryStart@1', record({ url: text, req_id: RequestId }));
export type RetryStart = ValueOf<typeof RetryStart>;

export const TimerSetParams = schema(
  'sys/TimerSetParams@1',
  record({ deliver_at_ns: nat, key: option(text) }),
);
export type TimerSetParams = ValueOf<typeof TimerSetParams>;

export const TimerSetReceipt = schema(
  'sys/TimerSetReceipt@1',
  record({ delivered_at_ns: nat, key: option(text) }),
);
export type TimerSetReceipt = ValueOf<typeof TimerSetReceipt>;

export const TimerFired = schema(
  'sys/TimerFired@2',
  record({
    intent_hash: hash,
    reducer: text,
    effect_kind: text,
    adapter_id: text,
    status: text,
    requested: TimerSetParams,
    receipt: option(TimerSetReceipt),
    error: option(text),
    cost_cents: option(nat),
    signature: bytes,
  }),
);
export type TimerFired = ValueOf<typeof TimerFired>;

export const WorkResult = schema(
  'demo/WorkResult@1',
  record({ fence: text, req_id: RequestId, status: int }),
);
export type WorkResult = ValueOf<typeof WorkResult>;

export const RetryEvent = schema(
  'demo/RetryEvent@1',
  variant({ Start: RetryStart, Woken: TimerFired, Result: WorkResult }),
);
export type RetryEvent = ValueOf<typeof RetryEvent>;

export const RetryPc = schema(
  'demo/RetryPc@1',
  variant({ Done: unit, Idle: unit, Failed: unit, Waiting: unit, Working: unit }),
);
export type RetryPc = ValueOf<typeof RetryPc>;

export const Saga = schema(
  'demo/Saga@1',
  record({ fence: nat, due_ns: option(nat), attempt: nat, deadline_ns: option(nat) }),
);
export type Saga = ValueOf<typeof Saga>;

export const RetryState = schema(
  'demo/RetryState@1',
  record({ pc: RetryPc, url: text, saga: Saga, status: option(int), attempts: nat }),
);
export type RetryState = ValueOf<typeof RetryState>;

export const WorkRequested = schema(
  'demo/WorkRequested@1',
  record({ url: text, fence: text, req_id: RequestId }),
);
export type WorkRequested = ValueOf<typeof WorkRequested>;

export const timerSet = effect('timer.set', TimerSetParams);

/** What the module declares. */
export const declared = {
  state: RetryState,
  event: RetryEvent,
  effects: [timerSet],
};
