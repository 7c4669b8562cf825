/** The world that is measured: each of its orders asks the outside for one effect. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureKey, foundWorld, type Signer, systemClock, systemEntropy } from '@aos/host';
import type { StoredObject } from '@aos/protocol';
import { WasmEngine } from '@aos/wasm';

const refs = (...names: string[]) => names.map((name) => ({ name }));
const input = (name: string) => ({ ref: `@plan.input.${name}` });
const schema = (name: string, fields: object) => ({
  $kind: 'defschema',
  name,
  type: { record: fields },
});

interface Asking {
  readonly kind: string;
  readonly cap: string;
  readonly params: object;
}

/** A plan that asks for one effect, hears what came of it, and ends. */
function asks(name: string, { kind, cap, params }: Asking) {
  const steps = [
    {
      ...{ id: 'ask', op: 'emit_effect', kind, cap },
      params: { record: params },
      bind: { effect_id_as: 'asked' },
    },
    { id: 'hear', op: 'await_receipt', for: { ref: '@var:asked' }, bind: { as: 'answer' } },
    { id: 'done', op: 'end' },
  ];
  return {
    $kind: 'defplan',
    name: `b/ask-${name}@1`,
    input: `b/${name}@1`,
    steps,
    edges: [
      { from: 'ask', to: 'hear' },
      { from: 'hear', to: 'done' },
    ],
  };
}

const ORDERS = ['Fetch', 'Wait', 'Keep', 'Run'];

/** Standard input in capitals on standard output, and more; a test of the adapter brings it. */
const programFile = new URL(
  '../../../packages/adapters-wasi/test/programs/echo.wasm',
  import.meta.url,
);

const definitions = [
  schema('b/Fetch@1', { url: { text: {} } }),
  schema('b/Wait@1', { at: { nat: {} } }),
  schema('b/Keep@1', { bytes: { bytes: {} } }),
  schema('b/Run@1', { text: { text: {} } }),
  {
    $kind: 'defeffect',
    ...{ name: 'b/run@1', kind: 'run', cap_type: 'programs', origin_scope: 'plan' },
    ...{ params_schema: 'sys/WasiParams@1', receipt_schema: 'sys/WasiReceipt@1' },
    implementation: { wasi: {} },
  },
  {
    $kind: 'defcap',
    ...{ name: 'b/programs@1', cap_type: 'programs', schema: { record: {} } },
    enforcer: { module: 'sys/CapAllowAll@1' },
  },
  { $kind: 'defpolicy', name: 'b/policy@1', rules: [{ when: {}, decision: 'allow' }] },
  asks('Fetch', {
    kind: 'http.request',
    cap: 'web',
    params: {
      method: { text: 'GET' },
      url: input('url'),
      headers: { map: [] },
      body_ref: { null: {} },
    },
  }),
  asks('Wait', {
    kind: 'timer.set',
    cap: 'timer',
    params: { deliver_at_ns: input('at'), key: { text: 'bench' } },
  }),
  asks('Keep', {
    kind: 'blob.write',
    cap: 'blob',
    params: { namespace: { text: 'bench' }, bytes: input('bytes') },
  }),
  asks('Run', {
    kind: 'run',
    cap: 'programs',
    params: {
      args: { list: [{ text: 'upper' }] },
      stdin: { variant: { tag: 'text', value: input('text') } },
      files: { map: [] },
    },
  }),
  {
    $kind: 'manifest',
    air_version: '1',
    features: ['effect-implementation'],
    schemas: refs(...ORDERS.map((name) => `b/${name}@1`)),
    modules: [],
    plans: refs(...ORDERS.map((name) => `b/ask-${name}@1`)),
    effects: refs('sys/http.request@1', 'sys/timer.set@2', 'sys/blob.write@1', 'b/run@1'),
    caps: refs('sys/http.out@2', 'sys/timer@1', 'sys/blob@2', 'b/programs@1'),
    policies: refs('b/policy@1'),
    defaults: {
      policy: 'b/policy@1',
      cap_grants: [
        {
          name: 'web',
          cap: 'sys/http.out@2',
          params: { hosts: ['127.0.0.1'], allow_private: ['127.0.0.0/8'] },
        },
        { name: 'timer', cap: 'sys/timer@1', params: {} },
        { name: 'blob', cap: 'sys/blob@2', params: { namespaces: ['bench'] } },
        { name: 'programs', cap: 'b/programs@1', params: {} },
      ],
    },
    triggers: ORDERS.map((name) => ({ event: `b/${name}@1`, plan: `b/ask-${name}@1` })),
  },
];

export interface EffectWorld {
  readonly genesis: Uint8Array;
  readonly objects: readonly StoredObject[];
  readonly engine: WasmEngine;
  /** Of the keyring; signs receipts. */
  readonly signer: Signer;
}

/** Its keys are made in a folder of that one. */
export function foundEffects(dir: string): EffectWorld {
  const signer = ensureKey(join(dir, 'home'), 'host');
  const engine = new WasmEngine();
  const documents = [{ path: 'air/world.air.json', text: JSON.stringify(definitions) }];
  const { keyId, publicKey } = signer;
  const keyring = [{ keyId, publicKey, name: 'host', roles: ['host'] }] as const;
  const ports = { engine, clock: systemClock, fillEntropy: systemEntropy };
  const modules = new Map([['b/run@1', new Uint8Array(readFileSync(programFile))]]);
  const result = foundWorld({ documents, modules, keyring }, ports);
  if (!result.ok) throw new Error(`the orders are no world: ${JSON.stringify(result)}`);
  const { genesis, objects } = result.founded;
  return { genesis, objects, engine, signer };
}
