/** What demo/TimerSM@1 is written against: made from AIR, not by hand. */
import {
  bytes,
  effect,
  hash,
  nat,
  option,
  record,
  schema,
  text,
  unit,
  type ValueOf,
  variant,
} from '@aos/reducer-sdk/script';

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

export const TimerStart = schema('demo/TimerStart@1', record({ key: option(text), delay_ns: nat }));
export type TimerStart = ValueOf<typeof TimerStart>;

export const TimerEvent = schema(
  'demo/TimerEvent@1',
  variant({ Fired: TimerFired, Start: TimerStart }),
);
export type TimerEvent = ValueOf<typeof TimerEvent>;

export const TimerPc = schema('demo/TimerPc@1', variant({ Done: unit, Idle: unit, Waiting: unit }));
export type TimerPc = ValueOf<typeof TimerPc>;

export const TimerState = schema(
  'demo/TimerState@1',
  record({ pc: TimerPc, key: option(text), due_ns: option(nat), fired_ns: option(nat) }),
);
export type TimerState = ValueOf<typeof TimerState>;

export const timerSet = effect('timer.set', TimerSetParams);

/** What the module declares. */
export const declared = {
  state: TimerState,
  event: TimerEvent,
  effects: [timerSet],
};
