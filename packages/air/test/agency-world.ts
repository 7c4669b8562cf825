/** A small world that uses every part that the checks look at, without a finding. */
import { type AirDocument, type Finding, loadAir } from '../src/index.js';
import type { Json, Nodes } from './worlds.js';

const ref = (name: string): Json => ({ name });
const record = (fields: { [name: string]: Json }): Json => ({ record: fields });
const schema = (name: string, type: Json): Json => ({ $kind: 'defschema', name, type });
const get = (path: string): Json => ({ ref: path });
const edge = (from: string, to: string): Json => ({ from, to });

const SCHEMAS: readonly (readonly [string, Json])[] = [
  ['demo/State@1', record({ left: { nat: {} } })],
  ['demo/Start@1', record({ id: { nat: {} }, url: { text: {} }, urls: { list: { text: {} } } })],
  ['demo/Done@1', record({ id: { nat: {} }, status: { int: {} } })],
  ['demo/Reply@1', record({ id: { nat: {} }, ok: { bool: {} } })],
  [
    'demo/Event@1',
    {
      variant: {
        Start: { ref: 'demo/Start@1' },
        Done: { ref: 'demo/Done@1' },
        Fired: { ref: 'sys/TimerFired@1' },
      },
    },
  ],
  ['demo/Job@1', record({ url: { text: {} } })],
  ['demo/Result@1', record({ status: { int: {} } })],
  ['demo/Key@1', { nat: {} }],
  ['demo/Keyed@1', record({ count: { nat: {} } })],
  ['demo/KeyedEvent@1', { ref: 'demo/Done@1' }],
];

const REDUCERS: Json[] = [
  {
    $kind: 'defmodule',
    name: 'demo/Machine@1',
    module_kind: 'reducer',
    abi: {
      reducer: {
        state: 'demo/State@1',
        event: 'demo/Event@1',
        effects_emitted: ['timer.set'],
        cap_slots: { timer: 'timer' },
      },
    },
  },
  {
    $kind: 'defmodule',
    name: 'demo/Counts@1',
    module_kind: 'reducer',
    key_schema: 'demo/Key@1',
    abi: { reducer: { state: 'demo/Keyed@1', event: 'demo/KeyedEvent@1' } },
  },
  {
    $kind: 'defmodule',
    name: 'demo/Migrate@1',
    module_kind: 'pure',
    abi: { pure: { input: 'demo/Result@1', output: 'demo/State@1' } },
  },
];

/** Parameters of an HTTP request in the tagged lens, with an expression in them. */
const request = (url: Json): Json => ({
  record: { method: { text: 'GET' }, url, headers: { map: [] }, body_ref: { null: {} } },
});

const generate: Json = {
  provider: 'p',
  model: 'm',
  temperature: '0.5',
  max_tokens: 100,
  input_ref: `sha256:${'0'.repeat(64)}`,
  tools: null,
  api_key: { secret: { alias: 'demo/key', version: 1 } },
};

const main: Json = {
  $kind: 'defplan',
  name: 'demo/main@1',
  input: 'demo/Start@1',
  locals: { status: 'demo/Key@1' },
  steps: [
    {
      id: 'emit',
      op: 'emit_effect',
      kind: 'http.request',
      params: request(get('@plan.input.url')),
      cap: 'web',
      deadline_ns: 1000,
      retry: { max: 3, backoff: { initial_ns: 10, max_ns: 20 } },
      bind: { effect_id_as: 'request' },
    },
    { id: 'wait', op: 'await_receipt', for: get('@var:request'), bind: { as: 'answer' } },
    {
      id: 'ask',
      op: 'emit_effect',
      kind: 'llm.generate',
      params: generate,
      cap: 'model',
      bind: { effect_id_as: 'asked' },
    },
    {
      id: 'spawn',
      op: 'spawn_plan',
      plan: 'demo/child@1',
      input: { url: 'https://example.com' },
      bind: { handle_as: 'child' },
    },
    { id: 'join', op: 'await_plan', for: get('@var:child'), bind: { as: 'result' } },
    {
      id: 'fan',
      op: 'spawn_for_each',
      plan: 'demo/child@1',
      inputs: [{ url: 'https://example.com/1' }, { url: 'https://example.com/2' }],
      max_fanout: 4,
      bind: { handles_as: 'children' },
    },
    { id: 'all', op: 'await_all', for: get('@var:children'), bind: { as: 'results' } },
    {
      id: 'reply',
      op: 'await_event',
      event: 'demo/Reply@1',
      where: { op: 'eq', args: [get('@event.id'), get('@var:correlation_id')] },
      bind: { as: 'reply' },
    },
    { id: 'note', op: 'assign', expr: { nat: 1 }, bind: { as: 'status' } },
    {
      id: 'raise',
      op: 'raise_event',
      event: 'demo/Event@1',
      value: {
        variant: {
          tag: 'Done',
          value: record({ id: get('@plan.input.id'), status: get('@var:answer.status') }),
        },
      },
    },
    { id: 'stop', op: 'cancel', for: get('@var:asked') },
    { id: 'finish', op: 'end' },
  ],
  edges: [
    edge('emit', 'wait'),
    {
      from: 'wait',
      to: 'ask',
      when: { op: 'lt', args: [get('@var:answer.status'), { int: 400 }] },
    },
    edge('ask', 'spawn'),
    edge('spawn', 'join'),
    edge('join', 'fan'),
    edge('fan', 'all'),
    edge('all', 'reply'),
    edge('reply', 'note'),
    edge('note', 'raise'),
    edge('raise', 'stop'),
    edge('stop', 'finish'),
  ],
  invariants: [{ op: 'ge', args: [get('@plan.input.id'), { nat: 0 }] }],
};

const child: Json = {
  $kind: 'defplan',
  name: 'demo/child@1',
  input: 'demo/Job@1',
  output: 'demo/Result@1',
  steps: [{ id: 'end', op: 'end', result: { status: 200 } }],
};

const manifest: Json = {
  $kind: 'manifest',
  air_version: '1',
  schemas: SCHEMAS.map(([name]) => ref(name)),
  modules: ['demo/Machine@1', 'demo/Counts@1', 'demo/Migrate@1'].map(ref),
  plans: ['demo/main@1', 'demo/child@1'].map(ref),
  caps: ['sys/http.out@1', 'sys/llm.basic@1', 'sys/timer@1'].map(ref),
  policies: [ref('demo/policy@1')],
  effects: ['sys/http.request@1', 'sys/llm.generate@1', 'sys/timer.set@1'].map(ref),
  secrets: [ref('demo/key@1')],
  migrations: [ref('demo/move@1')],
  features: [
    'effect-deadline',
    'effect-retry',
    'grant-budget',
    'grant-parent',
    'migrations',
    'plan-cancel',
    'plan-spawn',
    'policy-approval',
  ],
  defaults: {
    policy: 'demo/policy@1',
    cap_grants: [
      { name: 'all_web', cap: 'sys/http.out@1', params: {}, budget: { calls: 10 }, expiry_ns: 50 },
      {
        name: 'web',
        cap: 'sys/http.out@1',
        params: { hosts: ['example.com'] },
        budget: { calls: 5 },
        expiry_ns: 40,
        parent: 'all_web',
      },
      { name: 'model', cap: 'sys/llm.basic@1', params: {} },
      { name: 'timer', cap: 'sys/timer@1', params: {} },
    ],
  },
  module_bindings: { 'demo/Machine@1': { slots: { timer: 'timer' } } },
  routing: {
    events: [
      { event: 'demo/Event@1', reducer: 'demo/Machine@1' },
      { event: 'demo/Done@1', reducer: 'demo/Counts@1', key_field: 'id' },
    ],
    inboxes: [{ source: 'http.inbox:contact', reducer: 'demo/Machine@1' }],
  },
  triggers: [{ event: 'demo/Start@1', plan: 'demo/main@1', correlate_by: 'id' }],
};

const rest: Json[] = [
  {
    $kind: 'defpolicy',
    name: 'demo/policy@1',
    rules: [
      { when: { effect_kind: 'http.request', cap_name: 'web' }, decision: 'allow' },
      { when: { cap_type: 'timer', origin_name: 'demo/Machine@1' }, decision: 'allow' },
      {
        when: { effect_kind: 'llm.generate', origin_kind: 'plan' },
        decision: 'require_approval',
        approval: { role: 'approver', count: 2, of: ['ana', 'ben'] },
      },
    ],
  },
  {
    $kind: 'defsecret',
    name: 'demo/key@1',
    binding_id: 'env:KEY',
    allowed_caps: ['model'],
    allowed_plans: ['demo/main@1'],
  },
  {
    $kind: 'defmigration',
    name: 'demo/move@1',
    reducer: 'demo/Machine@1',
    from: 'demo/Result@1',
    to: 'demo/State@1',
    module: 'demo/Migrate@1',
  },
];

export function agencyNodes(): Nodes {
  return structuredClone({
    schemas: SCHEMAS.map(([name, type]) => schema(name, type)),
    modules: REDUCERS,
    plans: [main, child],
    rest,
    manifest: [manifest],
  });
}

/** A file and a pointer, and what shall stand there; nothing takes away what does. */
export type Edit = readonly [at: string, value?: Json];

/** The world with these places changed, in this order. A list grows at `-`. */
export function agencyWith(...edits: readonly Edit[]): Nodes {
  const nodes = agencyNodes();
  for (const [at, value] of structuredClone(edits)) {
    const keys = at.split('/').map((key) => key.replaceAll('~1', '/'));
    const last = keys.pop() as string;
    let place = nodes as unknown as { [key: string]: Json };
    for (const key of keys) place = place[key] as { [key: string]: Json };
    if (last === '-') (place as unknown as Json[]).push(value ?? null);
    else if (value !== undefined) place[last] = value;
    else if (Array.isArray(place)) place.splice(Number(last), 1);
    else delete place[last];
  }
  return nodes;
}

/** `code path` of each finding, but for what every world without WASM has. */
export function findingsOf(nodes: Nodes): string[] {
  return load(nodes)
    .filter(({ code }) => code !== 'wasm-missing')
    .map(({ code, path }) => `${code} ${path}`);
}

export function load(nodes: Nodes): readonly Finding[] {
  const documents = Object.entries(nodes).map(
    ([path, list]): AirDocument => ({ path, text: JSON.stringify(list) }),
  );
  return loadAir(documents).findings;
}
