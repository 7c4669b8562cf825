/**
 * Our world for the works that are compared: a keyed counter in AssemblyScript, and plans of one
 * and of three effects, each answered by an adapter in the host's process that does nothing but
 * wait where it is asked to. Its receipts are signed, verified and flushed like those of any other.
 */
import { join } from 'node:path';
import { type AirDocument, loadAir } from '@aos/air';
import { decode } from '@aos/canon';
import {
  type EffectOptions,
  ensureKey,
  foundWorld,
  type Signer,
  systemClock,
  systemEntropy,
} from '@aos/host';
import { type Adapter, okOutcome, type StoredObject } from '@aos/protocol';
import { buildReducer, moduleTypes } from '@aos/reducer-sdk';
import { WasmEngine } from '@aos/wasm';

export const REDUCER = 'b/Counter@1';
export const ADD = 'b/Add@1';
const ACT = 'act';

const SOURCE = `
import { State, Step } from 'air';

export function reduce(step: Step): void {
  const state = step.state || new State();
  state.n += 1;
  step.setState(state);
}
`;

const refs = (...names: string[]) => names.map((name) => ({ name }));
const schema = (name: string, type: object) => ({ $kind: 'defschema', name, type });
const input = (field: string) => ({ ref: `@plan.input.${field}` });

/** Schema of the event that starts the plan of so many effects. */
export const workSchema = (steps: number) => `b/Work${steps}@1`;

/** Effects one after the other; the result is the sum of their answers. */
function workPlan(steps: number) {
  const numbers = Array.from({ length: steps }, (_, i) => i + 1);
  const parts = numbers.flatMap((step) => [
    {
      ...{ id: `ask-${step}`, op: 'emit_effect', kind: ACT, cap: 'acting' },
      params: { record: { step: { nat: step }, ms: input('ms') } },
      bind: { effect_id_as: `asked${step}` },
    },
    {
      ...{ id: `hear-${step}`, op: 'await_receipt', for: { ref: `@var:asked${step}` } },
      bind: { as: `answer${step}` },
    },
  ]);
  const answers = numbers.map((step) => ({ ref: `@var:answer${step}.value` }));
  const sum = answers.reduce<object>((left, right) => ({ op: 'add', args: [left, right] }), {
    nat: 0,
  });
  const all = [...parts, { id: 'end', op: 'end', result: sum }];
  return {
    $kind: 'defplan',
    name: `b/work-${steps}@1`,
    input: workSchema(steps),
    output: 'b/Sum@1',
    steps: all,
    edges: all.slice(1).map(({ id }, i) => ({ from: all[i]?.id, to: id })),
  };
}

const SCHEMAS = ['b/Id@1', 'b/State@1', ADD, 'b/Family@1', 'b/Act@1', 'b/Answer@1', 'b/Sum@1'];

const definitions = [
  schema('b/Id@1', { text: {} }),
  schema('b/State@1', { record: { n: { nat: {} } } }),
  schema(ADD, { record: { id: { ref: 'b/Id@1' } } }),
  schema('b/Family@1', { ref: ADD }),
  schema('b/Act@1', { record: { step: { nat: {} }, ms: { nat: {} } } }),
  schema('b/Answer@1', { record: { value: { nat: {} } } }),
  schema('b/Sum@1', { nat: {} }),
  ...[1, 3].map((steps) => schema(workSchema(steps), { record: { ms: { nat: {} } } })),
  {
    $kind: 'defmodule',
    ...{ name: REDUCER, module_kind: 'reducer', key_schema: 'b/Id@1' },
    abi: { reducer: { state: 'b/State@1', event: 'b/Family@1' } },
  },
  {
    $kind: 'defeffect',
    ...{ name: 'b/act@1', kind: ACT, cap_type: 'acting', origin_scope: 'plan' },
    ...{ params_schema: 'b/Act@1', receipt_schema: 'b/Answer@1' },
  },
  {
    $kind: 'defcap',
    ...{ name: 'b/acting@1', cap_type: 'acting', schema: { record: {} } },
    enforcer: { module: 'sys/CapAllowAll@1' },
  },
  { $kind: 'defpolicy', name: 'b/policy@1', rules: [{ when: {}, decision: 'allow' }] },
  workPlan(1),
  workPlan(3),
  {
    $kind: 'manifest',
    air_version: '1',
    schemas: refs(...SCHEMAS, workSchema(1), workSchema(3)),
    modules: refs(REDUCER),
    plans: refs('b/work-1@1', 'b/work-3@1'),
    effects: refs('b/act@1'),
    caps: refs('b/acting@1'),
    policies: refs('b/policy@1'),
    defaults: {
      policy: 'b/policy@1',
      cap_grants: [{ name: 'acting', cap: 'b/acting@1', params: {} }],
    },
    routing: { events: [{ event: ADD, reducer: REDUCER, key_field: 'id' }] },
    triggers: [1, 3].map((steps) => ({ event: workSchema(steps), plan: `b/work-${steps}@1` })),
  },
];

const document: AirDocument = { path: 'air/side.air.json', text: JSON.stringify(definitions) };

export interface FoundedSide {
  readonly genesis: Uint8Array;
  readonly objects: readonly StoredObject[];
}

let counter: Promise<Uint8Array> | undefined;

/** Compiled once a process. */
async function buildCounter(): Promise<Uint8Array> {
  const unbound = loadAir([document]);
  const types = unbound.ok ? moduleTypes(unbound.world, REDUCER) : unbound;
  if (!('value' in types)) throw new Error(`no types: ${JSON.stringify(types)}`);
  const built = await buildReducer({ name: 'counter', source: SOURCE, types: types.value });
  if (!built.ok) throw new Error(built.refusal.detail);
  return built.value.wasm;
}

/** A world whose host key is in that folder. */
export async function foundSide(keys: string): Promise<FoundedSide> {
  counter ??= buildCounter();
  const { keyId, publicKey } = hostKey(keys);
  const keyring = [{ keyId, publicKey, name: 'host', roles: ['host'] }] as const;
  const engine = new WasmEngine();
  const ports = { engine, clock: systemClock, fillEntropy: systemEntropy };
  const modules = new Map([[REDUCER, await counter]]);
  const result = foundWorld({ documents: [document], modules, keyring }, ports);
  if (!result.ok) throw new Error(`the works are no world: ${JSON.stringify(result)}`);
  return result.founded;
}

function hostKey(keys: string): Signer {
  return ensureKey(join(keys, 'home'), 'host');
}

/** Does the local work of a step, as the applications of the peers do it. */
class ActAdapter implements Adapter {
  readonly id = 'bench.act';
  readonly kinds = [ACT];

  async start({ params }: { readonly params: Uint8Array }) {
    const decoded = decode(params);
    if (!decoded.ok || !(decoded.value instanceof Map)) throw new Error('expected a record');
    const ms = Number(decoded.value.get('ms'));
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    return okOutcome({ value: Number(decoded.value.get('step')) });
  }

  async close(): Promise<void> {}
}

/** How the host of the world runs its effects: as many at once as are asked for. */
export function actEffects(keys: string): EffectOptions {
  const adapters = [new ActAdapter()];
  return { adapters, signer: hostKey(keys), concurrency: { [ACT]: ACTS_AT_ONCE } };
}

/** The peers do not bound them either, or not below this. */
const ACTS_AT_ONCE = 1000;
