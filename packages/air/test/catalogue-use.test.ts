/** How a world uses, repeats and changes what is built in; and WASM of modules and effects. */
import { sha256, toHashText } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { builtin, builtinHash, type DefinitionKind, loadAir } from '../src/index.js';
import {
  counterNodes,
  documents,
  errorsOf,
  type Json,
  manifestOf,
  type Nodes,
  warningsOf,
  worldOf,
} from './worlds.js';

/** The counter with more definitions, each in its section of the manifest. */
function counterAnd(sections: { [section: string]: Json[] }, ...definitions: Json[]): Nodes {
  const nodes = counterNodes();
  nodes['more.json'] = definitions;
  const manifest = manifestOf(nodes);
  for (const [section, refs] of Object.entries(sections)) {
    manifest[section] = [...((manifest[section] as Json[] | undefined) ?? []), ...refs];
  }
  return nodes;
}

const errors = (nodes: Nodes) => errorsOf(loadAir(documents(nodes)));

describe('what is built in', () => {
  const uses: readonly (readonly [string, DefinitionKind, string])[] = [
    ['schemas', 'defschema', 'sys/HttpRequestParams@2'],
    ['effects', 'defeffect', 'sys/http.request@2'],
    ['caps', 'defcap', 'sys/http.out@1'],
    ['modules', 'defmodule', 'sys/CapEnforceHttpOut@1'],
  ];

  test.each(uses)('of %s is referred to by name, and its hash filled', (section, kind, name) => {
    const world = worldOf(documents(counterAnd({ [section]: [{ name }] })));
    const hash = builtinHash(kind, name);
    const refs = world.manifest[section as 'schemas'];
    expect(refs.find((each) => each.name === name)?.hash).toBe(hash && toHashText(hash));
    expect(world.find(kind, name)).toEqual(builtin(kind, name));
    expect(world.nodes.has(refs.at(-1)?.hash ?? '')).toBe(false);
  });

  test.each(uses)('of %s may be repeated as it is', (section, kind, name) => {
    const repeated = JSON.parse(JSON.stringify(builtin(kind, name)));
    expect(errors(counterAnd({ [section]: [{ name }] }, repeated))).toEqual([]);
  });

  test('may not be repeated in another shape', () => {
    const name = 'sys/timer@1';
    const changed = { ...builtin('defcap', name), cap_type: 'clock' } as unknown as Json;
    expect(errors(counterAnd({ caps: [{ name }] }, changed))).toContain(
      'builtin-changed more.json#/0',
    );
  });

  test('a definition in sys/ that is not built in is an ordinary one', () => {
    const own = { $kind: 'defschema', name: 'sys/Own@1', type: { unit: {} } };
    expect(errors(counterAnd({ schemas: [{ name: 'sys/Own@1' }] }, own))).toEqual([]);
  });

  test('of two effects of one kind the one that is listed counts, otherwise version 1', () => {
    const paramsOf = (nodes: Nodes) =>
      worldOf(documents(nodes)).effectOf('http.request')?.params.name;
    expect(paramsOf(counterNodes())).toBe('sys/HttpRequestParams@1');
    expect(paramsOf(counterAnd({ effects: [{ name: 'sys/http.request@2' }] }))).toBe(
      'sys/HttpRequestParams@2',
    );
  });
});

describe('WASM', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const bound = new Map([
    ['sys/CapEnforceHttpOut@1', sha256(bytes)],
    ['demo/run@1', sha256(bytes)],
  ]);

  test('is not bound to modules that run natively, and not missed there', () => {
    const name = 'sys/CapEnforceHttpOut@1';
    const nodes = counterAnd({ modules: [{ name }] });
    const outcome = loadAir(documents(nodes), bound);
    expect(errorsOf(outcome)).toEqual([]);
    expect(warningsOf(outcome)).toEqual(['wasm-missing modules.json#/0']);
  });

  const effect: Json = {
    $kind: 'defeffect',
    name: 'demo/run@1',
    kind: 'demo.run',
    params_schema: 'sys/WasiParams@1',
    receipt_schema: 'sys/WasiReceipt@1',
    cap_type: 'demo.run',
    origin_scope: 'plan',
    implementation: { wasi: {} },
  };

  test('is bound to effects that are WASI modules', () => {
    const nodes = counterAnd({ effects: [{ name: 'demo/run@1' }] }, effect);
    manifestOf(nodes).features = ['effect-implementation'];
    const outcome = loadAir(documents(nodes), bound);
    expect(errorsOf(outcome)).toEqual([]);
    const found = outcome.ok && outcome.world.find('defeffect', 'demo/run@1');
    expect(found ? found.implementation?.wasi.wasm_hash : undefined).toBe(
      toHashText(sha256(bytes)),
    );
    const unbound = loadAir(documents(nodes));
    expect(warningsOf(unbound)).toContain('wasm-missing more.json#/0/implementation/wasi');
  });

  test('is bound to no effect whose types are not those of programs', () => {
    const changed: Json = { ...(effect as object), params_schema: 'demo/Start@1' };
    const nodes = counterAnd({ effects: [{ name: 'demo/run@1' }] }, changed);
    manifestOf(nodes).features = ['effect-implementation'];
    expect(errorsOf(loadAir(documents(nodes), bound))).toEqual([
      'effect-program-schema more.json#/0/params_schema',
    ]);
  });

  test('other than an authored hash names is an error', () => {
    const other = toHashText(sha256(Uint8Array.of(9)));
    const implementation: Json = { wasi: { wasm_hash: other } };
    const changed: Json = { ...(effect as object), implementation };
    const nodes = counterAnd({ effects: [{ name: 'demo/run@1' }] }, changed);
    manifestOf(nodes).features = ['effect-implementation'];
    expect(errorsOf(loadAir(documents(nodes), bound))).toEqual([
      'wasm-hash-mismatch more.json#/0/implementation/wasi/wasm_hash',
    ]);
  });
});

describe('forms of AIR 1.1', () => {
  const plan = (step: object, more: object = {}): Json => ({
    $kind: 'defplan',
    name: 'demo/plan@1',
    input: 'demo/Start@1',
    steps: [
      { id: 'a', ...step },
      { id: 'z', op: 'end' },
    ],
    edges: [{ from: 'a', to: 'z' }],
    ...more,
  });
  const emit = {
    op: 'emit_effect',
    kind: 'http.request',
    params: { method: 'GET', url: 'https://a.example', headers: {} },
    cap: 'http',
    bind: { effect_id_as: 'h' },
  };
  const undeclared = (nodes: Nodes) =>
    errors(nodes).filter((each) => each.startsWith('feature-undeclared'));
  const withPlan = (node: Json) => counterAnd({ plans: [{ name: 'demo/plan@1' }] }, node);
  const isOne: Json = JSON.parse('{"if":{"cond":{"bool":true},"then":{"nat":1},"else":{"nat":2}}}');

  test.each<[string, string, Nodes]>([
    [
      'plan-spawn',
      '/0/steps/0',
      withPlan(
        plan({ op: 'spawn_plan', plan: 'demo/plan@1', input: {}, bind: { handle_as: 'h' } }),
      ),
    ],
    ['plan-cancel', '/0/steps/0', withPlan(plan({ op: 'cancel', for: { ref: '@var:h' } }))],
    ['effect-deadline', '/0/steps/0/deadline_ns', withPlan(plan({ ...emit, deadline_ns: 1 }))],
    [
      'effect-retry',
      '/0/steps/0/retry',
      withPlan(plan({ ...emit, retry: { max: 2, backoff: { initial_ns: 1 } } })),
    ],
    [
      'expressions-1.1',
      '/0/steps/0/expr',
      withPlan(plan({ op: 'assign', expr: isOne, bind: { as: 'x' } })),
    ],
    [
      'policy-approval',
      '/0/rules/0/decision',
      counterAnd(
        { policies: [{ name: 'demo/policy@1' }] },
        {
          $kind: 'defpolicy',
          name: 'demo/policy@1',
          rules: [
            { when: {}, decision: 'require_approval', approval: { role: 'approver', count: 1 } },
          ],
        },
      ),
    ],
  ])('%s must be declared', (feature, at, nodes) => {
    expect(undeclared(nodes)).toEqual([`feature-undeclared more.json#${at}`]);
    manifestOf(nodes).features = [feature];
    expect(undeclared(nodes)).toEqual([]);
  });

  test('a feature that nothing uses is a warning, an unknown one an error', () => {
    const nodes = counterNodes();
    manifestOf(nodes).features = ['plan-spawn'];
    expect(warningsOf(loadAir(documents(nodes)))).toContain(
      'feature-unused manifest.json#/0/features/0',
    );
    manifestOf(nodes).features = ['plan-spawm'];
    const { findings } = loadAir(documents(nodes));
    expect(findings.find(({ code }) => code === 'field-type')?.hint).toMatch('plan-spawn');
  });
});
