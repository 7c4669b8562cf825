/** One cell for each order: it is placed, and checked. */
import { defineReducer } from '@aos/reducer-sdk/script';
import { CheckRequested, declared, type OrderState } from './air.js';

const initial = (): OrderState => ({
  phase: { $tag: 'Checking' },
  service: '',
  status: null,
  by: '',
});

export default defineReducer({ ...declared, initial }, (state, event, { raise }): OrderState => {
  if (event.$tag === 'Placed') {
    const { order_id, service } = event.$value;
    raise(CheckRequested, { order_id, url: `${service}/stock/${order_id}` });
    return { ...state, service };
  }
  const { status, by } = event.$value;
  return { ...state, phase: { $tag: 'Done' }, status, by };
});
