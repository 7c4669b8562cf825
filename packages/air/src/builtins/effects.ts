/** The built-in effects. Of two with one kind a world uses the one it lists, or else version 1. */
import type { DefEffect } from '../forms/effect.js';

type Scope = DefEffect['origin_scope'];

/** Name of the definition without version, kind, schemas without `Params@1`, and who may ask. */
type Row = readonly [kind: string, schemas: string, capType: string, scope: Scope];

const ROWS: readonly Row[] = [
  ['http.request', 'HttpRequest', 'http.out', 'plan'],
  ['blob.put', 'BlobPut', 'blob', 'reducer'],
  ['blob.get', 'BlobGet', 'blob', 'reducer'],
  ['blob.write', 'BlobWrite', 'blob', 'both'],
  ['blob.read', 'BlobRead', 'blob', 'both'],
  ['blob.exists', 'BlobExists', 'blob', 'both'],
  ['timer.set', 'TimerSet', 'timer', 'reducer'],
  ['llm.generate', 'LlmGenerate', 'llm.basic', 'plan'],
  ['vault.put', 'VaultPut', 'secret', 'plan'],
  ['vault.rotate', 'VaultRotate', 'secret', 'plan'],
  ['compile.reducer', 'CompileReducer', 'compile', 'plan'],
  ['governance.draft', 'GovDraft', 'governance', 'plan'],
  ['workspace.resolve', 'WorkspaceResolve', 'workspace', 'plan'],
  ['workspace.empty_root', 'WorkspaceEmptyRoot', 'workspace', 'plan'],
  ['workspace.list', 'WorkspaceList', 'workspace', 'plan'],
  ['workspace.read', 'WorkspaceRead', 'workspace', 'plan'],
  ['workspace.write', 'WorkspaceWrite', 'workspace', 'plan'],
  ['workspace.remove', 'WorkspaceRemove', 'workspace', 'plan'],
  ['workspace.diff', 'WorkspaceDiff', 'workspace', 'plan'],
  ['workspace.commit', 'WorkspaceCommit', 'workspace', 'plan'],
  ['governance.propose', 'GovPropose', 'governance', 'plan'],
  ['governance.shadow', 'GovShadow', 'governance', 'plan'],
  ['governance.approve', 'GovApprove', 'governance', 'plan'],
  ['governance.apply', 'GovApply', 'governance', 'plan'],
  ['governance.withdraw', 'GovWithdraw', 'governance', 'plan'],
  ['introspect.manifest', 'IntrospectManifest', 'query', 'plan'],
  ['introspect.reducer_state', 'IntrospectReducerState', 'query', 'plan'],
  ['introspect.journal_head', 'IntrospectJournalHead', 'query', 'plan'],
  ['introspect.list_cells', 'IntrospectListCells', 'query', 'plan'],
  ['introspect.definition', 'IntrospectDefinition', 'query', 'plan'],
  ['introspect.plans', 'IntrospectPlans', 'query', 'plan'],
  ['introspect.decisions', 'IntrospectDecisions', 'query', 'plan'],
  ['introspect.why', 'IntrospectWhy', 'query', 'plan'],
];

const effect = ([kind, schemas, cap_type, origin_scope]: Row): DefEffect => ({
  $kind: 'defeffect',
  name: `sys/${kind}@1`,
  kind,
  params_schema: `sys/${schemas}Params@1`,
  receipt_schema: `sys/${schemas}Receipt@1`,
  cap_type,
  origin_scope,
});

/** The second version: what changes against the first. */
const next = (
  row: Row,
  changes: Partial<Pick<DefEffect, 'params_schema' | 'receipt_schema' | 'origin_scope'>>,
): DefEffect => ({ ...effect(row), name: `sys/${row[0]}@2`, ...changes });

const HTTP_2 = {
  params_schema: 'sys/HttpRequestParams@2',
  receipt_schema: 'sys/HttpRequestReceipt@2',
};

const LLM_2 = {
  params_schema: 'sys/LlmGenerateParams@2',
  receipt_schema: 'sys/LlmGenerateReceipt@2',
};

const SHADOW_2 = {
  params_schema: 'sys/GovShadowParams@2',
  receipt_schema: 'sys/GovShadowReceipt@2',
};

export const EFFECTS: readonly DefEffect[] = [
  ...ROWS.map(effect),
  ...ROWS.flatMap((row) => {
    if (row[0] === 'http.request') return [next(row, HTTP_2)];
    if (row[0] === 'llm.generate') return [next(row, LLM_2)];
    if (row[0] === 'governance.shadow') return [next(row, SHADOW_2)];
    if (row[0] === 'vault.put') return [next(row, { params_schema: 'sys/VaultPutParams@2' })];
    return row[3] === 'reducer' ? [next(row, { origin_scope: 'both' })] : [];
  }),
];
