/**
 * A world that changes: keyed counters whose states get a second field, with a migration, plans
 * that have children, and a policy that says who may change it.
 */
import {
  type AirDocument,
  compilePatch,
  diffWorlds,
  loadAir,
  type WorldDefinition,
} from '@aos/air';
import { decodePlain, encode, encodeUntagged, type Hash, sha256, toHex, utf8 } from '@aos/canon';
import type { CallOutcome, Engine } from '@aos/protocol';
import { must } from './must.js';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Node = { readonly [key: string]: Json };

const nat: Json = { nat: {} };
const text: Json = { text: {} };
const ref = (name: string): Json => ({ ref: name });
const refs = (...names: readonly string[]): Json => names.map((name) => ({ name }));
const record = (fields: Node): Json => ({ record: fields });
const schema = (name: string, type: Json): Node => ({ $kind: 'defschema', name, type });

const SCHEMAS: readonly Node[] = [
  schema('e/Key@1', text),
  schema('e/Tick@1', record({ who: text })),
  schema('e/Event@1', ref('e/Tick@1')),
  schema('e/S@1', record({ n1: nat })),
  schema('e/S@2', record({ n1: nat, n2: nat })),
  schema('e/Start@1', record({ id: text, n: nat, list: { list: nat } })),
  schema('e/Ping@1', record({ id: text })),
  schema('e/Num@1', nat),
  schema('e/Ask@1', record({ n: nat })),
];

const counter = (version: number): Node => ({
  $kind: 'defmodule',
  name: 'e/Count@1',
  module_kind: 'reducer',
  wasm_hash: `sha256:${toHex(moduleHash(`count ${version}`))}`,
  key_schema: 'e/Key@1',
  abi: { reducer: { state: `e/S@${version}`, event: 'e/Event@1' } },
});

const MIGRATION: readonly Node[] = [
  {
    $kind: 'defmodule',
    name: 'e/Grow@1',
    module_kind: 'pure',
    wasm_hash: `sha256:${toHex(moduleHash('grow'))}`,
    abi: { pure: { input: 'e/S@1', output: 'e/S@2' } },
  },
  {
    $kind: 'defmigration',
    name: 'e/grow@1',
    reducer: 'e/Count@1',
    from: 'e/S@1',
    to: 'e/S@2',
    module: 'e/Grow@1',
  },
];

const AUTHORITY: readonly Node[] = [
  {
    $kind: 'defeffect',
    name: 'e/ask@1',
    kind: 'e.ask',
    params_schema: 'e/Ask@1',
    receipt_schema: 'e/Ask@1',
    cap_type: 'e.ask',
    origin_scope: 'both',
  },
  {
    $kind: 'defcap',
    name: 'e/cap@1',
    cap_type: 'e.ask',
    schema: record({}),
    enforcer: { module: 'sys/CapAllowAll@1' },
  },
  {
    $kind: 'defpolicy',
    name: 'e/rules@1',
    rules: [{ when: {}, decision: 'allow' }],
    governance: [
      { verb: 'propose', role: 'operator', count: 1 },
      { verb: 'approve', role: 'approver', count: 2, not_own: true },
      { verb: 'reject', role: 'approver', count: 1 },
    ],
  },
];

const input = (n: Json): Json =>
  record({ id: ref('@plan.input.id'), n, list: ref('@plan.input.list') });
const ask = (id: string, more: Node = {}): Node => ({
  ...{ id, op: 'emit_effect', kind: 'e.ask', cap: 'ask' },
  params: record({ n: ref('@plan.input.n') }),
  bind: { effect_id_as: `h-${id}` },
  ...more,
});
const awaited = (op: string, id: string, of: string, more: Node = {}): Node => {
  return { id, op, for: ref(`@var:h-${of}`), bind: { as: id }, ...more };
};
const spawn = (id: string, plan: string): Node => ({
  ...{ id, op: 'spawn_plan', plan },
  input: input(ref('@plan.input.n')),
  bind: { handle_as: `h-${id}` },
});
const mine: Json = { op: 'eq', args: [ref('@event.id'), ref('@plan.input.id')] };
const hears = (id: string): Node => {
  return { id, op: 'await_event', event: 'e/Ping@1', where: mine, bind: { as: id } };
};
const each: Json = {
  op: 'map@1',
  over: ref('@plan.input.list'),
  as: 'x',
  do: input(ref('@local:x')),
};

const plan = (name: string, ...steps: readonly Node[]): Node => ({
  $kind: 'defplan',
  name,
  input: 'e/Start@1',
  output: 'e/Num@1',
  steps,
  edges: steps.slice(1).map(({ id = '' }, i) => ({ from: steps[i]?.id ?? '', to: id })),
});

/** The parent asks once more than it is refused, and goes on when all its children have ended. */
const PLANS: readonly Node[] = [
  plan(
    'e/parent@1',
    {
      ...{ id: 'all', op: 'spawn_for_each', plan: 'e/child@1', inputs: each, max_fanout: 4 },
      bind: { handles_as: 'h-all' },
    },
    awaited('await_all', 'sums', 'all'),
    spawn('idle', 'e/idle@1'),
    { id: 'stop', op: 'cancel', for: ref('@var:h-idle') },
    ask('retried', { retry: { max: 2, backoff: { initial_ns: 50 } } }),
    awaited('await_receipt', 'answer', 'retried'),
    hears('ping'),
    spawn('last', 'e/child@1'),
    awaited('await_plan', 'late', 'last'),
    { id: 'end', op: 'end', result: { op: 'add', args: [ref('@var:answer.n'), ref('@var:late')] } },
  ),
  plan('e/child@1', ask('a', { deadline_ns: 100_000 }), awaited('await_receipt', 'r', 'a'), {
    id: 'end',
    op: 'end',
    result: { op: 'mul', args: [ref('@var:r.n'), { nat: 10 }] },
  }),
  plan('e/idle@1', hears('never'), { id: 'end', op: 'end', result: { nat: 0 } }),
];

const manifest = (version: 1 | 2): Node => ({
  $kind: 'manifest',
  air_version: '1',
  features: [
    ...['effect-deadline', 'effect-retry', 'expressions-1.1'],
    ...(version === 2 ? ['migrations'] : []),
    ...['plan-cancel', 'plan-spawn', 'policy-governance'],
  ],
  schemas: SCHEMAS.map(({ name = '' }) => ({ name })),
  modules: refs('e/Count@1', ...(version === 2 ? ['e/Grow@1'] : [])),
  ...(version === 2 ? { migrations: refs('e/grow@1') } : {}),
  plans: refs(...PLANS.map(({ name }) => String(name))),
  effects: refs('e/ask@1'),
  caps: refs('e/cap@1'),
  policies: refs('e/rules@1'),
  defaults: { policy: 'e/rules@1', cap_grants: [{ name: 'ask', cap: 'e/cap@1', params: {} }] },
  triggers: [{ event: 'e/Start@1', plan: 'e/parent@1' }],
  routing: { events: [{ event: 'e/Tick@1', reducer: 'e/Count@1', key_field: 'who' }] },
});

export function evolvingDefinition(version: 1 | 2): WorldDefinition {
  const migration = version === 2 ? MIGRATION : [];
  const nodes = [...SCHEMAS, counter(version), ...migration, ...AUTHORITY, ...PLANS];
  const json = JSON.stringify([...nodes, manifest(version)]);
  const document: AirDocument = { path: 'evolving.air.json', text: json };
  const loaded = loadAir([document]);
  if (loaded.ok) return loaded.world;
  throw new Error(JSON.stringify(loaded.findings));
}

/** The canonical document of the patch from one definition to another. */
export function patchBetween(base: WorldDefinition, to: WorldDefinition): Uint8Array {
  const outcome = compilePatch(must(diffWorlds(base, to)) as never, { world: base });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.findings));
  return encode(outcome.patch.document as never);
}

function moduleHash(name: string): Hash {
  return sha256(utf8(`evolving ${name}`));
}

/** What the modules do, by their hashes; the migration fails for a cell that has come to three. */
const MODULES = new Map<string, (before: ReadonlyMap<string, number>) => object | string>([
  ['count 1', (before) => ({ n1: (before.get('n1') ?? 0) + 1 })],
  ['count 2', (before) => ({ n1: (before.get('n1') ?? 0) + 1, n2: (before.get('n2') ?? 0) + 10 })],
  ['grow', (before) => (before.get('n1') === 3 ? 'module-trap' : { n1: before.get('n1'), n2: 7 })],
]);
const BY_HASH = new Map([...MODULES].map(([name, run]) => [toHex(moduleHash(name)), run]));

export const evolvingEngine: Engine = {
  has: (hash) => BY_HASH.has(toHex(hash)),
  call(hash, entry, bytes, { fuel }): CallOutcome {
    const envelope = must(decodePlain(bytes)) as ReadonlyMap<string, Uint8Array | null>;
    const given = envelope.get(entry === 'step' ? 'state' : 'input');
    const before = given ? must(decodePlain(given)) : new Map();
    const after = BY_HASH.get(toHex(hash))?.(before as ReadonlyMap<string, number>);
    if (typeof after === 'string' || after === undefined) {
      return { kind: 'fault', code: after ?? 'module-missing', fuel };
    }
    const state = encode(after as never);
    const output =
      entry === 'step' ? { state, domain_events: [], effects: [], ann: null } : { output: state };
    return { kind: 'output', output: encodeUntagged(output), fuel: 11 };
  },
};
