/** One cell for each order: it is placed, checked, and written about. */
import { defineReducer } from '@aos/reducer-sdk/script';
import { CheckRequested, declared, LetterRequested, type OrderState2 } from './air.js';

const initial = (): OrderState2 => ({
  phase: { $tag: 'Checking' },
  service: '',
  status: null,
  by: '',
  letter: null,
});

export default defineReducer({ ...declared, initial }, (state, event, { raise }): OrderState2 => {
  switch (event.$tag) {
    case 'Placed': {
      const { order_id, service } = event.$value;
      raise(CheckRequested, { order_id, url: `${service}/stock/${order_id}` });
      return { ...state, service };
    }
    case 'Checked': {
      const { order_id, status, by } = event.$value;
      raise(LetterRequested, { order_id, url: `${state.service}/letters/${order_id}` });
      return { ...state, phase: { $tag: 'Done' }, status, by };
    }
    case 'Sent':
      return { ...state, letter: event.$value.status };
  }
});
