/**
 * Effects of the catalogue under grants that constrain them: what a native enforcer lets out, and
 * one request for each reason to deny it.
 */
import type { Random } from '../random.js';
import { type Json, ref, refs } from './json.js';

const HASH = `sha256:${'00'.repeat(32)}`;

/** Delegations after the first grant of a chain. */
const DEPTH = 64;

export const NATIVE_GRANTS: readonly Json[] = [
  {
    name: 'web',
    cap: 'sys/http.out@2',
    params: {
      hosts: ['a.example'],
      schemes: ['https'],
      ports: [443],
      methods: ['GET'],
      path_prefixes: ['/in/'],
    },
  },
  { name: 'odd', cap: 'sys/http.out@2', params: { hosts: ['*.example'] } },
  {
    name: 'model',
    cap: 'sys/llm.basic@2',
    params: {
      providers: ['p'],
      models: ['m'],
      max_tokens: 10,
      temperature_max: '1',
      tools_allow: ['t'],
    },
  },
  { name: 'priced', cap: 'sys/llm.basic@2', params: {}, budget: { cents: 10 } },
  { name: 'vault', cap: 'sys/secret@1', params: { aliases: ['k'], binding_ids: ['env:K'] } },
  { name: 'blob', cap: 'sys/blob@2', params: { namespaces: ['ns'] } },
  {
    name: 'look',
    cap: 'sys/query@2',
    params: { kinds: ['introspect.reducer_state'], reducers: ['g/A@1', 'g/K@1'] },
  },
  { name: 'govern', cap: 'sys/governance@1', params: { sections: ['plans'] } },
];

/** Delegations from one grant to the next, more than a chain may have. */
export const DEEP_GRANTS: readonly Json[] = Array.from({ length: DEPTH + 1 }, (_, i) => ({
  name: i === DEPTH ? 'deep' : `deep${i}`,
  cap: 'g/cap@1',
  params: { most: 100 },
  ...(i === 0 ? {} : { parent: `deep${i - 1}` }),
}));

const SECRETS: readonly Json[] = [
  { $kind: 'defsecret', name: 'g/open@1', binding_id: 'env:OPEN' },
  { $kind: 'defsecret', name: 'g/capped@1', binding_id: 'env:CAPPED', allowed_caps: ['vault'] },
  {
    $kind: 'defsecret',
    name: 'g/planned@1',
    binding_id: 'env:PLANNED',
    allowed_plans: ['g/side@1'],
  },
];

/** Aliases that a plan may read from its input: secrets, and what is none. */
export const SECRET_ALIASES = ['g/open', 'g/capped', 'g/planned', 'g/none'] as const;

/** An effect whose type the HTTP enforcer serves, and whose kind it does not know. */
const FOREIGN: Json = {
  $kind: 'defeffect',
  name: 'g/web@1',
  kind: 'g.web',
  params_schema: 'g/AskParams@1',
  receipt_schema: 'g/Answer@1',
  cap_type: 'http.out',
  origin_scope: 'both',
};

export const NATIVE_NODES: readonly Json[] = [...SECRETS, FOREIGN];

export const NATIVE_EFFECTS = refs(
  'g/web@1',
  'sys/http.request@2',
  'sys/llm.generate@1',
  'sys/vault.put@2',
  'sys/blob.put@2',
  'sys/introspect.reducer_state@1',
  'sys/introspect.list_cells@1',
  'sys/introspect.manifest@1',
  'sys/introspect.definition@1',
  'sys/introspect.plans@1',
  'sys/governance.propose@1',
);

export const NATIVE_CAPS = refs(
  'sys/http.out@2',
  'sys/llm.basic@2',
  'sys/secret@1',
  'sys/blob@2',
  'sys/query@2',
  'sys/governance@1',
);

const http = (url: string, more: Json = {}, cap = 'web'): Json => ({
  kind: 'http.request',
  cap,
  params: { method: 'GET', url, headers: {}, body_ref: null, ...more },
});

const llm = (more: Json = {}): Json => ({
  kind: 'llm.generate',
  cap: 'model',
  params: {
    provider: 'p',
    model: 'm',
    temperature: '0.5',
    max_tokens: 5,
    input_ref: HASH,
    tools: null,
    api_key: null,
    ...more,
  },
});

/** What it may cost is not said, and its grant has a budget of cents. */
const unbounded: Json = { ...llm(), cap: 'priced' };

const vault = (alias: string, binding_id: string): Json => ({
  kind: 'vault.put',
  cap: 'vault',
  params: { alias, binding_id, sealed_ref: HASH, expected_digest: null },
});

const blob = (namespace: string): Json => ({
  kind: 'blob.put',
  cap: 'blob',
  params: { namespace, blob_ref: HASH },
});

const look = (reducer: string, more: Json = {}): Json => ({
  kind: 'introspect.reducer_state',
  cap: 'look',
  params: { reducer, key: null, consistency: 'head', ...more },
});

/** A request whose secret is named by the input, so that only the gate can know it. */
const secretive: Json = {
  ...llm(),
  params: {
    record: {
      provider: { text: 'p' },
      model: { text: 'm' },
      temperature: { dec128: '0.5' },
      max_tokens: { nat: 5 },
      input_ref: { hash: HASH },
      tools: { null: {} },
      api_key: {
        variant: {
          tag: 'secret',
          value: { record: { alias: ref('@plan.input.label'), version: { nat: 1 } } },
        },
      },
    },
  },
};

/** Under the last grant of a chain that is too long. */
export const deepRequest = (): Json => ({ kind: 'g.ask', cap: 'deep', params: ASKED });

/** A question under a grant that constrains nothing. */
const ask = (kind: string, params: Json): Json => ({ kind, cap: 'query', params });

const ASKED: Json = { record: { n: { nat: 1 }, do: ref('@plan.input.do') } };

const REQUESTS: readonly Json[] = [
  http('https://a.example/in/x'),
  http('https://b.example/in/x'),
  http('http://a.example/in/x'),
  http('https://a.example:444/in/x'),
  http('https://a.example/out'),
  http('https://a.example/in/x', { method: 'POST' }),
  http('https://a.example/in/x', { headers: { host: { literal: 'b.example' } } }),
  http('no url'),
  http('https://a.example/', {}, 'odd'),
  llm(),
  llm({ provider: 'q' }),
  llm({ model: 'n' }),
  llm({ max_tokens: 50 }),
  llm({ temperature: '2' }),
  llm({ tools: ['u'] }),
  unbounded,
  secretive,
  secretive,
  secretive,
  vault('k', 'env:K'),
  vault('x', 'env:K'),
  vault('k', 'env:X'),
  blob('ns'),
  blob('other'),
  look('g/A@1'),
  look('g/B@1'),
  look('g/A@1', { consistency: 'yesterday' }),
  look('g/K@1', { key: 'AA==' }),
  { kind: 'introspect.list_cells', cap: 'look', params: { reducer: 'g/A@1' } },
  ask('introspect.manifest', { consistency: 'head' }),
  ask('introspect.reducer_state', { reducer: 'g/None@1', key: null, consistency: 'head' }),
  ask('introspect.list_cells', { reducer: 'g/K@1' }),
  ask('introspect.definition', { kind: 'defplan', name: 'g/main@1' }),
  ask('introspect.definition', { kind: 'defplan', name: 'g/none@1' }),
  ask('introspect.plans', { plan: null, after: null, limit: 3 }),
  ask('introspect.plans', { plan: 'g/main@1', after: null, limit: 0 }),
  { kind: 'g.web', cap: 'web', params: ASKED },
  {
    kind: 'governance.propose',
    cap: 'govern',
    params: { patch_hash: HASH, manifest_base: null, description: null },
  },
];

/** What a step emits: kind, grant and parameters. */
export const nativeRequest = (random: Random): Json => random.pick(REQUESTS);
