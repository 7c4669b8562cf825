/** Worlds without code: an event starts a plan, and the plan asks the outside. */
import {
  type Clock,
  ensureKey,
  type FoundedWorld,
  foundWorld,
  systemClock,
  systemEntropy,
} from '@aos/host';
import type { KeyringEntry } from '@aos/protocol';
import { WasmEngine } from '@aos/wasm';
import { operator } from './counter-world.js';

const refs = (names: readonly string[]) => names.map((name) => ({ name }));

export const input = (name: string) => ({ ref: `@plan.input.${name}` });

/** A field of what was bound to a name. */
export const field = (bound: string, name: string) => ({
  op: 'get',
  args: [{ ref: `@var:${bound}` }, { text: name }],
});

interface Asking {
  readonly kind: string;
  /** The name of a grant. */
  readonly cap: string;
  readonly params: object;
}

/** An effect, and the wait for its receipt, which is bound to the name. */
export const ask = (name: string, { kind, cap, params }: Asking) => [
  {
    ...{ id: name, op: 'emit_effect', kind, cap },
    params: { record: params },
    bind: { effect_id_as: `${name}_id` },
  },
  { id: `${name}_end`, op: 'await_receipt', for: { ref: `@var:${name}_id` }, bind: { as: name } },
];

type Fields = Readonly<Record<string, unknown>>;

export interface OnePlan {
  /** The schema of the event that starts it, as `d/Order@1`, and the fields of its record. */
  readonly event: string;
  readonly fields: object;
  readonly plan: string;
  readonly steps: readonly ({ readonly id: string } & Fields)[];
  readonly output?: string;
  readonly effects: readonly string[];
  readonly grants: readonly {
    readonly name: string;
    readonly cap: string;
    readonly params: object;
  }[];
  /** Definitions beside, all of which are named by the others. */
  readonly beside?: readonly object[];
  readonly schemas?: readonly string[];
}

/** All is allowed that is granted; the steps are taken one after another. */
export function onePlan({ event, plan, steps, effects, grants, ...more }: OnePlan): object[] {
  const { fields, output, beside = [], schemas = [] } = more;
  const edges = steps.slice(1).map(({ id }, i) => ({ from: steps[i]?.id, to: id }));
  const caps = [...new Set(grants.map(({ cap }) => cap))];
  return [
    { $kind: 'defschema', name: event, type: { record: fields } },
    ...beside,
    { $kind: 'defpolicy', name: 'd/policy@1', rules: [{ when: {}, decision: 'allow' }] },
    {
      ...{ $kind: 'defplan', name: plan, input: event, steps, edges },
      ...(output === undefined ? {} : { output }),
    },
    {
      ...{ $kind: 'manifest', air_version: '1', features: ['expressions-1.1'], modules: [] },
      ...{ schemas: refs([event, ...schemas]), plans: refs([plan]) },
      ...{ effects: refs(effects), caps: refs(caps), policies: refs(['d/policy@1']) },
      defaults: { policy: 'd/policy@1', cap_grants: grants },
      triggers: [{ event, plan }],
    },
  ];
}

/** The operator and the host of a folder of keys. */
export function keyringOf(home: string): readonly KeyringEntry[] {
  return (['operator', 'host'] as const).map((name) => {
    const { keyId, publicKey } = ensureKey(home, name);
    return { keyId, publicKey, name, roles: [name] };
  });
}

/** Its keyring has the operator alone unless another one is given. */
export function foundPlans(
  definitions: readonly object[],
  keyring?: readonly KeyringEntry[],
  clock: Clock = systemClock,
): FoundedWorld {
  const { keyId, publicKey } = operator;
  const own = [{ keyId, publicKey, name: 'operator', roles: ['operator'] }] as const;
  const documents = [{ path: 'air/world.air.json', text: JSON.stringify(definitions) }];
  const ports = { engine: new WasmEngine(), clock, fillEntropy: systemEntropy };
  const result = foundWorld({ documents, modules: new Map(), keyring: keyring ?? own }, ports);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.founded;
}
