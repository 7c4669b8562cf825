/** A world without code whose orders ask the outside twice, the second time for what came back. */
import { decodePlain, encode, type Value } from '@aos/canon';
import { type FoundedWorld, foundWorld, systemClock, systemEntropy } from '@aos/host';
import type { RawEvent } from '@aos/kernel';
import { type EffectCall, type EffectOutcome, okOutcome } from '@aos/protocol';
import { WasmEngine } from '@aos/wasm';
import { operator } from './counter-world.js';

const refs = (...names: string[]) => names.map((name) => ({ name }));

const ask = (id: string, n: object) => ({
  id,
  op: 'emit_effect',
  kind: 'ask',
  params: { record: { n } },
  cap: 'ask',
  bind: { effect_id_as: id },
});
const hear = (id: string, asked: string) => ({
  id,
  op: 'await_receipt',
  for: { ref: `@var:${asked}` },
  bind: { as: id },
});

const steps = [
  ask('first', { ref: '@plan.input.n' }),
  hear('answer', 'first'),
  ask('second', { op: 'get', args: [{ ref: '@var:answer' }, { text: 'n' }] }),
  hear('reply', 'second'),
  { id: 'done', op: 'end' },
];

const definitions = [
  { $kind: 'defschema', name: 'd/Order@1', type: { record: { n: { nat: {} } } } },
  {
    $kind: 'defeffect',
    name: 'd/ask@1',
    kind: 'ask',
    params_schema: 'd/Order@1',
    receipt_schema: 'd/Order@1',
    cap_type: 'asking',
    origin_scope: 'plan',
  },
  {
    $kind: 'defcap',
    name: 'd/asking@1',
    cap_type: 'asking',
    schema: { record: {} },
    enforcer: { module: 'sys/CapAllowAll@1' },
  },
  { $kind: 'defpolicy', name: 'd/policy@1', rules: [{ when: {}, decision: 'allow' }] },
  {
    $kind: 'defplan',
    name: 'd/order@1',
    input: 'd/Order@1',
    steps,
    edges: steps.slice(1).map(({ id }, i) => ({ from: steps[i]?.id, to: id })),
  },
  {
    $kind: 'manifest',
    air_version: '1',
    features: ['expressions-1.1'],
    schemas: refs('d/Order@1'),
    modules: [],
    plans: refs('d/order@1'),
    effects: refs('d/ask@1'),
    caps: refs('d/asking@1'),
    policies: refs('d/policy@1'),
    defaults: {
      policy: 'd/policy@1',
      cap_grants: [{ name: 'ask', cap: 'd/asking@1', params: {} }],
    },
    triggers: [{ event: 'd/Order@1', plan: 'd/order@1' }],
  },
];

/** Its keyring has an operator and no host. */
export function foundAsking(): FoundedWorld {
  const documents = [{ path: 'air/world.air.json', text: JSON.stringify(definitions) }];
  const { keyId, publicKey } = operator;
  const keyring = [{ keyId, publicKey, name: 'operator', roles: ['operator'] }] as const;
  const ports = { engine: new WasmEngine(), clock: systemClock, fillEntropy: systemEntropy };
  const result = foundWorld({ documents, modules: new Map(), keyring }, ports);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.founded;
}

export const order = (n: number): RawEvent => ({ schema: 'd/Order@1', cbor: encode({ n }) });

/** One more than what was asked with. */
export function answerAsked({ params }: EffectCall): EffectOutcome {
  const value = decodePlain(params);
  const fields = value.ok ? (value.value as ReadonlyMap<string, Value>) : new Map();
  return okOutcome({ n: Number(fields.get('n')) + 1 });
}
