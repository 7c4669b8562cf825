/**
 * The world that is attacked: a reducer and a reducer of cells that are puppets, a plan for each
 * effect and grant, and one that starts each of these, so that every request can come from each.
 */

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export const refs = (...names: readonly string[]): Json => names.map((name) => ({ name }));
export const schema = (name: string, type: Json): Json => ({ $kind: 'defschema', name, type });
export const record = (fields: { readonly [key: string]: Json }): Json => ({ record: fields });
export const text: Json = { text: {} };
export const nat: Json = { nat: {} };
export const bytes: Json = { bytes: {} };
export const ref = (to: string): Json => ({ ref: to });

/** Effects that both plans and reducers may ask for here: kind, schemas, capability. */
const KINDS = {
  pay: ['x/Pay@1', 'x/Paid@1', 'pay'],
  quiet: ['x/Pay@1', 'x/Paid@1', 'pay'],
  'http.request': ['sys/HttpRequestParams@2', 'sys/HttpRequestReceipt@2', 'http.out'],
  'llm.generate': ['sys/LlmGenerateParams@2', 'sys/LlmGenerateReceipt@2', 'llm.basic'],
  'blob.read': ['sys/BlobReadParams@1', 'sys/BlobReadReceipt@1', 'blob'],
  'vault.put': ['sys/VaultPutParams@2', 'sys/VaultPutReceipt@1', 'secret'],
  'compile.reducer': ['sys/CompileReducerParams@1', 'sys/CompileReducerReceipt@1', 'compile'],
} as const;

/** Effects for plans only. */
const PLAN_KINDS = {
  'for.plans': ['x/Pay@1', 'x/Paid@1', 'pay'],
  'workspace.read': ['sys/WorkspaceReadParams@1', 'sys/WorkspaceReadReceipt@1', 'workspace'],
  'workspace.write': ['sys/WorkspaceWriteParams@1', 'sys/WorkspaceWriteReceipt@1', 'workspace'],
  'introspect.why': ['sys/IntrospectWhyParams@1', 'sys/IntrospectWhyReceipt@1', 'query'],
  'introspect.decisions': [
    'sys/IntrospectDecisionsParams@1',
    'sys/IntrospectDecisionsReceipt@1',
    'query',
  ],
} as const;

export const ALL_KINDS = { ...KINDS, ...PLAN_KINDS, 'for.reducers': KINDS.pay };
export type Kind = keyof typeof ALL_KINDS;

const effect = (kind: Kind, origin_scope: string): Json => {
  const [params_schema, receipt_schema, cap_type] = ALL_KINDS[kind];
  const name = `x/${kind}@1`;
  return { $kind: 'defeffect', name, kind, params_schema, receipt_schema, cap_type, origin_scope };
};

/** When grants expire that do. */
export const LATE_NS = 1_000n;
/** Over which rates are counted, and for which people are waited for. */
export const WINDOW_NS = 1_000_000_000_000n;

/** Grants by name, with the capability they are of. */
const GRANTS = {
  pay: { cap: 'x/pay@1', params: { says: 'allow' } },
  other: { cap: 'x/pay@1', params: { says: 'allow' } },
  banned: { cap: 'x/pay@1', params: { says: 'allow' } },
  slow: { cap: 'x/pay@1', params: { says: 'allow' } },
  asked: { cap: 'x/pay@1', params: { says: 'allow' } },
  late: { cap: 'x/pay@1', params: { says: 'allow' }, expiry_ns: Number(LATE_NS) },
  lateChild: {
    cap: 'x/pay@1',
    params: { says: 'allow' },
    parent: 'late',
    expiry_ns: Number(LATE_NS),
  },
  denying: { cap: 'x/pay@1', params: { says: 'deny' } },
  trapping: { cap: 'x/pay@1', params: { says: 'trap' } },
  babbling: { cap: 'x/pay@1', params: { says: 'nonsense' } },
  poor: { cap: 'x/pay@1', params: { says: 'allow' }, budget: { calls: 1 } },
  purse: { cap: 'x/pay@1', params: { says: 'allow' }, budget: { calls: 1 } },
  underPurse: { cap: 'x/pay@1', params: { says: 'allow' }, parent: 'purse', budget: { calls: 1 } },
  web: {
    cap: 'sys/http.out@2',
    params: {
      hosts: ['api.example', '10.1.2.3', '[2001:db8::1]', '127.0.0.1', 'localhost', '[::1]'],
      schemes: ['https'],
      methods: ['GET'],
      ports: [443, 8443],
      path_prefixes: ['/v1'],
    },
  },
  open: { cap: 'sys/http.out@2', params: { allow_private: ['10.1.0.0/16'] } },
  clean: { cap: 'sys/http.out@2', params: { hosts: ['api.example'] } },
  llm: {
    cap: 'sys/llm.basic@2',
    params: { providers: ['p'], models: ['m'], max_tokens: 10, tools_allow: ['t'] },
  },
  rich: { cap: 'sys/llm.basic@2', params: {}, budget: { tokens: 5, cents: 5 } },
  blob: { cap: 'sys/blob@2', params: { namespaces: ['mine'] } },
  secret: { cap: 'sys/secret@1', params: { aliases: ['mine'], binding_ids: ['env:MINE'] } },
  compile: { cap: 'sys/compile@1', params: { languages: ['typescript'] } },
  files: {
    cap: 'sys/workspace@1',
    params: { workspaces: ['notes'], prefixes: ['notes/open'], operations: ['read'] },
  },
  all: { cap: 'sys/workspace@1', params: {} },
  query: { cap: 'sys/query@2', params: { kinds: ['introspect.why'], reducers: ['x/Puppet@1'] } },
} as const;
export type Cap = keyof typeof GRANTS;

const CAP_TYPES: ReadonlyMap<string, string> = new Map([
  ['x/pay@1', 'pay'],
  ['sys/http.out@2', 'http.out'],
  ['sys/llm.basic@2', 'llm.basic'],
  ['sys/blob@2', 'blob'],
  ['sys/secret@1', 'secret'],
  ['sys/compile@1', 'compile'],
  ['sys/workspace@1', 'workspace'],
  ['sys/query@2', 'query'],
]);
const typeOf = (cap: Cap): string => CAP_TYPES.get(GRANTS[cap].cap) ?? '';

const POLICY: Json = {
  $kind: 'defpolicy',
  name: 'x/policy@1',
  rules: [
    { when: { cap_name: 'banned' }, decision: 'deny' },
    { when: { effect_kind: 'pay', cap_name: 'banned' }, decision: 'allow' },
    {
      when: { cap_name: 'slow' },
      decision: 'allow',
      rate_limit: { count: 1, per_ns: Number(WINDOW_NS) },
    },
    {
      when: { cap_name: 'asked' },
      decision: 'require_approval',
      approval: { role: 'approver', count: 2, expires_ns: Number(WINDOW_NS) },
    },
    ...Object.keys(ALL_KINDS)
      .filter((kind) => kind !== 'quiet')
      .map((kind) => ({ when: { effect_kind: kind }, decision: 'allow' })),
  ],
};

/** What is asked of a plan: an effect of a kind, under a grant. */
export interface Errand {
  readonly kind: Kind;
  readonly cap: Cap;
}

export const planOf = ({ kind, cap }: Errand): string => `x/${kind}-${cap}@1`.toLowerCase();
export const parentOf = ({ kind, cap }: Errand): string => `x/via-${kind}-${cap}@1`.toLowerCase();

/** One plan asks and waits, the other starts it; the params of the effect are the input of both. */
function plansOf(errand: Errand): readonly Json[] {
  const { kind, cap } = errand;
  const [input] = ALL_KINDS[kind];
  const given = { ref: '@plan.input' };
  const ask = { id: 'ask', op: 'emit_effect', kind, params: given, cap };
  const spawn = {
    id: 'child',
    op: 'spawn_plan',
    plan: planOf(errand),
    input: given,
    bind: { handle_as: 'child' },
  };
  const wait = { id: 'heard', op: 'await_receipt', for: { ref: '@var:asked' } };
  const steps = [
    { ...ask, bind: { effect_id_as: 'asked' } },
    { ...wait, bind: { as: 'receipt' } },
  ];
  const plan = (name: string, of: readonly { readonly id: string }[]): Json =>
    ({
      $kind: 'defplan',
      name,
      input,
      steps: [...of, { id: 'end', op: 'end' }],
      edges: [...of.slice(1).map(({ id }) => id), 'end'].map((to, i) => {
        return { from: of[i]?.id ?? '', to };
      }),
    }) as Json;
  const joined = { id: 'joined', op: 'await_plan', for: { ref: '@var:child' } };
  return [
    plan(planOf(errand), steps),
    plan(parentOf(errand), [spawn, { ...joined, bind: { as: 'ended' } }] as never),
  ];
}

const REDUCER_KINDS = [...Object.keys(KINDS), 'for.reducers'];

const reducer = (name: string, more: { readonly [key: string]: Json }): Json => ({
  $kind: 'defmodule',
  name,
  module_kind: 'reducer',
  ...more,
  abi: {
    reducer: {
      state: 'x/State@1',
      event: 'x/Event@1',
      effects_emitted: REDUCER_KINDS.filter((kind) => kind !== 'quiet' || name === 'x/Puppet@1'),
      cap_slots: {
        ...Object.fromEntries(Object.keys(GRANTS).map((cap) => [cap, typeOf(cap as Cap)])),
        unbound: 'pay',
      },
    },
  },
});

const defSecret = (alias: string, more: { readonly [key: string]: Json }): Json => {
  return { $kind: 'defsecret', name: `x/${alias}@1`, binding_id: `env:${alias}`, ...more };
};

const slots = Object.fromEntries(Object.keys(GRANTS).map((cap) => [cap, cap]));

/** Definitions of the world with plans for these errands. */
export function shootingWorld(errands: readonly Errand[]): readonly Json[] {
  const wanted = new Map(errands.map((errand) => [planOf(errand), errand]));
  const plans = [...wanted.values()].flatMap(plansOf) as unknown as readonly {
    readonly name: string;
  }[];
  const names = plans.map(({ name }) => name);
  const kinds = Object.keys(ALL_KINDS) as readonly Kind[];
  const scopeOf = (kind: Kind) => {
    if (kind in PLAN_KINDS) return 'plan';
    return kind === 'for.reducers' ? 'reducer' : 'both';
  };
  return [
    schema('x/Pay@1', record({ n: nat })),
    schema('x/Paid@1', record({ n: nat })),
    schema('x/State@1', record({ n: nat })),
    schema('x/Key@1', text),
    schema('x/Do@1', record({ id: text, answer: bytes })),
    schema('x/Tell@1', record({ id: text, answer: bytes })),
    schema('x/Event@1', {
      variant: { Do: ref('x/Do@1'), Tell: ref('x/Tell@1'), Done: ref('sys/EffectReceipt@1') },
    }),
    ...kinds.map((kind) => effect(kind, scopeOf(kind))),
    {
      $kind: 'defcap',
      name: 'x/pay@1',
      cap_type: 'pay',
      schema: record({ says: text }),
      enforcer: { module: 'x/Enforce@1' },
    },
    {
      $kind: 'defmodule',
      name: 'x/Enforce@1',
      module_kind: 'pure',
      abi: { pure: { input: 'sys/CapCheckInput@1', output: 'sys/CapCheckOutput@1' } },
    },
    reducer('x/Puppet@1', {}),
    reducer('x/Cell@1', { key_schema: 'x/Key@1' }),
    POLICY,
    defSecret('clean', { allowed_caps: ['clean'] }),
    defSecret('plans', { allowed_plans: names.slice(0, 1) }),
    ...(plans as never as readonly Json[]),
    {
      $kind: 'manifest',
      air_version: '1',
      features: [
        'grant-budget',
        'grant-parent',
        'plan-spawn',
        'policy-approval',
        'policy-rate-limit',
      ],
      schemas: refs(
        ...['x/Pay@1', 'x/Paid@1', 'x/State@1', 'x/Key@1', 'x/Do@1', 'x/Tell@1', 'x/Event@1'],
        'sys/PlanStart@1',
      ),
      modules: refs('x/Enforce@1', 'x/Puppet@1', 'x/Cell@1'),
      plans: refs(...names),
      effects: refs(...kinds.map((kind) => `x/${kind}@1`)),
      caps: refs('x/pay@1'),
      policies: refs('x/policy@1'),
      secrets: refs('x/clean@1', 'x/plans@1'),
      module_bindings: { 'x/Puppet@1': { slots }, 'x/Cell@1': { slots } },
      defaults: {
        policy: 'x/policy@1',
        cap_grants: Object.entries(GRANTS).map(([name, grant]) => ({ name, ...grant })) as never,
      },
      routing: {
        events: [
          { event: 'x/Do@1', reducer: 'x/Puppet@1' },
          { event: 'x/Tell@1', reducer: 'x/Cell@1', key_field: 'id' },
        ],
      },
    },
  ];
}
