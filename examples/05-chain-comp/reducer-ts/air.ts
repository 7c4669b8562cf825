/** What demo/OrderSaga@1 is written against: made from AIR, not by hand. */
import {
  int,
  option,
  record,
  schema,
  text,
  unit,
  type ValueOf,
  variant,
} from '@aos/reducer-sdk/script';

export const OrderId = schema('demo/OrderId@1', text);
export type OrderId = ValueOf<typeof OrderId>;

export const ChargeRequested = schema(
  'demo/ChargeRequested@1',
  record({ url: text, order_id: OrderId }),
);
export type ChargeRequested = ValueOf<typeof ChargeRequested>;

export const NotifyRequested = schema(
  'demo/NotifyRequested@1',
  record({ url: text, order_id: OrderId }),
);
export type NotifyRequested = ValueOf<typeof NotifyRequested>;

export const Services = schema(
  'demo/Services@1',
  record({ mail: text, payments: text, warehouse: text }),
);
export type Services = ValueOf<typeof Services>;

export const OrderStart = schema(
  'demo/OrderStart@1',
  record({ order_id: OrderId, services: Services }),
);
export type OrderStart = ValueOf<typeof OrderStart>;

export const StepFailed = schema('demo/StepFailed@1', record({ status: int, order_id: OrderId }));
export type StepFailed = ValueOf<typeof StepFailed>;

export const StepSucceeded = schema(
  'demo/StepSucceeded@1',
  record({ status: int, order_id: OrderId }),
);
export type StepSucceeded = ValueOf<typeof StepSucceeded>;

export const OrderEvent = schema(
  'demo/OrderEvent@1',
  variant({ Start: OrderStart, Failed: StepFailed, Succeeded: StepSucceeded }),
);
export type OrderEvent = ValueOf<typeof OrderEvent>;

export const OrderPhase = schema(
  'demo/OrderPhase@1',
  variant({
    New: unit,
    Done: unit,
    Stuck: unit,
    Charging: unit,
    Refunded: unit,
    Rejected: unit,
    Notifying: unit,
    Refunding: unit,
    Reserving: unit,
  }),
);
export type OrderPhase = ValueOf<typeof OrderPhase>;

export const OrderState = schema(
  'demo/OrderState@1',
  record({
    phase: OrderPhase,
    charge: option(int),
    notify: option(int),
    refund: option(int),
    reserve: option(int),
    services: option(Services),
  }),
);
export type OrderState = ValueOf<typeof OrderState>;

export const RefundRequested = schema(
  'demo/RefundRequested@1',
  record({ url: text, order_id: OrderId }),
);
export type RefundRequested = ValueOf<typeof RefundRequested>;

export const ReserveRequested = schema(
  'demo/ReserveRequested@1',
  record({ url: text, order_id: OrderId }),
);
export type ReserveRequested = ValueOf<typeof ReserveRequested>;

/** What the module declares. */
export const declared = { state: OrderState, event: OrderEvent };
