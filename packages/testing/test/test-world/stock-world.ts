import { defineReducer, defineWorld, route, schema, t } from '@aos/air/author';

const item = schema('shop/Item@1', t.text);
const move = t.record({ item: t.text, count: t.nat });
export const arrived = schema('shop/Arrived@1', move);
export const taken = schema('shop/Taken@1', move);

export const stock = defineReducer('shop/Stock@1', {
  state: schema('shop/StockState@1', t.record({ count: t.nat })),
  event: schema('shop/StockEvent@1', t.variant({ Arrived: arrived, Taken: taken })),
  key: item,
});

export default defineWorld({
  modules: [stock],
  routes: [
    route(stock, { event: arrived, keyField: 'item' }),
    route(stock, { event: taken, keyField: 'item' }),
  ],
});
