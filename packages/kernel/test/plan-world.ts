/**
 * Plans of a test, and short words for their steps.
 *
 * `t/Start@1` starts `t/main@1` and is `{id: text, n: nat, list: list<nat>}`; `t/Ping@1` is
 * `{id: text, n: nat}`. The effect `ask` takes and gives `{n: nat}` under the grant `asking`.
 */
import { type AirDocument, loadAir, type WorldDefinition } from '@aos/air';
import { encode } from '@aos/canon';

export type Json = null | boolean | number | string | readonly Json[] | { [key: string]: Json };
export type Step = { readonly id: string; readonly op: string; readonly [field: string]: Json };
export type Edge = readonly [from: string, to: string, when?: Json];

/** A plan in few words. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly edges?: readonly Edge[];
  readonly output?: string;
  readonly input?: string;
  readonly invariants?: readonly Json[];
}

export interface PlansBrief {
  /** By the last part of the name: `main` is `t/main@1`. */
  readonly plans: { readonly [name: string]: Plan };
  readonly triggers?: readonly Json[];
  readonly rules?: readonly Json[];
  readonly documents?: readonly Json[];
  readonly manifest?: { readonly [field: string]: Json };
}

export const ref = (path: string): Json => ({ ref: path });
export const nat = (n: number): Json => ({ nat: n });
export const op = (name: string, ...args: readonly Json[]): Json => ({ op: name, args });
export const choose = (cond: Json, yes: Json, no: Json): Json => ({
  if: Object.fromEntries([
    ['cond', cond],
    ['then', yes],
    ['else', no],
  ]),
});
/** Refused when it is evaluated. */
export const broken: Json = op(
  'div',
  nat(1),
  op('sub', ref('@plan.input.n'), ref('@plan.input.n')),
);
export const never: Json = op('ne', ref('@plan.input.n'), ref('@plan.input.n'));
export const always: Json = op('eq', ref('@plan.input.n'), ref('@plan.input.n'));

export const assign = (id: string, expr: Json = nat(1), as = id): Step => ({
  id,
  op: 'assign',
  expr,
  bind: { as },
});
export const emit = (id: string, n: Json = nat(1), more: { [field: string]: Json } = {}): Step => ({
  id,
  op: 'emit_effect',
  kind: 'ask',
  params: { record: { n } },
  cap: 'asking',
  bind: { effect_id_as: `h-${id}` },
  ...more,
});
export const receipt = (id: string, of: string): Step => ({
  id,
  op: 'await_receipt',
  for: ref(`@var:h-${of}`),
  bind: { as: id },
});
export const awaitEvent = (id: string, where?: Json, event = 't/Ping@1'): Step => ({
  id,
  op: 'await_event',
  event,
  bind: { as: id },
  ...(where === undefined ? {} : { where }),
});
export const raise = (id: string, event: string, value: Json): Step => ({
  id,
  op: 'raise_event',
  event,
  value,
});
export const end = (result?: Json, id = 'end'): Step => ({
  id,
  op: 'end',
  ...(result === undefined ? {} : { result }),
});
export const spawn = (id: string, plan: string, input: Json): Step => ({
  id,
  op: 'spawn_plan',
  plan: `t/${plan}@1`,
  input,
  bind: { handle_as: `h-${id}` },
});
export const spawnEach = (id: string, plan: string, inputs: Json, most: number): Step => ({
  id,
  op: 'spawn_for_each',
  plan: `t/${plan}@1`,
  inputs,
  max_fanout: most,
  bind: { handles_as: `h-${id}` },
});
export const awaitOf = (
  opName: 'await_plan' | 'await_all' | 'await_any',
  id: string,
  ...of: readonly string[]
): Step => ({
  id,
  op: opName,
  for:
    of.length === 1 && opName !== 'await_any'
      ? ref(`@var:h-${of[0]}`)
      : { list: of.map((each) => ref(`@var:h-${each}`)) },
  bind: { as: id },
});
export const cancel = (id: string, of: string): Step => ({
  id,
  op: 'cancel',
  for: ref(`@var:h-${of}`),
});

const schema = (name: string, type: Json): Json => ({ $kind: 'defschema', name, type });
const refs = (names: readonly string[]): Json => names.map((name) => ({ name }));
const record = (fields: Json): Json => ({ record: fields });

const DEFINITIONS: readonly Json[] = [
  schema('t/Start@1', record({ id: { text: {} }, n: { nat: {} }, list: { list: { nat: {} } } })),
  schema('t/Ping@1', record({ id: { text: {} }, n: { nat: {} } })),
  schema('t/Num@1', { nat: {} }),
  schema('t/Ask@1', record({ n: { nat: {} } })),
  {
    $kind: 'defeffect',
    name: 't/ask@1',
    kind: 'ask',
    params_schema: 't/Ask@1',
    receipt_schema: 't/Ask@1',
    cap_type: 'asking',
    origin_scope: 'both',
  },
  {
    $kind: 'defcap',
    name: 't/asking@1',
    cap_type: 'asking',
    schema: record({}),
    enforcer: { module: 'sys/CapAllowAll@1' },
  },
];

const FEATURES = [
  'effect-deadline',
  'effect-retry',
  'expressions-1.1',
  'plan-cancel',
  'plan-spawn',
  'policy-approval',
];

export function plansOf(brief: PlansBrief): WorldDefinition {
  const names = Object.keys(brief.plans);
  const triggers = brief.triggers ?? [{ event: 't/Start@1', plan: 't/main@1' }];
  const manifest: Json = {
    $kind: 'manifest',
    air_version: '1',
    features: FEATURES,
    schemas: refs(['t/Start@1', 't/Ping@1', 't/Num@1', 't/Ask@1']),
    modules: [],
    plans: refs(names.map((name) => `t/${name}@1`)),
    effects: refs(['t/ask@1']),
    caps: refs(['t/asking@1']),
    policies: refs(['t/policy@1']),
    defaults: {
      policy: 't/policy@1',
      cap_grants: [{ name: 'asking', cap: 't/asking@1', params: {} }],
    },
    triggers,
    ...brief.manifest,
  };
  const documents: readonly Json[] = [
    ...DEFINITIONS,
    ...names.map((name) => planOf(name, brief.plans[name] as Plan)),
    policyOf(brief.rules ?? [{ when: {}, decision: 'allow' }]),
    ...(brief.documents ?? []),
    manifest,
  ];
  return load([{ path: 'world.air.json', text: JSON.stringify(documents) }]);
}

const policyOf = (rules: readonly Json[]): Json => ({
  $kind: 'defpolicy',
  name: 't/policy@1',
  rules,
});

function planOf(name: string, plan: Plan): Json {
  const { steps, edges = [], output, input = 't/Start@1', invariants = [] } = plan;
  return {
    $kind: 'defplan',
    name: `t/${name}@1`,
    input,
    ...(output === undefined ? {} : { output }),
    steps: steps as readonly Json[],
    edges: edges.map(([from, to, when]) => ({ from, to, ...(when === undefined ? {} : { when }) })),
    invariants,
  };
}

function load(documents: readonly AirDocument[]): WorldDefinition {
  const loaded = loadAir(documents);
  if (loaded.ok) return loaded.world;
  const errors = loaded.findings.filter(({ severity }) => severity === 'error');
  throw new Error(errors.map(({ code, path, message }) => `${code} ${path} ${message}`).join('\n'));
}

export interface Start {
  readonly id?: string;
  readonly n?: number;
  readonly list?: readonly number[];
}

export const startBytes = ({ id = 'k', n = 1, list = [] }: Start = {}): Uint8Array =>
  encode({ id, n, list });
export const pingBytes = (id = 'k', n = 1): Uint8Array => encode({ id, n });
export const numBytes = (n: number): Uint8Array => encode({ n });
