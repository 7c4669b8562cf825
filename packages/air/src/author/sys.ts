/** The built-in effects, capabilities and enforcers, as values for worlds to use. */
import { type Cap, defineCap, defineEffect, type Effect, type Origin } from './authority.js';
import { defineReducer } from './modules.js';
import { sysSchemas as s } from './sys-schemas.js';
import { type Name, type Schema, type Type, t } from './types.js';

interface Row<P, R, C extends string, O extends Origin> {
  readonly params: Schema<P>;
  readonly receipt: Schema<R>;
  readonly capType: C;
  readonly origin: O;
  /** 1 when absent. */
  readonly version?: 1 | 2;
}

function effect<P, R, const C extends string, const O extends Origin>(
  kind: string,
  { version = 1, ...row }: Row<P, R, C, O>,
): Effect<P, R, C, O> {
  return defineEffect(`sys/${kind}@${version}`, { kind, ...row });
}

const http = { capType: 'http.out', origin: 'plan' } as const;
const llm = { capType: 'llm.basic', origin: 'plan' } as const;
const timer = { params: s.TimerSetParams, receipt: s.TimerSetReceipt, capType: 'timer' } as const;
const blobPut = { params: s.BlobPutParams, receipt: s.BlobPutReceipt, capType: 'blob' } as const;
const blobGet = { params: s.BlobGetParams, receipt: s.BlobGetReceipt, capType: 'blob' } as const;
const blob = { capType: 'blob', origin: 'both' } as const;
const secret = { capType: 'secret', origin: 'plan' } as const;
const governance = { capType: 'governance', origin: 'plan' } as const;
const workspace = { capType: 'workspace', origin: 'plan' } as const;
const compile = { capType: 'compile', origin: 'plan' } as const;
const query = { capType: 'query', origin: 'plan' } as const;

/** The built-in effects by kind; a `2` marks the second version. */
const effects = {
  httpRequest: effect('http.request', {
    params: s.HttpRequestParams,
    receipt: s.HttpRequestReceipt,
    ...http,
  }),
  httpRequest2: effect('http.request', {
    params: s.HttpRequestParams2,
    receipt: s.HttpRequestReceipt2,
    ...http,
    version: 2,
  }),
  llmGenerate: effect('llm.generate', {
    params: s.LlmGenerateParams,
    receipt: s.LlmGenerateReceipt,
    ...llm,
  }),
  llmGenerate2: effect('llm.generate', {
    params: s.LlmGenerateParams2,
    receipt: s.LlmGenerateReceipt2,
    ...llm,
    version: 2,
  }),
  timerSet: effect('timer.set', { ...timer, origin: 'reducer' }),
  timerSet2: effect('timer.set', { ...timer, origin: 'both', version: 2 }),
  blobPut: effect('blob.put', { ...blobPut, origin: 'reducer' }),
  blobPut2: effect('blob.put', { ...blobPut, origin: 'both', version: 2 }),
  blobGet: effect('blob.get', { ...blobGet, origin: 'reducer' }),
  blobGet2: effect('blob.get', { ...blobGet, origin: 'both', version: 2 }),
  blobWrite: effect('blob.write', {
    params: s.BlobWriteParams,
    receipt: s.BlobWriteReceipt,
    ...blob,
  }),
  blobRead: effect('blob.read', { params: s.BlobReadParams, receipt: s.BlobReadReceipt, ...blob }),
  blobExists: effect('blob.exists', {
    params: s.BlobExistsParams,
    receipt: s.BlobExistsReceipt,
    ...blob,
  }),
  vaultPut: effect('vault.put', {
    params: s.VaultPutParams,
    receipt: s.VaultPutReceipt,
    ...secret,
  }),
  vaultPut2: effect('vault.put', {
    params: s.VaultPutParams2,
    receipt: s.VaultPutReceipt,
    ...secret,
    version: 2,
  }),
  vaultRotate: effect('vault.rotate', {
    params: s.VaultRotateParams,
    receipt: s.VaultRotateReceipt,
    ...secret,
  }),
  compileReducer: effect('compile.reducer', {
    params: s.CompileReducerParams,
    receipt: s.CompileReducerReceipt,
    ...compile,
  }),
  governanceDraft: effect('governance.draft', {
    params: s.GovDraftParams,
    receipt: s.GovDraftReceipt,
    ...governance,
  }),
  workspaceResolve: effect('workspace.resolve', {
    params: s.WorkspaceResolveParams,
    receipt: s.WorkspaceResolveReceipt,
    ...workspace,
  }),
  workspaceEmptyRoot: effect('workspace.empty_root', {
    params: s.WorkspaceEmptyRootParams,
    receipt: s.WorkspaceEmptyRootReceipt,
    ...workspace,
  }),
  workspaceList: effect('workspace.list', {
    params: s.WorkspaceListParams,
    receipt: s.WorkspaceListReceipt,
    ...workspace,
  }),
  workspaceRead: effect('workspace.read', {
    params: s.WorkspaceReadParams,
    receipt: s.WorkspaceReadReceipt,
    ...workspace,
  }),
  workspaceWrite: effect('workspace.write', {
    params: s.WorkspaceWriteParams,
    receipt: s.WorkspaceWriteReceipt,
    ...workspace,
  }),
  workspaceRemove: effect('workspace.remove', {
    params: s.WorkspaceRemoveParams,
    receipt: s.WorkspaceRemoveReceipt,
    ...workspace,
  }),
  workspaceDiff: effect('workspace.diff', {
    params: s.WorkspaceDiffParams,
    receipt: s.WorkspaceDiffReceipt,
    ...workspace,
  }),
  workspaceCommit: effect('workspace.commit', {
    params: s.WorkspaceCommitParams,
    receipt: s.WorkspaceCommitReceipt,
    ...workspace,
  }),
  governancePropose: effect('governance.propose', {
    params: s.GovProposeParams,
    receipt: s.GovProposeReceipt,
    ...governance,
  }),
  governanceShadow: effect('governance.shadow', {
    params: s.GovShadowParams,
    receipt: s.GovShadowReceipt,
    ...governance,
  }),
  governanceShadow2: effect('governance.shadow', {
    params: s.GovShadowParams2,
    receipt: s.GovShadowReceipt2,
    ...governance,
    version: 2,
  }),
  governanceApprove: effect('governance.approve', {
    params: s.GovApproveParams,
    receipt: s.GovApproveReceipt,
    ...governance,
  }),
  governanceApply: effect('governance.apply', {
    params: s.GovApplyParams,
    receipt: s.GovApplyReceipt,
    ...governance,
  }),
  governanceWithdraw: effect('governance.withdraw', {
    params: s.GovWithdrawParams,
    receipt: s.GovWithdrawReceipt,
    ...governance,
  }),
  introspectManifest: effect('introspect.manifest', {
    params: s.IntrospectManifestParams,
    receipt: s.IntrospectManifestReceipt,
    ...query,
  }),
  introspectReducerState: effect('introspect.reducer_state', {
    params: s.IntrospectReducerStateParams,
    receipt: s.IntrospectReducerStateReceipt,
    ...query,
  }),
  introspectJournalHead: effect('introspect.journal_head', {
    params: s.IntrospectJournalHeadParams,
    receipt: s.IntrospectJournalHeadReceipt,
    ...query,
  }),
  introspectDefinition: effect('introspect.definition', {
    params: s.IntrospectDefinitionParams,
    receipt: s.IntrospectDefinitionReceipt,
    ...query,
  }),
  introspectPlans: effect('introspect.plans', {
    params: s.IntrospectPlansParams,
    receipt: s.IntrospectPlansReceipt,
    ...query,
  }),
  introspectDecisions: effect('introspect.decisions', {
    params: s.IntrospectDecisionsParams,
    receipt: s.IntrospectDecisionsReceipt,
    ...query,
  }),
  introspectWhy: effect('introspect.why', {
    params: s.IntrospectWhyParams,
    receipt: s.IntrospectWhyReceipt,
    ...query,
  }),
  introspectListCells: effect('introspect.list_cells', {
    params: s.IntrospectListCellsParams,
    receipt: s.IntrospectListCellsReceipt,
    ...query,
  }),
} as const;

/** The built-in enforcers of capabilities. */
const enforcers = {
  allowAll: 'sys/CapAllowAll@1',
  httpOut: 'sys/CapEnforceHttpOut@1',
  llmBasic: 'sys/CapEnforceLlmBasic@1',
  blob: 'sys/CapEnforceBlob@1',
  query: 'sys/CapEnforceQuery@1',
  secret: 'sys/CapEnforceSecret@1',
  compile: 'sys/CapEnforceCompile@1',
  governance: 'sys/CapEnforceGovernance@1',
  workspace: 'sys/CapEnforceWorkspace@1',
} as const satisfies { readonly [name: string]: Name };

const texts = t.option(t.set(t.text));

const httpOut = {
  hosts: texts,
  schemes: texts,
  methods: texts,
  ports: t.option(t.set(t.nat)),
  path_prefixes: texts,
};

const llmBasic = {
  providers: texts,
  models: texts,
  max_tokens: t.option(t.nat),
  tools_allow: texts,
};

function cap<S, const C extends string>(
  type: C,
  version: 1 | 2,
  params: Type<S>,
  enforcer: keyof typeof enforcers,
): Cap<S, C> {
  return defineCap(`sys/${type}@${version}`, { type, params, enforcer: enforcers[enforcer] });
}

/**
 * The built-in capabilities. An absent or empty set allows everything, except of `allow_private`:
 * it lists ranges like `10.0.0.0/8` that are allowed beside public addresses.
 */
export const caps = {
  timer: cap('timer', 1, t.record({}), 'allowAll'),
  blob: cap('blob', 1, t.record({}), 'allowAll'),
  blob2: cap('blob', 2, t.record({ namespaces: texts }), 'blob'),
  httpOut: cap('http.out', 1, t.record(httpOut), 'httpOut'),
  httpOut2: cap(
    'http.out',
    2,
    t.record({ ...httpOut, max_redirects: t.option(t.nat), allow_private: texts }),
    'httpOut',
  ),
  llmBasic: cap('llm.basic', 1, t.record(llmBasic), 'llmBasic'),
  llmBasic2: cap(
    'llm.basic',
    2,
    t.record({ ...llmBasic, temperature_max: t.option(t.dec128) }),
    'llmBasic',
  ),
  query: cap('query', 1, t.record({ scope: t.option(t.text) }), 'allowAll'),
  query2: cap('query', 2, t.record({ kinds: texts, reducers: texts }), 'query'),
  secret: cap('secret', 1, t.record({ aliases: texts, binding_ids: texts }), 'secret'),
  compile: cap('compile', 1, t.record({ languages: texts }), 'compile'),
  governance: cap(
    'governance',
    1,
    t.record({ kinds: texts, sections: texts, namespaces: texts }),
    'governance',
  ),
  workspace: cap(
    'workspace',
    1,
    t.record({ workspaces: texts, prefixes: texts, operations: texts }),
    'workspace',
  ),
  catalogWrite: cap('catalog.write', 1, t.record({ prefixes: t.set(t.text) }), 'allowAll'),
} as const;

/** The built-in reducers: they run natively, and a world only routes to them. */
const reducers = {
  /** One cell for each name: route it with the key field `meta.name`. */
  objectCatalog: defineReducer('sys/ObjectCatalog@1', {
    state: s.ObjectVersions,
    event: s.ObjectRegistered,
    key: s.ObjectKey,
    context: true,
  }),
  /** One cell for each workspace: route it with the key field `workspace`. */
  workspace: defineReducer('sys/Workspace@1', {
    state: s.WorkspaceState,
    event: s.WorkspaceCommitted,
    key: s.WorkspaceName,
  }),
} as const;

/** Everything built in. */
export const sys = { schemas: s, effects, caps, enforcers, reducers } as const;
