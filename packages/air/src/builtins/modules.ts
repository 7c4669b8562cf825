/** The built-in modules. They run natively, so they have no WASM and the zero hash. */
import { type DefModule, ZERO_HASH_TEXT } from '../forms/module.js';

export const CAP_ALLOW_ALL = 'sys/CapAllowAll@1';
export const CAP_ENFORCE_HTTP_OUT = 'sys/CapEnforceHttpOut@1';
export const CAP_ENFORCE_LLM_BASIC = 'sys/CapEnforceLlmBasic@1';
export const CAP_ENFORCE_BLOB = 'sys/CapEnforceBlob@1';
export const CAP_ENFORCE_QUERY = 'sys/CapEnforceQuery@1';
export const CAP_ENFORCE_SECRET = 'sys/CapEnforceSecret@1';
export const CAP_ENFORCE_COMPILE = 'sys/CapEnforceCompile@1';
export const CAP_ENFORCE_GOVERNANCE = 'sys/CapEnforceGovernance@1';
export const CAP_ENFORCE_WORKSPACE = 'sys/CapEnforceWorkspace@1';

/** Whether the parameters of an effect are within those of a grant. */
const enforcer = (name: string): DefModule => ({
  $kind: 'defmodule',
  name,
  module_kind: 'pure',
  wasm_hash: ZERO_HASH_TEXT,
  abi: { pure: { input: 'sys/CapCheckInput@1', output: 'sys/CapCheckOutput@1' } },
});

/** Versioned objects by name. */
const objectCatalog: DefModule = {
  $kind: 'defmodule',
  name: 'sys/ObjectCatalog@1',
  module_kind: 'reducer',
  key_schema: 'sys/ObjectKey@1',
  wasm_hash: ZERO_HASH_TEXT,
  abi: {
    reducer: {
      state: 'sys/ObjectVersions@1',
      event: 'sys/ObjectRegistered@1',
      context: 'sys/ReducerContext@1',
    },
  },
};

/** Heads and versions of workspaces by name. */
const workspace: DefModule = {
  $kind: 'defmodule',
  name: 'sys/Workspace@1',
  module_kind: 'reducer',
  key_schema: 'sys/WorkspaceName@1',
  wasm_hash: ZERO_HASH_TEXT,
  abi: { reducer: { state: 'sys/WorkspaceState@1', event: 'sys/WorkspaceCommitted@1' } },
};

export const MODULES: readonly DefModule[] = [
  ...[
    CAP_ALLOW_ALL,
    CAP_ENFORCE_HTTP_OUT,
    CAP_ENFORCE_LLM_BASIC,
    CAP_ENFORCE_BLOB,
    CAP_ENFORCE_QUERY,
    CAP_ENFORCE_SECRET,
    CAP_ENFORCE_COMPILE,
    CAP_ENFORCE_GOVERNANCE,
    CAP_ENFORCE_WORKSPACE,
  ].map(enforcer),
  objectCatalog,
  workspace,
];
