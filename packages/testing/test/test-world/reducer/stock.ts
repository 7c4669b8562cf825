import { defineReducer, nat, record, schema, text, variant } from '@aos/reducer-sdk/script';

const Arrived = schema('shop/Arrived@1', record({ item: text, count: nat }));
const Taken = schema('shop/Taken@1', record({ item: text, count: nat }));
const State = schema('shop/StockState@1', record({ count: nat }));
const Event = schema('shop/StockEvent@1', variant({ Arrived, Taken }));

const initial = () => ({ count: 0n });

export default defineReducer({ state: State, event: Event, initial }, ({ count }, event) => {
  const { $tag, $value } = event;
  if ($tag === 'Arrived') return { count: count + $value.count };
  if ($value.count > count) throw new Error('there is not enough of it');
  return { count: count - $value.count };
});
