/**
 * The built-in schemas with their static types. They stand for the definitions of the catalogue,
 * and a test holds the two to each other.
 */
import { codeSchemas } from './sys-code-schemas.js';
import { governanceSchemas } from './sys-governance-schemas.js';
import { llmSchemas } from './sys-llm-schemas.js';
import { reducerEffectSchemas, sys, sys2 } from './sys-reducer-effects.js';
import { workspaceSchemas } from './sys-workspace-schemas.js';
import { t } from './types.js';

const SecretRef = sys('SecretRef', t.record({ alias: t.text, version: t.nat }));
const TextOrSecretRef = sys('TextOrSecretRef', t.variant({ literal: t.text, secret: SecretRef }));
const BytesOrSecretRef = sys(
  'BytesOrSecretRef',
  t.variant({ literal: t.bytes, secret: SecretRef }),
);

const HttpRequestParams = sys(
  'HttpRequestParams',
  t.record({
    method: t.text,
    url: t.text,
    headers: t.map(t.text, t.text),
    body_ref: t.option(t.hash),
  }),
);
const HttpRequestParams2 = sys2(
  'HttpRequestParams',
  t.record({
    method: t.text,
    url: t.text,
    headers: t.map(t.text, TextOrSecretRef),
    body_ref: t.option(t.hash),
    max_redirects: t.option(t.nat),
    max_body_bytes: t.option(t.nat),
    truncate: t.option(t.bool),
    timeout_ns: t.option(t.nat),
  }),
);
const HttpRequestReceipt = sys(
  'HttpRequestReceipt',
  t.record({
    status: t.int,
    headers: t.map(t.text, t.text),
    body_ref: t.option(t.hash),
    timings: t.record({ start_ns: t.nat, end_ns: t.nat }),
    adapter_id: t.text,
  }),
);
const HttpRequestReceipt2 = sys2(
  'HttpRequestReceipt',
  t.record({
    status: t.int,
    url: t.text,
    headers: t.map(t.text, t.list(t.text)),
    body_ref: t.option(t.hash),
    body_size: t.nat,
    truncated: t.bool,
    redirects: t.list(t.record({ status: t.int, method: t.text, url: t.text })),
    address: t.text,
    tls: t.option(t.record({ protocol: t.text, cipher: t.text, fingerprint: t.text })),
    timings: t.record({ start_ns: t.nat, headers_ns: t.nat, end_ns: t.nat }),
    adapter_id: t.text,
  }),
);

const VaultPutParams = sys(
  'VaultPutParams',
  t.record({ alias: t.text, binding_id: t.text, value_ref: t.hash, expected_digest: t.hash }),
);
const VaultPutParams2 = sys2(
  'VaultPutParams',
  t.record({
    alias: t.text,
    binding_id: t.text,
    sealed_ref: t.hash,
    expected_digest: t.option(t.hash),
  }),
);
const vaultReceipt = t.record({
  alias: t.text,
  version: t.nat,
  binding_id: t.text,
  digest: t.hash,
});
const VaultPutReceipt = sys('VaultPutReceipt', vaultReceipt);
const VaultRotateParams = sys(
  'VaultRotateParams',
  t.record({ alias: t.text, version: t.nat, binding_id: t.text, expected_digest: t.hash }),
);
const VaultRotateReceipt = sys('VaultRotateReceipt', vaultReceipt);

const decision = t.words('approve', 'reject');
const proposal = { proposal_id: t.nat };
const GovProposeParams = sys(
  'GovProposeParams',
  t.record({
    patch_hash: t.hash,
    manifest_base: t.option(t.hash),
    description: t.option(t.text),
  }),
);
const GovProposeReceipt = sys(
  'GovProposeReceipt',
  t.record({ ...proposal, patch_hash: t.hash, manifest_base: t.option(t.hash) }),
);
const GovShadowParams = sys('GovShadowParams', t.record(proposal));
const GovShadowReceipt = sys(
  'GovShadowReceipt',
  t.record({
    ...proposal,
    manifest_hash: t.hash,
    predicted_effects: t.list(
      t.record({ kind: t.text, cap: t.text, intent_hash: t.hash, params_json: t.option(t.text) }),
    ),
    pending_receipts: t.list(
      t.record({ plan_id: t.nat, plan: t.option(t.text), intent_hash: t.hash }),
    ),
    plan_results: t.list(t.record({ plan: t.text, plan_id: t.nat, output_schema: t.text })),
    ledger_deltas: t.list(
      t.record({
        ledger: t.words('capability', 'policy'),
        name: t.text,
        change: t.words('added', 'removed', 'changed'),
      }),
    ),
  }),
);
const approval = { approver: t.text, reason: t.option(t.text) };
const GovApproveParams = sys('GovApproveParams', t.record({ ...proposal, decision, ...approval }));
const GovApproveReceipt = sys(
  'GovApproveReceipt',
  t.record({ ...proposal, decision, patch_hash: t.hash, ...approval }),
);
const GovApplyParams = sys('GovApplyParams', t.record(proposal));
const GovApplyReceipt = sys(
  'GovApplyReceipt',
  t.record({ ...proposal, manifest_hash_new: t.hash, patch_hash: t.hash }),
);

const ProposalChanged = sys(
  'ProposalChanged',
  t.record({
    proposal: t.nat,
    change: t.text,
    principal: t.text,
    author: t.text,
    base: t.hash,
    patch_hash: t.hash,
    manifest: t.hash,
    shadow_hash: t.option(t.hash),
  }),
);

const ReadMeta = sys(
  'ReadMeta',
  t.record({ journal_height: t.nat, snapshot_hash: t.option(t.hash), manifest_hash: t.hash }),
);
const IntrospectManifestParams = sys('IntrospectManifestParams', t.record({ consistency: t.text }));
const IntrospectManifestReceipt = sys(
  'IntrospectManifestReceipt',
  t.record({ manifest: t.bytes, meta: ReadMeta }),
);
const IntrospectReducerStateParams = sys(
  'IntrospectReducerStateParams',
  t.record({ reducer: t.text, key: t.option(t.bytes), consistency: t.text }),
);
const IntrospectReducerStateReceipt = sys(
  'IntrospectReducerStateReceipt',
  t.record({ state: t.option(t.bytes), meta: ReadMeta }),
);
const IntrospectJournalHeadParams = sys('IntrospectJournalHeadParams', t.record({}));
const IntrospectJournalHeadReceipt = sys(
  'IntrospectJournalHeadReceipt',
  t.record({ meta: ReadMeta }),
);
const IntrospectDefinitionParams = sys(
  'IntrospectDefinitionParams',
  t.record({ kind: t.text, name: t.text }),
);
const IntrospectDefinitionReceipt = sys(
  'IntrospectDefinitionReceipt',
  t.record({ definition: t.bytes, hash: t.hash, meta: ReadMeta }),
);
const IntrospectPlansParams = sys(
  'IntrospectPlansParams',
  t.record({ plan: t.option(t.text), after: t.option(t.text), limit: t.nat }),
);
const IntrospectPlansReceipt = sys(
  'IntrospectPlansReceipt',
  t.record({
    instances: t.list(
      t.record({
        instance: t.text,
        plan: t.text,
        parent: t.option(t.text),
        waits: t.list(t.record({ step: t.text, kind: t.text, for: t.text })),
      }),
    ),
    next: t.option(t.text),
    meta: ReadMeta,
  }),
);
const IntrospectDecisionsParams = sys(
  'IntrospectDecisionsParams',
  t.record({
    effect: t.option(t.text),
    outcome: t.option(t.text),
    before: t.option(t.text),
    limit: t.nat,
  }),
);
const IntrospectDecisionsReceipt = sys(
  'IntrospectDecisionsReceipt',
  t.record({
    decisions: t.list(
      t.record({
        place: t.text,
        intent: t.hash,
        effect: t.text,
        cap: t.text,
        grant_hash: t.option(t.hash),
        policy: t.option(t.text),
        rule: t.option(t.nat),
        outcome: t.text,
        code: t.option(t.text),
      }),
    ),
    next: t.option(t.text),
    meta: ReadMeta,
  }),
);
const IntrospectWhyParams = sys(
  'IntrospectWhyParams',
  t.record({
    reducer: t.option(t.text),
    key: t.option(t.bytes),
    intent: t.option(t.hash),
    place: t.option(t.text),
    forward: t.bool,
    limit: t.nat,
  }),
);
const IntrospectWhyReceipt = sys(
  'IntrospectWhyReceipt',
  t.record({
    starts: t.list(t.text),
    nodes: t.list(
      t.record({
        place: t.text,
        kind: t.text,
        about: t.option(t.text),
        code: t.option(t.text),
        links: t.list(t.record({ role: t.text, place: t.text })),
      }),
    ),
    cut: t.bool,
    meta: ReadMeta,
  }),
);
const IntrospectListCellsParams = sys('IntrospectListCellsParams', t.record({ reducer: t.text }));
const IntrospectListCellsReceipt = sys(
  'IntrospectListCellsReceipt',
  t.record({
    cells: t.list(
      t.record({ key: t.bytes, state_hash: t.hash, size: t.nat, last_active_ns: t.nat }),
    ),
    meta: ReadMeta,
  }),
);

const ObjectMeta = sys(
  'ObjectMeta',
  t.record({
    name: t.text,
    kind: t.text,
    hash: t.hash,
    tags: t.set(t.text),
    created_at: t.time,
    owner: t.text,
  }),
);
const ObjectRegisteredPayload = sys('ObjectRegisteredPayload', t.record({ meta: ObjectMeta }));

/** Every built-in schema that worlds name, by its name without `sys/` and `@1`. */
export const sysSchemas = {
  SecretRef,
  TextOrSecretRef,
  BytesOrSecretRef,
  PlanStart: sys('PlanStart', t.record({ plan: t.text, input: t.bytes })),
  EffectError: sys('EffectError', t.record({ code: t.text, message: t.text })),
  EffectReceipt: sys(
    'EffectReceipt',
    t.record({
      intent_hash: t.hash,
      reducer: t.text,
      effect_kind: t.text,
      adapter_id: t.text,
      status: t.text,
      requested: t.bytes,
      receipt: t.option(t.bytes),
      error: t.option(t.text),
      cost_cents: t.option(t.nat),
      signature: t.bytes,
    }),
  ),
  ...reducerEffectSchemas,
  HttpRequestParams,
  HttpRequestParams2,
  HttpRequestReceipt,
  HttpRequestReceipt2,
  ...llmSchemas(TextOrSecretRef),
  VaultPutParams,
  VaultPutParams2,
  VaultPutReceipt,
  VaultRotateParams,
  VaultRotateReceipt,
  GovProposeParams,
  GovProposeReceipt,
  GovShadowParams,
  GovShadowReceipt,
  GovApproveParams,
  GovApproveReceipt,
  GovApplyParams,
  GovApplyReceipt,
  ProposalChanged,
  ...governanceSchemas,
  ReadMeta,
  IntrospectManifestParams,
  IntrospectManifestReceipt,
  IntrospectReducerStateParams,
  IntrospectReducerStateReceipt,
  IntrospectJournalHeadParams,
  IntrospectJournalHeadReceipt,
  IntrospectDefinitionParams,
  IntrospectDefinitionReceipt,
  IntrospectPlansParams,
  IntrospectPlansReceipt,
  IntrospectDecisionsParams,
  IntrospectDecisionsReceipt,
  IntrospectWhyParams,
  IntrospectWhyReceipt,
  IntrospectListCellsParams,
  IntrospectListCellsReceipt,
  ...codeSchemas,
  ...workspaceSchemas,
  ObjectKey: sys('ObjectKey', t.text),
  ObjectMeta,
  ObjectVersions: sys(
    'ObjectVersions',
    t.record({ latest: t.nat, versions: t.map(t.nat, ObjectMeta) }),
  ),
  ObjectRegisteredPayload,
  ObjectRegistered: sys('ObjectRegistered', ObjectRegisteredPayload),
  ReducerContext: sys(
    'ReducerContext',
    t.record({
      now_ns: t.nat,
      logical_now_ns: t.nat,
      journal_height: t.nat,
      entropy: t.bytes,
      event_hash: t.hash,
      manifest_hash: t.hash,
      reducer: t.text,
      key: t.option(t.bytes),
      cell_mode: t.bool,
    }),
  ),
  PureContext: sys(
    'PureContext',
    t.record({
      logical_now_ns: t.nat,
      journal_height: t.nat,
      manifest_hash: t.hash,
      module: t.text,
    }),
  ),
  CapCheckInput: sys(
    'CapCheckInput',
    t.record({
      cap_def: t.text,
      grant_name: t.text,
      cap_params: t.bytes,
      effect_kind: t.text,
      effect_params: t.bytes,
      origin: t.record({ kind: t.text, name: t.text }),
      logical_now_ns: t.nat,
    }),
  ),
  CapCheckOutput: sys(
    'CapCheckOutput',
    t.record({
      constraints_ok: t.bool,
      deny: t.option(t.record({ code: t.text, message: t.text })),
    }),
  ),
} as const;
