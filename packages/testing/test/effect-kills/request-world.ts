/** A world without code whose orders make two requests, one behind the answer to the other. */
import { ensureKey, type FoundedWorld, foundWorld, systemClock, systemEntropy } from '@aos/host';
import { WasmEngine } from '@aos/wasm';

const refs = (...names: string[]) => names.map((name) => ({ name }));

const ask = (id: string) => [
  {
    id,
    op: 'emit_effect',
    kind: 'http.request',
    params: {
      record: {
        method: { text: 'POST' },
        url: { ref: `@plan.input.${id}` },
        headers: { map: [] },
        body_ref: { null: {} },
      },
    },
    cap: 'web',
    bind: { effect_id_as: `${id}_id` },
  },
  { id: `${id}_end`, op: 'await_receipt', for: { ref: `@var:${id}_id` }, bind: { as: id } },
];

const steps = [...ask('one'), ...ask('two'), { id: 'done', op: 'end' }];

const definitions = [
  {
    $kind: 'defschema',
    name: 'd/Order@1',
    type: { record: { one: { text: {} }, two: { text: {} } } },
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
    schemas: refs('d/Order@1'),
    modules: [],
    plans: refs('d/order@1'),
    effects: refs('sys/http.request@1'),
    caps: refs('sys/http.out@2'),
    policies: refs('d/policy@1'),
    defaults: {
      policy: 'd/policy@1',
      cap_grants: [
        {
          name: 'web',
          cap: 'sys/http.out@2',
          params: { hosts: ['127.0.0.1'], methods: ['POST'], allow_private: ['127.0.0.0/8'] },
        },
      ],
    },
    triggers: [{ event: 'd/Order@1', plan: 'd/order@1' }],
  },
];

/** Its keyring has the operator and the host of `home`. */
export function foundRequests(home: string): FoundedWorld {
  const documents = [{ path: 'air/world.air.json', text: JSON.stringify(definitions) }];
  const keyring = (['operator', 'host'] as const).map((name) => {
    const { keyId, publicKey } = ensureKey(home, name);
    return { keyId, publicKey, name, roles: [name] };
  });
  const ports = { engine: new WasmEngine(), clock: systemClock, fillEntropy: systemEntropy };
  const result = foundWorld({ documents, modules: new Map(), keyring }, ports);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.founded;
}
