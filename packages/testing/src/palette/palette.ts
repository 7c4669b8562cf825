/**
 * Definitions of small worlds, put together by chance: what stands in every one of them (schemas,
 * reducers) and what may (keys of any type, inboxes, effects with grants and a policy, plans).
 *
 * Deliberately absent: worlds that the language refuses; its own tests make those.
 */
import { type AirDocument, loadAir, type TypeExpr, type WorldDefinition } from '@aos/air';
import { type Hash, sha256, utf8 } from '@aos/canon';
import { Random } from '../random.js';
import { type Authority, authorityOf } from './authority-palette.js';
import { type Json, ref, refs, schema } from './json.js';
import { type PlanPalette, planPalette } from './plan-palette.js';

/** The types that cells are kept under. */
const KEY_TYPES: readonly TypeExpr[] = [
  { text: {} },
  { text: {} },
  { nat: {} },
  { int: {} },
  { uuid: {} },
  { hash: {} },
  { bytes: {} },
  { bool: {} },
  { time: {} },
  { dec128: {} },
  { option: { text: {} } },
  { list: { nat: {} } },
  { set: { text: {} } },
  { map: { key: { text: {} }, value: { nat: {} } } },
  { record: { a: { nat: {} }, b: { text: {} } } },
  { variant: { None: { unit: {} }, Some: { int: {} } } },
];

/** What a generated world may have beside its reducers. */
export interface PaletteOptions {
  readonly effects: boolean;
  readonly plans: boolean;
}

/** A definition, and what a history wants to know of it. */
export interface GeneratedDefinition {
  readonly definition: WorldDefinition;
  /** Inboxes by their source, with the event schemas that their reducer takes. */
  readonly inboxes: readonly { readonly source: string; readonly isKeyed: boolean }[];
  readonly authority: Authority | undefined;
  readonly hasPlans: boolean;
  /** Events that plans start from or wait for. */
  readonly planEvents: readonly string[];
}

/** Code of the reducers and pure modules: what the script engine runs under each hash. */
export const moduleHash = (name: string): Hash => sha256(utf8(`module ${name}`));

export const REDUCERS = ['g/A@1', 'g/B@1', 'g/C@1', 'g/K@1', 'g/N@1'] as const;
export const ENFORCER = 'g/Enforce@1';

/** Events that may come from outside, or from a module. */
export const EVENTS = ['g/Do@1', 'g/Say@1', 'g/AEvent@1', 'g/BEvent@1', 'g/KEvent@1'] as const;

/** The same seed gives the same definition; `edit` changes it before it is loaded. */
export function generateDefinition(
  seed: number,
  options: PaletteOptions,
  edit: (nodes: readonly Json[]) => readonly Json[] = (nodes) => nodes,
): GeneratedDefinition {
  const random = new Random(seed);
  const authority = options.effects ? authorityOf(random) : undefined;
  const plans =
    options.plans && authority !== undefined ? planPalette(random, authority) : undefined;
  const usesInbox = random.chance(0.7);
  const inboxes = usesInbox
    ? [
        { source: 'in:a', reducer: 'g/A@1', isKeyed: false },
        { source: 'in:k', reducer: 'g/K@1', isKeyed: true },
      ]
    : [];
  const nodes = [
    ...schemasOf(random, authority),
    ...modulesOf(random, authority),
    ...(authority?.nodes ?? []),
    ...(plans?.nodes ?? []),
  ];
  const manifest = {
    $kind: 'manifest',
    air_version: '1',
    ...sectionsOf(nodes, plans),
    ...authority?.manifest,
    ...plans?.manifest,
    routing: {
      events: routesOf(random, authority),
      inboxes: inboxes.map(({ source, reducer }) => ({ source, reducer })),
    },
    features: [...(authority?.features ?? []), ...(plans?.features ?? [])],
  };
  const definition = load(edit([...nodes, manifest]), authority);
  const planEvents = plans?.events ?? [];
  return { definition, inboxes, authority, hasPlans: plans !== undefined, planEvents };
}

function load(nodes: readonly Json[], authority: Authority | undefined): WorldDefinition {
  const document: AirDocument = { path: 'world.air.json', text: JSON.stringify(nodes) };
  const names = authority?.usesEnforcer ? [...REDUCERS, ENFORCER] : REDUCERS;
  const loaded = loadAir([document], new Map(names.map((name) => [name, moduleHash(name)])));
  if (loaded.ok) return loaded.world;
  const errors = loaded.findings.filter(({ severity }) => severity === 'error');
  throw new Error(`the palette makes no world: ${JSON.stringify(errors)}`);
}

/** Every definition is listed in the section of its kind. */
function sectionsOf(nodes: readonly Json[], plans: PlanPalette | undefined): Json {
  const named = (kind: string) =>
    refs(...nodes.flatMap((node) => (node.$kind === kind ? [node.name as string] : [])));
  return {
    schemas: [...named('defschema'), ...(plans?.startsByHand ? refs('sys/PlanStart@1') : [])],
    modules: named('defmodule'),
    plans: named('defplan'),
    caps: named('defcap'),
    policies: named('defpolicy'),
    secrets: named('defsecret'),
  };
}

function schemasOf(random: Random, authority: Authority | undefined): Json[] {
  const command = { id: ref('g/Key@1'), do: { bytes: {} } };
  const receipts = authority?.receiptArms ?? {};
  return [
    schema('g/Key@1', random.pick(KEY_TYPES)),
    schema('g/Number@1', { nat: {} }),
    schema('g/State@1', { record: { n: { nat: {} }, pad: { bytes: {} } } }),
    schema('g/Ann@1', { record: { why: { text: {} } } }),
    schema('g/Do@1', { record: { ...command, other: { nat: {} } } }),
    schema('g/Say@1', { record: { ...command, more: { option: { bytes: {} } } } }),
    schema('g/AEvent@1', {
      variant: { Do: ref('g/Do@1'), Say: ref('g/Say@1'), ...receipts },
    }),
    schema('g/BEvent@1', { variant: { Said: ref('g/Say@1') } }),
    schema('g/CEvent@1', ref('g/Say@1')),
    schema('g/KEvent@1', {
      variant: { Do: ref('g/Do@1'), Say: ref('g/Say@1'), ...receipts },
    }),
    schema('g/NEvent@1', { variant: { Do: ref('g/Do@1') } }),
  ];
}

function modulesOf(random: Random, authority: Authority | undefined): Json[] {
  const context = () => (random.chance(0.5) ? { context: 'sys/ReducerContext@1' } : {});
  const annotations = () => (random.chance(0.7) ? { annotations: 'g/Ann@1' } : {});
  const reducer = (name: string, event: string, more: Json = {}, key?: string): Json => ({
    $kind: 'defmodule',
    name,
    module_kind: 'reducer',
    ...(key === undefined ? {} : { key_schema: key }),
    abi: { reducer: { state: 'g/State@1', event, ...context(), ...annotations(), ...more } },
  });
  const effects = authority?.reducerAbi ?? {};
  return [
    reducer('g/A@1', 'g/AEvent@1', effects),
    reducer('g/B@1', 'g/BEvent@1', authority?.deafAbi),
    reducer('g/C@1', 'g/CEvent@1'),
    reducer('g/K@1', 'g/KEvent@1', effects, 'g/Key@1'),
    reducer('g/N@1', 'g/NEvent@1', {}, 'g/Number@1'),
  ];
}

/** With receipts among its arms a family has no common key, so its members are routed. */
function routesOf(random: Random, authority: Authority | undefined): Json[] {
  const byFamily = authority === undefined && random.chance(0.5);
  const keyed = byFamily
    ? [{ event: 'g/KEvent@1', reducer: 'g/K@1', key_field: '$value.id' }]
    : ['g/Do@1', 'g/Say@1'].map((event) => ({ event, reducer: 'g/K@1', key_field: 'id' }));
  const routes = [
    { event: 'g/AEvent@1', reducer: 'g/A@1' },
    { event: random.pick(['g/Say@1', 'g/BEvent@1']), reducer: 'g/B@1' },
    { event: random.pick(['g/Say@1', 'g/CEvent@1']), reducer: 'g/C@1' },
    ...keyed,
    { event: random.pick(['g/Do@1', 'g/NEvent@1']), reducer: 'g/N@1', key_field: 'other' },
  ];
  const numbered = routes.map((route) =>
    route.event === 'g/NEvent@1' ? { ...route, key_field: '$value.other' } : route,
  );
  return random.shuffled(numbered).filter(() => random.chance(0.9));
}
