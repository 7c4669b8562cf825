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

export const LetterRequested = schema(
  'demo/LetterRequested@1',
  record({ url: text, order_id: OrderId }),
);
export type LetterRequested = ValueOf<typeof LetterRequested>;

export const LetterSent = schema('demo/LetterSent@1', record({ status: int, order_id: OrderId }));
export type LetterSent = ValueOf<typeof LetterSent>;

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
  'demo/OrderEvent@2',
  variant({ Sent: LetterSent, Placed: OrderPlaced, Checked: OrderChecked }),
);
export type OrderEvent = ValueOf<typeof OrderEvent>;

export const OrderPhase = schema('demo/OrderPhase@1', variant({ Done: unit, Checking: unit }));
export type OrderPhase = ValueOf<typeof OrderPhase>;

export const OrderState1 = schema(
  'demo/OrderState@1',
  record({ by: text, phase: OrderPhase, status: option(int), service: text }),
);
export type OrderState1 = ValueOf<typeof OrderState1>;

export const OrderState2 = schema(
  'demo/OrderState@2',
  record({ by: text, phase: OrderPhase, letter: option(int), status: option(int), service: text }),
);
export type OrderState2 = ValueOf<typeof OrderState2>;

/** What the module declares. */
export const declared = { state: OrderState2, event: OrderEvent };
