/** What demo/Orders@1 is written against: made from AIR, not by hand. */
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

export const CheckRequested = schema(
  'demo/CheckRequested@1',
  record({ url: text, order_id: OrderId }),
);
export type CheckRequested = ValueOf<typeof CheckRequested>;

export const OrderChecked = schema(
  'demo/OrderChecked@1',
  record({ by: text, status: int, order_id: OrderId }),
);
export type OrderChecked = ValueOf<typeof OrderChecked>;

export const OrderPlaced = schema(
  'demo/OrderPlaced@1',
  record({ service: text, order_id: OrderId }),
);
export type OrderPlaced = ValueOf<typeof OrderPlaced>;

export const OrderEvent = schema(
  'demo/OrderEvent@1',
  variant({ Placed: OrderPlaced, Checked: OrderChecked }),
);
export type OrderEvent = ValueOf<typeof OrderEvent>;

export const OrderPhase = schema('demo/OrderPhase@1', variant({ Done: unit, Checking: unit }));
export type OrderPhase = ValueOf<typeof OrderPhase>;

export const OrderState = schema(
  'demo/OrderState@1',
  record({ by: text, phase: OrderPhase, status: option(int), service: text }),
);
export type OrderState = ValueOf<typeof OrderState>;

/** What the module declares. */
export const declared = { state: OrderState, event: OrderEvent };
