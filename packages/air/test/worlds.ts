/** A small authored world, and ways to change it in one place. */
import {
  type AirDocument,
  type Finding,
  type LoadOutcome,
  loadAir,
  type WorldDefinition,
} from '../src/index.js';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Nodes = { [file: string]: Json[] };

const ref = (name: string): Json => ({ name });

/** The counter: a family of two events, one un-keyed reducer, one route. */
export function counterNodes(): Nodes {
  const schema = (name: string, type: Json): Json => ({ $kind: 'defschema', name, type });
  return {
    'schemas.json': [
      schema('demo/State@1', { record: { left: { nat: {} } } }),
      schema('demo/Start@1', { record: { target: { nat: {} } } }),
      schema('demo/Tick@1', { unit: {} }),
      schema('demo/Event@1', {
        variant: { Start: { ref: 'demo/Start@1' }, Tick: { ref: 'demo/Tick@1' } },
      }),
    ],
    'modules.json': [
      {
        $kind: 'defmodule',
        name: 'demo/Counter@1',
        module_kind: 'reducer',
        abi: {
          reducer: {
            state: 'demo/State@1',
            event: 'demo/Event@1',
            context: 'sys/ReducerContext@1',
          },
        },
      },
    ],
    'manifest.json': [
      {
        $kind: 'manifest',
        air_version: '1',
        schemas: ['demo/State@1', 'demo/Start@1', 'demo/Tick@1', 'demo/Event@1'].map(ref),
        modules: [ref('demo/Counter@1')],
        plans: [],
        caps: [],
        policies: [],
        routing: { events: [{ event: 'demo/Event@1', reducer: 'demo/Counter@1' }] },
      },
    ],
  };
}

/** The manifest of these nodes, to be changed. */
export function manifestOf(nodes: Nodes): { [section: string]: Json } & { schemas: Json[] } {
  return nodes['manifest.json']?.[0] as { [section: string]: Json } & { schemas: Json[] };
}

/** The first module of these nodes, to be changed. */
export function moduleOf(nodes: Nodes): { [field: string]: Json } {
  return nodes['modules.json']?.[0] as { [field: string]: Json };
}

export function documents(nodes: Nodes): AirDocument[] {
  return Object.entries(nodes).map(([path, list]) => ({ path, text: JSON.stringify(list) }));
}

/** The counter with one value at a pointer replaced, or removed when none is given. */
export function counterWith(file: string, at: string, value?: Json): Nodes {
  const nodes = counterNodes();
  const keys = at.split('/').slice(1);
  const last = keys.pop() as string;
  let place = nodes[file] as unknown as { [key: string]: Json };
  for (const key of keys) place = place[key] as { [key: string]: Json };
  if (value === undefined) delete place[last];
  else place[last] = value;
  return nodes;
}

/** `code path` of each error. */
export function errorsOf(outcome: LoadOutcome): string[] {
  return outcome.findings.filter(({ severity }) => severity === 'error').map(line);
}

export function warningsOf(outcome: LoadOutcome): string[] {
  return outcome.findings.filter(({ severity }) => severity === 'warning').map(line);
}

export function errorsWith(file: string, at: string, value?: Json): string[] {
  return errorsOf(loadAir(documents(counterWith(file, at, value))));
}

function line({ code, path }: Finding): string {
  return `${code} ${path}`;
}

/** The world of these documents, which are free of errors. */
export function worldOf(files: readonly AirDocument[]): WorldDefinition {
  const outcome = loadAir(files);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.findings));
  return outcome.world;
}
