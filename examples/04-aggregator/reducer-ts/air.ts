/** What demo/Aggregator@1 is written against: made from AIR, not by hand. */
import {
  hash,
  int,
  list,
  nat,
  option,
  record,
  schema,
  text,
  unit,
  type ValueOf,
  variant,
} from '@aos/reducer-sdk/script';

export const AggregateResponse = schema(
  'demo/AggregateResponse@1',
  record({ source: text, status: int, body_ref: option(hash) }),
);
export type AggregateResponse = ValueOf<typeof AggregateResponse>;

export const AggregateComplete = schema(
  'demo/AggregateComplete@1',
  record({ topic: text, responses: list(AggregateResponse), request_id: nat }),
);
export type AggregateComplete = ValueOf<typeof AggregateComplete>;

export const AggregationTarget = schema(
  'demo/AggregationTarget@1',
  record({ url: text, name: text }),
);
export type AggregationTarget = ValueOf<typeof AggregationTarget>;

export const AggregateRequested = schema(
  'demo/AggregateRequested@1',
  record({
    topic: text,
    primary: AggregationTarget,
    tertiary: AggregationTarget,
    secondary: AggregationTarget,
    request_id: nat,
  }),
);
export type AggregateRequested = ValueOf<typeof AggregateRequested>;

export const AggregatorStart = schema(
  'demo/AggregatorStart@1',
  record({
    topic: text,
    primary: AggregationTarget,
    tertiary: AggregationTarget,
    secondary: AggregationTarget,
  }),
);
export type AggregatorStart = ValueOf<typeof AggregatorStart>;

export const AggregatorEvent = schema(
  'demo/AggregatorEvent@1',
  variant({ Start: AggregatorStart, AggregateComplete }),
);
export type AggregatorEvent = ValueOf<typeof AggregatorEvent>;

export const AggregatorPc = schema(
  'demo/AggregatorPc@1',
  variant({ Done: unit, Idle: unit, Running: unit }),
);
export type AggregatorPc = ValueOf<typeof AggregatorPc>;

export const AggregatorState = schema(
  'demo/AggregatorState@1',
  record({
    pc: AggregatorPc,
    topic: option(text),
    pending: list(text),
    requests: nat,
    responses: list(AggregateResponse),
  }),
);
export type AggregatorState = ValueOf<typeof AggregatorState>;

/** What the module declares. */
export const declared = { state: AggregatorState, event: AggregatorEvent };
