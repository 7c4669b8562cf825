/** Edits of definitions, by chance: what people change in a world that goes on, well or badly. */
import { authorityOf } from '../palette/authority-palette.js';
import { type Json, schema } from '../palette/json.js';
import type { GeneratedDefinition } from '../palette/palette.js';
import { planPalette } from '../palette/plan-palette.js';
import { Random } from '../random.js';
import {
  isReducer,
  migrationsTo,
  STATES,
  slowPlan,
  TOLD,
  type Way,
  withRules,
} from './governed-palette.js';

type Nodes = readonly Json[];
type Edit = (nodes: Nodes) => Nodes;

/** Other seeds that rules and plans are borrowed from. */
const LENDERS = 1000;

/** The sections of a manifest that list definitions. */
const SECTIONS = {
  defschema: 'schemas',
  defmodule: 'modules',
  defplan: 'plans',
  defpolicy: 'policies',
  defmigration: 'migrations',
} as const;

/** Makes other definitions out of one; some of them are no worlds. */
export class Edits {
  constructor(
    private readonly random: Random,
    private readonly generated: GeneratedDefinition,
    /** What the first definition was made of: what is gone comes back from here. */
    private readonly first: Nodes,
  ) {}

  next(nodes: Nodes): Nodes {
    const { random } = this;
    const count = 1 + random.below(3);
    let edited = nodes;
    for (let i = 0; i < count; i++) edited = this.edit()(edited);
    return listed(edited);
  }

  private edit(): Edit {
    const { random } = this;
    return random.weighted<Edit>([
      [20, (nodes) => this.changeState(nodes)],
      [14, (nodes) => this.removeOrReturn(nodes)],
      [6, (nodes) => this.changeGrant(nodes)],
      [6, (nodes) => this.changePolicy(nodes)],
      [6, (nodes) => nodes.map((node) => (isPolicy(node) ? withRules(node, random) : node))],
      [6, (nodes) => this.changePlans(nodes)],
      [4, (nodes) => this.changeType(nodes)],
      [5, (nodes) => this.changeTold(nodes)],
      [3, (nodes) => changeManifest(nodes, (manifest) => this.changeRoutes(manifest))],
      [2, (nodes) => changeManifest(nodes, (manifest) => this.changeTriggers(manifest))],
      [2, (nodes) => this.addSchema(nodes)],
      [1, (nodes) => replaced(nodes, 'g/Key@1', (key) => ({ ...key, type: { bytes: {} } }))],
    ]);
  }

  /** A reducer gets another type of states; mostly with what leads there. */
  private changeState(nodes: Nodes): Nodes {
    const { random } = this;
    const reducers = nodes.filter(isReducer);
    if (reducers.length === 0) return nodes;
    const name = String(random.pick(reducers).name);
    const state = random.pick(STATES);
    const isOld = ({ $kind, reducer }: Json) => $kind === 'defmigration' && reducer === name;
    const changed = replaced(nodes, name, (node) => ({ ...node, abi: withState(node, state) }));
    const way = random.pick<Way>(['at once', 'in steps']);
    const added = random.chance(0.85) ? migrationsTo(name, state, way) : [];
    return [
      ...added.reduce(
        put,
        changed.filter((node) => !isOld(node)),
      ),
    ];
  }

  /** A reducer goes, or one comes back that has gone. */
  private removeOrReturn(nodes: Nodes): Nodes {
    const { random } = this;
    const gone = this.first.filter(
      (node) => isReducer(node) && !nodes.some(({ name }) => name === node.name),
    );
    const manifest = this.first.at(-1) as Json;
    if (gone.length > 0 && random.chance(0.7)) {
      const back = random.pick(gone);
      const { state } = (back.abi as { readonly reducer: Json }).reducer;
      const way = random.chance(0.6)
        ? migrationsTo(String(back.name), String(state), 'at once')
        : [];
      return changeManifest([back, ...way].reduce(put, nodes), (present) => ({
        ...present,
        routing: manifest.routing,
        module_bindings: manifest.module_bindings,
      }));
    }
    const victim = random.pick(['g/B@1', 'g/C@1', 'g/K@1', 'g/N@1', 'g/A@1']);
    return nodes.filter(({ name, reducer }) => name !== victim && reducer !== victim);
  }

  private changeGrant(nodes: Nodes): Nodes {
    const { random } = this;
    const change = random.pick<(grant: Json) => readonly Json[]>([
      () => [],
      (grant) => [{ ...grant, params: { ...(grant.params as Json), most: random.pick([1, 60]) } }],
      (grant) => [{ ...grant, expiry_ns: random.pick([1, 4000, 9000]) }],
      (grant) => [{ ...grant, budget: { calls: random.below(4) } }],
      ({ budget: _, ...grant }) => [grant],
    ]);
    return changeManifest(nodes, (manifest) => {
      const { cap_grants, ...defaults } = manifest.defaults as { readonly cap_grants: Nodes };
      const { name } = random.pick(cap_grants.filter((grant) => grant.name !== 'gov'));
      const grants = cap_grants.flatMap((grant) => (grant.name === name ? change(grant) : [grant]));
      return { ...manifest, defaults: { ...defaults, cap_grants: grants } };
    });
  }

  /** The rules of another world about effects; those about governance stay. */
  private changePolicy(nodes: Nodes): Nodes {
    const { random } = this;
    const lent = authorityOf(new Random(random.below(LENDERS))).nodes.find(isPolicy);
    const own = nodes.find(isPolicy);
    if (lent === undefined || own === undefined) return nodes;
    const first = (own.rules as Nodes).slice(0, 1);
    const rules = [...first, ...(lent.rules as Nodes)];
    return nodes.map((node) => (isPolicy(node) ? { ...node, rules } : node));
  }

  /** The plans of another world under the same names. */
  private changePlans(nodes: Nodes): Nodes {
    const { random, generated } = this;
    if (generated.authority === undefined) return nodes;
    const lent = planPalette(new Random(random.below(LENDERS)), generated.authority).nodes;
    const names = random.pick([['g/main@1'], ['g/side@1'], ['g/main@1', 'g/side@1', 'g/child@1']]);
    return nodes.map((node) =>
      names.includes(String(node.name))
        ? (lent.find(({ name }) => name === node.name) ?? node)
        : node,
    );
  }

  /** What plans wait for and are answered with. */
  private changeType(nodes: Nodes): Nodes {
    const { random } = this;
    const name = random.pick(['g/Reply@1', 'g/Answer@1', 'g/Out@1', 'g/AskParams@1']);
    const field = random.pick<Json>([
      { extra: { option: { text: {} } } },
      { extra: { nat: {} } },
      { n: { int: {} } },
      { n: { text: {} } },
    ]);
    return replaced(nodes, name, (node) => {
      const { record } = node.type as { readonly record: Json };
      return { ...node, type: { record: { ...record, ...field } } };
    });
  }

  /** What a plan says that waits under another definition; its next version says it or not. */
  private changeTold(nodes: Nodes): Nodes {
    const { random } = this;
    const isOther = random.chance(0.7);
    const type = isOther ? { record: { n: { text: {} } } } : { record: { n: { nat: {} } } };
    const told = replaced(nodes, TOLD, (node) => ({ ...node, type }));
    return replaced(told, 'g/slow@1', () => slowPlan(isOther ? 'is silent' : 'raises'));
  }

  private changeRoutes(manifest: Json): Json {
    const { random } = this;
    const routing = manifest.routing as { readonly events: Nodes };
    const events = random.shuffled(routing.events).filter(() => random.chance(0.8));
    return { ...manifest, routing: { ...routing, events } };
  }

  private changeTriggers(manifest: Json): Json {
    const { random } = this;
    const triggers = (manifest.triggers as Nodes).filter(() => random.chance(0.8));
    return { ...manifest, triggers };
  }

  private addSchema(nodes: Nodes): Nodes {
    return put(nodes, schema(`g/Extra@${1 + this.random.below(LENDERS)}`, { nat: {} }));
  }
}

const isPolicy = ({ $kind }: Json): boolean => $kind === 'defpolicy';

function withState({ abi }: Json, state: string): Json {
  const { reducer } = abi as { readonly reducer: Json };
  return { reducer: { ...reducer, state } };
}

const replaced = (nodes: Nodes, name: string, change: (node: Json) => Json): Nodes =>
  nodes.map((node) => (node.name === name ? change(node) : node));

/** The manifest stays the last one. */
function put(nodes: Nodes, node: Json): Nodes {
  if (nodes.some(({ name }) => name === node.name))
    return replaced(nodes, String(node.name), () => node);
  return [node, ...nodes];
}

const changeManifest = (nodes: Nodes, change: (manifest: Json) => Json): Nodes =>
  nodes.map((node) => (node.$kind === 'manifest' ? change(node) : node));

/** Lists what is there, and leaves out of the manifest what is about something that is not. */
function listed(nodes: Nodes): Nodes {
  const names = new Set(nodes.map(({ name }) => name));
  const isThere = (name: unknown) => String(name).startsWith('sys/') || names.has(name);
  return changeManifest(nodes, (manifest) => {
    const sections = Object.entries(SECTIONS).map(([kind, section]) => {
      const own = nodes.filter(({ $kind }) => $kind === kind);
      const before = (manifest[section] as Nodes | undefined) ?? [];
      const kept = before.filter(({ name }) => isThere(name)).map(({ name }) => ({ name }));
      const known = new Set(before.map(({ name }) => name));
      const added = own.filter(({ name }) => !known.has(name)).map(({ name }) => ({ name }));
      return [section, [...kept, ...added]] as const;
    });
    const { events, inboxes } = manifest.routing as { readonly events: Nodes; inboxes?: Nodes };
    const toThere = ({ reducer }: Json) => isThere(reducer);
    const { migrations, ...filled } = Object.fromEntries(sections);
    return {
      ...manifest,
      ...filled,
      ...(migrations?.length === 0 ? { migrations: undefined } : { migrations }),
      routing: { events: events.filter(toThere), inboxes: (inboxes ?? []).filter(toThere) },
      module_bindings: boundOf(manifest, isThere),
    };
  });
}

/** Bindings of reducers that are there to grants that are there. */
function boundOf(manifest: Json, isThere: (name: unknown) => boolean): Json {
  const { cap_grants } = manifest.defaults as { readonly cap_grants: Nodes };
  const grants = new Set(cap_grants.map(({ name }) => name));
  const bindings = Object.entries((manifest.module_bindings as Json | undefined) ?? {});
  const kept = bindings.flatMap(([reducer, bound]) => {
    if (!isThere(reducer)) return [];
    const { slots } = bound as { readonly slots: Json };
    const left = Object.entries(slots).filter(([, grant]) => grants.has(grant));
    return [[reducer, { slots: Object.fromEntries(left) }] as const];
  });
  return Object.fromEntries(kept);
}
