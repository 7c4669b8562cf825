/** A world without code whose orders make two requests, one behind the answer to the other. */
import { ask, foundPlans, input, keyringOf, onePlan } from '../plan-world.js';

const post = (leg: string) => {
  const url = { method: { text: 'POST' }, url: input(leg) };
  const params = { ...url, headers: { map: [] }, body_ref: { null: {} } };
  return ask(leg, { kind: 'http.request', cap: 'web', params });
};

const allowed = { hosts: ['127.0.0.1'], methods: ['POST'], allow_private: ['127.0.0.0/8'] };

const definitions = onePlan({
  ...{ event: 'd/Order@1', fields: { one: { text: {} }, two: { text: {} } } },
  ...{ plan: 'd/order@1', steps: [...post('one'), ...post('two'), { id: 'done', op: 'end' }] },
  effects: ['sys/http.request@1'],
  grants: [{ name: 'web', cap: 'sys/http.out@2', params: allowed }],
});

/** Its keyring has the operator and the host of `home`. */
export const foundRequests = (home: string) => foundPlans(definitions, keyringOf(home));
