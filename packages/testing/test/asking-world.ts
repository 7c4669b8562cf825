/** A world without code whose orders ask the outside twice, the second time for what came back. */
import { decodePlain, encode, type Value } from '@aos/canon';
import type { RawEvent } from '@aos/kernel';
import { type EffectCall, type EffectOutcome, okOutcome } from '@aos/protocol';
import { ask, field, foundPlans, input, onePlan } from './plan-world.js';

const asking = (name: string, n: object) => ask(name, { kind: 'ask', cap: 'ask', params: { n } });
const steps = [
  ...asking('answer', input('n')),
  ...asking('reply', field('answer', 'n')),
  { id: 'done', op: 'end' },
];

const definitions = onePlan({
  ...{ event: 'd/Order@1', fields: { n: { nat: {} } }, plan: 'd/order@1', steps },
  beside: [
    {
      ...{ $kind: 'defeffect', name: 'd/ask@1', kind: 'ask', cap_type: 'asking' },
      ...{ params_schema: 'd/Order@1', receipt_schema: 'd/Order@1', origin_scope: 'plan' },
    },
    {
      ...{ $kind: 'defcap', name: 'd/asking@1', cap_type: 'asking', schema: { record: {} } },
      enforcer: { module: 'sys/CapAllowAll@1' },
    },
  ],
  effects: ['d/ask@1'],
  grants: [{ name: 'ask', cap: 'd/asking@1', params: {} }],
});

/** Its keyring has an operator and no host. */
export const foundAsking = () => foundPlans(definitions);

export const order = (n: number): RawEvent => ({ schema: 'd/Order@1', cbor: encode({ n }) });

/** One more than what was asked with. */
export function answerAsked({ params }: EffectCall): EffectOutcome {
  const value = decodePlain(params);
  const fields = value.ok ? (value.value as ReadonlyMap<string, Value>) : new Map();
  return okOutcome({ n: Number(fields.get('n')) + 1 });
}
