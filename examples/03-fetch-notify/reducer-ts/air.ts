/** What demo/FetchNotify@1 is written against: made from AIR, not by hand. */
import {
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

export const FetchNotifyComplete = schema(
  'demo/FetchNotifyComplete@1',
  record({ status: int, body_ref: option(hash) }),
);
export type FetchNotifyComplete = ValueOf<typeof FetchNotifyComplete>;

export const FetchNotifyStart = schema('demo/FetchNotifyStart@1', record({ url: text }));
export type FetchNotifyStart = ValueOf<typeof FetchNotifyStart>;

export const FetchNotifyEvent = schema(
  'demo/FetchNotifyEvent@1',
  variant({ Start: FetchNotifyStart, NotifyComplete: FetchNotifyComplete }),
);
export type FetchNotifyEvent = ValueOf<typeof FetchNotifyEvent>;

export const FetchNotifyPc = schema(
  'demo/FetchNotifyPc@1',
  variant({ Done: unit, Idle: unit, Fetching: unit }),
);
export type FetchNotifyPc = ValueOf<typeof FetchNotifyPc>;

export const FetchNotifyState = schema(
  'demo/FetchNotifyState@1',
  record({ pc: FetchNotifyPc, status: option(int), body_ref: option(hash), requests: nat }),
);
export type FetchNotifyState = ValueOf<typeof FetchNotifyState>;

export const FetchRequest = schema('demo/FetchRequest@1', record({ url: text, request_id: nat }));
export type FetchRequest = ValueOf<typeof FetchRequest>;

/** What the module declares. */
export const declared = { state: FetchNotifyState, event: FetchNotifyEvent };
