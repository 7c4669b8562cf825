import {
  allow,
  defineCap,
  defineEffect,
  definePlan,
  definePolicy,
  defineWorld,
  grant,
  outcome,
  requireApproval,
  schema,
  sys,
  t,
  trigger,
} from '@aos/air/author';

export const order = schema('shop/Order@1', t.record({ id: t.text, cents: t.nat }));
export const refund = schema('shop/Refund@1', t.record({ payment: t.text }));
const paid = schema('shop/Paid@1', t.record({ payment: t.text, note: t.option(t.text) }));
const outcomes = schema('shop/Outcome@1', t.record({ status: t.text }));

export const charge = defineEffect('shop/charge@1', {
  kind: 'pay.charge',
  params: order,
  receipt: paid,
  capType: 'pay',
  origin: 'both',
});
export const payBack = defineEffect('shop/pay-back@1', {
  kind: 'pay.back',
  params: refund,
  receipt: paid,
  capType: 'pay',
  origin: 'both',
});
const payCap = defineCap('shop/pay@1', {
  type: 'pay',
  params: t.record({}),
  enforcer: sys.enforcers.allowAll,
});
const pay = grant('pay', payCap, {});

/** Charges the order. An attempt has ten seconds; a failed one is made again, twice at most. */
export const sell = definePlan(
  'shop/sell@1',
  { input: order, output: outcomes },
  (plan, { id, cents }) => {
    const charged = plan.call(
      'charge',
      charge,
      { id, cents },
      {
        grant: pay,
        deadlineNs: 10_000_000_000n,
        retry: { max: 3, initialNs: 1_000_000_000n },
      },
    );
    return { status: outcome(charged).status };
  },
);

/** Pays back, once somebody has agreed. */
export const giveBack = definePlan(
  'shop/give-back@1',
  { input: refund, output: paid },
  (plan, { payment }) => plan.call('back', payBack, { payment }, { grant: pay }),
);

export default defineWorld({
  triggers: [trigger(sell), trigger(giveBack)],
  policies: [],
  policy: definePolicy('shop/policy@1', [
    requireApproval({ effect: payBack }, { role: 'approver', count: 1 }),
    allow({ effect: charge, origin: sell }),
  ]),
});
