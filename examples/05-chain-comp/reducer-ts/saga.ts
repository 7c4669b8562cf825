/**
 * An order: charge, reserve, notify. When the reservation fails, the charge is refunded.
 *
 * Each step is an intent event; a plan carries it out and says whether it succeeded. Only the
 * phase decides what that means.
 */
import { type Call, type DomainEvent, defineReducer, typestate } from '@aos/reducer-sdk/script';
import {
  ChargeRequested,
  declared,
  NotifyRequested,
  type OrderPhase,
  type OrderState,
  RefundRequested,
  ReserveRequested,
} from './air.js';

const initial = (): OrderState => ({
  phase: { $tag: 'New' },
  services: null,
  charge: null,
  reserve: null,
  notify: null,
  refund: null,
});

const be = ($tag: OrderPhase['$tag']) => ({ phase: { $tag } });

/** Asks a service for a step of the order. */
function ask(
  { raise }: Call<never>,
  step: DomainEvent<ChargeRequested>,
  order_id: string,
  url: string | undefined,
): void {
  raise(step, { order_id, url: `${url}/${order_id}` });
}

export default defineReducer(
  { ...declared, initial },
  typestate({
    phaseOf: ({ phase }: OrderState) => phase.$tag,
    on: {
      New: {
        Start(order, { order_id, services }, call) {
          ask(call, ChargeRequested, order_id, `${services.payments}/charges`);
          return { ...order, ...be('Charging'), services };
        },
      },
      Charging: {
        Succeeded(order, { order_id, status }, call) {
          ask(call, ReserveRequested, order_id, `${order.services?.warehouse}/reservations`);
          return { ...order, ...be('Reserving'), charge: status };
        },
        Failed: (order, { status }) => ({ ...order, ...be('Rejected'), charge: status }),
      },
      Reserving: {
        Succeeded(order, { order_id, status }, call) {
          ask(call, NotifyRequested, order_id, `${order.services?.mail}/mails`);
          return { ...order, ...be('Notifying'), reserve: status };
        },
        Failed(order, { order_id, status }, call) {
          ask(call, RefundRequested, order_id, `${order.services?.payments}/refunds`);
          return { ...order, ...be('Refunding'), reserve: status };
        },
      },
      // The order stands, whether or not the mail went out.
      Notifying: {
        Succeeded: (order, { status }) => ({ ...order, ...be('Done'), notify: status }),
        Failed: (order, { status }) => ({ ...order, ...be('Done'), notify: status }),
      },
      Refunding: {
        Succeeded: (order, { status }) => ({ ...order, ...be('Refunded'), refund: status }),
        // For people: money was taken, and neither goods nor money came back.
        Failed: (order, { status }) => ({ ...order, ...be('Stuck'), refund: status }),
      },
    },
  }),
);
