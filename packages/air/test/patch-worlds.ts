/** Small worlds by parts, so that a test can take any two and ask for the way between them. */
import { type AirDocument, loadAir, type WorldDefinition } from '@aos/air';
import fc from 'fast-check';

/** What a world consists of; names are fixed, versions of their content vary. */
export interface Parts {
  readonly schemas: readonly (readonly [name: string, version: number])[];
  readonly policies: readonly (readonly [name: string, version: number])[];
  readonly hasReducer: boolean;
  readonly hasRoute: boolean;
  readonly hasInbox: boolean;
  readonly defaultPolicy: string | null;
  readonly grants: readonly string[];
  readonly builtins: readonly string[];
}

const SCHEMA_TYPES = [{ text: {} }, { nat: {} }, { record: { a: { int: {} } } }];
const EFFECT_KINDS = ['timer.set', 'blob.put', 'blob.get'];
const refs = (names: readonly string[]) => names.map((name) => ({ name }));

function documentsOf(parts: Parts): readonly AirDocument[] {
  const { schemas, policies, hasReducer, grants } = parts;
  const nodes: object[] = [
    ...schemas.map(([name, version]) => ({
      $kind: 'defschema',
      name,
      type: SCHEMA_TYPES[version],
    })),
    ...policies.map(([name, version]) => ({
      $kind: 'defpolicy',
      name,
      rules: [{ when: { effect_kind: EFFECT_KINDS[version] }, decision: 'allow' }],
    })),
  ];
  const own = schemas.map(([name]) => name);
  if (hasReducer) {
    nodes.push(
      { $kind: 'defschema', name: 't/State@1', type: { nat: {} } },
      { $kind: 'defschema', name: 't/Go@1', type: { unit: {} } },
      { $kind: 'defschema', name: 't/Event@1', type: { variant: { Go: { ref: 't/Go@1' } } } },
      {
        $kind: 'defmodule',
        name: 't/R@1',
        module_kind: 'reducer',
        wasm_hash: `sha256:${'1'.repeat(64)}`,
        abi: { reducer: { state: 't/State@1', event: 't/Event@1' } },
      },
    );
    own.push('t/State@1', 't/Go@1', 't/Event@1');
  }
  const defaults = {
    ...(parts.defaultPolicy === null ? {} : { policy: parts.defaultPolicy }),
    ...(grants.length === 0
      ? {}
      : {
          cap_grants: grants.map((name) => ({
            name,
            cap: 'sys/timer@1',
            params: { record: {} },
          })),
        }),
  };
  nodes.push({
    $kind: 'manifest',
    air_version: '1',
    schemas: refs([...own, ...parts.builtins]),
    modules: refs(hasReducer ? ['t/R@1'] : []),
    plans: [],
    effects: [],
    caps: refs(['sys/timer@1']),
    policies: refs(policies.map(([name]) => name)),
    routing: {
      events: hasReducer && parts.hasRoute ? [{ event: 't/Event@1', reducer: 't/R@1' }] : [],
      inboxes: hasReducer && parts.hasInbox ? [{ source: 'mail', reducer: 't/R@1' }] : [],
    },
    ...(Object.keys(defaults).length === 0 ? {} : { defaults }),
  });
  return nodes.map((node, i) => ({ path: `${i}.json`, text: JSON.stringify(node) }));
}

export function worldOf(parts: Parts): WorldDefinition {
  const loaded = loadAir(documentsOf(parts));
  if (loaded.ok) return loaded.world;
  throw new Error(JSON.stringify(loaded.findings, null, 1));
}

export const PLAIN: Parts = {
  schemas: [
    ['t/A@1', 0],
    ['t/B@1', 0],
  ],
  policies: [['t/p@1', 0]],
  hasReducer: false,
  hasRoute: false,
  hasInbox: false,
  defaultPolicy: 't/p@1',
  grants: [],
  builtins: [],
};

const versioned = (names: readonly string[], versions: number) =>
  fc
    .shuffledSubarray([...names])
    .chain((chosen) =>
      fc.tuple(...chosen.map((name) => fc.tuple(fc.constant(name), fc.nat(versions - 1)))),
    );

export const parts: fc.Arbitrary<Parts> = fc
  .record({
    schemas: versioned(['t/A@1', 't/B@1', 't/C@1', 't/D@1'], SCHEMA_TYPES.length),
    policies: versioned(['t/p@1', 't/q@1'], 3),
    hasReducer: fc.boolean(),
    hasRoute: fc.boolean(),
    hasInbox: fc.boolean(),
    wantsPolicy: fc.boolean(),
    grants: fc.shuffledSubarray(['g', 'h']),
    builtins: fc.shuffledSubarray(['sys/TimerSetParams@1', 'sys/TimerFired@1']),
  })
  .map(({ wantsPolicy, ...others }) => {
    const first = others.policies[0]?.[0] ?? null;
    return { ...others, defaultPolicy: wantsPolicy ? first : null } as Parts;
  });
